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
from storage.tables.desk import (
    CannedAnswer,
    ConversationLabel,
    Label,
    LaterMessage,
    Mention,
    Note,
    ReadMark,
    Watcher,
)
from storage.tables.people import ConsentChange, Customer, Identity
from storage.tables.queues import Alert, EventCount, InboxRow, OutboxRow, SessionState
from storage.tables.talk import Conversation, Handover, Journey, Message, PhaseTransition, Turn

__all__ = [
    "Alert",
    "AuditEvent",
    "AuditSeal",
    "Base",
    "Branch",
    "CannedAnswer",
    "Case",
    "ConsentChange",
    "Conversation",
    "ConversationLabel",
    "Customer",
    "EventCount",
    "FaqRow",
    "Handover",
    "Identity",
    "InboxRow",
    "Journey",
    "Label",
    "LaterMessage",
    "Lead",
    "LeadNote",
    "LoginAttempt",
    "MediaFile",
    "Mention",
    "Message",
    "Note",
    "OutboxRow",
    "PackageRow",
    "PhaseTransition",
    "Prompt",
    "ReadMark",
    "SessionState",
    "Setting",
    "StaffSession",
    "Turn",
    "User",
    "Watcher",
    "new_id",
]
