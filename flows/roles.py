"""Who may do what, and whom may they see? Deny by default: what no table here grants is refused.

Three questions, three tables: which permission a role has, how far its view reaches, and how clearly it sees a person. They follow
seed 004's permission matrices as the contract reads them.
"""

from dataclasses import dataclass
from enum import StrEnum

from flows.domain import Role


class Permission(StrEnum):
    """One thing that a route or a page lets people do."""

    PROCESS_MESSAGE = "process_message"
    READ_LEADS = "read_leads"
    WRITE_LEADS = "write_leads"
    SEE_DASHBOARD = "see_dashboard"
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
    READ_CASES = "read_cases"
    WRITE_CASES = "write_cases"
    READ_AUDIT = "read_audit"
    READ_MEDIA = "read_media"
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
    Permission.READ_CASES: frozenset({_A, _S, _RM}),
    Permission.WRITE_CASES: frozenset({_A, _S}),
    Permission.READ_AUDIT: frozenset({_C}),
    # A transfer proof or a passport cannot be masked, so only those with full sight open files.
    Permission.READ_MEDIA: frozenset({_RM, _A}),
    Permission.SEE_OWN_ACCOUNT: frozenset(Role),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who does something: a member of staff, or the system (no role, which may nothing and is never asked)."""

    name: str
    role: Role | None = None
    user_id: int | None = None
    branch_id: int | None = None


SYSTEM = Actor(name="system")
BOT = Actor(name="bot")


def may(role: Role | None, permission: Permission) -> bool:
    """Whether the role holds the permission; no role holds none."""
    return role is not None and role in GRANTS.get(permission, frozenset())


def reach_of(actor: Actor) -> Reach:
    return REACH[actor.role] if actor.role else Reach.NOBODY


def sight_of(actor: Actor) -> Sight:
    return SIGHT[actor.role] if actor.role else Sight.NONE


def roles_with(permission: Permission) -> tuple[Role, ...]:
    """The roles that hold the permission, in the order of the contract."""
    return tuple(role for role in Role if role in GRANTS[permission])
