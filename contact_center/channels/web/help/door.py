"""What the pages of the help centre share: language in the address, who reads, caching, and what a browser is called.

Used by the modules beside it. These pages need no cookie and carry no token: nothing that is posted here can do harm,
and so browsers and caches may keep them. What only some may read is never kept.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, request, url_for
from flask_security import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from contact_center import access, pages
from contact_center.channels.web.portal import door, limits
from contact_center.config import LANGUAGES
from contact_center.extensions import csrf
from contact_center.kb import addresses, sitemap
from contact_center.kb.reading import Reader

LANGUAGE = "<any(en, zh):lang>"
FRESH_FOR = 60  # seconds for which a page may be shown without asking
FOUND_FOR = 300  # seconds for which going back to a search does not search again
_VISITOR = "visitor"
_REMEMBERED_FOR = timedelta(days=180)
_LONGEST = 40
_LINK = re.compile(r'<a (?=[^<>]*href="(?!#))')


@dataclass(frozen=True, slots=True)
class Help:
    """The help centre in one language, as templates ask for it."""

    language: str

    @property
    def lang(self) -> str:
        """How an address says the language."""
        return addresses.language_for(self.language)

    def home(self, language: str = "") -> str:
        return addresses.home(language or self.language)

    def path(self, endpoint: str, **values: Any) -> str:
        """The address of a page in this language."""
        return url_for(endpoint, lang=self.lang, **values)

    def here(self, path: str) -> str:
        """The address of an article in this language; a page says so itself where it has only another one."""
        return self.home() + path.split("/", 3)[3] if path.startswith("/help/") else path

    def portal(self, endpoint: str) -> str:
        """A page of the portal; it goes on in this language."""
        return url_for(endpoint, language=self.language)

    def absolute(self, path: str) -> str:
        """The same with our public address before it."""
        return f"{current_app.config['CC'].public_url.rstrip('/')}{path}"


def prepare(blueprint: Blueprint) -> None:
    """Give *blueprint* what these pages need."""
    csrf.exempt(blueprint)
    blueprint.url_value_preprocessor(_speak)
    blueprint.before_request(_refuse_others)
    blueprint.after_request(_may_be_kept)
    blueprint.app_context_processor(lambda: {"help": Help(language())})
    blueprint.app_template_global("help_centre")(entrance)
    blueprint.add_app_template_filter(_in_windows, "in_windows")


def entrance() -> Help | None:
    """The help centre in the visitor's language, for links that lead there; None while there is nothing to read."""
    return None if sitemap.is_empty() else Help(language())


def language() -> str:
    """The language of the page, one of ours."""
    spoken = pages.language()
    return spoken if spoken in LANGUAGES else "en"


def reader() -> Reader:
    """Who reads here: a customer who is signed in, or anybody; an agent sees what customers see."""
    me = access.signed_in()
    if me is None:
        return Reader(language=language())
    return Reader(customer_id=me.customer.id, tier=me.tier, language=language())


def is_known() -> bool:
    """Whether somebody is signed in: then the page is theirs alone."""
    return access.signed_in() is not None or bool(getattr(current_user, "is_authenticated", False))


def visitor() -> str:
    """What this browser is called; `remember_visitor` gives a new one its name."""
    if "visitor" not in g:
        g.visitor = door.cookie(_VISITOR)[:_LONGEST] or secrets.token_urlsafe(16)
    return str(g.visitor)


def remember_visitor(response: AnyResponse) -> AnyResponse:
    """Let the browser say next time that it is the same."""
    if not door.cookie(_VISITOR):
        door.set_cookie(response, _VISITOR, visitor(), int(_REMEMBERED_FOR.total_seconds()))
    return response


def alternates(path_in: Any) -> dict[str, str]:
    """The same page in each language; *path_in* gives its path in one."""
    return {code: path_in(code) for code in LANGUAGES}


def too_often() -> datetime | None:
    """Count one search or vote of the visitor's network."""
    return limits.by_help(limits.network(request.remote_addr or ""))


def _in_windows(markup: Markup) -> Markup:
    """Links out of an article that is read within a form lead to other windows: the form stays."""
    return Markup(_LINK.sub('<a target="_blank" ', markup))  # noqa: S704 (what it was, but for our own attribute)


def _speak(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    """The address says in which language; no view has to ask for it."""
    said = addresses.language_in((values or {}).pop("lang", ""))
    if said is not None:
        g.language = said


def _refuse_others() -> None:
    if request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(400)


def _may_be_kept(response: Response) -> AnyResponse:
    """A page that is the same for everybody may be kept for a minute, and then asks whether it still is so."""
    is_page = request.method == "GET" and response.status_code == 200 and response.mimetype == "text/html"
    if not is_page or "Cache-Control" in response.headers or is_known():
        return response
    response.headers["Cache-Control"] = f"public, max-age={FRESH_FOR}"
    response.vary.add("Cookie")
    response.vary.add("HX-Request")
    same = response.get_data().replace(pages.nonce().encode(), b"")
    response.set_etag(hashlib.sha256(same).hexdigest()[:32], weak=True)
    response.make_conditional(request)
    if response.status_code == 304:  # the kept page has the policy that its nonce is in
        del response.headers["Content-Type"]
    return response
