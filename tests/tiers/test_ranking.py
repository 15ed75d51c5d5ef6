"""Ranking: who becomes A to D, and why; what holds, lifts and calms; runs that are applied, refused and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from contact_center import clock
from contact_center.customers.models import CustomerStatus
from contact_center.errors import IllegalMove
from contact_center.extensions import db
from contact_center.orders.models import OrderState, SettlementKind
from contact_center.tiers import moves, overrides, ranking
from contact_center.tiers import settings as kept
from contact_center.tiers.models import Rule, RunState, TierMove
from contact_center.tiers.moves import Wanted, Which
from contact_center.tiers.settings import Counted, Measure, Potential, Settings
from tests import factories
from tests.tiers import sales
from tests.tiers.sales import PLAIN

pytestmark = pytest.mark.usefixtures("app")
CALM = replace(PLAIN, margin=Decimal(10), share_a=Decimal(10), share_b=Decimal(20), share_c=Decimal(30))
HALF = replace(PLAIN, share_a=Decimal(50), share_b=Decimal(0), share_c=Decimal(0))
WIDE = replace(CALM, margin=Decimal(0))
SLOW = settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))


def test_the_percentages_hold_and_whoever_bought_nothing_is_d() -> None:
    rich = sales.buyers(*range(2000, 1900, -1))
    poor = sales.buyers(*[0] * 100)
    run = sales.run()
    assert sales.letters(*rich) == "AA" + "B" * 10 + "C" * 40 + "D" * 48
    assert set(sales.letters(*poor)) == {"D"}
    assert run.figures["counted"] == 200
    assert [run.figures["then"][tier]["customers"] for tier in "ABCD"] == [2, 10, 40, 148]


@SLOW
@given(st.integers(0, 100_000), st.tuples(*[st.decimals(0, 33, places=1)] * 3))
def test_every_tier_is_within_half_a_customer_of_its_share(counted: int, shares: tuple[Decimal, ...]) -> None:
    made = replace(PLAIN, share_a=shares[0], share_b=shares[1], share_c=shares[2])
    places = made.places(counted)
    for place, share in zip(places, made.cumulated, strict=True):
        assert abs(place - counted * share / 100) <= Decimal("0.5")
    assert list(places) == sorted(places)
    assert places[2] <= counted


def test_prospects_who_bought_nothing_are_not_counted_and_have_no_tier() -> None:
    stranger = sales.buyer(status=CustomerStatus.PROSPECT)
    buying = sales.buyer(total=500, status=CustomerStatus.PROSPECT)
    other = sales.buyer(total=400)
    assert sales.run(HALF).figures["counted"] == 2
    assert sales.letters(buying, other, stranger) == "AD-"
    assert ranking.preview(replace(HALF, counted=Counted.EVERYBODY)).figures["counted"] == 3


def test_equal_customers_are_told_apart_by_their_potential_and_then_always_alike() -> None:
    older, grown = sales.buyers(100, 100)
    sales.order(older, 90, days_ago=500)
    sales.order(grown, 10, days_ago=500)
    half = replace(PLAIN, share_a=Decimal(50), share_b=Decimal(0), share_c=Decimal(50))
    sales.run(replace(half, potential=Potential.GROWTH))
    assert sales.letters(older, grown) == "CA"
    first, second = sales.buyers(700, 700)
    for _ in range(3):
        sales.run(replace(half, potential=Potential.ORDERS))
        assert sales.letters(first, second) == "AA"


def test_revenue_is_net_of_returns_and_without_cancelled_and_old_orders() -> None:
    honest, returning, cancelled, old = sales.buyers(100, 150, 0, 0)
    sales.settlement(returning, SettlementKind.RETURN, 60)
    sales.order(cancelled, 900, state=OrderState.CANCELLED)
    sales.order(old, 900, days_ago=370)
    run = ranking.preview(replace(PLAIN, share_a=Decimal(25)))
    [row] = moves.page(run, Wanted(step="DA")).rows
    assert (row.customer_id, row.value) == (honest.id, Decimal(100))


def test_gross_profit_takes_the_cost_of_goods_off() -> None:
    cheap, dear = sales.buyers(0, 0)
    fridge = sales.product("Fridge", unit_cost=Decimal(80), cost_currency="EUR")
    sales.line(sales.order(cheap, 100), fridge, 100)
    sales.line(sales.order(dear, 90), fridge, 90, cost=20)
    run = ranking.preview(replace(PLAIN, measure=Measure.PROFIT, share_a=Decimal(50), share_b=Decimal(50)))
    found = {row.customer_id: (row.new, row.value) for row in moves.page(run, Wanted()).rows}
    assert found == {dear.id: ("A", Decimal(70)), cheap.id: ("B", Decimal(20))}


def test_payments_received_are_a_measure_of_their_own() -> None:
    buys, pays = sales.buyers(1000, 10)
    sales.payment(pays, 10)
    sales.run(replace(HALF, measure=Measure.PAYMENTS))
    assert sales.letters(buys, pays) == "DA"


def test_other_currencies_count_by_the_rate_somebody_entered_or_are_left_out_and_told() -> None:
    euro, dollar = sales.buyers(100, 0)
    sales.order(dollar, 150, currency="USD")
    half = replace(HALF, currency="EUR")
    without = ranking.preview(half)
    assert without.figures["left_out"] == [{"currency": "USD", "customers": 1, "amount": "150.00"}]
    assert [row.customer_id for row in moves.page(without, Wanted()).rows] == [euro.id]
    rated = ranking.preview(replace(half, rates={"USD": Decimal("0.9")}))
    assert rated.figures["left_out"] == []
    assert [(row.customer_id, row.value) for row in moves.page(rated, Wanted(step="DA")).rows] == [
        (dollar.id, Decimal("135.00"))
    ]


def test_a_company_counts_with_its_contact_persons_who_share_its_tier() -> None:
    company = sales.buyer("Harbour Flats", 60, kind="COMPANY")
    person, single = sales.buyer("Mai Lin", 60, company_id=company.id), sales.buyer(total=100)
    run = sales.run(HALF)
    assert sales.letters(company, person, single) == "AAD"
    assert run.figures["counted"] == 2
    assert [change.new for change in ranking.history(person.id)] == ["A"]


@SLOW
@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=3, max_size=14), st.integers(0, 20))
def test_more_revenue_is_never_a_lower_tier_all_else_equal(years: list[tuple[int, int]], margin: int) -> None:
    """All begin alike (no tier, then one run with everybody equal is skipped): a second run moves them by rank."""
    with db.session.begin_nested() as inside:
        rows = [sales.buyer(total=last) for last, _now in years]
        sales.run(replace(CALM, margin=Decimal(margin)))
        by_tier = {row.id: row.tier for row in rows}
        for row, (_last, now) in zip(rows, years, strict=True):
            if now:
                sales.order(row, now, days_ago=2)
        again = ranking.preview(replace(CALM, margin=Decimal(margin)))
        ranking.apply(again)
        totals = {row.id: last + now for row, (last, now) in zip(rows, years, strict=True)}
        db.session.expire_all()
        for one in rows:
            for other in rows:
                if by_tier[one.id] == by_tier[other.id] and totals[one.id] > totals[other.id]:
                    assert (one.tier or "D") <= (other.tier or "D")
        inside.rollback()


@SLOW
@given(st.lists(st.booleans(), min_size=2, max_size=6))
def test_nobody_flaps_who_sways_at_the_line_by_less_than_the_margin(swings: list[bool]) -> None:
    """The two at the line change places by 4 % in every second run, and never twice in a row: nobody moves."""
    with db.session.begin_nested() as inside:
        rows = sales.buyers(*range(1000, 0, -100))
        rows[0].id  # noqa: B018 (all are flushed)
        sales.run(CALM)
        before = sales.letters(*rows)
        assert before == "ABBCCCDDDD"
        extra = sales.order(rows[1], 1)
        for swings_over in [step for swing in swings for step in ((True, False) if swing else (False,))]:
            extra.total = Decimal(104) if swings_over else Decimal(1)
            db.session.flush()
            sales.run(CALM)
            assert sales.letters(*rows) == before
        inside.rollback()


def test_over_the_line_by_the_margin_moves_at_once_and_by_less_in_the_second_run() -> None:
    rows = sales.buyers(*range(1000, 0, -100))
    sales.run(CALM)
    sales.order(rows[1], 140)  # 1,040 against 1,000: 4 % over the line
    held = sales.run(CALM)
    assert sales.letters(*rows[:3]) == "ABB"
    assert held.figures["held"][Rule.HELD] == 2
    sales.run(CALM)
    assert sales.letters(*rows[:3]) == "BAB"
    assert ranking.history(rows[1].id)[0].rule is Rule.TWO_RUNS
    sales.order(rows[2], 400)  # 1,200 against 1,040: 15 % over
    sales.run(CALM)
    assert ranking.history(rows[2].id)[0].rule is Rule.RANK
    assert sales.letters(*rows[:3]) == "BBA"


def test_the_same_customers_come_to_rest() -> None:
    rows = sales.buyers(*[1 + (n * 37) % 101 for n in range(40)])
    sales.run(CALM)
    for row in rows[::3]:
        sales.order(row, 9, days_ago=2)
    sales.run(CALM)
    sales.run(CALM)
    assert sales.run(CALM).figures["moves"] == 0


def test_down_can_be_made_to_wait_for_two_runs_however_far() -> None:
    patient = replace(WIDE, down_waits=True)
    rows = sales.buyers(*range(1000, 0, -100))
    sales.run(patient)
    for row in rows[1:3]:
        sales.order(row, 5000)
    sales.run(patient)
    assert sales.letters(rows[0]) == "A"
    sales.run(patient)
    assert sales.letters(rows[0]) == "B"


def test_arrears_hold_a_rise_back_and_never_push_down() -> None:
    rows = sales.buyers(*range(1000, 0, -100))
    careful = replace(WIDE, arrears_days=30)
    sales.run(careful)
    sales.invoice(rows[5], 50, due_days_ago=31)
    sales.invoice(rows[0], 50, due_days_ago=300)
    sales.order(rows[5], 5000)
    run = sales.run(careful)
    assert sales.letters(rows[5]) == "C"
    assert run.figures["held"][Rule.ARREARS] == 1
    assert [row.customer_id for row in moves.page(run, Wanted(Which.ARREARS)).rows] == [rows[5].id]


def test_paying_on_time_and_ordering_often_lift_by_one_and_not_by_two() -> None:
    now = clock.now()
    rows = sales.buyers(*range(1000, 0, -100))
    for days in (40, 70, 100):
        sales.invoice(rows[9], 10, due_days_ago=days, paid_at=now - timedelta(days=days + 2))
        sales.invoice(rows[8], 10, due_days_ago=days, paid_at=now - timedelta(days=days - 2))
    for _ in range(5):
        sales.order(rows[9], "0.01")
    lifting = replace(WIDE, punctual_invoices=3, frequent_orders=4)
    sales.run(WIDE)
    sales.run(lifting)
    assert sales.letters(rows[9], rows[8]) == "CD"
    assert ranking.history(rows[9].id)[0].rule is Rule.PUNCTUAL
    assert sales.run(lifting).figures["moves"] == 0


def test_a_minimum_keeps_small_customers_out_of_the_upper_tiers() -> None:
    rows = sales.buyers(100, 40, 10)
    sales.run(replace(PLAIN, share_a=Decimal(60), share_b=Decimal(30), minimum=Decimal(50)))
    assert sales.letters(*rows) == "ADD"


def test_a_star_rises_that_grew_and_would_reach_the_next_tier_growing_on() -> None:
    rows = sales.buyers(*range(1000, 0, -100))
    star, slow = rows[4], rows[5]
    sales.order(star, 300, days_ago=400)
    sales.order(slow, 480, days_ago=400)
    run = sales.run(WIDE)
    db.session.expire_all()
    assert [row.is_rising for row in rows] == [row is star for row in rows]
    assert (run.figures["stars"], run.figures["new_stars"]) == (1, 1)
    assert [row.customer_id for row in moves.page(run, Wanted(Which.STARS)).rows] == [star.id]
    again = ranking.preview(WIDE)
    assert (again.figures["stars"], again.figures["new_stars"]) == (1, 0)
    assert moves.page(again, Wanted(Which.STARS)).rows == []
    sales.order(star, 600, days_ago=380)
    sales.run(WIDE)
    db.session.refresh(star)
    assert not star.is_rising


def test_a_preview_changes_nobody_and_tells_what_would_change() -> None:
    rows = sales.buyers(*range(1000, 0, -100))
    run = ranking.preview(WIDE)
    assert sales.letters(*rows) == "-" * 10
    assert (run.figures["moves"], run.figures["up"], run.figures["down"]) == (6, 6, 0)
    assert run.figures["matrix"] == {"DA": 1, "DB": 2, "DC": 3}
    assert run.figures["then"]["A"] == {"customers": 1, "value": "1000.00"}
    ranking.apply(run)
    assert sales.letters(*rows) == "ABBCCCDDDD"
    with pytest.raises(IllegalMove):
        ranking.apply(run)


def test_an_overtaken_preview_is_refused() -> None:
    sales.buyers(100, 50)
    with clock.standing_at(clock.now() - timedelta(hours=2)):
        stale = ranking.preview(WIDE)
    sales.run(WIDE)
    with pytest.raises(IllegalMove, match="Preview again"):
        ranking.apply(stale)
    with clock.standing_at(clock.now() - timedelta(hours=25)):
        old = ranking.preview(WIDE)
    with pytest.raises(IllegalMove, match="Preview again"):
        ranking.apply(old)


def test_the_newest_run_can_be_taken_back() -> None:
    rows = sales.buyers(*range(1000, 0, -100))
    first = sales.run(WIDE)
    sales.order(rows[9], 9000, days_ago=2)
    with clock.standing_at(clock.now() + timedelta(minutes=1)):
        second = sales.run(WIDE)
        assert sales.letters(rows[9], rows[0]) == "AB"
        with pytest.raises(IllegalMove):
            ranking.undo(first, factories.lee())
        ranking.undo(second, factories.root())
    assert sales.letters(*rows) == "ABBCCCDDDD"
    assert ranking.history(rows[9].id)[0].rule is Rule.UNDONE
    assert second.state is RunState.UNDONE


def test_a_run_taken_back_leaves_neither_stars_nor_the_first_of_two_runs_in_a_row() -> None:
    rows = sales.buyers(100, 99, *[10] * 8)
    sales.run(CALM)
    sales.order(rows[1], 3)  # over the line, by less than the margin
    grown = sales.buyer(total=8)
    sales.order(grown, 4, days_ago=500)
    with clock.standing_at(clock.now() + timedelta(minutes=1)):
        second = sales.run(CALM)
        held, was_star = second.figures["held"][Rule.HELD], grown.is_rising
        ranking.undo(second, factories.lee())
    assert (was_star, grown.is_rising) == (True, False)
    with clock.standing_at(clock.now() + timedelta(minutes=2)):
        assert ranking.preview(CALM).figures["held"][Rule.HELD] == held >= 2


def test_settings_that_say_the_same_are_the_same() -> None:
    assert Settings(share_a=Decimal("1.00")).ranks_like(Settings(share_a=Decimal(1)))
    assert not Settings(share_a=Decimal("1.01")).ranks_like(Settings())


def test_an_override_wins_until_its_day_and_gives_the_earned_tier_back() -> None:
    rows, lee = sales.buyers(*range(1000, 0, -100)), factories.lee()
    sales.run(WIDE)
    small, now = rows[9], clock.now()
    overrides.set(small, "A", "Opens a hotel in spring", now + timedelta(days=10), lee)
    assert sales.letters(small) == "A"
    sales.order(small, 450)
    run = sales.run(WIDE)
    assert sales.letters(small) == "A"
    assert run.figures["held"][Rule.OVERRIDE] == 1
    assert overrides.lift_due() == 0
    with clock.standing_at(now + timedelta(days=10, seconds=1)):
        assert overrides.lift_due() == 1
        assert overrides.lift_due() == 0
    assert sales.letters(small) == "C"
    assert [change.rule for change in ranking.history(small.id)] == [Rule.OVERRIDE_ENDED, Rule.OVERRIDE]
    assert ranking.history(small.id)[1].reason == "Opens a hotel in spring"


@pytest.mark.parametrize(("keeps_it", "letters"), [(True, "DD"), (False, "BD")])
def test_a_run_taken_back_leaves_nothing_beneath_an_override_unless_it_did_not_keep_what_it_saw(
    keeps_it: bool, letters: str
) -> None:
    rows, lee = sales.buyers(*range(1000, 0, -100)), factories.lee()
    sales.run(WIDE)
    before, since = rows[9], rows[8]  # overridden before the run that is taken back, and after it
    until = clock.now() + timedelta(days=10)
    overrides.set(before, "A", "Opens a hotel in spring", until, lee)
    sales.order(before, 9000)
    sales.order(since, 9500)
    with clock.standing_at(clock.now() + timedelta(minutes=1)):
        second = sales.run(WIDE)
        overrides.set(since, "B", "Signed for a year", until, lee)
        beneath = [overrides.standing(row.id) for row in (before, since)]
        assert [override.earned for override in beneath if override] == ["B", "A"]
        if not keeps_it:  # as runs did before there was a column for it
            db.session.execute(update(TierMove).where(TierMove.run_id == second.id).values(was=None))
        ranking.undo(second, lee)
    for override in filter(None, beneath):
        db.session.refresh(override)
        overrides.lift(override, lee)
    assert sales.letters(before, since) == letters


def test_a_customer_set_by_hand_after_the_preview_is_left_alone() -> None:
    rows = sales.buyers(*range(1000, 0, -100))
    run = ranking.preview(WIDE)
    overrides.set(rows[0], "D", "Never again", clock.now() + timedelta(days=1), factories.lee())
    ranking.apply(run)
    assert sales.letters(*rows[:2]) == "DB"


def test_settings_survive_being_kept() -> None:
    made = Settings(months=6, measure=Measure.PROFIT, share_a=Decimal("1.5"), rates={"USD": Decimal("0.91")},
                    arrears_days=None, punctual_invoices=4)  # fmt: skip
    assert kept.heard(made.said()) == made
    assert kept.save(made, factories.root())
    assert kept.current() == made
    assert not kept.save(made, None)


def test_moves_are_paged_without_gaps() -> None:
    sales.buyers(*[50] * 7, *[60] * 7)
    run = ranking.preview(replace(PLAIN, share_a=Decimal(100), share_b=Decimal(0), share_c=Decimal(0)))
    seen: list[int] = []
    after: str | None = ""
    while after is not None:
        page = moves.page(run, Wanted(), after=after, limit=4)
        seen += [row.customer_id for row in page.rows]
        after = page.next
    assert sorted(seen) == sorted(db.session.scalars(db.select(TierMove.customer_id)))
    assert len(seen) == 14
    assert not moves.page(run, Wanted(text="%")).rows
    assert moves.page(run, Wanted(), after="nonsense").rows
