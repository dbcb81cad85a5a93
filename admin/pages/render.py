"""How does a page's context become HTML? One Jinja environment: everything escaped, an undefined name is an error.

A template gets three names: `page` (the page's context value), `frame` (what surrounds it), and `t` (the panel's words). Filters write
what people read: rupiah, moments on the company's clock, how long ago.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from admin.pages.assets import asset_address, icon_source
from admin.pages.devices import device
from admin.pages.frame import Frame
from admin.pages.sentences import about_in_words, in_words, reason_in_words, summary_in_words
from admin.words import all_words
from flows.roles import BOT, SYSTEM
from flows.wording import list_day_words, list_moment_words, phone_words, rupiah

TEMPLATES = Path(__file__).parents[1] / "templates"
FINE = timedelta(
    seconds=10
)  # Below it a tenth of a second matters: an answer after 0,4 s is not one after 0.
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def render(template: str, frame: Frame, page: object) -> str:
    """The template's text. Raises jinja2's errors when it names what is not there: that is a fault of ours, found by tests."""
    return _environment().get_template(template).render(page=page, frame=frame, t=frame.words.say)


@cache
def _environment() -> Environment:
    # Made at the first page, not at the start: a service that only answers WhatsApp never pays for it.
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"asset": asset_address, "icon": icon}
    environment.filters |= FILTERS
    return environment


@cache
def icon(name: str, css: str = "") -> Markup:
    """The vendored icon of that name as inline SVG, hidden from screen readers: words stand beside it."""
    source = icon_source(name).replace(
        "<svg", f'<svg aria-hidden="true" focusable="false" data-icon="{name}"', 1
    )
    return Markup(source.replace('class="icon', f'class="{css} icon', 1))  # noqa: S704  # our own file, classes from templates


@pass_context
def when(context: Context, moment: datetime | None) -> str:
    """`14.05` today, else `Sen 21 Nov 14.05`, on the company's clock; an em dash for none."""
    if moment is None:
        return "—"
    frame: Frame = context["frame"]
    return list_moment_words(moment.astimezone(frame.zone), frame.now.date(), frame.words.language)


@pass_context
def exact(context: Context, moment: datetime) -> str:
    """`Sen 21 Nov 2027 14.05.33`, where a record must be exact."""
    frame: Frame = context["frame"]
    local = moment.astimezone(frame.zone)
    time = f"{local:{'%H.%M.%S' if frame.words.language == 'id' else '%H:%M:%S'}}"
    return f"{list_day_words(local.date(), frame.words.language)} {time}"


_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")


@pass_context
def fact(context: Context, value: object) -> object:
    """A fact of the audit as people read it: moments on the company's clock, and in words what has any."""
    frame: Frame = context["frame"]
    if not isinstance(value, str):
        return value
    if _MOMENT.fullmatch(value):
        return exact(context, datetime.fromisoformat(value))
    key = next(
        (
            key
            for key in (f"audit.value_{value.replace(' ', '_')}", f"role.{value}")
            if frame.words.knows(key)
        ),
        None,
    )
    return frame.words.say(key) if key else value


@pass_context
def about(context: Context, words: str) -> str:
    """When a text of the bot is used, or why a version was made."""
    frame: Frame = context["frame"]
    return about_in_words(words, frame.words.language)


@pass_context
def category(context: Context, name: str, code: str) -> str:
    """A complaint's category. Staff name them; one that still has the name it came with is said in the panel's language, too."""
    frame: Frame = context["frame"]
    came_with = all_words().get(f"case_category.{code}")
    return frame.words.say(f"case_category.{code}") if came_with and name == came_with[0] else name


@pass_context
def clock(context: Context, moment: datetime) -> str:
    """`14.05`, where the day stands above."""
    frame: Frame = context["frame"]
    local = moment.astimezone(frame.zone)
    return f"{local:{'%H.%M' if frame.words.language == 'id' else '%H:%M'}}"


@pass_context
def day(context: Context, value: date | datetime | None) -> str:
    """`Sen 21 Nov 2027`; a moment's day is the company's."""
    if value is None:
        return "—"
    frame: Frame = context["frame"]
    local = value.astimezone(frame.zone).date() if isinstance(value, datetime) else value
    return list_day_words(local, frame.words.language)


@pass_context
def ago(context: Context, moment: datetime | None) -> str:
    """`< 1 mnt`, `3 mnt`, `2 j`, `5 h`: how long ago, short enough for a list. Seconds would be wrong as soon as they are read."""
    if moment is None:
        return "—"
    frame: Frame = context["frame"]
    length = frame.now.astimezone(UTC) - moment.astimezone(UTC)
    return _span(frame, length) if length >= MINUTE else frame.words.say("frame.under_a_minute")


@pass_context
def span(context: Context, seconds: float | timedelta | None) -> str:
    """A duration, short: `45 dtk`, `3 mnt`, `2 jam`, `5 hari`."""
    if seconds is None:
        return "—"
    frame: Frame = context["frame"]
    return _span(frame, seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds))


@pass_context
def exactly(context: Context, length: timedelta) -> str:
    """A duration to check a sum by, in the hours that are promised: `80 jam 9 mnt`, `7 jam`, `45 mnt`."""
    frame: Frame = context["frame"]
    if length < HOUR:
        return _span(frame, length)
    said, minutes = frame.words.say("frame.hours", n=length // HOUR), length % HOUR // MINUTE
    return f"{said} {frame.words.say('frame.minutes', n=minutes)}" if minutes else said


def _span(frame: Frame, length: timedelta) -> str:
    length = max(length, timedelta())
    if timedelta() < length < FINE:
        return frame.words.say("frame.seconds", n=_marked(frame, f"{length.total_seconds():.1f}"))
    if length < MINUTE:
        return frame.words.say("frame.seconds", n=int(length.total_seconds()))
    if length < HOUR:
        return frame.words.say("frame.minutes", n=length // MINUTE)
    if length < DAY:
        return frame.words.say("frame.hours", n=length // HOUR)
    return frame.words.say("frame.days", n=length // DAY)


@pass_context
def staff(context: Context, username: str | None) -> str:
    """How colleagues call somebody; the bot and the system by their words, an em dash for nobody."""
    frame: Frame = context["frame"]
    if username in (BOT.name, SYSTEM.name):
        return frame.words.say(f"frame.{username}")
    return frame.names.get(username, username) if username else "—"


@pass_context
def sentence(context: Context, said: str) -> str:
    """What is wrong with something, written in English as refusals are, in the panel's language."""
    frame: Frame = context["frame"]
    return in_words(said, frame.words.language)


@pass_context
def reason(context: Context, sentence: str) -> str:
    """Why a rule or a model found something, in the panel's language."""
    frame: Frame = context["frame"]
    return reason_in_words(sentence, frame.words.language)


@pass_context
def summary(context: Context, text: str) -> str:
    """What the bot tells of a customer, in the panel's language."""
    frame: Frame = context["frame"]
    return summary_in_words(text, frame.words.language)


# WhatsApp's own marks: *bold*, _italic_, ~struck~, around words and not inside them.
_MARKS = {"*": "strong", "_": "em", "~": "s"}
_MARKED = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^*_~\n]+?)(?<=\S)\1(?![\w*_~])")


def whatsapp(text: str) -> Markup:
    """The text as WhatsApp shows it: everything escaped, then its marks made bold, italic or struck."""
    safe = str(escape(text))
    return Markup(_MARKED.sub(lambda found: f"<{_MARKS[found[1]]}>{found[2]}</{_MARKS[found[1]]}>", safe))  # noqa: S704  # escaped above


@pass_context
def percent(context: Context, share: float | None) -> str:
    """A share of one as `12,5 %`, in English `12.5%`; an em dash where there is none."""
    if share is None:
        return "—"
    frame: Frame = context["frame"]
    sign = " %" if frame.words.language == "id" else "%"
    return _marked(frame, f"{share * 100:.1f}".removesuffix(".0")) + sign


@pass_context
def number(context: Context, value: float | None) -> str:
    """`1.234.567,5` as Indonesians write it, in English `1,234,567.5`: each reads the other's as something else."""
    if value is None:
        return "—"
    return _marked(context["frame"], f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}")


def _marked(frame: Frame, english: str) -> str:
    """The number with the points and commas of the panel's language."""
    return english.translate(_INDONESIAN) if frame.words.language == "id" else english


_INDONESIAN = str.maketrans(",.", ".,")


def phone(number: str | None) -> str:
    """`+62 812-3456-7890`; masked numbers stay masked."""
    return phone_words(number) if number else "—"


def money(amount: int | None) -> str:
    return "—" if amount is None else rupiah(amount)


def as_json(value: object) -> str:
    """For data attributes that scripts read; Jinja escapes it."""
    return json.dumps(value, ensure_ascii=False, default=str)


FILTERS: dict[str, Callable[..., object]] = {
    "when": when,
    "clock": clock,
    "exact": exact,
    "fact": fact,
    "category": category,
    "about": about,
    "day": day,
    "ago": ago,
    "span": span,
    "exactly": exactly,
    "percent": percent,
    "staff": staff,
    "sentence": sentence,
    "reason": reason,
    "summary": summary,
    "device": device,
    "whatsapp": whatsapp,
    "number": number,
    "rupiah": money,
    "phone": phone,
    "as_json": as_json,
}
