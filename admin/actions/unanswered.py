"""Which questions still need an answer? New ones are put beside their like when somebody looks; then what the bot says to them is shown."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from admin.desk import Desk
from admin.knowledge_ports import AS_IT_IS, Talk, WhatIf
from flows.masking import DOT
from ml.serve.likeness import sort_into_groups
from storage.knowledge.faq import Faq, FaqDraft
from storage.way.unanswered import Asked, examples, put_together, ungrouped

AT_ONCE = 300  # Messages sorted at one look; more wait for the next, so that no look takes long.
COMPARED = 2_000  # Groups that new messages are compared with, those asked for last.
SHOWN = 12  # Wordings of a group whose answers are shown.


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeAfter:
    """What the bot says to one wording of a group, today and with the entry. times: how many messages said it so."""

    asked: Asked
    times: int
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


async def sort_new_ones(desk: Desk) -> int:
    """Puts what was asked since the last look into groups; how many messages that were."""
    now = desk.now()
    new = await desk.database.write(lambda conn: ungrouped(conn, AT_ONCE))
    if not new:
        return 0
    known = await desk.database.read(lambda conn: examples(conn, COMPARED))
    joined, begun = await asyncio.to_thread(sort_into_groups, known, [asked.body for asked in new])
    with_known = {group: [new[i] for i in positions] for group, positions in joined.items()}
    together = [[new[i] for i in positions] for positions in begun]
    await desk.database.write(lambda conn: put_together(conn, with_known, together, now))
    return len(new)


async def before_after(
    desk: Desk, asked: Sequence[Asked], today: WhatIf, then: WhatIf
) -> tuple[BeforeAfter, ...]:
    """What the bot says in the middle of a talk to each of these, in both cases; the same words stand there once."""
    alike: dict[str, list[Asked]] = {}
    for one in asked:
        alike.setdefault(" ".join(one.body.lower().split()), []).append(one)
    shown = list(alike.values())[:SHOWN]
    talks = [Talk(messages=(messages[0].body,), is_new=False) for messages in shown]
    before = await desk.rehearsal.talks(talks, today)
    after = await desk.rehearsal.talks(talks, then)
    return tuple(
        BeforeAfter(
            asked=messages[0],
            times=len(messages),
            before=was[0].response_text,
            after=now[0].response_text,
        )
        for messages, was, now in zip(shown, before, after, strict=True)
    )


async def with_entry(
    desk: Desk, asked: Sequence[Asked], draft: FaqDraft, faq_id: int, now: datetime
) -> tuple[BeforeAfter, ...]:
    """With an entry that is not saved yet (id 0), or that would be saved in the place of that one."""
    entry = imagined_entry(draft, faq_id, now)
    return await before_after(desk, asked, AS_IT_IS, WhatIf(faq=(entry,)))


def imagined_entry(draft: FaqDraft, faq_id: int, now: datetime) -> Faq:
    """The draft as the entry that it would be."""
    values = {name: getattr(draft, name) for name in FaqDraft.__dataclass_fields__}
    return Faq(id=faq_id, updated_at=now, **values)


async def since_entry(desk: Desk, asked: Sequence[Asked], faq_id: int) -> tuple[BeforeAfter, ...]:
    """With an entry that is saved: what would be said without it, and what is said."""
    return await before_after(desk, asked, WhatIf(without_faq=frozenset({faq_id})), AS_IT_IS)


def draft_from(asked: Sequence[str]) -> FaqDraft:
    """An entry to begin with: the first question, the others as variants. Masked digits are left out, nobody asks with them."""
    words = [" ".join(text.replace(DOT, " ").split()) for text in asked]
    questions = list(dict.fromkeys(text for text in words if text))
    return FaqDraft(question=questions[0] if questions else "", answer="", variants=tuple(questions[1:]))
