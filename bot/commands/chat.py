"""`sapa chat`: talk to the bot where you are. Lines in, bot lines out, the same engine; nothing ever goes through a real WAHA.

Each line is recorded as a customer's message and answered like one, with the answer returned instead of sent. Without `--phone` every
start is a new customer under a number that nobody can have.
"""

import asyncio
import logging
import secrets
import sys
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from textwrap import indent
from typing import Any, Protocol

import click

from admin.ports import AskBot, BotQuestion
from bot.app import Parts, open_service
from bot.logs import configure_logs
from bot.settings import Settings, read_settings
from flows.phone import phone_digits

YOU, BOT = "Anda> ", "Bot> "
MEDIA_WORDS = {"image": "gambar", "video": "video", "location": "lokasi"}
DOCUMENT_WORD = "dokumen"
# Numbers that begin with 0800 are free-of-charge service lines: no customer writes from one.
NOBODYS_PREFIX, NOBODYS_DIGITS = "62800", 8


class Talk(Protocol):
    """Somebody to talk to, one message at a time."""

    async def say(self, text: str) -> Sequence[str]:
        """What comes back, piece by piece; empty when the bot stays silent."""
        ...


@click.command(short_help="Talk to the bot in this terminal.")
@click.option("--phone", help="Write as this number, to go on where it left off; default: somebody new.")
def chat(phone: str | None) -> None:
    """Talk to the bot in this terminal, or pipe messages in, one a line. End with Ctrl-D.

    Leads, cases and alerts come about as in any other conversation; only WhatsApp is left out.
    """
    settings = read_settings()
    digits = phone_digits(phone) if phone else _nobodys_number()
    if digits is None:
        raise click.ClickException(f"{phone!r} is no phone number. Write one like 6281234567890.")
    # Standard output belongs to the conversation.
    configure_logs(settings.log_format, level=logging.WARNING)
    asyncio.run(_chat(settings, digits))


async def converse(
    talk: Talk, lines: Iterable[str], show: Callable[[str], None], hush: Callable[[], None]
) -> None:
    """Says each line that is not empty, and shows what comes back; hush is called when nothing does."""
    for line in lines:
        if text := line.strip():
            pieces = await talk.say(text)
            for piece in pieces:
                show(_framed(piece))
            if not pieces:
                hush()


async def _chat(settings: Settings, phone: str) -> None:
    is_person = sys.stdin.isatty()
    if is_person:
        click.echo(
            f"You write as {phone}. End with Ctrl-D; go on later with: sapa chat --phone {phone}", err=True
        )
    async with open_talk(settings, phone) as talk:
        await converse(talk, _typed() if is_person else sys.stdin, click.echo, _hush)


@asynccontextmanager
async def open_talk(settings: Settings, phone: str) -> AsyncIterator[Talk]:
    """The engine in this process, without HTTP and without WhatsApp."""
    parts = Parts(is_web=False, is_worker=False, progress=lambda line: click.echo(line, err=True))
    simulated = settings.model_copy(update={"waha_url": ""})
    async with open_service(simulated, parts) as service:
        await service.load_models()
        yield EngineTalk(service.ask, phone)


class EngineTalk:
    """The engine as somebody to talk to."""

    def __init__(self, bot: AskBot, phone: str) -> None:
        self._bot = bot
        self._phone = phone

    async def say(self, text: str) -> Sequence[str]:
        answer = await self._bot.process(BotQuestion(phone=self._phone, message=text))
        said = [answer.response_text] if answer.response_text else []
        return [*said, *(_media_words(media) for media in answer.media_to_send)]


def _media_words(
    media: dict[str, Any],
) -> str:  # Any: `{type, url, caption?}` or a location, see admin/ports.py.
    kind = str(media["type"])
    shown = media.get("caption") or media.get("name") or media.get("url") or ""
    return f"[{MEDIA_WORDS.get(kind, DOCUMENT_WORD)}] {shown}".rstrip()


def _hush() -> None:
    """Not on standard output: a silent bot says nothing there."""
    click.echo("(The bot stays silent: a human is asked for, or holds this conversation.)", err=True)


def _framed(piece: str) -> str:
    """The piece after the bot's sign, its further lines in line with the first."""
    return BOT + indent(piece, " " * len(BOT)).lstrip(" ")


def _typed() -> Iterator[str]:
    """Lines as a person types them, until Ctrl-D."""
    while True:
        try:
            yield input(YOU)
        except EOFError:
            click.echo(err=True)
            return


def _nobodys_number() -> str:
    return NOBODYS_PREFIX + "".join(secrets.choice("0123456789") for _ in range(NOBODYS_DIGITS))
