"""In which order do people look for a text? By theme, each text once with its two languages beside it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from admin.pages.sentences import about_in_words
from knowledge.replies import PROMPT_TYPES, PackText, pack_texts
from storage.knowledge.prompts import REPLY, PromptVersion

# By how a key begins, the first that fits; what fits nowhere comes last. `guide` holds the texts for a language model.
THEMES = (
    ("greeting", ("salam", "welcome", "greet_", "package_", "unknown_code")),
    ("lists", ("list_", "no_packages", "choose_first", "recommend", "compare", "still_fits", "no_match",
               "ask_more", "ask_preference", "ask_which", "clarify")),
    ("human", ("handover_", "payment_", "complaint_", "file_", "ask_rating", "rating_", "late")),
    ("answers", ("ask_", "details", "papers", "faq", "shared_", "caption_")),
    ("others", ("",)),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One text in all its languages. versions are live ones by language (`""` for a text that has none)."""

    key: str
    about: str
    begins: str
    versions: Mapping[str, PromptVersion | None]
    has_draft: bool

    @property
    def changed_at(self) -> datetime | None:
        return max((live.created_at for live in self.versions.values() if live), default=None)

    def type(self, language: str) -> str:
        return f"{REPLY}{self.key}:{language}" if language else self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    key: str
    texts: tuple[Text, ...]


def themes(
    pack: str, live: Mapping[str, PromptVersion], drafts: Collection[str], sought: str
) -> tuple[Theme, ...]:
    """Every theme with those of its texts that hold what is sought."""
    texts = _texts(pack, live, drafts)
    found = [(_theme(text), text) for text in texts if _holds(text, sought.lower().strip())]
    keys = (*(key for key, _ in THEMES), "guide")
    grouped = (Theme(key=key, texts=tuple(text for theme, text in found if theme == key)) for key in keys)
    return tuple(theme for theme in grouped if theme.texts)


def find_about(pack: str, type: str) -> str:
    """When this text is said, in the pack's words; nothing for a text that the pack does not know."""
    return next((text.about for text in pack_texts(pack) if text.type == type), "")


def _texts(pack: str, live: Mapping[str, PromptVersion], drafts: Collection[str]) -> list[Text]:
    own = {text.type: text for text in pack_texts(pack)}
    keys = dict.fromkeys(_key(type) for type in (*own, *live))
    return [_text(key, own, live, drafts) for key in keys]


def _text(
    key: str, own: Mapping[str, PackText], live: Mapping[str, PromptVersion], drafts: Collection[str]
) -> Text:
    languages = ("",) if key in PROMPT_TYPES else ("id", "en")
    types = {language: f"{REPLY}{key}:{language}" if language else key for language in languages}
    first = types[languages[0]]
    content = live[first].content if first in live else own[first].content if first in own else ""
    return Text(
        key=key,
        about=own[first].about if first in own else "",
        begins=content,
        versions={language: live.get(type) for language, type in types.items()},
        has_draft=any(type in drafts for type in types.values()),
    )


def _key(type: str) -> str:
    return type.removeprefix(REPLY).rpartition(":")[0] if type.startswith(REPLY) else type


def _theme(text: Text) -> str:
    if text.key in PROMPT_TYPES:
        return "guide"
    return next(key for key, beginnings in THEMES if text.key.startswith(beginnings))


def _holds(text: Text, sought: str) -> bool:
    contents = (live.content for live in text.versions.values() if live)
    abouts = (text.about, about_in_words(text.about, "en"))
    return any(sought in words.lower() for words in (text.key, *abouts, text.begins, *contents))
