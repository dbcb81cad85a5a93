"""What do the bot's texts say, and since which version? Every change is a new version; at most one a type is live.

Types: `base`, `company`, `package_data`, `conversation_rules`, `escalation`, and `reply:<key>:<id|en>`. A version's state is draft
(waits for approval), live, retired, or declined (a draft that will not go live; kept, so that one can begin anew from it).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from flows.refusal import Refused, conflict, missing
from flows.roles import Actor
from storage.dialect import insert_new
from storage.knowledge import knowledge_version
from storage.pages import Page, Part, page_of
from storage.tables import Prompt
from storage.trail.audit import Event, note

REPLY = "reply:"


class PromptState(StrEnum):
    DRAFT = "draft"
    LIVE = "live"
    RETIRED = "retired"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptDraft:
    """A text as staff write it; version is their label, unique within the type."""

    type: str
    version: str
    content: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptVersion(PromptDraft):
    id: int
    state: PromptState
    author: str
    approved_by: str | None
    created_at: datetime
    declined_by: str | None
    declined_at: datetime | None
    decline_reason: str | None


def live_prompts(conn: Connection) -> dict[str, PromptVersion]:
    """The live version of every type, by type: what the bot speaks from."""
    rows = conn.execute(select(Prompt).where(Prompt.state == PromptState.LIVE)).mappings()
    return {row["type"]: _version(row) for row in rows}


def live_prompt(conn: Connection, type: str) -> PromptVersion | None:
    """What the bot says for this type now, None where staff and pack wrote nothing."""
    chosen = select(Prompt).where(Prompt.type == type, Prompt.state == PromptState.LIVE)
    row = conn.execute(chosen).mappings().first()
    return _version(row) if row else None


def prompt_to_replace(conn: Connection, type: str) -> PromptVersion | None:
    """The live version, which nobody else replaces before the caller's transaction ends."""
    knowledge_version.hold(conn)
    return live_prompt(conn, type)


def prompt_page(conn: Connection, page: Page, *, type: str | None = None) -> Part[PromptVersion]:
    """Live versions and drafts of all types, or every version of one type, newest first."""
    if type is not None:
        chosen = select(Prompt).where(Prompt.type == type)
        return page_of(conn, chosen, [Prompt.id.desc()], page, _version)
    current = select(Prompt).where(Prompt.state.in_((PromptState.LIVE, PromptState.DRAFT)))
    return page_of(conn, current, [Prompt.type, Prompt.id.desc()], page, _version)


MOST_DRAFTS = 50  # Nobody reads more at once; older ones come up as these are settled.


def pending_drafts(conn: Connection) -> tuple[PromptVersion, ...]:
    """Drafts that wait for a second person, oldest first."""
    chosen = select(Prompt).where(Prompt.state == PromptState.DRAFT).order_by(Prompt.id).limit(MOST_DRAFTS)
    return tuple(_version(row) for row in conn.execute(chosen).mappings())


def find_prompt(conn: Connection, type: str, version: str) -> PromptVersion:
    """That version. Raises Refused when there is none."""
    chosen = select(Prompt).where(Prompt.type == type, Prompt.version == version)
    row = conn.execute(chosen).mappings().first()
    if row is None:
        raise missing("prompt version")
    return _version(row)


def put_prompt(
    conn: Connection, draft: PromptDraft, by: Actor, now: datetime, *, needs_approval: bool
) -> PromptVersion:
    """Adds a version: a draft where approval is needed, else live at once. Raises Refused when the label is taken."""
    statement = insert(Prompt).values(
        type=draft.type,
        version=draft.version,
        content=draft.content,
        note=draft.note,
        state=PromptState.DRAFT,
        author=by.name,
        created_at=now,
    )
    try:
        with conn.begin_nested():
            conn.execute(statement)
    except IntegrityError as error:
        taken = f"{draft.type} already has a version {draft.version!r}. Choose another label."
        raise Refused(conflict(taken, "version")) from error
    note(conn, Event.CHANGE_PROMPT, by, now, subject=draft.type, version=draft.version)
    if not needs_approval:
        _go_live(conn, draft.type, draft.version, now)
    return find_prompt(conn, draft.type, draft.version)


def approve_prompt(conn: Connection, type: str, version: str, by: Actor, now: datetime) -> PromptVersion:
    """Makes a draft live. Raises Refused when it is no draft, or was written by the one who approves."""
    draft = _draft(conn, type, version)
    if draft.author == by.name:
        raise Refused(conflict("Another person must approve this version: you wrote it yourself."))
    _go_live(conn, type, version, now)
    conn.execute(update(Prompt).where(Prompt.id == draft.id).values(approved_by=by.name))
    note(conn, Event.APPROVE_PROMPT, by, now, subject=type, version=version, author=draft.author)
    return find_prompt(conn, type, version)


def decline_prompt(
    conn: Connection, type: str, version: str, by: Actor, reason: str | None, now: datetime
) -> PromptVersion:
    """Takes a draft from those that wait: its author withdraws it, or whoever read it says no, and why.

    Raises Refused when it is no draft.
    """
    draft = _draft(conn, type, version)
    told = {"declined_by": by.name, "declined_at": now, "decline_reason": reason}
    conn.execute(update(Prompt).where(Prompt.id == draft.id).values(state=PromptState.DECLINED, **told))
    note(
        conn, Event.DECLINE_PROMPT, by, now, subject=type,
        version=version, author=draft.author, has_reason=reason is not None,
    )  # fmt: skip
    return find_prompt(conn, type, version)


def declined_since(conn: Connection, author: str, since: datetime) -> tuple[PromptVersion, ...]:
    """Drafts of this author that somebody else said no to, the latest first."""
    theirs = Prompt.author == author, Prompt.state == PromptState.DECLINED, Prompt.declined_by != author
    chosen = select(Prompt).where(*theirs, Prompt.declined_at >= since).order_by(Prompt.declined_at.desc())
    return tuple(_version(row) for row in conn.execute(chosen.limit(MOST_DRAFTS)).mappings())


def _draft(conn: Connection, type: str, version: str) -> PromptVersion:
    knowledge_version.hold(conn)  # Of two who decide about it at once the second one finds it decided.
    draft = find_prompt(conn, type, version)
    if draft.state is not PromptState.DRAFT:
        raise Refused(conflict(f"Version {version!r} of {type} is {draft.state}, not a draft."))
    return draft


def restore_prompt(
    conn: Connection, type: str, version: str, by: Actor, now: datetime, *, needs_approval: bool
) -> PromptVersion:
    """Makes an older version live again. Raises Refused for a draft that nobody has approved."""
    older = find_prompt(conn, type, version)
    if older.state in (PromptState.DRAFT, PromptState.DECLINED) and needs_approval:
        raise Refused(conflict(f"Version {version!r} of {type} was never approved. Approve it instead."))
    _go_live(conn, type, version, now)
    note(conn, Event.RESTORE_PROMPT, by, now, subject=type, version=version)
    return find_prompt(conn, type, version)


def seed_prompts(conn: Connection, drafts: tuple[PromptDraft, ...], by: Actor, now: datetime) -> int:
    """Adds the pack's own texts where a type has no version yet, live; how many were added. Running it twice adds nothing."""
    known = set(conn.scalars(select(Prompt.type).distinct()))
    fresh = [draft for draft in drafts if draft.type not in known]
    for draft in fresh:
        conn.execute(
            insert_new(conn, Prompt).values(
                type=draft.type,
                version=draft.version,
                content=draft.content,
                note=draft.note,
                state=PromptState.LIVE,
                author=by.name,
                created_at=now,
            )
        )
    if fresh:
        knowledge_version.bump(conn, now)
    return len(fresh)


def _go_live(conn: Connection, type: str, version: str, now: datetime) -> None:
    # The bump first: its row lock puts two people who change a text at once behind each other.
    knowledge_version.bump(conn, now)
    conn.execute(
        update(Prompt)
        .where(Prompt.type == type, Prompt.state == PromptState.LIVE)
        .values(state=PromptState.RETIRED)
    )
    conn.execute(
        update(Prompt).where(Prompt.type == type, Prompt.version == version).values(state=PromptState.LIVE)
    )


def _version(row: RowMapping) -> PromptVersion:
    return PromptVersion(**{**row, "state": PromptState(row["state"])})
