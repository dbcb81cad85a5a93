"""What does the inbox show? One context for the whole page, made of what this person may read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode

from pydantic import Field

from admin.pages.frame import Frame
from admin.pages.inbox_cards import (
    CardView,
    avatar_of,
    card_view,
    initial_of,
    spaced_phone,
    title_of,
    tone_of,
    voice_of,
)
from admin.pages.inbox_timeline import Item, timeline
from admin.shapes import Id, Query
from flows.canned import known_blanks
from flows.domain import Phase, Priority, Status
from flows.folding import folded, terms_of
from flows.handover import can_receive
from flows.labels import COLOURS
from flows.masking import phone_for, text_for
from flows.roles import Permission, Sight
from storage.desk.inbox_customer import CustomerBrief
from storage.desk.inbox_list import InboxPage, is_snoozed
from storage.desk.inbox_question import InboxQuestion, Sort, Tab, most_counted
from storage.desk.inbox_thread import Thread
from storage.desk.labels import LabelFacts
from storage.desk.later_messages import LaterFacts
from storage.desk.message_search import Hit
from storage.desk.notes import Colleague, NoteFacts
from storage.talks.conversations import ConversationFacts

FIRST_CARDS, MORE_CARDS, MOST_CARDS = 30, 30, 300
WORDS_BEFORE, WORDS_SHOWN = 5, 24  # Of a hit's text.
FILTERS = ("tab", "sort", "status", "phase", "priority", "package", "label", "q")


class InboxQuery(Query):
    """The list's filters, all of them in the address; n is how many cards, open which one is marked."""

    tab: Tab | None = None
    sort: Sort = Sort.ACTIVITY
    status: Status | None = None
    phase: Phase | None = None
    priority: Priority | None = None
    package: str | None = Field(None, max_length=60)
    label: Id | None = None
    q: str | None = Field(None, max_length=100)
    n: int = Field(FIRST_CARDS, ge=1, le=MOST_CARDS)
    open: str | None = Field(None, max_length=64)


class ThreadQuery(InboxQuery):
    """since: the first message on the screen, everything from it is wanted. mark: where "new messages" stood. peek: nobody looks now.
    m: the message to begin with, found by a search."""

    since: str | None = Field(None, max_length=64)
    m: str | None = Field(None, max_length=64)
    mark: str | None = Field(None, max_length=64)
    peek: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TabView:
    key: str
    count: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HitView:
    """parts are pieces of the text and whether each is what was sought; message_id is None for a customer found by name."""

    conversation_id: str
    title: str
    initial: str
    avatar: int
    message_id: str | None
    voice: str | None
    parts: tuple[tuple[str, bool], ...]
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListView:
    """asked is the filters as the address holds them. hits are there when something was sought, instead of cards."""

    asked: dict[str, str]
    tabs: tuple[TabView, ...]
    cards: tuple[CardView, ...]
    has_more: bool
    shown: int
    open_id: str | None
    packages: tuple[tuple[str, str], ...]
    labels: tuple[LabelFacts, ...]
    hits: tuple[HitView, ...] | None = None

    def address(self, path: str = "/panel/inbox", **changes: object) -> str:
        """The list with other filters; None takes one away."""
        asked = {**self.asked, **changes}
        query = urlencode({name: str(value) for name, value in asked.items() if value not in (None, "")})
        return f"{path}?{query}" if query else path

    @property
    def filters_set(self) -> int:
        return sum(1 for name in ("status", "phase", "priority", "package", "label") if self.asked.get(name))

    @property
    def unassigned(self) -> TabView | None:
        """Where somebody waits whom nobody holds, for whoever looks at an empty list of their own."""
        tabs = {tab.key: tab for tab in self.tabs}
        own, others = tabs.get(Tab.MINE.value), tabs[Tab.UNASSIGNED.value]
        return others if own is not None and own.is_open and others.count != "0" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerPane:
    """phone is spaced for reading; brief holds nothing that needs a mask."""

    id: str
    title: str
    phone: str | None
    brief: CustomerBrief


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadView:
    """tone: bot, waiting, mine, theirs, phone (typed on the business's phone), closed. is_revealed: seen unmasked for a while.

    colleagues may be named in a note, receivers may be passed the conversation. blanks: what is known to fill into a canned answer.
    """

    facts: ConversationFacts
    title: str
    initial: str
    avatar: int
    phone: str | None
    tone: str
    holder: str
    summary: str | None
    items: tuple[Item, ...]
    has_older: bool
    first_id: str | None
    mark: str | None
    can_hold: bool
    may_step_in: bool
    snoozed_until: datetime | None
    labels: tuple[LabelFacts, ...]
    all_labels: tuple[LabelFacts, ...]
    colleagues: tuple[tuple[str, str], ...]
    receivers: tuple[tuple[str, str], ...]
    later: tuple[LaterFacts, ...]
    colours: tuple[str, ...]
    customer: CustomerPane
    is_revealed: bool
    blanks: Mapping[str, str]

    @property
    def can_write(self) -> bool:
        return self.can_hold and self.tone != "theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxView:
    list: ListView
    thread: ThreadView | None
    can_hold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadRows:
    """All that was read for an open conversation, in one go."""

    thread: Thread
    notes: tuple[NoteFacts, ...]
    brief: CustomerBrief
    labels: tuple[LabelFacts, ...]
    all_labels: tuple[LabelFacts, ...]
    colleagues: tuple[Colleague, ...]
    later: tuple[LaterFacts, ...]
    mark: str | None
    sight: Sight


def default_tab(frame: Frame) -> Tab:
    """Who serves begins with their own; who only reads has none."""
    return Tab.MINE if frame.may(Permission.HOLD_CONVERSATIONS) else Tab.ALL


def question_of(frame: Frame, asked: InboxQuery) -> InboxQuestion:
    return InboxQuestion(
        tab=asked.tab or default_tab(frame),
        sort=asked.sort,
        status=asked.status,
        phase=asked.phase,
        priority=asked.priority,
        package=asked.package,
        label=asked.label,
    )


def list_view(
    frame: Frame,
    asked: InboxQuery,
    page: InboxPage,
    counts: dict[Tab, int],
    *,
    packages: Sequence[tuple[str, str]],
    labels: tuple[LabelFacts, ...],
    hits: Sequence[Hit] | None = None,
) -> ListView:
    """hits: one message more than is shown says that there are more."""
    tab = asked.tab or default_tab(frame)
    written = asked.model_dump(mode="json", include=set(FILTERS), exclude_none=True, exclude_defaults=True)
    tabs = (
        TabView(key=key.value, count=counted(count, key), is_open=key is tab) for key, count in counts.items()
    )
    return ListView(
        asked={name: str(value) for name, value in written.items()},
        tabs=tuple(tabs),
        cards=tuple(card_view(frame, card) for card in page.cards),
        has_more=page.has_more if hits is None else sum(1 for hit in hits if hit.message_id) > asked.n,
        shown=asked.n,
        open_id=asked.open,
        packages=tuple(packages),
        labels=labels,
        hits=None if hits is None else _hit_views(frame, hits, asked),
    )


def _hit_views(frame: Frame, hits: Sequence[Hit], asked: InboxQuery) -> tuple[HitView, ...]:
    people = [hit for hit in hits if hit.message_id is None]
    messages = [hit for hit in hits if hit.message_id][: asked.n]
    terms = terms_of(asked.q or "")
    return tuple(_hit_view(frame, hit, terms) for hit in (*people, *messages))


def _hit_view(frame: Frame, hit: Hit, terms: tuple[str, ...]) -> HitView:
    text = " ".join((text_for(frame.sight, hit.body) or "").split())
    return HitView(
        conversation_id=hit.conversation_id,
        title=title_of(frame, hit.customer_name, hit.phone),
        initial=initial_of(frame.sight, hit.customer_name),
        avatar=avatar_of(hit.customer_id),
        message_id=hit.message_id,
        voice=voice_of(hit.author) if hit.author else None,
        parts=marked(text, terms),
        at=hit.at,
    )


def marked(text: str, terms: tuple[str, ...]) -> tuple[tuple[str, bool], ...]:
    """The text around the first word that was sought, in pieces; True for each word that begins with a term."""
    words = text.split(" ")
    first = next((at for at, word in enumerate(words) if _is_sought(word, terms)), 0)
    first = max(first - WORDS_BEFORE, 0)
    pieces = ["… "] if first else []
    parts: list[tuple[str, bool]] = []
    for word in words[first : first + WORDS_SHOWN]:
        if _is_sought(word, terms):
            parts += [("".join(pieces), False), (word, True)] if pieces else [(word, True)]
            pieces = [" "]
        else:
            pieces.append(f"{word} ")
    return (*parts, ("".join(pieces), False))


def _is_sought(word: str, terms: tuple[str, ...]) -> bool:
    words = folded(word)
    return any(f" {term}" in words for term in terms)


def counted(count: int, tab: Tab) -> str:
    """`12`, or `1000+` where nobody counted on."""
    most = most_counted(tab)
    return f"{most}+" if count > most else str(count)


def thread_view(frame: Frame, rows: ThreadRows) -> ThreadView:
    role_sight, frame = frame.sight, replace(frame, seen=rows.sight)
    thread, facts = rows.thread, rows.thread.facts
    title = title_of(frame, facts.customer_name, facts.phone, is_erased=facts.is_erased)
    phone = spaced_phone(phone_for(frame.sight, facts.phone))
    names = tuple((one.actor.name, one.name) for one in rows.colleagues)
    may_open_files = frame.may(Permission.READ_MEDIA)
    tone = tone_of(frame, facts.status, facts.assigned_to_id)
    is_snoozed_now = is_snoozed(thread.snoozed_until, thread.snoozed_from, facts.last_message_at, frame.now)
    return ThreadView(
        facts=facts,
        title=title,
        initial=initial_of(frame.sight, facts.customer_name),
        avatar=avatar_of(facts.customer_id),
        phone=phone,
        tone="phone" if tone == "theirs" and facts.assigned_to_id is None else tone,
        holder=dict(names).get(facts.assigned_to or "", facts.assigned_to or ""),
        summary=text_for(frame.sight, facts.ai_notes),
        items=timeline(frame, thread, rows.notes, rows.mark, may_open_files=may_open_files),
        has_older=thread.has_older,
        first_id=thread.messages[0].id if thread.messages else None,
        mark=rows.mark,
        can_hold=frame.may(Permission.HOLD_CONVERSATIONS) and not facts.is_erased,
        may_step_in=frame.actor is not None and frame.actor.role == "SUPERVISOR",
        snoozed_until=thread.snoozed_until if is_snoozed_now else None,
        labels=rows.labels,
        all_labels=rows.all_labels,
        colleagues=names,
        receivers=tuple(
            (one.actor.name, one.name)
            for one in rows.colleagues
            if can_receive(one.actor, facts.branch_id)
            and (frame.actor is None or one.actor.name != frame.actor.name)
        ),
        later=tuple(replace(one, body=text_for(frame.sight, one.body) or "") for one in rows.later),
        colours=COLOURS,
        customer=CustomerPane(id=facts.customer_id, title=title, phone=phone, brief=rows.brief),
        is_revealed=rows.sight is not role_sight,
        blanks=known_blanks(
            facts.customer_name if frame.sight is Sight.FULL else None,
            frame.display_name,
            rows.brief.package,
            "en" if facts.language == "en" else "id",
        ),
    )
