"""What customers are worth: the overview, the six standing questions, the lists behind figures, and all as files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask_babel import gettext as _

from contact_center import access, clock, pages
from contact_center.extensions import db
from contact_center.floor import chart, words
from contact_center.value import anomalies, composition, contribution, exports, listings, questions
from contact_center.value import sales as value_sales
from contact_center.value import settings as value_settings
from contact_center.value.listings import Listing

blueprint = Blueprint("value", __name__, url_prefix="/floor/value")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_QUESTIONS = ", ".join(questions.QUESTIONS)
_NARROWED = (*composition.FILTERS, "month", "line", "product")  # what an address may narrow a list to
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LISTS = f"{_QUESTIONS}, customers, anomalies, products, orders"


@blueprint.get("")
@access.supervisor
def overview() -> str:
    """The figures of the last counting, and how many each question finds."""
    kept = value_settings.row()
    found = {name: listings.count(ask()) for name, ask in questions.QUESTIONS.items()} if kept.counted_at else {}
    return render_template(
        "floor/value.html",
        page="value",
        kept=kept,
        figures=kept.figures,
        settings=value_settings.current(),
        found=found,
        anomalies=kept.figures.get("anomalies", (0, True)),
        curve=chart.curve(kept.figures.get("curve", [])),
    )


@blueprint.post("/count")
@access.supervisor
def count() -> Any:
    """Count anew at once."""
    contribution.recompute()
    db.session.commit()
    flash(_("Recalculated."), "success")
    return redirect(url_for("value.overview"), 303)


@blueprint.get(f"/<any({_QUESTIONS}):question>")
@access.supervisor
def question(question: str) -> str:
    """One of the six, live."""
    return _list(
        questions.QUESTIONS[question](), question, words.question_word(question), words.question_lead(question)
    )


@blueprint.get("/customers")
@access.supervisor
def customers() -> str:
    """The customers behind a figure."""
    chosen = _chosen()
    title = " · ".join(f"{words.by_word(by)}: {words.group_word(name, by)}" for by, name in chosen.items())
    return _list(composition.customers(chosen), "customers", title or _("Customers by sales"), "")


@blueprint.get("/anomalies")
@access.supervisor
def unusual() -> str:
    """What is not as usual with tier A."""
    lead = _(
        "Tier A: orders of the last 90 days below half of the usual, payments ten days later than usual, people gone."
    )
    return _list(anomalies.listing(), "anomalies", _("Anomalies of A customers"), lead)


@blueprint.get("/products")
@access.supervisor
def products() -> str:
    """Margin by product over the last twelve full months."""
    lead = _(
        "The last twelve full months. Lines whose cost nobody knows count as if the goods were free; "
        "the last column says how many."
    )
    return _list(composition.products(), "products", _("Margin by product"), lead)


@blueprint.get("/orders")
@access.supervisor
def orders() -> str:
    """The order lines behind a figure of sales."""
    since, until = _months()
    chosen = _sold()
    said = [words.group_word(value, by) for by, value in chosen.items() if by != "product"]
    title = " · ".join([words.month(since), *said] if until - since < timedelta(days=32) else said)
    return _list(_lines(), "orders", title or _("Orders"), "")


@blueprint.get(f"/<any({_LISTS}):name>.<any(csv, xlsx):ending>")
@access.supervisor
def download(name: str, ending: str) -> Response:
    """The whole list as a file."""
    listing = _named(name)
    headings = [words.column_word(column.key) for column in listing.columns]
    if ending == "csv":
        parts = exports.as_csv(listing, headings, words.code_words())
        answer = Response(stream_with_context(parts), mimetype="text/csv")
    else:
        parts = exports.as_xlsx(listing, name, headings, words.code_words())
        answer = Response(stream_with_context(parts), mimetype=_XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.{ending}")
    return answer


@blueprint.get("/composition")
@access.supervisor
def made_up() -> str:
    """Customers by nature, industry, region and the rest."""
    kept = value_settings.row()
    return render_template(
        "floor/composition.html",
        page="composition",
        kept=kept,
        figures=kept.figures,
        groups=kept.figures.get("groups", {}),
    )


@blueprint.get("/sales")
@access.supervisor
def sales() -> str:
    """Sales of a month by region and product line (or product) beside their usual."""
    kept = value_settings.row()
    known = value_sales.months() if kept.counted_at else []
    by = value_sales.By.PRODUCT if request.args.get("by") == "product" else value_sales.By.LINE
    month = _month(request.args.get("month", "")) or value_sales.full_month(clock.now().astimezone(pages.zone()).date())
    cells = value_sales.cells(month, by) if known else []
    return render_template(
        "floor/sales.html", page="sales", kept=kept, figures=kept.figures, months=known, month=month, by=by,
        cells=cells, total=sum(cell.revenue for cell in cells), usual=sum(cell.usual for cell in cells),
        unusual=sum(cell.is_unusual for cell in cells), bars=chart.bars, is_running=month >= _this_month(),
    )  # fmt: skip


def _list(listing: Listing, page: str, title: str, lead: str) -> str:
    kept = value_settings.row()
    found = listings.page(listing, after=request.args.get("after"))
    kept_args: dict[str, Any] = {name: request.args[name] for name in _NARROWED if name in request.args}
    return render_template(
        "floor/list.html",
        page=page,
        title=title,
        lead=lead,
        listing=listing,
        found=found,
        counted=listings.count(listing),
        kept=kept,
        currency=kept.figures.get("currency"),
        codes=words.code_words(),
        kept_args=kept_args,
        next_page=url_for(request.endpoint or "", **(request.view_args or {}), **kept_args, after=found.next),
    )


def _named(name: str) -> Listing:
    """The list that a file is asked of, narrowed as the page was."""
    makers: dict[str, Callable[[], Listing]] = {
        **questions.QUESTIONS,
        "anomalies": anomalies.listing,
        "products": composition.products,
        "customers": lambda: composition.customers(_chosen()),
        "orders": _lines,
    }
    return makers[name]()


def _chosen() -> dict[str, str]:
    return _asked(composition.FILTERS)


def _sold() -> dict[str, str]:
    return _asked(("region", "line", "product"))


def _asked(names: Iterable[str]) -> dict[str, str]:
    """Those of the address's words that are in it."""
    return {str(name): request.args[name].replace("\0", "")[:200] for name in names if name in request.args}


def _lines() -> Listing:
    since, until = _months()
    zone = str(pages.zone().key)
    return composition.lines_sold(since=since, until=until, zone=zone, wanted=_sold())


def _months() -> tuple[date, date]:
    """The first day that the address asks for, and the first one after: a month, or the year of the products' list."""
    month = _month(request.args.get("month", ""))
    if month is not None:
        return month, value_sales.month_before(month, -1)
    last = value_sales.full_month(clock.now().date())
    return value_sales.month_before(last, 11), value_sales.month_before(last, -1)


def _month(typed: str) -> date | None:
    try:
        month = date.fromisoformat(f"{typed}-01") if len(typed) == 7 else None
    except ValueError:
        return None
    return month if month and _FIRST_YEAR <= month.year <= _LAST_YEAR else None


def _this_month() -> date:
    return clock.now().astimezone(pages.zone()).date().replace(day=1)


for filter_name, speak in words.FILTERS.items():
    blueprint.add_app_template_filter(speak, filter_name)
