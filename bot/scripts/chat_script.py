"""What a conversation script says: YAML that staff can read and write, parsed once into steps.

- name: Iklan dengan kode disapa
  steps:
    - says: UMR_MAR_2027_HEMAT
      hears: [Rp 25.000.000, 15 Maret 2027]
      media: [image]
      phase: leads
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from flows.domain import Consent, HandoverReason, Phase, Priority, Status
from knowledge.yaml_text import read_yaml


class WrongScript(Exception):
    """A script cannot be read; the message names the file, the place and what is wrong there."""


def _listed(value: object) -> object:
    return [value] if isinstance(value, str | int) else value


Words = Annotated[
    list[str], BeforeValidator(lambda value: [str(item) for item in _listed(value)] if _listed(value) else [])
]
Absent = Literal["address", "licence", "hours", "faq", "packages"]
MediaName = Literal["image", "document", "video", "location"]
# How people call the same things.
SAME_MEDIA = {"pdf": "document", "file": "document", "map": "location", "picture": "image"}
Media = Annotated[
    list[MediaName], BeforeValidator(lambda value: [SAME_MEDIA.get(item, item) for item in _listed(value)])
]
StaffAct = Literal["claims", "writes", "releases", "closes", "pays", "types_on_phone"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Given(_Strict):
    """What holds before the first step. now: the company's clock; without it a Monday morning in working hours."""

    now: datetime | None = None
    sold_out: Words = Field(default_factory=list)
    without: Annotated[list[Absent], BeforeValidator(_listed)] = Field(default_factory=list)
    triggers: dict[str, Any] = Field(default_factory=dict)  # Any: checked by storage when it is written.

    def knows_the_same_as(self, other: "Given") -> bool:
        """Whether the company knows and sells the same in both; the clock may differ."""
        return self.model_copy(update={"now": None}) == other.model_copy(update={"now": None})


class Step(_Strict):
    """One exchange. says[] are written in one breath (one turn). sends is a message without words. later_hours passes first.

    staff acts before anything is said. hears and not_hears are parts of the texts, without regard to case; media are the kinds in order.
    silent: nothing at all is heard. texts: how many text messages are.
    """

    says: Words = Field(default_factory=list)
    sends: Literal["voice", "image", "document", "sticker", "location", "contact", "lost_image"] | None = None
    minutes_late: int = 0
    staff: StaffAct | None = None
    later_hours: float = 0
    hears: Words = Field(default_factory=list)
    not_hears: Words = Field(default_factory=list)
    media: Media | None = None
    silent: bool = False
    texts: int | None = None
    phase: Phase | None = None
    status: Status | None = None
    package: str | None = None
    handover_reason: HandoverReason | None = None
    priority: Priority | None = None
    high_intent: bool | None = None
    consent: Consent | None = None
    language: Literal["id", "en"] | None = None
    leads: int | None = None
    cases: int | None = None
    alerts: int | None = None


class Script(_Strict):
    name: str
    given: Given = Field(default_factory=Given)
    steps: list[Step] = Field(min_length=1)


_SCRIPTS = TypeAdapter(list[Script])


def read_scripts(path: Path) -> list[Script]:
    """The scripts of a file, or of all `.yaml` files of a folder, in order of name. Raises WrongScript.

    A file holds one script or a list of them.
    """
    files = sorted(path.glob("**/*.y*ml")) if path.is_dir() else [path]
    if not files:
        raise WrongScript(f"There are no .yaml files in {path}.")
    return [script for file in files for script in _read(file)]


def _read(file: Path) -> list[Script]:
    try:
        written = read_yaml(file.read_text(encoding="utf-8"))
        return _SCRIPTS.validate_python([written] if isinstance(written, dict) else written or [])
    except OSError as error:
        raise WrongScript(f"{file}: {error.strerror}. Give a file or folder that can be read.") from error
    except UnicodeDecodeError as error:
        raise WrongScript(f"{file}: this is no text in UTF-8. Save it as such.") from error
    except yaml.YAMLError as error:
        raise WrongScript(f"{file}: this is no YAML{_where(error)}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = f"at {'.'.join(str(part) for part in first['loc'])}: " if first["loc"] else ""
        raise WrongScript(f"{file}: {place}{first['msg']}") from error


def _where(error: yaml.YAMLError) -> str:
    """Place and reason in half a line; PyYAML would draw the place below its words."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return ""
    mark = error.problem_mark
    return f": line {mark.line + 1}, column {mark.column + 1}: {error.problem}"
