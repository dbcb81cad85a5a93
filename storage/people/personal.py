"""What do we hold about a person, table by table? The one list that exports, erasure and merging follow.

A new table stands here (`HOLDINGS`) or in `IMPERSONAL`; `tests/storage/test_personal.py` fails until it does, and until each of its text
columns is either blanked or named among those that say nothing about anybody.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import null, or_, select

from storage.people.person import Condition, of_case, of_conversation, of_customer, of_lead, of_subject
from storage.tables import (
    AdClicks,
    AdSpend,
    Alert,
    AuditEvent,
    AuditSeal,
    Base,
    Branch,
    CalendarRow,
    CannedAnswer,
    Case,
    CaseCategoryRow,
    CaseEvent,
    CasePause,
    ChurnScore,
    ConsentChange,
    Conversation,
    ConversationLabel,
    Customer,
    CustomerMerge,
    CustomerValue,
    DueThing,
    EventCount,
    FaqRow,
    Favorite,
    Handover,
    Identity,
    InboxRow,
    Investigation,
    Journey,
    Label,
    LaterMessage,
    Lead,
    LeadMove,
    LeadNote,
    LoginAttempt,
    MediaFile,
    Mention,
    Message,
    MessageWords,
    NameChange,
    NameWord,
    NextAction,
    Note,
    OutboxRow,
    PackageRow,
    PhaseTransition,
    PrivacyRequest,
    Prompt,
    QuestionGroup,
    ReadMark,
    RecommendationRow,
    Recovery,
    Reveal,
    ScoreCount,
    ScriptRun,
    SessionState,
    Setting,
    SlaRow,
    StaffSession,
    SurveyAnswer,
    Transaction,
    Traveller,
    Turn,
    TurnDay,
    UnansweredMessage,
    User,
    ValueStep,
    Watcher,
)

ERASED = "(dihapus)"  # What staff read where a text stood that may not be empty.


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One table's rows about a person.

    blank: what each personal column becomes at erasure. says_nothing: text columns that stay, because they hold ids, codes or names of
    staff. is_deleted: the rows go altogether. moves: a merge carries them over to the customer who remains.
    """

    table: type[Base]
    of: Condition
    blank: Mapping[str, Any] = field(default_factory=dict)  # Any: column values.
    says_nothing: tuple[str, ...] = ()
    is_deleted: bool = False
    moves: bool = True


HOLDINGS: tuple[Holding, ...] = (
    # Notes come before what they hang on, so that an erasure still finds them.
    Holding(table=LeadNote, of=of_lead(LeadNote), blank={"note": ERASED}, says_nothing=("kind", "author")),
    Holding(table=LeadMove, of=of_lead(LeadMove), says_nothing=("from_status", "to_status", "moved_by")),
    Holding(table=Traveller, of=of_customer(Traveller), is_deleted=True),
    Holding(
        table=CaseEvent,
        of=of_case(CaseEvent),
        blank={"note": None, "facts": {}},
        says_nothing=("kind", "actor"),
    ),
    Holding(table=CasePause, of=of_case(CasePause), says_nothing=("reason",)),
    Holding(table=Investigation, of=of_case(Investigation), blank={"body": ERASED}, says_nothing=("author",)),
    Holding(
        table=Recovery,
        of=of_case(Recovery),
        blank={"note": None},
        says_nothing=("reason", "suggestion", "state", "action", "settled_by"),
    ),
    Holding(
        table=DueThing,
        of=of_subject,
        blank={"facts": {}},
        says_nothing=("kind", "subject", "key", "state"),
        moves=False,
    ),
    Holding(
        table=Lead,
        of=of_customer(Lead),
        blank={"name": None, "conversation_summary": None, "source": None, "lost_reason": None},
        says_nothing=(
            "conversation_id",
            "journey_id",
            "customer_id",
            "phase",
            "interested_package",
            "status",
        ),
    ),
    Holding(
        table=Case,
        of=of_customer(Case),
        blank={"subject": ERASED, "description": ERASED, "final_response": None},
        says_nothing=(
            *("case_number", "customer_id", "conversation_id", "category", "priority", "status", "opened_by"),
            *("final_response_by", "policy"),
        ),
    ),
    Holding(
        table=MediaFile,
        of=lambda person: or_(
            MediaFile.conversation_id.in_(person.conversations), MediaFile.id.in_(person.files)
        ),
        is_deleted=True,
    ),
    Holding(
        table=Message,
        of=of_conversation(Message),
        blank={"body": None, "media_id": None, "media_url": None, "details": {}},
        says_nothing=(
            *("id", "conversation_id", "direction", "author", "kind", "wa_id", "intent", "prompt_version"),
            *("turn_id", "answers"),
        ),
    ),
    Holding(
        table=Turn,
        of=of_conversation(Turn),
        blank={"trace": {}},
        says_nothing=(
            *("id", "conversation_id", "journey_id", "because", "intent", "status_before", "status_after"),
        ),
    ),
    Holding(
        table=Journey,
        of=of_conversation(Journey),
        blank={"preference": {}},
        says_nothing=(
            *("id", "conversation_id", "phase", "package_code", "campaign_code", "shown", "asked"),
        ),
    ),
    Holding(
        table=PhaseTransition,
        of=of_conversation(PhaseTransition),
        says_nothing=("conversation_id", "journey_id", "from_phase", "to_phase", "trigger"),
    ),
    Holding(
        table=Handover,
        of=of_conversation(Handover),
        blank={"notes": None},
        says_nothing=("conversation_id", "reason", "priority", "asked_by", "outcome"),
    ),
    Holding(
        table=InboxRow,
        of=of_conversation(InboxRow),
        blank={"body": "", "facts": {}},
        says_nothing=("session", "bare_id", "conversation_id", "message_id", "kind", "state"),
    ),
    Holding(
        table=OutboxRow,
        of=of_conversation(OutboxRow),
        blank={"payload": {}, "chat_id": ERASED, "error": None},
        says_nothing=(
            "conversation_id",
            "message_id",
            "session",
            "call",
            "state",
            "premade_id",
            "claimed_by",
        ),
    ),
    Holding(
        table=Alert,
        of=of_conversation(Alert),
        blank={"facts": {}, "error": None},
        says_nothing=("kind", "conversation_id", "dedupe_key", "state", "telegram_message_id"),
        moves=False,
    ),
    Holding(
        table=ConsentChange,
        of=of_customer(ConsentChange),
        blank={"request_note": None},
        says_nothing=("customer_id", "value", "message_id", "changed_by"),
    ),
    Holding(
        table=Note,
        of=of_conversation(Note),
        blank={"body": ERASED},
        says_nothing=("id", "conversation_id", "author"),
    ),
    Holding(table=Mention, of=of_conversation(Mention), says_nothing=("note_id", "conversation_id")),
    Holding(
        table=LaterMessage,
        of=of_conversation(LaterMessage),
        blank={"body": ERASED},
        says_nothing=("conversation_id", "author", "state", "after_message_id", "because"),
    ),
    Holding(
        table=ConversationLabel,
        of=of_conversation(ConversationLabel),
        says_nothing=("conversation_id",),
        moves=False,
    ),
    Holding(
        table=ReadMark,
        of=of_conversation(ReadMark),
        says_nothing=("conversation_id", "message_id"),
        moves=False,
    ),
    # A full-text index follows these rows when they come and go, not when they change; so they go.
    Holding(table=MessageWords, of=of_conversation(MessageWords), is_deleted=True),
    Holding(table=Watcher, of=of_conversation(Watcher), says_nothing=("conversation_id",), moves=False),
    Holding(
        table=Transaction,
        of=of_customer(Transaction),
        says_nothing=("customer_id", "package_code", "journey_id", "recorded_by"),
    ),
    Holding(table=RecommendationRow, of=of_customer(RecommendationRow), is_deleted=True),
    Holding(
        table=SurveyAnswer,
        of=of_customer(SurveyAnswer),
        is_deleted=True,
    ),
    Holding(
        table=ValueStep,
        of=of_customer(ValueStep),
        says_nothing=("customer_id", "segment", "persona", "ruleset_version", "because"),
    ),
    Holding(
        table=UnansweredMessage,
        of=lambda person: UnansweredMessage.message_id.in_(
            select(Message.id).where(Message.conversation_id.in_(person.conversations))
        ),
        says_nothing=("message_id", "reason"),
    ),
    # These three are one a person and kind; `storage/people/merge.py` carries them over in its own way.
    Holding(table=Favorite, of=of_customer(Favorite), is_deleted=True, moves=False),
    Holding(table=ChurnScore, of=of_customer(ChurnScore), is_deleted=True, moves=False),
    Holding(table=CustomerValue, of=of_customer(CustomerValue), is_deleted=True, moves=False),
    Holding(
        table=NextAction,
        of=of_customer(NextAction),
        blank={"note": None, "reason": ERASED},
        says_nothing=("customer_id", "kind", "priority", "status", "decided_by"),
        moves=False,
    ),
    Holding(table=NameWord, of=of_customer(NameWord), is_deleted=True, moves=False),
    Holding(table=NameChange, of=of_customer(NameChange), is_deleted=True, moves=False),
    Holding(table=Identity, of=of_customer(Identity), is_deleted=True),
    Holding(
        table=Reveal,
        of=of_customer(Reveal),
        blank={"reason": ERASED},
        says_nothing=("id", "customer_id"),
        moves=False,
    ),
    Holding(
        table=PrivacyRequest,
        of=of_customer(PrivacyRequest),
        blank={"note": None},
        says_nothing=("id", "kind", "customer_id", "state", "asked_role"),
        moves=False,
    ),
    Holding(
        table=CustomerMerge,
        of=lambda person: or_(
            CustomerMerge.kept_id.in_(person.customers), CustomerMerge.merged_id.in_(person.customers)
        ),
        blank={"before": {}, "moved": {}},
        says_nothing=("id", "kept_id", "merged_id", "merged_by", "undone_by"),
        moves=False,
    ),
    Holding(
        table=Conversation,
        of=of_customer(Conversation),
        blank={"chat_id": ERASED, "ai_notes": None, "awaiting": null()},
        says_nothing=(
            *("id", "customer_id", "session", "status", "handover_reason", "priority", "language"),
            *("journey_id", "merged_into"),
        ),
        moves=False,
    ),
    Holding(
        table=Customer,
        of=lambda person: Customer.id.in_(person.customers),
        blank={"name": None, "phone": None, "cif": None, "profile": {}},
        says_nothing=("id", "language", "consent_marketing", "tier", "merged_into"),
        moves=False,
    ),
)

# Tables that say nothing about a customer. The audit does not by its own rule: facts are ids, counts and settings.
IMPERSONAL: tuple[type[Base], ...] = (
    AdClicks,
    AdSpend,
    AuditEvent,
    AuditSeal,
    Branch,
    CalendarRow,
    CannedAnswer,
    CaseCategoryRow,
    ScoreCount,
    EventCount,  # Its last bodies are thrown away at each erasure: nobody can say whose they are.
    FaqRow,
    Label,
    LoginAttempt,
    PackageRow,
    Prompt,
    QuestionGroup,  # Its words stay in the message alone.
    ScriptRun,
    SessionState,
    Setting,
    SlaRow,
    StaffSession,
    TurnDay,
    User,
)
