"""What surrounds every page: who looks at it, in which language, the menu, and the token its forms carry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from admin.pages.navigation import Section, menu_of
from admin.words import Words
from flows.domain import Role
from flows.roles import Actor, Permission, Sight, sight_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """Somebody whom the demo's role switcher offers."""

    username: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """actor is None before the log-in. switch_to: the demo's people, empty where this is no demo.

    now is on the company's clock. names: how colleagues are called, by user name.
    seen: how clearly the one customer of this page is seen, where that differs from the role's sight.
    """

    words: Words
    zone: ZoneInfo
    now: datetime
    path: str
    csrf: str = ""
    actor: Actor | None = None
    display_name: str = ""
    switch_to: tuple[Colleague, ...] = ()
    is_simulated: bool = False
    names: Mapping[str, str] = field(default_factory=dict)
    seen: Sight | None = None

    @property
    def language(self) -> str:
        return self.words.language

    @property
    def menu(self) -> tuple[Section, ...]:
        return menu_of(self.actor) if self.actor else ()

    @property
    def here(self) -> str | None:
        """The menu's entry that is marked: of all entries that lead to the page or above it, the nearest."""
        entries = (entry.path for section in self.menu for entry in section.entries)
        above = [entry for entry in entries if self.path == entry or self.path.startswith(f"{entry}/")]
        return max(above, key=len, default=None)

    @property
    def sight(self) -> Sight:
        if self.seen is not None:
            return self.seen
        return sight_of(self.actor) if self.actor else Sight.NONE

    def may(self, permission: str) -> bool:
        """Whether the visitor holds the permission; templates show a button only then (the guard refuses all the same)."""
        return self.actor is not None and self.actor.may(Permission(permission))
