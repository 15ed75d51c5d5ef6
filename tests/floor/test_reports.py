"""The report pages: numbers lead to rows, addresses that make no sense are explained, files hold what pages do."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.reports import pages
from contact_center.reports.exporting import ReportExport
from contact_center.reports.saved import SavedReport
from contact_center.reports.schedules import ReportSchedule
from contact_center.tickets import replies
from contact_center.tickets.messages import Interaction
from tests import factories

Enter = Callable[[Agent], FlaskClient]


@pytest.fixture
def lee(enter: Enter) -> FlaskClient:
    """A supervisor, whose agent answered two of three mails."""
    lee, ada = factories.lee(), factories.ada()
    queue = factories.queue("Support", lee, ada)
    factories.mailbox(queue)
    for n in range(3):
        sender = factories.customer(f"Guest {n}", f"g{n}@home.example").points[0].value
        ticket = factories.ticket(queue, sender=sender, subject="=1+1" if n == 2 else f"Case {n}")
        if n < 2:
            replies.reply(ticket, ada, "It is on its way.", then="RESOLVED")
    db.session.commit()
    return enter(lee)


def links(page: str) -> set[str]:
    return {href.replace("&amp;", "&") for href in re.findall(r'href="(/floor/reports[^"#]*)"', page)}


def one_of_each(hrefs: Iterable[str]) -> list[str]:
    """Links to different pages, or to the rows of different figures; not the same for another queue or day."""
    kinds = {(href.partition("?")[0], *re.findall("metric=[^&]*", href)): href for href in sorted(hrefs)}
    return list(kinds.values())


@pytest.mark.parametrize("key", ["service-level", "agents", "tiers"])
def test_a_page_shows_itself_and_its_numbers_lead_to_rows(lee: FlaskClient, key: str) -> None:
    page = lee.get(f"/floor/reports/{key}?period=today")
    assert page.status_code == 200
    found = one_of_each(links(page.text))
    assert sum("/rows?" in href for href in found) >= 3
    for href in found:
        assert lee.get(href, buffered=True).status_code == 200, href


@pytest.mark.parametrize("key", sorted({page.key for page in pages.all_known()} - {"service-level", "agents", "tiers"}))
def test_every_ready_page_opens(lee: FlaskClient, key: str) -> None:
    assert lee.get(f"/floor/reports/{key}?period=today").status_code == 200


def test_what_began_from_nothing_has_no_arrow_without_a_figure(lee: FlaskClient) -> None:
    queue = db.session.scalars(select(Queue)).one()
    for n in range(30):
        factories.ticket(queue, sender=f"more{n}@home.example", subject=f"More {n}")
    db.session.commit()
    page = lee.get("/floor/reports/volume?period=today").text
    assert "33</a>" in page
    assert re.search("[↑↓] *</span>", page) is None


def test_costs_are_set_against_revenue_only_where_orders_have_that_property() -> None:
    ready = pages.get("cost")
    assert ready is not None
    against = {table.by for table in ready.tables if "revenue" in table.metrics}
    assert against == {"tier", "region", "customer"}, "an order has neither a channel nor a kind of request"


def test_waits_of_calls_and_of_letters_have_no_average_together(lee: FlaskClient) -> None:
    mixed = lee.get("/floor/reports/service-level?period=today").text
    assert "Average speed of answer, calls" in mixed
    assert mixed.count(">Average speed of answer<") == 1  # in the table by channel
    written = lee.get("/floor/reports/service-level?period=today&channel=email").text
    assert "Average speed of answer, calls" not in written


def test_a_period_without_anything_says_so_once(lee: FlaskClient) -> None:
    page = lee.get("/floor/reports/service-level?period=custom&since=2020-01-01&until=2020-01-07").text
    assert page.count("Nothing was counted in this time.") == 1
    assert "Choose other days, or fewer filters." in page


def test_a_share_of_nought_is_drawn(lee: FlaskClient) -> None:
    db.session.execute(update(Queue).values(target_seconds=1))
    db.session.execute(update(Interaction).values(answered_at=Interaction.queued_at + timedelta(hours=1)))
    db.session.commit()
    page = lee.get("/floor/reports/service-level?period=today").text
    assert page.count("data-chart=") == 2
    assert ">0.0%</a>" in page


def test_the_overview_tells_of_each_page(lee: FlaskClient) -> None:
    page = lee.get("/floor/reports?period=today").text
    for ready in pages.all_known():
        assert f"/floor/reports/{ready.key}" in page


def test_a_share_falls_into_its_two_parts(lee: FlaskClient) -> None:
    found = lee.get("/floor/reports/rows?metric=csat_response&period=today")
    assert found.status_code == 200
    rows = lee.get("/floor/reports/rows?metric=offered&period=today").text
    assert "Case 0" in rows
    assert "still waits" in rows
    assert "Case 0" in lee.get("/floor/reports/rows?metric=service_level&part=top&period=today").text
    assert "Case 0" not in lee.get("/floor/reports/rows?metric=service_level&part=rest&period=today").text


def test_a_supervisor_elsewhere_sees_nothing_of_it(lee: FlaskClient, enter: Enter) -> None:
    mo = enter(factories.agent("Mo Other", factories.RoleName.SUPERVISOR))
    for path in ("rows?metric=offered&period=today", "volume?period=today", "explore?metric=offered&by=queue"):
        answer = mo.get(f"/floor/reports/{path}")
        assert answer.status_code == 200
        assert "Case 0" not in answer.text
        assert "Support" not in answer.text
    assert b"Case 0" not in mo.get("/floor/reports/files/all-tickets.csv?period=today", buffered=True).data


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("since=2026-02-31&until=2026-03-01", "Write the day as in 2026-12-31."),
        ("since=2026-03-02&until=2026-03-01", "The first day comes after the last one."),
        ("since=0001-01-01&until=2026-03-01", "Choose a day between 2000 and 2100."),
        ("since=2001-01-01&until=2026-03-01", "Ten years at most."),
        ("since=2026-03-01", "Say the first day and the last one."),
        ("queue=x", "“x” is no number of a Queue."),
        ("tier=%00", "The address is narrowed to a value that cannot be."),
        ("metric=nothing", "The address names a metric that does not exist."),
        ("by=nothing", "The address asks for a split that does not exist."),
        ("by=quarter-hour&period=12-months", "That is too fine for so long a time."),
    ],
)
def test_an_address_that_makes_no_sense_is_explained(lee: FlaskClient, query: str, sentence: str) -> None:
    answer = lee.get(f"/floor/reports/explore?{query}")
    assert answer.status_code == 200
    assert sentence in answer.text


def test_a_table_leaves_with_the_lines_of_the_screen(lee: FlaskClient) -> None:
    answer = lee.get("/floor/reports/files/table.csv?metric=offered&by=queue&period=today", buffered=True)
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert ["Time zone", "Europe/Berlin"] in lines
    queue = db.session.scalars(select(factories.Queue)).one()
    assert ["Support", str(queue.id), "3"] in lines
    assert lines[-1][-1] == "3"


def test_a_report_leaves_as_a_workbook_with_a_sheet_per_table(lee: FlaskClient) -> None:
    answer = lee.get("/floor/reports/files/report-volume.xlsx?period=today", buffered=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        names = re.findall(r'sheet name="([^"]*)"', book.read("xl/workbook.xml").decode())
    assert names[0] == "Totals"
    assert len(names) == len(set(names)) > 5


@pytest.mark.parametrize("path", ["all-tickets", "all-contacts", "rows"])
def test_whole_lists_leave_and_calculate_nothing(lee: FlaskClient, path: str) -> None:
    query = "period=today&metric=offered&progress=one-of-mine"
    answer = lee.get(f"/floor/reports/files/{path}.csv?{query}", buffered=True)
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert {row["Subject"] for row in rows} == {"Case 0", "Case 1", "'=1+1"}
    assert {(row["Channel"], row["Queue"]) for row in rows} == {("E-mail", "Support")}
    assert lee.get("/floor/reports/files/progress/one-of-mine").json == {"state": "DONE", "written": 3, "total": 3}
    answer = lee.get(f"/floor/reports/files/{path}.xlsx?{query}", buffered=True)
    assert answer.mimetype.endswith("sheet"), answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        assert ">=1+1<" in book.read("xl/worksheets/sheet1.xml").decode()  # as text: nothing is calculated
    assert db.session.scalar(select(ReportExport.name)) == f"{'offered' if path == 'rows' else path[4:]}.xlsx"


def test_a_report_is_saved_shared_sent_and_forgotten(lee: FlaskClient, enter: Enter) -> None:
    form = {"name": "My week", "page": "volume", "query": "period=last-week&channel=email", "shared": "1"}
    assert lee.post("/floor/reports/saved", data=form).status_code == 303
    report = db.session.scalars(select(SavedReport)).one()
    opened = lee.get(f"/floor/reports/saved/{report.id}")
    assert opened.location == "/floor/reports/volume?period=last-week&channel=email"
    mo = enter(factories.agent("Mo Other", factories.RoleName.SUPERVISOR))
    assert "My week" in mo.get("/floor/reports/saved").text
    assert mo.post(f"/floor/reports/saved/{report.id}", data={"name": "Mine now"}).status_code == 403
    times = {"every": "WEEK", "weekday": "0", "monthday": "1", "hour": "7", "zone": "Asia/Shanghai"}
    assert mo.post(f"/floor/reports/saved/{report.id}/schedule", data=times).status_code == 303
    assert "every Monday at 07:00 (Asia/Shanghai)" in mo.get("/floor/reports/saved").text
    assert mo.post(f"/floor/reports/saved/{report.id}/schedule", data=times | {"zone": "Nowhere"}).status_code == 422
    assert mo.post(f"/floor/reports/saved/{report.id}/schedule", data={"act": "pause"}).status_code == 303
    assert "Paused" in mo.get("/floor/reports/saved").text
    assert lee.post(f"/floor/reports/saved/{report.id}/remove").status_code == 303
    assert db.session.scalars(select(ReportSchedule)).all() == []


def test_what_a_figure_is_stands_one_click_from_it(lee: FlaskClient) -> None:
    page = lee.get("/floor/reports/service-level?period=today").text
    assert "/floor/reports/metrics/service_level?" in page
    formula = lee.get("/floor/reports/metrics/service_level?period=today").text
    assert "answered in time ÷ (answered + abandoned − short abandoned)" in formula
    assert "answered_in_time" in formula
