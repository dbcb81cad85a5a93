"""All tables. Importing this module makes `Base.metadata` complete, which migrations and tests rely on."""

from storage.tables.access import StaffSession
from storage.tables.business import (
    AuditEvent,
    AuditSeal,
    Branch,
    Case,
    FaqRow,
    Lead,
    LeadNote,
    LoginAttempt,
    MediaFile,
    PackageRow,
    Prompt,
    Setting,
    User,
)
from storage.tables.columns import Base, new_id
from storage.tables.people import ConsentChange, Customer, Identity
from storage.tables.queues import Alert, EventCount, InboxRow, OutboxRow, SessionState
from storage.tables.talk import Conversation, Handover, Journey, Message, PhaseTransition, Turn

__all__ = [
    "Alert",
    "AuditEvent",
    "AuditSeal",
    "Base",
    "Branch",
    "Case",
    "ConsentChange",
    "Conversation",
    "Customer",
    "EventCount",
    "FaqRow",
    "Handover",
    "Identity",
    "InboxRow",
    "Journey",
    "Lead",
    "LeadNote",
    "LoginAttempt",
    "MediaFile",
    "Message",
    "OutboxRow",
    "PackageRow",
    "PhaseTransition",
    "Prompt",
    "SessionState",
    "Setting",
    "StaffSession",
    "Turn",
    "User",
    "new_id",
]
