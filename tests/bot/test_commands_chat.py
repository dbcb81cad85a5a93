"""Talking to the bot in a terminal: which lines go in, and which come out."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from admin.ports import BotAnswer, BotQuestion
from bot.commands.chat import EngineTalk, converse
from flows.domain import Phase

PHONE = "6280012345678"


@dataclass
class Parrot:
    """Says what it hears; silent when told to be."""

    heard: list[str] = field(default_factory=list)

    async def say(self, text: str) -> Sequence[str]:
        self.heard.append(text)
        return [] if text == "diam" else [f"kata Anda: {text}"]


@dataclass
class Terminal:
    lines: list[str] = field(default_factory=list)
    silences: int = 0

    def hush(self) -> None:
        self.silences += 1


async def spoken(talk: EngineTalk | Parrot, *lines: str) -> Terminal:
    terminal = Terminal()
    await converse(talk, lines, terminal.lines.append, terminal.hush)
    return terminal


async def test_each_line_in_gives_the_bots_lines_out() -> None:
    terminal = await spoken(Parrot(), "halo\n", "berapa harganya?\n")
    assert terminal.lines == ["Bot> kata Anda: halo", "Bot> kata Anda: berapa harganya?"]


async def test_empty_lines_are_not_said() -> None:
    parrot = Parrot()
    await spoken(parrot, "\n", "   \n", "halo\n")
    assert parrot.heard == ["halo"]


async def test_a_silent_bot_writes_no_line() -> None:
    terminal = await spoken(Parrot(), "diam\n")
    assert (terminal.lines, terminal.silences) == ([], 1)


async def test_further_lines_stand_under_the_first() -> None:
    class Poet:
        async def say(self, _text: str) -> Sequence[str]:
            return ["satu\n\ndua"]

    terminal = Terminal()
    await converse(Poet(), ["halo"], terminal.lines.append, terminal.hush)
    assert terminal.lines == ["Bot> satu\n\n     dua"]


@dataclass
class Engine:
    """The direct question to the bot, answered with one prepared answer."""

    answer: BotAnswer
    asked: list[BotQuestion] = field(default_factory=list)

    async def process(self, question: BotQuestion) -> BotAnswer:
        self.asked.append(question)
        return self.answer


def answer(text: str, *media: dict[str, object]) -> BotAnswer:
    return BotAnswer(
        response_text=text,
        media_to_send=media,
        new_phase=Phase.LEADS,
        confidence=1.0,
        should_escalate=False,
        intent=None,
        intents=(),
        entities={},
        language="id",
        package_code=None,
        handover_reason=None,
    )


@pytest.mark.parametrize(
    ("media", "line"),
    [
        pytest.param({"type": "image", "url": "/m/1", "caption": "Umroh"}, "[gambar] Umroh", id="picture"),
        pytest.param({"type": "document", "url": "/m/2"}, "[dokumen] /m/2", id="document without a caption"),
        pytest.param(
            {"type": "video", "url": "/m/3", "caption": "Kata jamaah"}, "[video] Kata jamaah", id="video"
        ),
        pytest.param(
            {"type": "location", "lat": 1, "lng": 2, "name": "Kantor"}, "[lokasi] Kantor", id="place"
        ),
    ],
)
async def test_media_are_told_in_words(media: dict[str, object], line: str) -> None:
    terminal = await spoken(EngineTalk(Engine(answer("Ini ya", media)), PHONE), "minta brosur")
    assert terminal.lines == ["Bot> Ini ya", f"Bot> {line}"]


async def test_the_engine_is_asked_as_the_customer_and_not_for_a_rehearsal() -> None:
    engine = Engine(answer(""))
    terminal = await spoken(EngineTalk(engine, PHONE), "halo")
    assert engine.asked == [BotQuestion(phone=PHONE, message="halo", dry_run=False)]
    assert terminal.silences == 1
