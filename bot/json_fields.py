"""Is this loose JSON of the kind we need? Reading bodies from outside, strictly where it matters.

Everything that leaves this file can be stored: text without NUL and without lone surrogates, JSON without NaN or Infinity.
"""

import json
import math
from typing import Any

from pydantic_core import from_json

Json = dict[str, Any]  # Any: JSON from outside; each field is read through a function below.

MAX_DEPTH = 60  # WAHA's deepest `_data` (a quoted message inside a quoted message) stays under 30.
KEPT_TEXT = 2_000  # Characters of a string in an event that is only kept for people.


class UnreadableBody(ValueError):
    """The body is in no form we know, or a part of it has a broken type. Answer 400: sending it again will not help."""


def read_object(raw: bytes) -> Json:
    """The JSON object in raw. Raises UnreadableBody for anything else."""
    try:
        value = read_json(raw)
    except UnicodeDecodeError as error:
        raise UnreadableBody(f"The body is not UTF-8 (byte {error.start}). Send JSON in UTF-8.") from error
    except RecursionError as error:
        raise UnreadableBody("The JSON is nested too deeply.") from error
    except ValueError as error:
        raise UnreadableBody("The body is not JSON. Send one JSON object.") from error
    if not isinstance(value, dict):
        raise UnreadableBody(f"The body is a JSON {_kind(value)}. Send one JSON object.")
    return value


def read_json(raw: bytes) -> Any:  # Any: JSON from outside.
    """The JSON in raw. Raises ValueError (UnicodeDecodeError where it is no text), or RecursionError."""
    try:
        return from_json(raw, allow_inf_nan=False, cache_strings="keys")
    except ValueError:
        # The quick reader also refuses what we take: halves of surrogate pairs, a byte order mark, very deep nesting.
        return _DECODER.decode(raw.decode("utf-8-sig"))


def text(value: object, name: str) -> str | None:
    """value as clean text; None where it is absent. Raises UnreadableBody for any other type."""
    if value is None:
        return None
    if isinstance(value, str):
        return clean(value)
    raise UnreadableBody(f"`{name}` is a JSON {_kind(value)} where a string is expected.")


def object_at(value: object, name: str) -> Json | None:
    """value as an object; None where it is absent. Raises UnreadableBody for any other type."""
    if value is None or isinstance(value, dict):
        return value
    raise UnreadableBody(f"`{name}` is a JSON {_kind(value)} where an object is expected.")


def loose_object(value: object, *keys: str) -> Json:
    """The object that keys lead to from value, {} where the way breaks off. For parts nobody promises."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def loose_text(value: object) -> str | None:
    """value as clean text when it is a string that says something, else None. For parts nobody promises."""
    return (clean(value).strip() or None) if isinstance(value, str) else None


def clean(value: str) -> str:
    """value without NUL, which PostgreSQL refuses, and without lone surrogates, which no encoding can carry."""
    if "\x00" in value:
        value = value.replace("\x00", "")
    return value if value.isascii() else value.encode("utf-8", "ignore").decode("utf-8")


def clean_json(value: Any, depth: int = 0) -> Any:  # Any: JSON in, JSON out.
    """value fit for a JSON column: clean strings cut at KEPT_TEXT, finite numbers, no deeper than MAX_DEPTH."""
    if depth > MAX_DEPTH:
        return None
    if isinstance(value, str):
        return clean(value)[:KEPT_TEXT]
    if isinstance(value, dict):
        return {clean(key)[:KEPT_TEXT]: clean_json(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [clean_json(item, depth + 1) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def number(value: object) -> float | None:
    """A finite number, also where JSON carries it as a string (NOWEB does); None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _kind(value: object) -> str:
    names = {bool: "boolean", str: "string", list: "array", dict: "object", type(None): "null"}
    return names.get(type(value), "number")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
