"""What did customers write, that a text could be tried with? Any message of the past, found by its words, as the visitor may read it."""

from dataclasses import dataclass

from aiohttp import web
from pydantic import Field

from admin.pages.page import Page, Visit
from admin.shapes import Query
from flows.masking import text_for
from flows.roles import Permission
from storage.desk.message_search import search_messages
from storage.privacy.sightings import note_search

OFFERED = 8
LOOKED_AT = 40  # Of these only what customers wrote is offered, each wording once.
LONGEST = 500  # A longer message is no question to try.


class HeardQuery(Query):
    q: str = Field("", max_length=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardPart:
    q: str
    heard: tuple[str, ...]


async def find(visit: Visit, taken: HeardQuery) -> web.Response:
    """The search is audited, as in the inbox; whoever reads no conversations finds nothing."""
    sought, actor, now = taken.q.strip(), visit.actor, visit.desk.now()
    if not sought or not actor.may(Permission.READ_CONVERSATIONS):
        return visit.show("prompts/heard.html", HeardPart(q=sought, heard=()))
    hits = await visit.desk.database.read(lambda conn: search_messages(conn, actor, sought, LOOKED_AT))
    await visit.desk.database.write(lambda conn: note_search(conn, actor, "prompts", len(hits), now))
    written = [text_for(visit.frame.sight, hit.body) or "" for hit in hits if hit.author == "customer"]
    lines = dict.fromkeys(" ".join(words.split()) for words in written if len(words) <= LONGEST)
    return visit.show("prompts/heard.html", HeardPart(q=sought, heard=tuple(lines)[:OFFERED]))


PAGES = (
    Page(
        method="GET",
        path="/panel/prompts/heard",
        access=Permission.WRITE_PROMPTS,
        handle=find,
        takes=HeardQuery,
        part_of="/panel/prompts",
    ),
)
