"""The API's description in OpenAPI 3.1 and as a page, both made from the fields of `importing.kinds`.

Anybody may read them: they tell what there is to ask, not what is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from flask import Blueprint, Response, current_app, render_template

from contact_center import access
from contact_center.api import batch, showing, values
from contact_center.api.door import PREFIX, answer
from contact_center.importing.cells import Reading
from contact_center.importing.fields import Field, Kind, Part
from contact_center.importing.kinds import KINDS

blueprint = Blueprint("api_description", __name__, url_prefix="/api")
Schema = dict[str, Any]


@blueprint.get("/v1/openapi.json")
@access.public
def openapi() -> Response:
    return answer(document())


@blueprint.get("/docs")
@access.public
def page() -> str:
    """The same for people."""
    return render_template(
        "api/docs.html",
        kinds=KINDS.values(),
        prefix=PREFIX,
        fields_of=fields_of,
        most=batch.MOST,
        example=example,
    )


def document() -> Schema:
    """The whole description."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{current_app.config['CC'].brand}: contact centre",
            "version": version("contact-center"),
            "description": "Keep customers, products and orders current, and read cards and tickets.",
        },
        "servers": [{"url": current_app.config["CC"].public_url + PREFIX}],
        "security": [{"token": []}],
        "paths": {**_resources(), **_batch(), **_reads()},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                **{kind.name: schema(kind) for kind in KINDS.values()},
                "outcome": _OUTCOME,
                "result": _RESULT,
                "problem": _PROBLEM,
                "errors": _ERRORS,
            },
            "responses": {"problem": {"description": "What is wrong", "content": _content("problem", "problem")}},
        },
    }


def schema(kind: Kind) -> Schema:
    """What a PUT of *kind* takes. Nothing is required: what is not said stays as it is."""
    told = _object(fields_of(kind), kind.parts)
    told["properties"] |= {kind.key.name: _NUMBER_AGAIN, "changed_at": _CHANGED_AT}
    if kind.name == "customers":  # which ones a firm has defined is not for everybody to read
        told["patternProperties"] = {r"^custom\.[a-z][a-z0-9_]*$": {}}
    return told


def fields_of(kind: Kind) -> tuple[Field, ...]:
    """The fields that every installation has, beside the number, which stands in the address."""
    return kind.fields[1:] if kind.name == "customers" else (*kind.fields[1:], values.AS_OF)


def example(kind: Kind) -> Schema:
    """A body that a PUT takes."""
    return _example(kind.fields[1:], kind.parts)


def _object(fields: Sequence[Field], parts: Sequence[Part]) -> Schema:
    properties = {field.name: _property(field) for field in fields}
    properties |= {
        part.name: {"type": "array", "maxItems": part.most, "items": _object(part.fields, part.parts)} for part in parts
    }
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _property(field: Field) -> Schema:
    about = [str(field.about)] if field.about else []
    needed = ["Needed for a new one."] if field.needed else []
    told: Schema = {"title": str(field.label), "anyOf": [field.type.schema(), {"type": "null"}]}
    if text := " ".join(about + needed):
        told["description"] = text
    return told


def _example(fields: Sequence[Field], parts: Sequence[Part]) -> Schema:
    shown = {field.name: _example_value(field) for field in fields if field.example}
    return shown | {part.name: [_example(part.fields, part.parts)] for part in parts}


def _example_value(field: Field) -> Any:
    """A field's example as JSON has it: read as a cell of a file, which is how it is written down."""
    return showing.plain(field.type.cell(field.example, Reading()))


_NUMBER_AGAIN: Schema = {"type": "string", "description": "The number in the address; it may be left out."}
_CHANGED_AT: Schema = {"type": "string", "format": "date-time", "readOnly": True}
_OUTCOME: Schema = {
    "type": "object",
    "required": ["external_id", "outcome"],
    "properties": {"external_id": {"type": "string"}, "outcome": {"enum": ["created", "changed", "same"]}},
}
_RESULT: Schema = {
    "type": "object",
    "required": ["index", "status"],
    "properties": {
        "index": {"type": "integer"},
        "status": {"enum": [200, 201, 422]},
        "external_id": {"type": "string"},
        "outcome": {"enum": ["created", "changed", "same"]},
        "detail": {"type": "string"},
        "errors": {"$ref": "#/components/schemas/errors"},
    },
}
_ERRORS: Schema = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["pointer", "detail"],
        "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
    },
}
_PROBLEM: Schema = {  # RFC 9457
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"$ref": "#/components/schemas/errors"},
    },
}


def _content(name: str, kind: str = "json") -> Schema:
    return {f"application/{kind}+json" if kind == "problem" else "application/json": {"schema": _ref(name)}}


def _ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _answers(success: Schema, *wrong: str) -> Schema:
    return success | {code: {"$ref": "#/components/responses/problem"} for code in ("401", "403", *wrong, "429")}


def _resources() -> Schema:
    number = {"name": "external_id", "in": "path", "required": True, "schema": {"type": "string", "maxLength": 100}}
    return {
        f"/{kind.name}/{{external_id}}": {
            "parameters": [number],
            "put": _put(kind),
            "get": {
                "operationId": f"get_{kind.name}",
                "summary": f"{kind.label}: get one",
                "description": f"Scope {kind.room}:read",
                "responses": _answers({"200": {"description": "It", "content": _content(kind.name)}}, "404"),
            },
        }
        for kind in KINDS.values()
    }


def _put(kind: Kind) -> Schema:
    took = {"content": _content("outcome")}
    return {
        "operationId": f"put_{kind.name}",
        "summary": f"{kind.label}: create or change one",
        "description": f"Scope {kind.room}:write",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _ref(kind.name), "example": example(kind)}},
        },
        "responses": _answers(
            {"200": {"description": "Changed, or the same", **took}, "201": {"description": "Created", **took}},
            "400", "413", "415", "422", "503",
        ),
    }  # fmt: skip


def _batch() -> Schema:
    operation = {
        "type": "object",
        "required": ["put", "external_id", "value"],
        "additionalProperties": False,
        "properties": {
            "put": {"enum": list(KINDS)},
            "external_id": {"type": "string"},
            "value": {"anyOf": [_ref(name) for name in KINDS]},
        },
    }
    listed = {"type": "array", "maxItems": batch.MOST, "items": operation}
    body = {
        "type": "object",
        "required": ["operations"],
        "additionalProperties": False,
        "properties": {"operations": listed},
    }
    results = {"type": "object", "properties": {"results": {"type": "array", "items": _ref("result")}}}
    done = {"description": "One result per operation", "content": {"application/json": {"schema": results}}}
    return {
        "/batch": {
            "post": {
                "operationId": "batch",
                "summary": f"Up to {batch.MOST} operations, each with its own result",
                "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
                "responses": _answers({"200": done}, "400", "413", "415", "422", "503"),
            }
        }
    }


def _reads() -> Schema:
    def parameter(name: str, **kind: Any) -> Schema:
        return {"name": name, "in": "query", "schema": kind}

    number = {"name": "external_id", "in": "path", "required": True, "schema": {"type": "string"}}
    shown = {"200": {"description": "It", "content": {"application/json": {}}}}
    return {
        "/customers/{external_id}/card": {
            "parameters": [number],
            "get": {"operationId": "card", "summary": "Everything about one customer", "description": "Scope card:read",
                    "responses": _answers(shown, "404")},
        },
        "/tickets": {
            "parameters": [
                parameter("customer", type="string"), parameter("state", type="string"),
                parameter("before", type="integer"), parameter("limit", type="integer", minimum=1, maximum=200),
            ],
            "get": {"operationId": "tickets", "summary": "Tickets, newest first", "description": "Scope tickets:read",
                    "responses": _answers(shown, "422")},
        },
    }  # fmt: skip
