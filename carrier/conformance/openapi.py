"""Holds requests and answers of the REST API against Twilio's published OpenAPI description.

The file is named by TWILIO_OPENAPI (`twilio_api_v2010.json` of github.com/twilio/twilio-oai). Shape is checked, not
behaviour: parameters known and not missing, values of the right type, no property left out or made up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator

Pairs = Sequence[tuple[str, str]]
JSON = dict[str, Any]
FLAGS = {"true": True, "false": False}


class Description:
    """The published description."""

    def __init__(self, path: Path) -> None:
        self._whole: JSON = json.loads(path.read_text())
        self._paths = [(re.compile(_pattern(path)), path) for path in self._whole["paths"]]

    def problems(self, method: str, path: str, query: Pairs, form: Pairs, status: int, body: JSON | None) -> list[str]:
        """What is wrong with a request and its answer; nothing, if all is well."""
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path} is in no description"]
        found = [*self._request_problems(operation, query, form)] if status < 400 else []
        return [*found, *self._answer_problems(operation, status, body)]

    def knows(self, method: str, path: str) -> bool:
        """Whether there is such an operation."""
        return self._operation(method, path) is not None

    def _operation(self, method: str, path: str) -> JSON | None:
        for pattern, template in self._paths:
            if pattern.fullmatch(path):
                operation: JSON | None = self._whole["paths"][template].get(method.lower())
                return operation
        return None

    def _request_problems(self, operation: JSON, query: Pairs, form: Pairs) -> Iterator[str]:
        asked = {one["name"]: one["schema"] for one in operation.get("parameters", []) if one["in"] == "query"}
        yield from self._fits("query", asked, set(), query)
        content = operation.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
        schema = content.get("schema", {})
        yield from self._fits("form", schema.get("properties", {}), set(schema.get("required", ())), form)

    def _fits(self, where: str, known: JSON, required: set[str], pairs: Pairs) -> Iterator[str]:
        sent: dict[str, list[str]] = {}
        for name, value in pairs:
            sent.setdefault(name, []).append(value)
        for name in required - set(sent):
            yield f"{where}: {name} is missing"
        for name, values in sent.items():
            if name not in known:
                yield f"{where}: {name} is not a parameter"
                continue
            schema = self._plain(known[name])
            given: Any = values if schema.get("type") == "array" else values[0]
            if schema.get("type") != "array" and len(values) > 1:
                yield f"{where}: {name} was sent {len(values)} times"
            yield from (f"{where}: {name}: {said}" for said in _said(schema, _typed(schema, given)))

    def _answer_problems(self, operation: JSON, status: int, body: JSON | None) -> Iterator[str]:
        if status >= 400:
            yield from _error_problems(status, body)
            return
        response = operation["responses"].get(str(status))
        if response is None:
            yield f"{status} is no status of this operation"
            return
        content = response.get("content", {}).get("application/json")
        if content is None:
            yield from ["there is a body where none should be"] if body else []
            return
        schema = self._plain(content["schema"])
        yield from _said(schema, body)
        yield from _left_out("", schema, body)

    def _plain(self, schema: JSON) -> JSON:
        """A schema with its references followed, in the words of JSON Schema."""
        return self._followed(json.dumps(schema, sort_keys=True))

    @lru_cache(512)  # noqa: B019 - there is one description, and it lives as long as the tests
    def _followed(self, text: str) -> JSON:
        schema: JSON = json.loads(text)
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[1]
            followed = self._plain(self._whole["components"]["schemas"][name])
            return _nullable(followed) if "enum" in followed else followed
        plain = {key: value for key, value in schema.items() if key not in {"format", "nullable", "description"}}
        if "properties" in plain:
            plain["properties"] = {name: self._plain(value) for name, value in plain["properties"].items()}
            plain["additionalProperties"] = False
        if "items" in plain:
            plain["items"] = self._plain(plain["items"])
        return _nullable(plain) if schema.get("nullable") else plain


def _pattern(path: str) -> str:
    return re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(path))


def _nullable(schema: JSON) -> JSON:
    made = dict(schema)
    if "type" in made:
        made["type"] = [made["type"], "null"] if isinstance(made["type"], str) else made["type"]
    if "enum" in made:
        made["enum"] = [*made["enum"], None]
    return made


def _typed(schema: JSON, value: Any) -> Any:
    """A form's text as the type it stands for."""
    if schema.get("type") == "boolean":
        return FLAGS.get(value, value)
    if schema.get("type") == "integer" and isinstance(value, str) and value.isdigit():
        return int(value)
    return value


def _said(schema: JSON, value: Any) -> Iterator[str]:
    for error in Draft7Validator(schema).iter_errors(value):
        where = "/".join(str(part) for part in error.path)
        yield f"{where}: {error.message}" if where else error.message


def _left_out(where: str, schema: JSON, value: Any) -> Iterator[str]:
    """Properties that the real carrier sends and this one does not."""
    if isinstance(value, dict):
        known = schema.get("properties", {})
        for name in known:
            if name not in value:
                yield f"{where}{name} is left out"
        for name, inner in value.items():
            yield from _left_out(f"{where}{name}/", known.get(name, {}), inner)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _left_out(f"{where}{place}/", schema.get("items", {}), item)


def _error_problems(status: int, body: JSON | None) -> Iterator[str]:
    """Errors are not in the description; their shape is in "REST API: errors"."""
    if body is None or set(body) != {"code", "message", "more_info", "status"} or body["status"] != status:
        yield f"not an error as the carrier writes it: {body}"
