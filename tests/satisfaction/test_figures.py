"""The figures of the three scales against vectors worked out by hand, and the words of comments in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.extensions import db
from contact_center.orders import products
from contact_center.queues.models import Queue
from contact_center.satisfaction import comments, figures
from contact_center.satisfaction.figures import Asked, By, Figure
from contact_center.satisfaction.models import AskedBy, Scale, Survey, SurveyState
from contact_center.tickets.models import Ticket
from tests import factories

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def root() -> Agent:
    root = factories.root()
    queue = factories.queue("Service", team_id=factories.team("North").id)
    factories.greta()
    factories.ticket(queue)
    return root


def answered(scale: Scale, *scores: int | None, comment: str = "", **fields: object) -> None:
    """One survey each; None: not answered."""
    ticket, queue = db.session.scalars(select(Ticket)).one(), db.session.scalars(select(Queue)).one()
    now, before = clock.now(), db.session.query(Survey).count()
    for number, score in enumerate(scores, before):
        row = Survey(
            token_hash=str(number).encode(), ticket_id=ticket.id, resolved_at=now - timedelta(minutes=number + 1),
            queue_id=queue.id, team_id=queue.team_id, channel="email", language="en", asked_by=AskedBy.EMAIL,
            asked_at=now, expires_at=now, scale=scale, score=score, comment=comment,
            state=SurveyState.EXPIRED if score is None else SurveyState.ANSWERED,
            answered_at=None if score is None else now, **fields,
        )  # fmt: skip
        db.session.add(row)
    db.session.flush()


def of(scale: Scale, **more: object) -> Asked:
    return Asked(clock.now() - timedelta(days=1), clock.now() + timedelta(days=1), scale=scale, **more)  # type: ignore[arg-type]


def test_one_answer_of_each_number_makes_a_net_promoter_score_of_minus_45(root: Agent) -> None:
    answered(Scale.NPS, *range(11), None)
    total = figures.total(root, of(Scale.NPS))
    assert (total.asked, total.answered, total.satisfied, total.against) == (12, 11, 2, 7)
    assert total.share == pytest.approx(-0.4545, abs=1e-4)
    assert total.response_rate == pytest.approx(11 / 12)


def test_its_interval_adds_three_answers() -> None:
    # by hand: p = 2.75/14, d = 7.75/14, p − d = −0.3571, √((0.75 − 0.1276)/14) = 0.2109, times 1.96
    assert figures.adjusted_wald(2, 7, 11) == pytest.approx((-0.7704, 0.0561), abs=1e-4)
    assert figures.adjusted_wald(0, 0, 0) is None
    low, high = figures.adjusted_wald(40, 0, 40) or (0, 0)
    assert -1 <= low < high == 1.0


def test_each_scale_counts_by_itself(root: Agent) -> None:
    answered(Scale.CSAT, 5, 4, 3, 1)
    answered(Scale.CES, 7, 5, 4, None)
    answered(Scale.NPS, 10)
    assert figures.total(root, of(Scale.CSAT)).share == 0.5
    easy = figures.total(root, of(Scale.CES))
    assert (easy.answered, easy.satisfied, easy.response_rate) == (3, 2, 0.75)
    assert easy.interval == figures.wilson(2, 3)
    assert figures.total(root, of(Scale.NPS)).share == 1.0
    assert {figure.key for figure in figures.split(root, of(Scale.CES), By.SCORE)} == {"7", "5", "4", None}


def test_a_split_by_team_and_product_says_their_names(root: Agent) -> None:
    answered(Scale.CSAT, 5, product_id=products.put("P-1", name="Fridge").row.id)
    answered(Scale.CSAT, 2)
    [team] = figures.split(root, of(Scale.CSAT), By.TEAM)
    assert (team.name, team.answered) == ("North", 2)
    named = {figure.name: figure.satisfied for figure in figures.split(root, of(Scale.CSAT), By.PRODUCT)}
    assert named == {"Fridge": 1, "": 0}


@pytest.mark.parametrize("n", [29, 30])
def test_nobody_is_ranked_below_thirty_answers(n: int) -> None:
    assert Figure(None, n, n, n).is_enough is (n == 30)


def test_words_are_counted_once_a_comment_and_lead_to_just_those(root: Agent) -> None:
    answered(Scale.CSAT, 1, 2, comment="The van was late, late, LATE. 送货又晚了四个小时")
    answered(Scale.CSAT, 1, comment="Later than promised")
    answered(Scale.CSAT, 5, comment="The van was on time")
    low = of(Scale.CSAT, low=2)
    words = dict(figures.words(root, low))
    assert (words["late"], words["van"], words["小时"] if "小时" in words else words["四个小时"]) == (2, 2, 2)
    assert "the" not in words
    assert "later" not in words
    for word, count in words.items():
        assert figures.total(root, of(Scale.CSAT, low=2, word=word)).answered == count, word
    assert figures.words(root, of(Scale.CSAT, good=True)) == []


def test_of_two_runs_that_come_together_the_longer_one_is_told() -> None:
    assert comments.most_used(["一直没有回电话", "没人回电话。", "回电话太慢"]) == [("回电话", 3)]
    assert comments.most_used(["100 % a.b*", "100 %"]) == []
    assert comments.most_used(["不用重复说明情况，省心", "不用重复说明情况"]) == [("重复说明", 2)]
