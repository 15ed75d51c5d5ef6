"""Which changes wake the task that sets deadlines anew."""

from __future__ import annotations

from flask import Flask

from contact_center import jobs
from contact_center.entitlements import contracts
from contact_center.extensions import db
from contact_center.putting.rows import Known
from tests import factories


def test_other_terms_of_a_contract_wake_what_sets_its_deadlines_anew(app: Flask) -> None:
    terms = {
        "customer": Known(factories.greta().id), "name": "Comfort", "valid_from": "2026-01-01",
        "valid_until": "2040-01-01",
    }  # fmt: skip
    contract = contracts.put("K-1", **terms).row
    contracts.put("K-1", response_minutes="30", **terms)
    nudges = [(jobs.WHEN[name], ids) for name, ids in db.session.info["nudges"] if name in jobs.WHEN]
    assert [(task.name, ids[what]) for (task, what), ids in nudges] == [("follow_contract", contract.id)]
