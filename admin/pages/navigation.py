"""Which pages does the menu name, in which order, and whom does it show them to? One table; a page's own permission decides."""

import re
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


# One line an entry, so that two people who add one do not meet.
_P = Permission
WORK = (
    Entry(key="day", path="/panel/day", icon="sun", access=_P.SEE_OWN_DAY),
    Entry(key="inbox", path="/panel/inbox", icon="inbox", access=_P.READ_CONVERSATIONS),
    Entry(key="queue", path="/panel/queue", icon="users", access=_P.HOLD_CONVERSATIONS),
    Entry(key="canned", path="/panel/canned", icon="message-2", access=_P.HOLD_CONVERSATIONS),
    Entry(key="cases", path="/panel/cases", icon="ticket", access=_P.READ_CASES),
    Entry(
        key="investigations", path="/panel/investigations", icon="shield-lock", access=_P.READ_INVESTIGATIONS
    ),
    Entry(key="leads", path="/panel/leads", icon="layout-kanban", access=_P.READ_LEADS),
    Entry(key="customers", path="/panel/customers", icon="address-book", access=_P.READ_CUSTOMERS),
    Entry(key="tasks", path="/panel/leads/tasks", icon="list-check", access=_P.WRITE_LEADS),
)
NUMBERS = (
    Entry(key="dashboard", path="/panel/dashboard", icon="dashboard", access=_P.SEE_DASHBOARD),
    Entry(key="value", path="/panel/value", icon="diamond", access=_P.SEE_VALUE),
    Entry(key="segments", path="/panel/segments", icon="chart-pie", access=_P.SCORE),
    Entry(key="models", path="/panel/models", icon="brain", access=_P.SEE_MODELS),
    Entry(key="ads", path="/panel/ads", icon="speakerphone", access=_P.SEE_DASHBOARD),
)
KNOWLEDGE = (
    Entry(key="packages", path="/panel/packages", icon="package", access=_P.READ_PACKAGES),
    Entry(key="faq", path="/panel/faq", icon="help-circle", access=_P.EDIT_FAQ),
    Entry(key="unanswered", path="/panel/unanswered", icon="file-search", access=_P.EDIT_FAQ),
    Entry(key="prompts", path="/panel/prompts", icon="message-2", access=_P.REVIEW_PROMPTS),
    Entry(key="company", path="/panel/company", icon="building-store", access=_P.EDIT_COMPANY),
    Entry(key="triggers", path="/panel/triggers", icon="hand-stop", access=_P.EDIT_TRIGGERS),
)
HOUSE = (
    Entry(key="whatsapp", path="/panel/whatsapp", icon="brand-whatsapp", access=_P.SEE_WHATSAPP),
    Entry(key="sla", path="/panel/settings/sla", icon="clock", access=_P.EDIT_SLA),
    Entry(key="calendars", path="/panel/settings/calendars", icon="calendar-time", access=_P.EDIT_SLA),
    Entry(key="audit", path="/panel/audit", icon="shield-check", access=_P.READ_AUDIT),
    Entry(key="privacy", path="/panel/privacy", icon="fingerprint", access=_P.HAND_OUT_PERSON),
    Entry(key="retention", path="/panel/retention", icon="database", access=_P.EDIT_RETENTION),
    Entry(key="users", path="/panel/users", icon="users-group", access=_P.MANAGE_USERS),
    Entry(key="roles", path="/panel/roles", icon="shield-lock", access=_P.MANAGE_USERS),
    Entry(key="branches", path="/panel/branches", icon="building-bank", access=_P.MANAGE_USERS),
)
MENU = (
    Section(key="work", entries=WORK),
    Section(key="numbers", entries=NUMBERS),
    Section(key="knowledge", entries=KNOWLEDGE),
    Section(key="house", entries=HOUSE),
)
# Where each role begins its day; a page that the role may not see is passed over.
HOME: dict[Role, str] = {
    Role.DIRECTOR: "/panel/dashboard",
    Role.SUPERVISOR: "/panel/dashboard",
    Role.MARKETING: "/panel/dashboard",
    Role.AGENT: "/panel/inbox",
    Role.RM: "/panel/inbox",
    Role.COMPLIANCE: "/panel/audit",
    Role.ADMIN: "/panel/dashboard",
}


def menu_of(actor: Actor) -> tuple[Section, ...]:
    """The menu as this person sees it; sections without entries are left out."""
    sections = (
        Section(key=section.key, entries=tuple(e for e in section.entries if actor.may(e.access)))
        for section in MENU
    )
    return tuple(section for section in sections if section.entries)


# Printable ASCII only, as browsers send addresses: a line's end would break the header that carries it.
_OURS = re.compile(r"/panel(?!.*(?://|\\))(?:[/?][!-~]*)?")


def way_on(asked: str, actor: Actor) -> str:
    """Back to where somebody was sent from; only a path of ours, never an address that a link brought along."""
    return asked if _OURS.fullmatch(asked) else home_of(actor)


def home_of(actor: Actor) -> str:
    """The page this person sees first: the role's own, else the first of the menu, else the account."""
    own = HOME.get(actor.role) if actor.role else None
    entries = [entry.path for section in menu_of(actor) for entry in section.entries]
    return own if own in entries else next(iter(entries), "/panel/account")
