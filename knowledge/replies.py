"""What does the bot say for a reply key? The words of the pack, or those that staff wrote in their place.

    replies = Replies(live_texts, zone, pack_texts("umroh"))
    replies.speak(decision.say, decision.language)

A text of staff's that cannot be used never reaches a customer as an error: the pack's own words stand in.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flows.decision import Fact, Say
from flows.domain import Language, Package
from flows.reply_keys import Key
from knowledge.pack import PACKS
from knowledge.reply_facts import FACTS, RICH, Sample, plain, samples
from knowledge.reply_sandbox import ReplyText, TextFailed, TextRefused, compiled, tidy
from knowledge.yaml_text import read_yaml

LANGUAGES: tuple[Language, ...] = ("id", "en")
SHARED = "common"  # The folder of what all trades say alike.
_TAG = re.compile(r"({{.*?}}|{%.*?%})")
_THIS = ("paket ini", "this package")
PROMPT_TYPES = ("base", "company", "package_data", "conversation_rules", "escalation")
# Texts are tried out in this zone when they are saved; which one it is makes no difference to what is allowed.
_TRIAL_ZONE = ZoneInfo("Asia/Jakarta")
# "rekening BCA 123 456 7890": contract section 4, the bot never sends account numbers. Amounts are written with dots.
_ACCOUNT = re.compile(
    r"(?i)\b(?:rek|rekening|norek|account|bca|bri|bni|bsi|mandiri)\b\.?(?:[^{}.,;\n]|\ba\.?n\.){0,40}?\d(?:[ -]?\d){8,}"
)
# As many digits as an account has stand in few messages, and are looked for in a tenth of the time.
_MANY_DIGITS = re.compile(r"\d(?:[ -]?\d){8}")
_NUMBER_AT_END = re.compile(r"\d(?:[ -]?\d)*$")
_NUMBER_COMES: dict[Language, str] = {
    "id": "(nomornya disampaikan rekan kami)",
    "en": "(our colleague will give you the number)",
}
_SIGN = re.compile(r"[🕋🙏😊]")
_EMOJI = re.compile(rf"[ ]?({_SIGN.pattern})")
_STOPS = frozenset(".!?:,\n")  # After these no full stop is missing when an emoji goes.
MAX_EMOJI = 2  # Different ones in one message.


@dataclass(frozen=True, slots=True, kw_only=True)
class PackText:
    """One text of the pack: type is `reply:<key>:<id|en>` or a prompt's; about says when it is used."""

    type: str
    content: str
    about: str


def reply_type(key: str, language: Language) -> str:
    return f"reply:{key}:{language}"


@lru_cache(maxsize=8)
def pack_texts(pack_name: str) -> tuple[PackText, ...]:
    """Every text of the pack: each reply key in both languages, the pack's own or what all trades share, and the prompts."""
    folder = PACKS / pack_name
    indonesian, english = (_spoken(folder, language) for language in LANGUAGES)
    prompts = _read(folder / "prompts.yaml")
    return (
        *(_text(reply_type(key, "id"), entry, entry) for key, entry in indonesian.items()),
        *(_text(reply_type(key, "en"), entry, indonesian[key]) for key, entry in english.items()),
        *(_text(kind, entry, entry) for kind, entry in prompts.items()),
    )


def _spoken(folder: Path, language: Language) -> dict[str, dict[str, str]]:
    """The texts in the order of their keys. What is shared is said in the pack's words: its [words] replace "paket" by "produk"."""
    name = f"replies.{language}.yaml"
    words = (
        tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8")).get("words", {}).get(language, {})
    )
    shared = {
        key: {what: in_words(text, words) for what, text in entry.items()}
        for key, entry in _read(PACKS / SHARED / name).items()
    }
    own = _read(folder / name) if (folder / name).exists() else {}
    texts = shared | own
    return {key: texts[key] for key in Key if key in texts}


def in_words(text: str, words: Mapping[str, str]) -> str:
    """The text with these words in place of others, outside of its tags; `sebut` becomes the trade's own "paket ini"."""
    parts = _TAG.split(text)
    for old, new in words.items():
        parts[::2] = [part.replace(old, new) for part in parts[::2]]
    this = next((new for old, new in words.items() if old in _THIS), None)
    if this is not None:
        called = f"{{% if is_named %}}{this}{{% else %}}*{{{{ package.name }}}}*{{% endif %}}"
        parts[1::2] = [called if part == "{{ package|sebut }}" else part for part in parts[1::2]]
    return "".join(parts)


def _text(kind: str, entry: Mapping[str, str], described: Mapping[str, str]) -> PackText:
    return PackText(type=kind, content=entry["text"], about=described["about"])


def _read(path: Path) -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = read_yaml(path.read_text(encoding="utf-8"))
    return entries


def check_reply(key: str, content: str) -> list[str]:
    """What keeps this text from being used for this key, in plain words; empty when nothing does.

    The text is also tried with many facts and with few, so that one that forgets to ask whether a date is known is found here.
    """
    if key not in FACTS:
        return [f"There is no reply {key!r}."]
    if _ACCOUNT.search(content):
        return ["The bot never sends account numbers. Leave them to a human."]
    try:
        text = compiled(Key(key), content, "id", _TRIAL_ZONE)
    except TextRefused as refused:
        return refused.problems
    return [problem for sample in samples(Key(key)) for problem in _tried(text, key, sample)]


def _tried(text: ReplyText, key: str, sample: Sample) -> Iterator[str]:
    try:
        words = text.write(_plain_facts(Key(key), sample.facts))
    except TextFailed as failed:
        yield f"With {sample.name} the text cannot be written: {failed}. Ask first whether the fact is known."
        return
    if not words and sample.name == RICH:
        yield "The text is empty."


def _plain_facts(key: Key, facts: Mapping[str, Fact]) -> dict[str, object]:
    """What the key's texts may name and nothing else; a fact that the turn did not give is None."""
    return {name: plain(facts.get(name)) for name in FACTS[key]}


class Replies:
    """All texts of one moment, compiled; made anew when the knowledge version changes.

    texts are the live ones by type (other types are ignored); pack is what stands in where one is missing or cannot be used.
    """

    def __init__(self, texts: Mapping[str, str], zone: tzinfo, pack: Sequence[PackText]) -> None:
        self._zone = zone
        self._live = texts
        self._texts = tuple(pack)
        self._pack = {text.type: text.content for text in pack}
        # Why a text could not be used, by type: for the log and for the people who write texts, never for customers.
        self.broken: dict[str, str] = {}
        self._chains: dict[tuple[Key, Language], tuple[tuple[str, ReplyText], ...]] = {}

    def instead(self, texts: Mapping[str, str]) -> "Replies":
        """The same texts, but for these: what would be said if they were live."""
        return Replies({**self._live, **texts}, self._zone, self._texts)

    def render(self, key: str, language: Language, facts: Mapping[str, Fact]) -> str:
        """The words for this key, at most 4,096 characters. Without a text in English the Indonesian one is used.

        Raises LookupError for a key that nothing knows, and when not even the pack's own text can be written: a mistake in the code.
        """
        of_key = Key(key)
        known = _plain_facts(of_key, facts)
        written = None
        for kind, text in self._chain(of_key, language):
            try:
                written = text.write(known)
            except TextFailed as failed:
                self.broken[kind] = str(failed)
            if written:
                return written
        if written is not None:
            return written
        raise LookupError(f"No text for {key!r} in {language!r} can be written. See the pack's replies.")

    def speak(self, says: Sequence[Say], language: Language) -> str:
        """The whole message: every part in its words, each knowing what stands before and whether more follows, joined."""
        parts: list[str] = []
        is_named = False
        for left, say in zip(reversed(range(len(says))), says, strict=True):
            parts.append(
                self.render(say.key, language, say.facts | {"is_named": is_named, "has_more": left > 0})
            )
            package = say.facts.get("package")
            is_named = is_named or (isinstance(package, Package) and package.name in parts[-1])
        text = self.join(parts)
        if not _MANY_DIGITS.search(text):
            return text
        return _ACCOUNT.sub(lambda found: _without_number(found[0], language), text)

    def join(self, parts: Sequence[str]) -> str:
        """The parts as one message with a blank line between, without what only a machine would repeat.

        A question that closes two parts is asked once, at the end; any other paragraph that was said before is not said again; every
        emoji stands once.
        """
        said: list[str] = []
        for number, part in enumerate(parts):
            later = [_ending(other) for other in parts[number + 1 :]]
            said += [
                paragraph
                for paragraph in _paragraphs(part)
                if paragraph not in later and not any(_holds(before, paragraph) for before in said)
            ]
        return tidy(_calmed("\n\n".join(said)))

    def _chain(self, key: Key, language: Language) -> tuple[tuple[str, ReplyText], ...]:
        """Compiled when first said, a millisecond each: all of them at once would be a tenth of the service's start."""
        chain = self._chains.get((key, language))
        if chain is None:
            chain = self._chains[key, language] = tuple(self._usable(key, language))
        return chain

    def _usable(self, key: Key, language: Language) -> Iterator[tuple[str, ReplyText]]:
        """Staff's text, the pack's, and then the same in Indonesian: the first that can be written is said."""
        for spoken in dict.fromkeys((language, LANGUAGES[0])):
            kind = reply_type(key, spoken)
            contents = (self._live.get(kind), self._pack.get(kind))
            for content in dict.fromkeys(content for content in contents if content is not None):
                try:
                    yield kind, compiled(key, content, spoken, self._zone)
                except TextRefused as refused:
                    self.broken[kind] = str(refused)


def _without_number(words: str, language: Language) -> str:
    """The words about an account without its number, also where staff wrote it into an answer or a package."""
    return _NUMBER_AT_END.sub(_NUMBER_COMES[language], words)


def _paragraphs(part: str) -> list[str]:
    return [paragraph for paragraph in part.split("\n\n") if paragraph.strip()]


def _holds(before: str, paragraph: str) -> bool:
    """Whether these lines stand in what was said before, as its whole or as its first or last lines."""
    return before == paragraph or before.startswith(paragraph + "\n") or before.endswith("\n" + paragraph)


def _ending(part: str) -> str:
    return part.rpartition("\n\n")[2]


def _calmed(text: str) -> str:
    """Every emoji of ours once, and no more than two; where one stood for the full stop, a full stop takes its place."""
    signs = _SIGN.findall(text)
    if len(signs) <= MAX_EMOJI and len(signs) == len(set(signs)):
        return text
    seen: set[str] = set()

    def once(found: re.Match[str]) -> str:
        emoji = found[1]
        if emoji not in seen and len(seen) < MAX_EMOJI:
            seen.add(emoji)
            return found[0]
        return "." if text[found.start() - 1 : found.start()] not in _STOPS else ""

    return _EMOJI.sub(once, text)
