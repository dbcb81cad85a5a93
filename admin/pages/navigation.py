"""Which pages does the menu name, in which order, and whom does it show them to? One table; a page's own permission decides."""

from dataclasses import dataclass

from flows.domain import Role
from flows.roles import Actor, Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """key names the words (`menu.<key>`) and, for scripts, the badge that counts what waits there."""

    key: str
    path: str
    icon: str
    access: Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A group of the menu; key names its heading."""

    key: str
    entries: tuple[Entry, ...]


MENU: tuple[Section, ...] = (
    Section(
        key="work",
        entries=(
            Entry(key="day", path="/panel/day", icon="sun", access=Permission.SEE_OWN_DAY),
            Entry(key="inbox", path="/panel/inbox", icon="inbox", access=Permission.READ_CONVERSATIONS),
            Entry(key="leads", path="/panel/leads", icon="layout-kanban", access=Permission.READ_LEADS),
            Entry(key="tasks", path="/panel/leads/tasks", icon="list-check", access=Permission.WRITE_LEADS),
        ),
    ),
    Section(
        key="numbers",
        entries=(
            Entry(
                key="dashboard", path="/panel/dashboard", icon="dashboard", access=Permission.SEE_DASHBOARD
            ),
            Entry(key="ads", path="/panel/ads", icon="speakerphone", access=Permission.SEE_DASHBOARD),
        key="knowledge",
        entries=(
            Entry(key="prompts", path="/panel/prompts", icon="message-2", access=Permission.REVIEW_PROMPTS),
        ),
    ),
    Section(
        key="house",
        entries=(
            Entry(key="users", path="/panel/users", icon="users-group", access=Permission.MANAGE_USERS),
            Entry(key="roles", path="/panel/roles", icon="shield-lock", access=Permission.MANAGE_USERS),
            Entry(
                key="branches", path="/panel/branches", icon="building-bank", access=Permission.MANAGE_USERS
            ),
        ),
    ),
)
# Where each role begins its day.
HOME: dict[Role, str] = {Role.RM: "/panel/inbox", Role.AGENT: "/panel/inbox"}


def menu_of(actor: Actor) -> tuple[Section, ...]:
    """The menu as this person sees it; sections without entries are left out."""
    sections = (
        Section(key=section.key, entries=tuple(e for e in section.entries if actor.may(e.access)))
        for section in MENU
    )
    return tuple(section for section in sections if section.entries)


def home_of(actor: Actor) -> str:
    """The page this person sees first: the role's own, else the first of the menu, else the account."""
    own = HOME.get(actor.role) if actor.role else None
    entries = [entry.path for section in menu_of(actor) for entry in section.entries]
    return own if own in entries else next(iter(entries), "/panel/account")
