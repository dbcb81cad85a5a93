"""A customer's story as somebody may read it: chapters with their texts masked, and where the older ones begin."""

from dataclasses import dataclass, replace
from datetime import datetime

from flows.masking import text_for
from flows.roles import Sight
from flows.timeline import Chapter, chapters, whole_moments
from storage.database import Connection
from storage.people.happenings import Window, timeline
from storage.people.person import PersonIds

AT_ONCE = 60  # Happenings a page: a dozen chapters or so, as talks are bundled.


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Newest first. before: where the next, older part begins; None at the beginning of all."""

    chapters: tuple[Chapter, ...]
    before: datetime | None


def story_of(conn: Connection, sight: Sight, person: PersonIds, before: datetime | None) -> Story:
    """The part of the story that ends before that moment (None: now)."""
    found = timeline(conn, Window(person=person, before=before, limit=AT_ONCE + 1))
    shown, older = whole_moments(found, AT_ONCE)
    masked = [replace(one, text=text_for(sight, one.text)) for one in shown]
    return Story(chapters=chapters(masked), before=older)
