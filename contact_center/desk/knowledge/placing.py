"""Where an article stands, for whom and about what it is, who looks after it and until when; and beginning a new one.

`knowledge` registers the blueprint.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select

from contact_center import access, once
from contact_center.customers.models import TIERS
from contact_center.desk import asked
from contact_center.desk.knowledge import finding, show
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.kb import articles
from contact_center.kb.models import Article, Audience
from contact_center.kb.writing import Place, Words
from contact_center.orders.models import Product

MOST_PRODUCTS = 50

blueprint = Blueprint("placing", __name__)


@blueprint.get("/new")
@access.agent
def blank() -> str:
    """The few things that a new article needs before it is written."""
    chosen = {"place": request.args.get("place", ""), "language": finding.mine()}
    return render_template(
        "desk/knowledge/new.html", places=finding.places(), tiers=TIERS, chosen=chosen, **finding.left()
    )


@blueprint.post("/new")
@access.agent
def begin() -> Any:
    """Begin it, and go on in the editor."""
    where = _place()
    place = Place(*where, audience=_audience(), tiers=request.form.getlist("tiers"))
    words = Words(request.form.get("language", ""), request.form.get("title", ""))
    article = once.made(Article, lambda: articles.new(access.me(), place, words))
    db.session.commit()
    return asked.done(url=url_for("knowledge.editing.form", article_id=article.id, language=words.language))


@blueprint.get("/articles/<int:article_id>/place")
@access.agent
def ask(article_id: int) -> str:
    """The dialogue with everything but the words."""
    article = finding.article_or_404(article_id)
    numbers = select(Product.external_id).where(Product.id.in_(article.product_ids)).order_by(Product.external_id)
    return render_template(
        "desk/knowledge/_place.html",
        article=article,
        places=finding.places(),
        place=f"{article.space_id}.{article.category_id}" if article.category_id else f"{article.space_id}",
        tiers=TIERS,
        owners=asked.owners(),
        numbers=", ".join(db.session.scalars(numbers)) if article.product_ids else "",
        expires_at=asked.typed(article.expires_at) if article.expires_at else "",
    )


@blueprint.post("/articles/<int:article_id>/place")
@access.agent
def change(article_id: int) -> Any:
    """Change it."""
    article = finding.article_or_404(article_id)
    space, category = _place()
    owner = asked.owner()
    articles.change(
        article, access.me(), asked.number("version") or None, space=space, category=category,
        slug=request.form.get("slug", "").strip(), audience=_audience(), tiers=request.form.getlist("tiers"),
        product_ids=_products(), owner_id=owner.id if owner else None, expires_at=asked.instant("expires_at"),
        review_by=_day("review_by"),
    )  # fmt: skip
    db.session.commit()
    return asked.done(_("Saved"), otherwise=show.page_of(article))


def _place() -> tuple[Any, Any]:
    found = finding.place(request.form.get("place", ""))
    if found is None:
        sentence = _("Choose where it stands.")
        raise Invalid(sentence, {"place": sentence})
    return found


def _audience() -> Audience:
    typed = request.form.get("audience", "")
    return Audience(typed) if typed in set(Audience) else Audience.AGENTS


def _products() -> list[int]:
    """The products whose numbers were typed, with commas between. Raises Invalid with those that are none."""
    typed = list(dict.fromkeys(request.form.get("products", "").replace("，", ",").replace("\n", ",").split(",")))
    wanted = [number.strip().lower() for number in typed if number.strip()][:MOST_PRODUCTS]
    if not wanted:
        return []
    asked_for = select(func.lower(Product.external_id), Product.id).where(func.lower(Product.external_id).in_(wanted))
    found: dict[str, int] = {row[0]: row[1] for row in db.session.execute(asked_for)}
    if unknown := [number for number in wanted if number not in found]:
        sentence = _("There is no product %(number)s.", number=unknown[0])
        raise Invalid(sentence, {"products": sentence})
    return list(found.values())


def _day(name: str) -> date | None:
    typed = request.form.get(name, "").strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        sentence = _("Choose a day.")
        raise Invalid(sentence, {name: sentence}) from None
