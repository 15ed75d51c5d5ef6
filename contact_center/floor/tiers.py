"""Tiers: the settings tried out with their effect before anything changes, the runs, and what to do with one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)  # fmt: skip
from flask_babel import gettext as _
from flask_babel import ngettext

from contact_center import access, clock, rows
from contact_center.customers.models import TIERS
from contact_center.errors import Invalid, NotAllowed
from contact_center.extensions import db
from contact_center.floor import ribbon, words
from contact_center.text import spreadsheets
from contact_center.tiers import moves, overrides, ranking, schedule
from contact_center.tiers import settings as tier_settings
from contact_center.tiers.models import RunState, TierRun
from contact_center.tiers.moves import Wanted, Which
from contact_center.tiers.settings import Counted, Measure, Potential, Settings

blueprint = Blueprint("tiers", __name__, url_prefix="/floor/tiers")
RANKING = (
    "months", "measure", "share_a", "share_b", "share_c", "counted", "potential", "margin", "minimum", "arrears_days",
    "punctual_invoices", "frequent_orders", "rising_percent",
)  # fmt: skip


@blueprint.get("")
@access.supervisor
def overview() -> str:
    """The settings in use, and what the last run found."""
    return _page(ranking.last_applied(), tier_settings.current())


@blueprint.post("/preview")
@access.supervisor
def preview() -> Any:
    """Count by the settings of the form; nothing is changed."""
    form = request.form.to_dict()
    known = {name: form[name] for name in RANKING if name in form}
    settings = tier_settings.read({**known, "down_waits": form.get("down_waits", "")}, tier_settings.current())
    run = ranking.preview(settings, access.me())
    db.session.commit()
    return redirect(url_for("tiers.run", run_id=run.id), 303)


@blueprint.get("/runs")
@access.supervisor
def runs() -> str:
    """Earlier runs, newest first."""
    found = ranking.runs(51, rows.number(request.args.get("before", "")))
    following = found[49].id if len(found) > 50 else None
    return render_template("floor/tier_runs.html", page="runs", runs=found[:50], following=following)


@blueprint.get("/runs/<int:run_id>")
@access.supervisor
def run(run_id: int) -> str:
    """One run: its settings, its effect, who moves."""
    found = _run(run_id)
    return _page(found, tier_settings.heard(found.settings))


@blueprint.get("/runs/<int:run_id>/moves.csv")
@access.supervisor
def moves_csv(run_id: int) -> Response:
    """The moves that the list shows, all of them."""
    answer = Response(stream_with_context(_csv(_run(run_id), _wanted())), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"tier-moves-{run_id}.csv")
    return answer


@blueprint.post("/runs/<int:run_id>/apply")
@access.supervisor
def apply(run_id: int) -> Any:
    """Let the moves happen. Settings other than those in use are put to use with it, by administrators."""
    found = _run(run_id)
    settings = tier_settings.heard(found.settings)
    if _leaving(found) and request.form.get("read") != "1":
        raise Invalid(_("Read who leaves A first, then confirm."), {"read": _("Please confirm.")})
    if not settings.ranks_like(tier_settings.current()):
        if not access.me().is_administrator:
            raise NotAllowed(_("These are not the settings in use. An administrator can put them to use."))
        tier_settings.save(_with_schedule(settings), access.me())
    moved = ranking.apply(found, access.me())
    db.session.commit()
    flash(ngettext("%(num)d customer has a new tier.", "%(num)d customers have a new tier.", moved), "success")
    return redirect(url_for("tiers.run", run_id=run_id), 303)


@blueprint.post("/runs/<int:run_id>/discard")
@access.supervisor
def discard(run_id: int) -> Any:
    """Put a preview away."""
    ranking.discard(_run(run_id))
    db.session.commit()
    return redirect(url_for("tiers.overview"), 303)


@blueprint.post("/runs/<int:run_id>/undo")
@access.supervisor
def undo(run_id: int) -> Any:
    """Give everybody the tier they had before the newest run."""
    moved = ranking.undo(_run(run_id), access.me())
    db.session.commit()
    flash(
        ngettext("%(num)d customer has the former tier again.", "%(num)d customers have the former tier again.", moved),
        "success",
    )
    return redirect(url_for("tiers.run", run_id=run_id), 303)


def _page(run: TierRun | None, settings: Settings) -> str:
    """The one page: settings on the left, on the right their effect as far as it was counted."""
    now, in_use = clock.now(), tier_settings.current()
    zone = ZoneInfo(current_app.config["CC"].time_zone)
    counted = run if run is not None and run.state is not RunState.PENDING else None
    return render_template(
        "floor/tiers.html",
        page="tiers",
        run=counted,
        is_waiting=run is not None and counted is None,
        figures=counted.figures if counted else None,
        settings=settings,
        in_use=in_use,
        is_other=not settings.ranks_like(in_use),
        bands=ribbon.bands(counted.figures["then"]) if counted else [],
        tiers=TIERS,
        wanted=_wanted(),
        moves=moves.page(counted, _wanted(), after=request.args.get("after")) if counted else None,
        which=Which,
        leaving=_leaving(counted) if counted else 0,
        stays=_staying(counted) if counted else {},
        may_undo=counted is not None and ranking.may_undo(counted),
        next_override=next(iter(overrides.listed(1)), None),
        next_due=schedule.next_due(in_use, now, zone),
        measures=Measure,
        counted_choices=[(one, words.counted_word(one)) for one in Counted],
        potential_choices=[(one, words.potential_word(one)) for one in Potential],
        why=words.why,
        with_=_with,
    )


def _with(run: TierRun, **changed: Any) -> str:
    """The address of the same run with something changed; a change begins at the first page."""
    kept = {name: request.args[name] for name in ("which", "step", "q") if request.args.get(name)}
    asked = {name: value for name, value in (kept | changed).items() if value}
    return url_for("tiers.run", run_id=run.id, _anchor="moves", **asked)


def _wanted() -> Wanted:
    args = request.args
    which = args.get("which", "")
    text = args.get("q", "").replace("\0", "").strip()[:100]
    return Wanted(Which(which) if which in set(Which) else Which.ALL, args.get("step", "")[:2], text)


def _leaving(run: TierRun) -> int:
    """How many lose tier A."""
    return sum(count for step, count in run.figures.get("matrix", {}).items() if step[0] == "A")


def _staying(run: TierRun) -> dict[str, int]:
    """How many of each tier stay in it."""
    leaving = dict.fromkeys(TIERS, 0)
    for step, count in run.figures["matrix"].items():
        leaving[step[0]] += count
    return {tier: max(run.figures["now"][tier]["customers"] - leaving[tier], 0) for tier in TIERS}


def _with_schedule(settings: Settings) -> Settings:
    """The same ranking with the schedule in use."""
    now = tier_settings.current()
    return tier_settings.heard(settings.said() | {"schedule": now.schedule, "hour": now.hour})


def _run(run_id: int) -> TierRun:
    return db.session.get(TierRun, run_id) or abort(404)


def _csv(run: TierRun, wanted: Wanted) -> Iterator[str]:
    """The rows, read and written a few at a time."""
    settings, figures = tier_settings.heard(run.settings), run.figures
    yield spreadsheets.BOM + spreadsheets.line([
        _("Customer"), _("Number"), _("From"), _("To"), _("Value"), _("The period before"), _("Currency"), _("Place"),
        _("Why"),
    ])  # fmt: skip
    asked = moves.everything(run, wanted).execution_options(yield_per=1000)
    for row in db.session.execute(asked):
        yield spreadsheets.line([
            row.name, row.external_id, row.old, row.new, row.value, row.before, figures["currency"], row.place,
            words.why(row, figures, settings),
        ])  # fmt: skip
