"""Which facts may a text name, which does it name, and which did it name before? For whoever writes it."""

from dataclasses import dataclass

from flows.reply_keys import Key
from knowledge.reply_facts import ATTRIBUTES, FACTS, FactKind
from knowledge.reply_sandbox import names_used

_REPLY = "reply:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """One fact of a text's key. parts are its attributes, written behind a dot."""

    name: str
    kind: FactKind
    parts: tuple[str, ...]


def variables_of(prompt_type: str) -> tuple[Variable, ...]:
    """What a text of this type may name, by name; nothing for one that is no reply."""
    key = key_of(prompt_type)
    if key is None:
        return ()
    return tuple(
        Variable(name=name, kind=kind, parts=tuple(sorted(ATTRIBUTES.get(kind, ()))))
        for name, kind in sorted(FACTS[key].items())
    )


def lost_names(before: str, after: str) -> tuple[str, ...]:
    """What the text named before and does not name any more: a price that nobody would hear again."""
    return tuple(sorted(names_used(before) - names_used(after)))


def key_of(prompt_type: str) -> Key | None:
    """The reply key of `reply:<key>:<language>`, None for other types."""
    key = prompt_type.removeprefix(_REPLY).rpartition(":")[0]
    return Key(key) if prompt_type.startswith(_REPLY) and key in set(Key) else None
