"""The wallboard's pages: who may open them, limits as supervisors type them, and links of televisions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from contact_center.agents.models import Agent, RoleName
from contact_center.extensions import db
from contact_center.queues.models import Queue
from contact_center.wall import limits, screens
from contact_center.wall.models import Figure, WallScreen
from contact_center.wall.views import View, read_all
from tests import factories

Enter = Callable[[Agent], FlaskClient]


@pytest.fixture
def queue(app: object) -> Queue:
    lee = factories.lee()
    return factories.queue("Repair line", team_id=factories.team("Phones", lee).id)


@pytest.fixture
def lee(queue: Queue, enter: Enter) -> FlaskClient:
    return enter(db.session.query(Agent).filter_by(email="lee@norra.example").one())


def form(queue: Queue | None = None, **changes: str) -> dict[str, str]:
    """What the page of limits sends while nobody has changed anything."""
    kept = limits.listed(queue.id if queue else None)
    sent = {f"version_{figure}": str(row.version) for figure, row in kept.items()}
    for figure, row in kept.items():
        unit = " s" if figure in limits.SECONDS else ""
        sent |= {f"{part}_{figure}": f"{getattr(row, part):g}{unit}" for part in ("warn", "alarm", "slack")}
        sent |= {f"sounds_{figure}": "1"} if row.sounds else {}
    return sent | changes | ({"queue": str(queue.id)} if queue else {})


def link_in(page: str) -> str:
    found = re.search(r"/wall/[\w-]{43}", page)
    assert found
    return found[0]


def test_the_wall_knows_the_queues_of_its_viewer_and_no_others(lee: FlaskClient, enter: Enter) -> None:
    assert "Repair line" in lee.get("/floor/wallboard").text
    assert "Repair line" not in enter(factories.agent("Mo Other", RoleName.SUPERVISOR)).get("/floor/wallboard").text


@pytest.mark.parametrize("written", ["q1-2.tA.cphone", "", "q7", "cemail"])
def test_a_view_is_written_as_it_was_read(written: str) -> None:
    assert str(View.read(written)) == written


@pytest.mark.parametrize("written", ["q", "x", "tE", "cfax", "q1.q2", "q1--2", "../x", "q" + "9" * 40])
def test_what_is_no_view_is_refused_and_the_page_shows_everything(lee: FlaskClient, written: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (the address itself is all it says)
        View.read(written)
    assert lee.get("/floor/wallboard", query_string={"view": written}).status_code == 200


def test_a_wall_turns_through_a_dozen_views_at_most() -> None:
    assert len(read_all([f"q{number}" for number in range(1, 13)] * 2)) == 12
    with pytest.raises(ValueError, match="13"):
        read_all([f"q{number}" for number in range(1, 14)])


def test_limits_are_saved_in_the_units_in_which_people_type_them(lee: FlaskClient) -> None:
    sent = form(warn_ASA="45 s", alarm_ASA="1:30", warn_ABANDONED="2,5", sounds_WAITING="1")
    assert lee.post("/floor/wallboard/limits", data=sent).status_code == 303
    kept = limits.listed(None)
    assert (kept[Figure.ASA].warn, kept[Figure.ASA].alarm, kept[Figure.ABANDONED].warn) == (45, 90, 2.5)
    assert kept[Figure.WAITING].sounds
    assert 'value="1 min 30 s"' in lee.get("/floor/wallboard/limits").text


def test_an_alarm_before_the_warning_is_refused_and_what_was_typed_stays(lee: FlaskClient) -> None:
    answer = lee.post("/floor/wallboard/limits", data=form(warn_WAITING="9", alarm_WAITING="3", warn_CSAT="70"))
    assert answer.status_code == 422
    assert "The alarm comes after the warning." in answer.text
    assert 'name="alarm_WAITING" value="3"' in answer.text
    assert limits.listed(None)[Figure.WAITING].alarm == 30


def test_somebody_elses_limits_are_not_overwritten_unseen(lee: FlaskClient) -> None:
    stale = form(warn_WAITING="4")
    lee.post("/floor/wallboard/limits", data=form(warn_WAITING="3"))
    assert lee.post("/floor/wallboard/limits", data=stale).status_code == 409


def test_a_queue_has_limits_of_its_own_until_its_fields_are_emptied(lee: FlaskClient, queue: Queue) -> None:
    lee.post("/floor/wallboard/limits", data=form(queue, warn_WAITING="1", alarm_WAITING="2"))
    assert limits.read().of(Figure.WAITING, (queue.id,)).warn == 1  # type: ignore[union-attr]
    assert limits.read().of(Figure.WAITING, (queue.id, 99)).warn == 15  # type: ignore[union-attr]
    lee.post("/floor/wallboard/limits", data=form(queue, warn_WAITING="", alarm_WAITING=""))
    assert limits.listed(queue.id) == {}


def test_another_teams_queue_is_as_if_it_were_missing(lee: FlaskClient) -> None:
    other = factories.queue("Elsewhere")
    assert lee.get(f"/floor/wallboard/limits?queue={other.id}").status_code == 404
    assert lee.post("/floor/wallboard/limits", data=form(other)).status_code == 404


def test_a_link_is_shown_once_opens_without_signing_in_and_ends_when_revoked(
    lee: FlaskClient, visitor: FlaskClient, queue: Queue
) -> None:
    sent = {"name": "Hall", "view": [f"q{queue.id}"], "seconds": "20 s", "language": "zh_Hans_CN", "theme": "light"}
    link = link_in(lee.post("/floor/wallboard/screens", data=sent).text)
    assert link not in lee.get("/floor/wallboard/screens").text
    page = visitor.get(link)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert 'lang="zh-CN"' in page.text
    assert 'data-theme="light"' in page.text
    assert "Repair line" in page.text
    screen = db.session.query(WallScreen).one()
    assert lee.post(f"/floor/wallboard/screens/{screen.id}/revoke").status_code == 303
    assert visitor.get(link).status_code == 404


def test_a_link_without_a_name_is_refused_in_its_form(lee: FlaskClient, queue: Queue) -> None:
    sent = {"name": " ", "view": [f"q{queue.id}"], "seconds": "45 s", "language": "zh_Hans_CN", "theme": "light"}
    answer = lee.post("/floor/wallboard/screens", data=sent)
    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert 'value="45 s"' in answer.text
    assert f'value="q{queue.id}"' in answer.text
    assert db.session.query(WallScreen).count() == 0


def test_the_formula_of_a_metric_leads_to_the_reports_but_not_from_a_television(
    lee: FlaskClient, visitor: FlaskClient
) -> None:
    href = "/floor/reports/metrics/service_level"
    assert href in lee.get("/floor/wallboard").text
    assert lee.get(href).status_code == 200
    sent = {"name": "Hall", "view": [""], "seconds": "20 s", "language": "en", "theme": "dark"}
    assert href not in visitor.get(link_in(lee.post("/floor/wallboard/screens", data=sent).text)).text


def test_a_link_sleeps_while_its_maker_is_no_supervisor(lee: FlaskClient, visitor: FlaskClient) -> None:
    sent = {"name": "Hall", "view": [""], "seconds": "20 s", "language": "en", "theme": "dark"}
    link = link_in(lee.post("/floor/wallboard/screens", data=sent).text)
    maker = db.session.query(WallScreen).one().agent
    maker.active = False
    db.session.commit()
    assert visitor.get(link).status_code == 404
    maker.active = True
    db.session.commit()
    assert visitor.get(link).status_code == 200


def test_one_supervisor_does_not_revoke_anothers_link(lee: FlaskClient, enter: Enter) -> None:
    maker = db.session.query(Agent).filter_by(email="lee@norra.example").one()
    screen, _key = screens.make(maker, "Hall", [View()], seconds=20, language="en", theme="dark", names_agents=True)
    db.session.commit()
    other = enter(factories.agent("Mo Other", RoleName.SUPERVISOR))
    assert other.post(f"/floor/wallboard/screens/{screen.id}/revoke").status_code == 404
    assert enter(factories.root()).post(f"/floor/wallboard/screens/{screen.id}/revoke").status_code == 303


def test_an_unknown_key_opens_nothing(visitor: FlaskClient) -> None:
    assert visitor.get("/wall/" + "A" * 43).status_code == 404
