"""The pack's and staff's texts, as the API needs them: the rating question, and what is wrong with a text before it is saved."""

from dataclasses import dataclass

from admin.ports import Phrase
from bot.turns.knowledge_now import KnowledgeNow
from flows.domain import Language
from flows.reply_keys import Key
from knowledge.replies import LANGUAGES, PROMPT_TYPES, check_reply

MAX_PROMPT = 20_000  # Characters of a prompt for a language model.


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsNow:
    knowledge: KnowledgeNow

    async def rating_question(self, language: Language) -> Phrase:
        snapshot = await self.knowledge.snapshot()
        facts = {"company": snapshot.shelf.company, "package": None}
        type_ = f"reply:{Key.ASK_RATING}:{language}"
        text = snapshot.replies.render(Key.ASK_RATING.value, language, facts)
        return Phrase(text=text, version=f"{type_}@{snapshot.prompt_versions.get(type_, 'pack')}")

    def problems_of(self, prompt_type: str, content: str) -> list[str]:
        """What is wrong, in plain sentences; empty when the text may be used."""
        if prompt_type in PROMPT_TYPES:
            return (
                []
                if content.strip() and len(content) <= MAX_PROMPT
                else [f"Write between 1 and {MAX_PROMPT} characters."]
            )
        kind, _, rest = prompt_type.partition(":")
        key, _, language = rest.rpartition(":")
        if kind != "reply" or key not in set(Key) or language not in LANGUAGES:
            return [
                f"There is no prompt type {prompt_type!r}. Use reply:<key>:<id|en> or one of {', '.join(PROMPT_TYPES)}."
            ]
        return check_reply(key, content)
