"""The API described for people: one page made from the OpenAPI document, without scripts and without anything from elsewhere."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent
REFUSALS = "400"  # Statuses are three digits, so they compare as texts.
METHODS = ("get", "post", "put", "patch", "delete")
# No script runs on the page and nothing is fetched but its own style sheet.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"

Json = dict[str, Any]  # Any: JSON.


def docs_page(document: Json) -> str:
    """The page for this OpenAPI document."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("docs/page.html")
    return template.render(
        info=document["info"], groups=_groups(document), shapes=_shapes(document["components"]["schemas"])
    )


def style_sheet() -> str:
    return (HERE / "templates" / "docs" / "page.css").read_text()


def _groups(document: Json) -> dict[str, list[Json]]:
    """The operations by tag, in the order of the document."""
    schemas = document["components"]["schemas"]
    groups: dict[str, list[Json]] = {}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                row = _row(path, method, operations[method], schemas)
                groups.setdefault(operations[method]["tags"][0], []).append(row)
    return groups


def _row(path: str, method: str, operation: Json, schemas: Json) -> Json:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answers = operation["responses"].items()
    return {
        "path": path,
        "method": method.upper(),
        "id": operation["operationId"],
        "summary": operation["summary"],
        "who": operation["description"],
        "parameters": operation["parameters"],
        "body": _fields(body, schemas) if body else [],
        "given": [
            {"status": status, "fields": _given(answer, schemas)}
            for status, answer in answers
            if status < REFUSALS
        ],
        "refusals": [f"{status} {answer['description']}" for status, answer in answers if status >= REFUSALS],
    }


def _given(answer: Json, schemas: Json) -> list[Json]:
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    return _fields(schema, schemas) if schema else []


def _shapes(schemas: Json) -> dict[str, list[Json]]:
    """Every object that others are made of, by name."""
    return {
        name: _fields(schema, schemas) for name, schema in sorted(schemas.items()) if "properties" in schema
    }


def _fields(schema: Json, schemas: Json) -> list[Json]:
    """Name, type and meaning of each field of an object."""
    target: Json = schemas[_target(schema)] if "$ref" in schema else schema
    required = target.get("required", [])
    return [
        {
            "name": name,
            "type": _type(field, schemas),
            "required": name in required,
            "about": field.get("description", ""),
        }
        for name, field in target.get("properties", {}).items()
    ]


def _target(schema: Json) -> str:
    return str(schema["$ref"]).rsplit("/", 1)[-1]


def _type(field: Json, schemas: Json) -> str:
    """A field's type in a few words: `string or null`, `list of MessageView`, `bot | waiting | human | closed`."""
    if "$ref" in field:
        name = _target(field)
        return _type(schemas[name], schemas) if "enum" in schemas[name] else name
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(_type(option, schemas) for option in field["anyOf"]))
    if "enum" in field:
        return " | ".join(map(str, field["enum"]))
    if "const" in field:
        return str(field["const"])
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {}), schemas)}"
    written: str = field.get("format") or field.get("type") or "anything"
    return written
