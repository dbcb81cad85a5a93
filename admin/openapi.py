"""The API described for machines: OpenAPI 3.1, made from the same table that makes the routes, so that it cannot fall behind."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from admin.endpoint import PATTERNS, Door, Endpoint
from admin.shapes import Query
from flows.roles import roles_with

Json = dict[str, Any]  # Any: JSON.

_REF = "#/components/schemas/{model}"
_PROBLEM = "Problem"
_DOORS = {
    Door.OPEN: "Open to everybody.",
    Door.SIGNED: "WAHA, signed with HMAC-SHA512 over the raw body where a key is set.",
    Door.METRICS: "This machine, or whoever holds the metrics token.",
}
_GROUPS = {
    "whatsapp": "WhatsApp",
    "ai": "Bot",
    "marketing": "Sales and numbers",
    "travellers": "Sales and numbers",
    "campaign-codes": "Sales and numbers",
    "go": "Sales and numbers",
    "conversations": "Conversations",
    "labels": "Conversations",
    "packages": "Knowledge",
    "faq": "Knowledge",
    "company": "Knowledge",
    "triggers": "Knowledge",
    "customers": "Customers",
    "merges": "Customers",
    "privacy-requests": "Customers",
    "cases": "Complaints",
    "audit": "Audit",
    "consents": "Audit",
    "users": "Staff",
    "branches": "Staff",
    "auth": "Log-in",
    "media": "Files",
}
ABOUT = (
    "Errors are RFC 9457 problem documents. Lists answer items, total and next. Times carry an offset, money is whole rupiah. "
    "What a role sees of a person is masked on the server."
)


class ProblemField(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ProblemField] = []


def openapi(endpoints: Iterable[Endpoint], version: str) -> Json:
    """The whole document."""
    rows = list(endpoints)
    schemas, names = _schemas(rows)
    paths: dict[str, Json] = {}
    for row in rows:
        paths.setdefault(row.plain_path, {})[row.method.lower()] = _operation(row, names)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sapa", "version": version, "description": ABOUT},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
    }


def _schemas(
    rows: list[Endpoint],
) -> tuple[Json, Mapping[Any, Json]]:  # Any: pydantic's own key of model and mode.
    """All shapes by name, and how to point at each."""
    taken = {row.takes for row in rows if row.takes and not issubclass(row.takes, Query)}
    given = {row.gives for row in rows if row.gives}
    wanted: list[tuple[type[BaseModel], Any]] = [(Problem, "serialization")]
    wanted += [(model, "validation") for model in sorted(taken, key=_name)]
    wanted += [(model, "serialization") for model in sorted(given, key=_name)]
    references, document = models_json_schema(wanted, ref_template=_REF, by_alias=True)
    return document["$defs"], references


def _name(model: type[BaseModel]) -> str:
    return model.__qualname__


def _operation(row: Endpoint, names: Mapping[Any, Json]) -> Json:  # Any: as above.
    operation: Json = {
        "operationId": _operation_id(row),
        "summary": row.summary,
        "description": _who(row),
        "tags": [_group(row)],
        "parameters": [*_path_parameters(row), *_query_parameters(row)],
        "responses": _responses(row, names),
    }
    if isinstance(row.access, Door):
        operation["security"] = []
    else:
        operation["security"] = [{"token": []}]
        operation["x-roles"] = [role.value for role in roles_with(row.access)]
    body = _body(row, names)
    return operation | ({"requestBody": body} if body else {})


def _body(row: Endpoint, names: Mapping[Any, Json]) -> Json | None:  # Any: as above.
    if row.takes and not issubclass(row.takes, Query):
        schema = names[(row.takes, "validation")]
    elif row.access is Door.SIGNED:
        schema = {"type": "object"}
    else:
        return None
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _responses(row: Endpoint, names: Mapping[Any, Json]) -> Json:  # Any: as above.
    good: Json = {"description": "Done."}
    content: Json = {kind.strip(): {} for kind in (row.media_type or "").split(",") if kind.strip()}
    if row.gives:
        content["application/json"] = {"schema": names[(row.gives, "serialization")]}
    if content:
        good["content"] = content
    status = row.status if row.gives or row.media_type else HTTPStatus.NO_CONTENT
    answers = {str(code.value): good for code in (status, *row.also)}
    problem = {"application/problem+json": {"schema": names[(Problem, "serialization")]}}
    return answers | {
        str(code.value): {"description": code.phrase, "content": problem}
        for code in _failures(row)
        if str(code.value) not in answers
    }


def _failures(row: Endpoint) -> list[HTTPStatus]:
    """Every way in which this endpoint says no."""
    codes = set(row.fails) | {HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE}
    if not isinstance(row.access, Door):
        codes |= {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
    if row.parameters:
        codes.add(HTTPStatus.NOT_FOUND)
    if row.takes:
        codes.add(HTTPStatus.UNPROCESSABLE_ENTITY)
        if not issubclass(row.takes, Query):
            codes |= {HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE}
    return sorted(codes)


def _path_parameters(row: Endpoint) -> list[Json]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "integer", "minimum": 0}
            if kind == "int"
            else {"type": "string", "pattern": f"^{PATTERNS[kind]}$"},
        }
        for name, kind in row.parameters
    ]


def _query_parameters(row: Endpoint) -> list[Json]:
    if not row.takes or not issubclass(row.takes, Query):
        return []
    schema = row.takes.model_json_schema(by_alias=True, mode="validation")
    definitions = schema.get("$defs", {})
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _inlined(field, definitions)}
        for name, field in schema["properties"].items()
    ]


def _inlined(field: Json, definitions: Json) -> Json:
    """The field's schema with what it points at written out, and without null: a query leaves out what it does not ask."""
    options = [option for option in field.get("anyOf", [field]) if option.get("type") != "null"]
    chosen = options[0] if options else field
    if "$ref" in chosen:
        chosen = definitions[chosen["$ref"].rsplit("/", 1)[-1]]
    about = {name: field[name] for name in ("description",) if name in field}
    return {name: value for name, value in chosen.items() if name != "title"} | about


def _operation_id(row: Endpoint) -> str:
    words = [part.strip("{}").replace("-", "_") for part in row.plain_path.split("/") if part]
    return "_".join([row.method.lower(), *words])


def _group(row: Endpoint) -> str:
    first = next((part for part in row.plain_path.split("/") if part and part != "api"), "")
    return _GROUPS.get(first, "Service")


def _who(row: Endpoint) -> str:
    if isinstance(row.access, Door):
        return _DOORS[row.access]
    return "Roles: " + ", ".join(roles_with(row.access)) + "."
