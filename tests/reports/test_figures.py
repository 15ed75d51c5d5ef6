"""The arithmetic, on vectors made by hand."""

from __future__ import annotations

import pytest

from contact_center.reports import counters, figures, metrics
from contact_center.reports.figures import Figure

# 1000 answered, 860 of them within 20 seconds; 60 gave up: 20 within, 40 after, 10 within 5 seconds.
CALLS = {
    "offered": 1060, "answered": 1000, "answered_in_time": 860, "abandoned": 60, "abandoned_in_time": 20,
    "abandoned_short": 10,
}  # fmt: skip


def figure(key: str, **sums: float) -> Figure:
    return figures.figure(metrics.get(key), sums)


@pytest.mark.parametrize(
    ("key", "percent"),
    [
        ("service_level_f1", 83.0),
        ("service_level_f2", 86.0),
        ("service_level_f3", 81.1),
        ("service_level_f4", 82.7),
        ("service_level_f5", 82.1),
        ("service_level", 81.9),  # F3, the ten short ones out of the denominator: 860 of 1050
    ],
)
def test_the_five_service_levels_differ_as_they_should(key: str, percent: float) -> None:
    found = figure(key, **CALLS)

    assert round(100 * (found.value or 0), 1) == percent
    assert found.low is not None
    assert found.low < (found.value or 0) < (found.high or 0)


def test_abandonment_is_told_with_and_without_the_short_ones() -> None:
    assert figure("abandonment", **CALLS).value == pytest.approx(50 / 1050)
    assert figure("abandonment_raw", **CALLS).value == pytest.approx(60 / 1060)


def test_one_answer_of_each_makes_a_promoter_score_of_minus_45() -> None:
    scores = range(11)
    found = figure(
        "nps", nps_answered=11, nps_promoters=sum(s >= 9 for s in scores), nps_detractors=sum(s <= 6 for s in scores),
        nps_decided=9,
    )  # fmt: skip

    assert round(found.value or 0, 2) == -45.45
    assert (round(found.low or 0, 2), round(found.high or 0, 2)) == (-77.04, 5.61)
    assert found.n == 11


def test_shares_come_with_wilsons_interval() -> None:
    found = figure("csat", csat_answered=10, csat_satisfied=9)

    assert (round(found.low or 0, 4), round(found.high or 0, 4)) == (0.5958, 0.9821)
    assert not found.is_enough
    assert figure("csat", csat_answered=30, csat_satisfied=9).is_enough


def test_a_share_of_all_is_not_certain() -> None:
    found = figure("csat", csat_answered=5, csat_satisfied=5)

    assert (found.value, round(found.low or 0, 4), found.high) == (1.0, 0.5655, 1.0)


def test_averages_come_with_their_standard_error() -> None:
    waits = (10, 20, 30, 40)
    found = figure("asa", wait_sum=sum(waits), wait_squares=sum(w * w for w in waits), answered=4)

    assert found.value == 25
    assert found.high == pytest.approx(25 + 1.959964 * (500 / 3 / 4) ** 0.5)
    assert figure("asa", wait_sum=10, wait_squares=100, answered=1).low is None


def test_without_anything_below_the_line_there_is_no_value() -> None:
    assert figure("service_level") == Figure(0, None, counters=dict.fromkeys(figure("service_level").counters, 0))


def test_percentiles_are_found_within_their_class() -> None:
    waits = {"wait_0": 2.0, "wait_2": 4.0, "wait_5": 4.0}  # two up to 5 s, four from 10 to 15, four from 30 to 45

    assert figure("wait_p50", **waits).value == 10 + 5 * 3 / 4
    assert figure("wait_p90", **waits).value == 30 + 15 * 3 / 4
    assert figure("wait_p50", **{counters.WAITS[-1]: 7}).value == counters.BOUNDS[-1]


def test_every_metric_says_what_it_is_in_words() -> None:
    for key, metric in metrics.registry().items():
        assert key.isascii()
        for said in (metric.name, metric.formula, metric.source, metric.edges):
            assert str(said).strip(), key
        assert metric.topic in metrics.TOPICS, key
        assert metric.view in str(metric.source), key
        assert metric.at in str(metric.source), key


def test_no_two_metrics_share_a_key_or_a_name() -> None:
    found = [metric for topic in metrics.TOPICS for metric in metrics.of_topic(topic)]

    assert len({metric.key for metric in found}) == len(found) == len(metrics.registry())
    assert len({str(metric.name) for metric in found}) == len(found)
