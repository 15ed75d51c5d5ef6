"""What Ctrl K and the search page find, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from contact_center.agents.models import Agent
from contact_center.queues.models import Queue
from tests import factories

Enter = Callable[[Agent], FlaskClient]


def _found(browser: FlaskClient, typed: str) -> list[dict[str, Any]]:
    return browser.get("/desk/palette", query_string={"q": typed}).json  # type: ignore[return-value]


def test_it_finds_by_number_word_and_person(desk: FlaskClient, queue: Queue) -> None:
    ticket = factories.ticket(queue, factories.mail("bo@andersen.example", "门封条老化了", sender_name="Bo Andersen"))
    for typed in (ticket.ref, str(ticket.id), "封条"):
        first = _found(desk, typed)[0]
        assert (first["group"], first["url"]) == ("Tickets", f"/desk/tickets/{ticket.ref}")
    groups = {entry["group"] for entry in _found(desk, "andersen")}
    assert "Customers" in groups


def test_a_word_of_a_message_leads_to_that_message(desk: FlaskClient, queue: Queue) -> None:
    filed = factories.filed(queue, text="The condenser hums all night.")
    [entry] = [entry for entry in _found(desk, "condenser") if entry["group"] == "Messages"]
    assert entry["url"].endswith(f"#message-{filed.message_id}")
    assert "condenser" in entry["label"]


def test_nothing_typed_finds_nothing(desk: FlaskClient) -> None:
    assert _found(desk, "  ") == []


def test_it_finds_nothing_of_others(enter: Enter, queue: Queue) -> None:
    ticket = factories.ticket(queue, text="The condenser hums.")
    browser = enter(factories.nils())
    for typed in (ticket.ref, "condenser", "fridge"):
        assert [entry for entry in _found(browser, typed) if entry["group"] != "Customers"] == []
        assert "condenser hums" not in browser.get(f"/desk/search?q={typed}").text


def test_the_search_page_marks_what_was_asked(desk: FlaskClient, queue: Queue) -> None:
    filed = factories.filed(queue, text="The condenser hums <i>all</i> night.")
    page = desk.get("/desk/search?q=condenser").text
    assert "<mark>condenser</mark> hums &lt;i&gt;all&lt;/i&gt; night." in page
    assert f"#message-{filed.message_id}" in page


@pytest.mark.parametrize("typed", ["", "zzz nothing", "%_\\'", "\x00", "x" * 5000])
def test_the_search_page_bears_whatever_is_typed(desk: FlaskClient, typed: str) -> None:
    page = desk.get("/desk/search", query_string={"q": typed})
    assert page.status_code == 200
    assert desk.get("/desk/palette", query_string={"q": typed}).status_code == 200
