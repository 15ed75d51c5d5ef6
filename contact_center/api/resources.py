"""PUT and GET of each resource by the number that the other system knows it by."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, g

from contact_center import access
from contact_center.api import putting, showing, values
from contact_center.api.door import answer, blueprint, done
from contact_center.importing.fields import Kind
from contact_center.importing.kinds import KINDS

STATUS = {"created": 201, "changed": 200, "same": 200}


def _routes(kind: Kind) -> None:
    """The two routes of *kind*, with an endpoint and a scope of their own."""
    path = f"/{kind.name}/<path:external_id>"

    @blueprint.put(path, endpoint=f"put_{kind.name}")
    @access.token(f"{kind.room}:write")
    def put(external_id: str) -> Response:
        given = values.body()
        outcome = done(lambda: putting.put_one(kind, values.read(kind, external_id, given), g.token.agent))
        return answer({"external_id": external_id, "outcome": outcome}, STATUS[outcome])

    @blueprint.get(path, endpoint=f"get_{kind.name}")
    @access.token(f"{kind.room}:read")
    def get(external_id: str) -> Any:
        row = showing.find(kind, external_id)
        return answer(showing.resource(kind, row)) if row is not None else abort(404)


for each in KINDS.values():
    _routes(each)
