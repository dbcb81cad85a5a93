"""What became of a conversation script: what was said and heard, and what is not as it should be."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One step as it went: what the customer wrote, and every text that came back."""

    said: str
    heard: str


@dataclass(slots=True, kw_only=True)
class Played:
    """differs holds one line for each expectation that did not come true; empty means passed. exchanges: one a step.

    replies are the keys of the texts that were said.
    """

    name: str
    differs: list[str] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    replies: frozenset[str] = frozenset()
