"""Does a request keep to WAHA's contract? Checked against WAHA's own OpenAPI document where it lies beside the repository.

Where it does not (`../shared` is absent), only our own, stricter schemas of the bodies we send are checked, and `how_checked` says so.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

Json = dict[str, Any]  # Any: JSON schemas and bodies.

WAHA = Path(__file__).resolve().parents[3] / "shared" / "waha"

SESSION = {"type": "string", "pattern": "^[a-zA-Z0-9_-]{1,54}$"}
HEAD = {"session": SESSION, "chatId": {"type": "string", "pattern": r"^\d{5,20}@(c\.us|lid)$"}}
ID = {"type": "string", "pattern": "^[A-Za-z0-9.-]+$"}
FILE_HEAD = {"mimetype": {"type": "string", "pattern": "^[^/]+/[^/]+$"}, "filename": {"type": "string"}}


def _closed(required: list[str], properties: Json) -> Json:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


FILE = {
    "oneOf": [
        _closed(["mimetype", "url"], FILE_HEAD | {"url": {"type": "string", "pattern": "^https?://"}}),
        _closed(
            ["mimetype", "data"], FILE_HEAD | {"data": {"type": "string", "pattern": "^[A-Za-z0-9+/]+=*$"}}
        ),
    ]
}
CAPTION = {"type": "string", "maxLength": 1024}
MEDIA = _closed(["session", "chatId", "file"], HEAD | {"file": FILE, "caption": CAPTION})
OURS: dict[str, Json] = {
    "/api/sendText": _closed(
        ["session", "chatId", "text"],
        HEAD
        | {
            "text": {"type": "string", "minLength": 1},
            "id": ID,
            "reply_to": ID,
            "linkPreview": {"type": "boolean"},
        },
    ),
    "/api/sendImage": MEDIA,
    "/api/sendFile": MEDIA,
    "/api/sendVideo": _closed(
        ["session", "chatId", "file", "convert"],
        HEAD | {"file": FILE, "caption": CAPTION, "convert": {"type": "boolean"}},
    ),
    "/api/sendLocation": _closed(
        ["session", "chatId", "latitude", "longitude", "title"],
        HEAD
        | {
            "latitude": {"type": "number", "minimum": -90, "maximum": 90},
            "longitude": {"type": "number", "minimum": -180, "maximum": 180},
            "title": {"type": "string"},
            "id": ID,
        },
    ),
    "/api/sendSeen": _closed(
        ["session", "chatId", "messageIds"],
        HEAD
        | {
            "messageIds": {
                "type": "array",
                "items": {"type": "string", "pattern": "^false_[^_]+@[^_]+_[^_]+$"},
            }
        },
    ),
    "/api/startTyping": _closed(["session", "chatId"], HEAD),
    "/api/stopTyping": _closed(["session", "chatId"], HEAD),
}


def how_checked() -> str:
    """Which contract `problems` checks against on this machine."""
    if (WAHA / "openapi.json").exists():
        return "WAHA's OpenAPI document and our own schemas"
    return "our own schemas only: ../shared/waha/openapi.json is absent"


def problems(method: str, path: str, query: Mapping[str, str], body: object) -> list[str]:
    """What in this request WAHA's contract does not allow, in sentences; empty when all is well."""
    found = _wrong(_validator(path), body) if path in OURS else []
    if (WAHA / "openapi.json").exists():
        found += _against_openapi(method, path, query, body)
    return found


def _wrong(validator: Draft202012Validator, body: object) -> list[str]:
    return [f"{error.json_path}: {error.validator} is not kept" for error in validator.iter_errors(body)]


@cache
def _validator(path: str) -> Draft202012Validator:
    return Draft202012Validator(OURS[path])


def _against_openapi(method: str, path: str, query: Mapping[str, str], body: object) -> list[str]:
    template = next((known for known in _templates() if _fits(path, known)), None)
    operation = _document()["paths"].get(template, {}).get(method.lower()) if template else None
    if operation is None:
        return [f"{method} {path} stands in no WAHA."]
    asked = [p for p in operation.get("parameters", []) if p["in"] == "query"]
    found = [f"query {name}: unknown" for name in query if name not in {p["name"] for p in asked}]
    for parameter in asked:
        if parameter["name"] in query:
            schema = parameter["schema"]
            found += _wrong(Draft202012Validator(schema), _typed(query[parameter["name"]], schema))
        elif parameter.get("required"):
            found.append(f"query {parameter['name']}: missing")
    wanted = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if wanted is not None:
        found += _wrong(_body_validator(json.dumps(wanted)), body)
    return found


@cache
def _document() -> Json:
    document: Json = json.loads((WAHA / "openapi.json").read_text())
    _mend(document["components"]["schemas"])
    return document


@cache
def _templates() -> tuple[str, ...]:
    """Fixed paths before those with placeholders, so that `/api/sessions` is not taken for `/api/{session}`."""
    return tuple(sorted(_document()["paths"], key=lambda path: path.count("{")))


@cache
def _body_validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema) | {"components": _document()["components"]})


def _fits(path: str, template: str) -> bool:
    parts, places = path.split("/"), template.split("/")
    return len(parts) == len(places) and all(
        place == part or (place.startswith("{") and part) for part, place in zip(parts, places, strict=True)
    )


def _mend(schema: object) -> None:
    """WAHA's generator writes "object" where it lost a type: for strings with a default, and for the names of events."""
    if isinstance(schema, list):
        for item in schema:
            _mend(item)
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" and isinstance(schema.get("default"), str):
        schema["type"] = "string"
    if schema.get("type") == "array" and schema.get("items") == {"type": "object"}:
        schema["items"] = {}
    for item in schema.values():
        _mend(item)


def _typed(written: str, schema: Json) -> object:
    if schema.get("type") == "number":
        return float(written) if written.lstrip("-").replace(".", "", 1).isdigit() else written
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(written, written)
    return written
