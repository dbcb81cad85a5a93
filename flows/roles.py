"""Who may do what, and whom may they see? Deny by default: what no table here grants is refused.

Three questions, three tables: which permission a role has, how far its view reaches, and how clearly it sees a person. They follow
seed 004's permission matrices as the contract reads them.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from flows.domain import Role
from flows.refusal import Refusal, conflict


class Permission(StrEnum):
    """One thing that a route or a page lets people do."""

    PROCESS_MESSAGE = "process_message"
    READ_LEADS = "read_leads"
    WRITE_LEADS = "write_leads"
    SEE_DASHBOARD = "see_dashboard"
    SEE_OWN_DAY = "see_own_day"
    ENTER_SPEND = "enter_spend"
    READ_PROMPTS = "read_prompts"
    WRITE_PROMPTS = "write_prompts"
    REVIEW_PROMPTS = "review_prompts"
    APPROVE_PROMPTS = "approve_prompts"
    HAND_OVER = "hand_over"
    READ_CONVERSATIONS = "read_conversations"
    HOLD_CONVERSATIONS = "hold_conversations"
    READ_PACKAGES = "read_packages"
    WRITE_PACKAGES = "write_packages"
    EDIT_FAQ = "edit_faq"
    EDIT_COMPANY = "edit_company"
    EDIT_TRIGGERS = "edit_triggers"
    MANAGE_USERS = "manage_users"
    READ_CUSTOMERS = "read_customers"
    CHANGE_CONSENT = "change_consent"
    WRITE_CUSTOMERS = "write_customers"
    MERGE_CUSTOMERS = "merge_customers"
    REVEAL_CUSTOMER = "reveal_customer"
    HAND_OUT_PERSON = "hand_out_person"
    EDIT_RETENTION = "edit_retention"
    READ_CASES = "read_cases"
    WRITE_CASES = "write_cases"
    REOPEN_CASES = "reopen_cases"
    EXPORT_CASES = "export_cases"
    READ_INVESTIGATIONS = "read_investigations"
    WRITE_INVESTIGATIONS = "write_investigations"
    EDIT_SLA = "edit_sla"
    READ_AUDIT = "read_audit"
    SCORE = "score"
    RECOMMEND = "recommend"
    RECORD_BEHAVIOUR = "record_behaviour"
    FOLLOW_UP = "follow_up"
    SEE_VALUE = "see_value"
    SEE_MODELS = "see_models"
    READ_MEDIA = "read_media"
    SEE_WHATSAPP = "see_whatsapp"
    SEE_OWN_ACCOUNT = "see_own_account"


class Reach(StrEnum):
    """Which people a role's lists contain."""

    EVERYBODY = "everybody"
    BRANCH = "branch"
    PORTFOLIO = "portfolio"
    NOBODY = "nobody"


class Sight(StrEnum):
    """How clearly a role sees the people within its reach."""

    FULL = "full"
    MASKED = "masked"
    NONE = "none"


_D, _S, _A, _RM, _M, _C, _X = (
    Role.DIRECTOR,
    Role.SUPERVISOR,
    Role.AGENT,
    Role.RM,
    Role.MARKETING,
    Role.COMPLIANCE,
    Role.ADMIN,
)

GRANTS: dict[Permission, frozenset[Role]] = {
    Permission.PROCESS_MESSAGE: frozenset({_X, _M, _RM}),
    Permission.READ_LEADS: frozenset({_RM, _S, _X}),
    Permission.WRITE_LEADS: frozenset({_RM, _S}),
    Permission.SEE_DASHBOARD: frozenset({_D, _S, _M, _X}),
    Permission.SEE_OWN_DAY: frozenset({_A, _RM}),
    Permission.ENTER_SPEND: frozenset({_M}),
    Permission.READ_PROMPTS: frozenset({_M, _X}),
    Permission.WRITE_PROMPTS: frozenset({_M, _X}),
    # Nobody can approve a draft unread, so SUPERVISOR reads one type's versions though not the whole list.
    Permission.REVIEW_PROMPTS: frozenset({_M, _X, _S}),
    Permission.APPROVE_PROMPTS: frozenset({_M, _S}),
    Permission.HAND_OVER: frozenset({_RM, _A, _S, _X}),
    Permission.READ_CONVERSATIONS: frozenset({_RM, _A, _S, _M, _C, _X}),
    Permission.HOLD_CONVERSATIONS: frozenset({_RM, _A, _S}),
    Permission.READ_PACKAGES: frozenset(Role),
    Permission.WRITE_PACKAGES: frozenset({_M, _X}),
    Permission.EDIT_FAQ: frozenset({_M, _X}),
    Permission.EDIT_COMPANY: frozenset({_X, _M}),
    Permission.EDIT_TRIGGERS: frozenset({_X}),
    Permission.MANAGE_USERS: frozenset({_X}),
    Permission.READ_CUSTOMERS: frozenset({_RM, _A, _S, _M, _C, _X}),
    # MARKETING is kept out on purpose: whoever wants to send must not be the one who records the yes.
    Permission.CHANGE_CONSENT: frozenset({_A}),
    Permission.WRITE_CUSTOMERS: frozenset({_A, _RM}),
    Permission.MERGE_CUSTOMERS: frozenset({_A, _S}),
    Permission.REVEAL_CUSTOMER: frozenset({_C}),
    # What we know of a person is handed out or forgotten by two: one of each of these roles.
    Permission.HAND_OUT_PERSON: frozenset({_C, _X}),
    Permission.EDIT_RETENTION: frozenset({_X}),
    Permission.READ_CASES: frozenset({_A, _S, _RM}),
    Permission.WRITE_CASES: frozenset({_A, _S}),
    Permission.REOPEN_CASES: frozenset({_S}),
    Permission.EXPORT_CASES: frozenset({_S}),
    # Notes on fraud are sensitivity tier 3: the branch's supervisor and COMPLIANCE, each look audited; not even the case's AGENT.
    Permission.READ_INVESTIGATIONS: frozenset({_S, _C}),
    Permission.WRITE_INVESTIGATIONS: frozenset({_S}),
    Permission.EDIT_SLA: frozenset({_X}),
    Permission.READ_AUDIT: frozenset({_C}),
    # Numbers in, a model's answer out: nobody is named. DIRECTOR reads what comes of it, COMPLIANCE has no use for it.
    Permission.SCORE: frozenset({_A, _RM, _M, _S, _X}),
    Permission.RECOMMEND: frozenset({_A, _RM, _M}),
    Permission.RECORD_BEHAVIOUR: frozenset({_A, _RM}),
    Permission.FOLLOW_UP: frozenset({_A, _RM, _S}),
    # How all customers are spread, for DIRECTOR without any person.
    Permission.SEE_VALUE: frozenset({_D, _S, _RM, _M}),
    Permission.SEE_MODELS: frozenset({_X, _M, _S}),
    # A transfer proof or a passport cannot be masked, so only those with full sight open files.
    Permission.READ_MEDIA: frozenset({_RM, _A}),
    Permission.SEE_WHATSAPP: frozenset({_S, _X}),
    Permission.SEE_OWN_ACCOUNT: frozenset(Role),
}

# What an ADMIN may give to or take from a role. Everything else is fixed: numbers without persons for DIRECTOR, no consent for whoever
# wants to send, the audit for COMPLIANCE alone, administration for ADMIN alone, and nobody can lock the ADMINs out.
CHANGEABLE: dict[Permission, frozenset[Role]] = {
    Permission.READ_LEADS: frozenset({_A, _S, _M, _X}),
    Permission.WRITE_LEADS: frozenset({_A, _S}),
    Permission.SEE_DASHBOARD: frozenset({_A, _RM, _S, _M, _C}),
    Permission.READ_PROMPTS: frozenset({_S}),
    Permission.APPROVE_PROMPTS: frozenset({_S}),
    Permission.HAND_OVER: frozenset({_RM, _A, _S, _X}),
    Permission.HOLD_CONVERSATIONS: frozenset({_RM, _A, _S}),
    Permission.WRITE_PACKAGES: frozenset({_S, _M}),
    Permission.EDIT_FAQ: frozenset({_S, _A, _M}),
    Permission.EDIT_COMPANY: frozenset({_S, _M}),
    Permission.EDIT_TRIGGERS: frozenset({_S, _M}),
    Permission.CHANGE_CONSENT: frozenset({_A, _RM, _S}),
    Permission.READ_CASES: frozenset({_RM, _A, _S}),
    Permission.WRITE_CASES: frozenset({_A, _S}),
    Permission.READ_MEDIA: frozenset({_RM, _A}),
    Permission.PROCESS_MESSAGE: frozenset({_RM, _M, _S}),
}

REACH: dict[Role, Reach] = {
    _D: Reach.NOBODY,
    _S: Reach.BRANCH,
    _A: Reach.BRANCH,
    _RM: Reach.PORTFOLIO,
    _M: Reach.EVERYBODY,
    _C: Reach.EVERYBODY,
    _X: Reach.EVERYBODY,
}

SIGHT: dict[Role, Sight] = {
    _D: Sight.NONE,
    _S: Sight.MASKED,
    _A: Sight.FULL,
    _RM: Sight.FULL,
    _M: Sight.MASKED,
    _C: Sight.MASKED,
    _X: Sight.MASKED,
}


@dataclass(frozen=True, slots=True)
class GrantChanges:
    """What an ADMIN changed in the table of grants: pairs of permission and role, given or taken."""

    given: frozenset[tuple[Permission, Role]] = frozenset()
    taken: frozenset[tuple[Permission, Role]] = frozenset()

    def after(self, permission: Permission, role: Role, *, is_granted: bool) -> "GrantChanges":
        """The changes once this role has, or has no longer, the permission; what equals the table again is no change."""
        pair = {(permission, role)}
        given, taken = self.given - pair, self.taken - pair
        if is_granted and role not in GRANTS[permission]:
            given |= pair
        if not is_granted and role in GRANTS[permission]:
            taken |= pair
        return GrantChanges(given, taken)


UNCHANGED = GrantChanges()


def roles_granted(permission: Permission, changes: GrantChanges) -> frozenset[Role]:
    """Who holds the permission now. A change that the table does not allow counts for nothing, however it got in."""
    allowed = CHANGEABLE.get(permission, frozenset())
    given = {role for wanted, role in changes.given if wanted is permission and role in allowed}
    taken = {role for wanted, role in changes.taken if wanted is permission and role in allowed}
    return (GRANTS.get(permission, frozenset()) | given) - taken


def refuse_grant(permission: Permission, role: Role) -> Refusal | None:
    """Why an ADMIN may not change this one, None when they may."""
    if role in CHANGEABLE.get(permission, frozenset()):
        return None
    return conflict(f"{permission} is fixed for {role}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something: a member of staff, or the system (no role, which may nothing and is never asked)."""

    name: str
    role: Role | None = None
    user_id: int | None = None
    branch_id: int | None = None
    changes: "GrantChanges" = field(default_factory=lambda: UNCHANGED)

    def may(self, permission: Permission) -> bool:
        """Whether this person holds the permission, with what an ADMIN changed."""
        return self.role is not None and self.role in roles_granted(permission, self.changes)


SYSTEM = Actor(name="system")
BOT = Actor(name="bot")


def may(role: Role | None, permission: Permission) -> bool:
    """Whether the role holds the permission by the table; no role holds none. Of a person ask `Actor.may`, which knows the changes."""
    return role is not None and role in GRANTS.get(permission, frozenset())


def reach_of(actor: Actor) -> Reach:
    return REACH[actor.role] if actor.role else Reach.NOBODY


def sight_of(actor: Actor) -> Sight:
    return SIGHT[actor.role] if actor.role else Sight.NONE


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """The roles that hold the permission, in the order of the contract."""
    return tuple(role for role in Role if role in GRANTS[permission])
