"""Supervisors try out a ranking, read what it does, apply it, take it back; and set a tier by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.tiers import overrides, policies
from contact_center.tiers import settings as tier_settings
from contact_center.tiers.models import RunState, TierRun
from contact_center.value import contribution
from tests import factories
from tests.tiers import sales

Enter = Callable[[Agent], FlaskClient]
JSON = {"Accept": "application/json"}
TENTHS = {"share_a": "10", "share_b": "20", "share_c": "30", "margin": "0", "months": "12"}


@pytest.fixture
def lee(enter: Enter) -> FlaskClient:
    return enter(factories.lee())


def run() -> TierRun:
    db.session.expire_all()
    return db.session.scalars(select(TierRun).order_by(TierRun.id.desc())).first()  # type: ignore[return-value]


def test_before_the_first_run_the_page_says_what_a_preview_is(lee: FlaskClient) -> None:
    page = lee.get("/floor/tiers").text
    assert "Nobody has been ranked yet" in page
    assert "Preview" in page


def test_without_customers_a_preview_says_that_there_is_nobody(lee: FlaskClient) -> None:
    page = lee.post("/floor/tiers/preview", follow_redirects=True).text
    assert "There is nobody to rank yet" in page
    assert "Apply" not in page


def test_a_ranking_is_previewed_read_applied_and_taken_back(lee: FlaskClient, enter: Enter) -> None:
    rows = [sales.buyer(f"Customer No {n}", 1000 - n) for n in range(10)]
    db.session.commit()
    answer = lee.post("/floor/tiers/preview", data=TENTHS)
    made = run()
    assert answer.location == f"/floor/tiers/runs/{made.id}"
    assert sales.letters(*rows) == "-" * 10
    page = lee.get(answer.location).text
    assert "Nothing is applied yet" in page
    assert "Apply 6 moves" not in page  # other settings than those in use: an administrator's
    assert "Only administrators" in page
    assert lee.post(f"{answer.location}/apply", headers=JSON).status_code == 403
    root = enter(factories.root())
    assert "Apply 6 moves" in root.get(answer.location).text
    root.post(f"{answer.location}/apply")
    assert sales.letters(*rows) == "ABBCCCDDDD"
    assert tier_settings.current().share_a == 10
    page = lee.get(answer.location).text
    assert "Place 1 of 10" in page
    assert "Undo" in page
    lee.post(f"{answer.location}/undo")
    assert sales.letters(*rows) == "-" * 6 + "DDDD"
    assert run().state is RunState.UNDONE
    assert "Undone" in lee.get("/floor/tiers/runs").text


def test_who_leaves_a_must_be_looked_at_first(enter: Enter) -> None:
    rows = sales.buyers(*range(1000, 0, -100))
    root = enter(factories.root())
    root.post("/floor/tiers/preview", data=TENTHS)
    root.post(f"/floor/tiers/runs/{run().id}/apply")
    sales.order(rows[5], 9000)
    db.session.commit()
    with clock.standing_at(clock.now() + timedelta(seconds=5)):
        root.post("/floor/tiers/preview", data=TENTHS)
        here = f"/floor/tiers/runs/{run().id}"
        assert "I have read the 1 move out of A" in root.get(here).text
        assert root.post(f"{here}/apply", headers=JSON).status_code == 422
        root.post(f"{here}/apply", data={"read": "1"})
    assert sales.letters(rows[5], rows[0]) == "AB"


def test_moves_are_filtered_found_and_written_out(lee: FlaskClient) -> None:
    for number in range(10):
        sales.buyer(f"=Cust {number}", 1000 - number)
    db.session.commit()
    lee.post("/floor/tiers/preview", data=TENTHS)
    here = f"/floor/tiers/runs/{run().id}"
    assert "=Cust 0" not in lee.get(f"{here}?step=DB").text
    assert "=Cust 1" in lee.get(f"{here}?step=DB").text
    assert "=Cust 0" in lee.get(f"{here}?q=cust+0").text
    assert "Nobody matches" in lee.get(f"{here}?which=down").text
    lines = list(csv.reader(io.StringIO(lee.get(f"{here}/moves.csv?step=DB", buffered=True).text)))
    assert [line[0] for line in lines[1:]] == ["'=Cust 1", "'=Cust 2"]
    assert lee.get(f"{here}?which=nonsense&after=x&step=%27").status_code == 200


def test_the_new_stars_of_a_preview_are_listed(lee: FlaskClient) -> None:
    rows = sales.buyers(*range(1000, 0, -100))
    star = sales.buyer("Harbour Flats", 450)
    sales.order(star, 100, days_ago=380)
    db.session.commit()
    page = lee.post("/floor/tiers/preview", data=TENTHS, follow_redirects=True).text
    assert "1 of them new" in page
    listed = lee.get(f"/floor/tiers/runs/{run().id}?which=stars").text
    assert f'id="move-{star.id}"' in listed
    assert not any(f'id="move-{row.id}"' in listed for row in rows)


def test_bad_settings_are_explained_beside_their_fields(lee: FlaskClient) -> None:
    wrong = {"share_a": "x", "margin": "-1", "months": "0", "minimum": "1e9", "arrears_days": "many", "measure": "LOVE"}
    answer = lee.post("/floor/tiers/preview", data=wrong, headers=JSON)
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == set(wrong)  # type: ignore[index]
    answer = lee.post("/floor/tiers/preview", data={"share_a": "50", "share_b": "40", "share_c": "20"}, headers=JSON)
    assert list(answer.json["fields"]) == ["share_c"]  # type: ignore[index]


def test_two_previews_and_a_discarded_one(lee: FlaskClient) -> None:
    sales.buyers(10, 20)
    db.session.commit()
    lee.post("/floor/tiers/preview", data={})
    here = f"/floor/tiers/runs/{run().id}"
    lee.post(f"{here}/discard")
    assert run().state is RunState.DISCARDED
    assert lee.post(f"{here}/apply", headers=JSON, data={"read": "1"}).status_code == 409


def test_a_tier_is_set_by_hand_with_reason_and_last_day_and_ended(lee: FlaskClient) -> None:
    customer = sales.buyer("Harbour Flats", 100)
    person = factories.customer("Mai Lin", company_id=customer.id)
    sales.run()
    db.session.commit()
    here = f"/floor/customers/{customer.id}/standing"
    assert list(lee.post(here, data={"tier": "A"}, headers=JSON).json["fields"]) == ["until"]  # type: ignore[index]
    soon = (clock.now() + timedelta(days=3)).date().isoformat()
    bad = lee.post(here, data={"tier": "E", "until": soon, "reason": " "}, headers=JSON)
    assert set(bad.json["fields"]) == {"tier", "reason"}  # type: ignore[index]
    assert lee.post(here, data={"tier": "A", "until": "9999-12-31", "reason": "x"}, headers=JSON).status_code == 422
    lee.post(f"/floor/customers/{person.id}/standing", data={"tier": "A", "until": soon, "reason": "Opens a hotel"})
    assert sales.letters(customer, person) == "AA"
    assert "Opens a hotel" in lee.get(here).text
    listed = lee.get("/floor/tiers/overrides").text
    assert "Harbour Flats" in listed
    lee.post(f"/floor/tiers/overrides/{overrides.standing(customer.id).id}/lift", data={"back": "list"})  # type: ignore[union-attr]
    assert sales.letters(customer, person) == "DD"
    assert "No manual tiers" in lee.get("/floor/tiers/overrides").text


def test_a_customers_standing_tells_what_they_leave_us(lee: FlaskClient) -> None:
    customer = sales.buyer("Harbour Flats", 100)
    sales.run()
    contribution.recompute()
    db.session.commit()
    page = lee.get(f"/floor/customers/{customer.id}/standing").text
    assert "Contribution" in page
    assert "Wanted this year" in page
    lee.post(f"/floor/customers/{customer.id}/standing/wanted", data={"why": "A chain"})
    assert "On this year" in lee.get(f"/floor/customers/{customer.id}/standing").text
    assert "A chain" in lee.get("/floor/value/wanted").text
    lee.post(f"/floor/customers/{customer.id}/standing/wanted", data={"off": "1"})
    assert "A chain" not in lee.get("/floor/value/wanted").text


def test_agents_see_none_of_it(enter: Enter) -> None:
    customer = sales.buyer("Harbour Flats", 100)
    made = sales.run()
    db.session.commit()
    ada = enter(factories.ada())
    for path in (
        "tiers", "tiers/runs", f"tiers/runs/{made.id}", f"tiers/runs/{made.id}/moves.csv", "tiers/overrides", "value",
        "value/gold", "value/gold.csv", "value/composition", "value/sales", f"customers/{customer.id}/standing",
    ):  # fmt: skip
        assert ada.get(f"/floor/{path}").status_code == 403, path


def test_schedule_currency_and_rates_are_settings(enter: Enter) -> None:
    root = enter(factories.root())
    assert root.get("/admin/tiers").status_code == 200
    form: dict[str, Any] = {
        "currency": "eur", "schedule": "DAY", "hour": "3",
        "code_0": "usd", "rate_0": "0,92", "code_1": "", "rate_1": "", "code_2": "JPY", "rate_2": "",
    }  # fmt: skip
    root.post("/admin/tiers", data=form | {"version": tier_settings.row().version})
    made = tier_settings.current()
    assert (made.currency, made.schedule, made.hour, {k: str(v) for k, v in made.rates.items()}) == (
        "EUR",
        "DAY",
        3,
        {"USD": "0.92"},
    )
    wrong = {"currency": "XYZ", "rate_0": "-1", "code_1": "QQQ", "rate_1": "1e30", "code_2": "USD", "rate_2": "NaN"}
    bad = root.post("/admin/tiers", data=form | wrong, headers=JSON)
    assert set(bad.json["fields"]) == {"currency", "rate_0", "code_1", "rate_1", "rate_2"}  # type: ignore[index]
    twice = root.post("/admin/tiers", data=form | {"code_1": "USD", "rate_1": "1"}, headers=JSON)
    assert list(twice.json["fields"]) == ["code_1"]  # type: ignore[index]
    stale = root.post("/admin/tiers", data=form | {"hour": "4", "version": 1}, headers=JSON)
    assert stale.status_code == 409


def test_policies_are_changed_in_one_table(enter: Enter) -> None:
    root = enter(factories.root())
    page = root.get("/admin/tier-policies").text
    assert "response_minutes_A" in page
    form: dict[str, Any] = {}
    for policy in policies.listed():
        tier = policy.tier
        form |= {
            f"{name}_{tier}": str(getattr(policy, name))
            for name in ("response_minutes", "resolution_minutes", "bonus_minutes")
        }
        form |= {f"{flag}_{tier}": "1" for flag in policies.FLAGS if getattr(policy, flag)}
        form |= {f"told_{tier}": policy.told, f"version_{tier}": policy.version}
    root.post("/admin/tier-policies", data=form | {"response_minutes_A": "15", "needs_owner_C": "1"})
    db.session.expire_all()
    assert policies.of("A").response_minutes == 15
    assert policies.of("C").needs_owner
    assert policies.of(None).tier == "D"
    assert (policies.of("A").version, policies.of("B").version) == (2, 1)
    bad = root.post("/admin/tier-policies", headers=JSON, data=form | {
        "version_A": "2", "response_minutes_B": "0", "resolution_minutes_C": "1", "told_D": ["ADDRESSES"],
        "addresses_A": "x",
    })  # fmt: skip
    assert set(bad.json["fields"]) == {"response_minutes_B", "resolution_minutes_C", "addresses_D", "addresses_A"}  # type: ignore[index]
    stale = root.post("/admin/tier-policies", headers=JSON, data=form | {"response_minutes_A": "20"})
    assert stale.status_code == 409
