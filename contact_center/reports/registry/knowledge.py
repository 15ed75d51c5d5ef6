"""The knowledge base: what is looked for in vain, what is solved with articles and stays solved."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from contact_center.reports.metrics import Better, Metric, Spread, Unit

_SEARCH = _("bi.search, by the instant of the search (at)")
_USE = _("bi.article_use, by the instant of the use (at)")
_TYPING = _("One typing is one search, with its last words. Agents’ own searches are in it.")
_USED = _("Used: inserted, linked, sent by text, or what a ticket was solved with. Reading alone is no use.")

METRICS = (
    Metric("searches", _("Searches"), Unit.COUNT, _("searches of the knowledge base"), _SEARCH, _TYPING, "search", "at",
           ("searches",), topic="knowledge"),
    Metric("search_without_result", _("Searches without result"), Unit.SHARE, _("searches that found nothing ÷ searches"),
           _SEARCH, _TYPING, "search", "at", ("without_result",), ("searches",), Spread.WILSON, better=Better.DOWN,
           topic="knowledge"),
    Metric("search_chosen", _("Searches with a choice"), Unit.SHARE, _("searches after which an article was opened ÷ searches"),
           _SEARCH, _TYPING, "search", "at", ("chosen",), ("searches",), Spread.WILSON, better=Better.UP, topic="knowledge"),
    Metric("tickets_without_article", _("Tickets solved without an article"), Unit.SHARE,
           _("resolved tickets for which no article was used ÷ resolved tickets"),
           _("bi.ticket, by the instant at which it was resolved (resolved_at)"), _USED, "ticket", "resolved_at",
           ("without_article",), ("resolved",), Spread.WILSON, better=Better.DOWN, topic="knowledge"),
    Metric("article_uses", _("Uses of articles"), Unit.COUNT, _("uses of articles"), _USE, _USED, "article_use", "at",
           ("uses",), better=Better.UP, topic="knowledge"),
    Metric("article_success", _("Success of articles"), Unit.SHARE,
           _("tickets solved with an article and not opened again within 7 days ÷ tickets solved with one"), _USE,
           _("What was solved less than seven days ago may still be opened again, and counts as a success until then."),
           "article_use", "at", ("succeeded",), ("solved",), Spread.WILSON, better=Better.UP, settles_in=7,
           topic="knowledge"),
    Metric("article_helpful", _("Articles that helped"), Unit.SHARE, _("readers who say that it helped ÷ readers who say"),
           _USE, _("The last word of each reader, by when it was said."), "article_use", "at", ("helpful",), ("votes",),
           Spread.WILSON, better=Better.UP, topic="knowledge"),
    Metric("article_deflection", _("Deflection by articles"), Unit.SHARE,
           _("articles shown instead of a request, after which no ticket of that customer followed in a day ÷ those whose day is over"),
           _("bi.deflection, by the instant of the answer (at)"),
           _("Known customers only: of an unknown visitor nobody can tell whether they wrote later."), "deflection", "at",
           ("articles_confirmed",), ("articles_confirmed", "articles_refuted"), Spread.WILSON, better=Better.UP,
           settles_in=1, topic="knowledge"),
)  # fmt: skip
