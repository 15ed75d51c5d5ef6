"""What all pages share: language and zone of the reader, assets, security headers, CSRF, and error pages.

Doors render; this module only dresses what they answer.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.support import NullTranslations, Translations
from flask import Flask, Response, current_app, g, has_request_context, jsonify, render_template, request, session
from flask_babel import get_locale, get_timezone, get_translations, gettext
from flask_security import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from contact_center import access, clock, compiled, once, problems
from contact_center.config import LANGUAGES
from contact_center.errors import ContactCenterError, Invalid, Stale
from contact_center.extensions import babel, db
from contact_center.text import sayings

_DIST = Path(__file__).parent / "static" / "dist"


class RowId(IntegerConverter):
    """`<int:…>` in a route: a number that a row can have; a larger one is a page that does not exist."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**63 - 1)


def dress(app: Flask) -> None:
    """Give *app* everything that pages share."""
    babel.init_app(app, locale_selector=language, timezone_selector=time_zone)
    access.guard(app)
    app.after_request(_headers)
    app.register_error_handler(ContactCenterError, _our_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(500, _broken)
    app.jinja_env.bytecode_cache = compiled.Templates(app.config["CC"].data_dir / "cache", Path(__file__))
    app.jinja_env.optimized = False  # or the word for a constant would stay in the language of its first reader
    app.jinja_env.globals.update(asset=asset, nonce=nonce, languages=LANGUAGES, lang_tag=lang_tag, now=clock.now)
    app.jinja_env.globals.update(form_value=once.value, signed_in=access.signed_in)
    app.jinja_env.filters.update(when=when, date=date, hour=hour, in_full=in_full, day=day, size=size, listed=listed)
    app.jinja_env.filters["said"] = sayings.say
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _translations().ugettext(text),
        lambda one, many, number: _translations().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, text: _translations().upgettext(context, text),
        npgettext=lambda context, one, many, number: _translations().unpgettext(context, one, many, number),
    )
    app.add_url_rule("/healthz", "healthz", _healthz)
    if hops := app.config["CC"].proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


@access.public
def _healthz() -> Response:
    return Response("ok\n", mimetype="text/plain")


def language() -> str:
    """The reader's language: their account's, else the one they clicked, else the browser's, else the default."""
    if not has_request_context():  # a job or a command
        return str(current_app.config["CC"].default_language)
    if g.get("language") in LANGUAGES:  # a page that goes by what its visitor clicked, whoever is signed in
        return str(g.language)
    if getattr(current_user, "is_authenticated", False):
        return str(current_user.language)
    if (clicked := session.get("language")) in LANGUAGES:
        return str(clicked)
    for wanted in request.accept_languages.values():
        if wanted.lower().startswith("zh"):
            return "zh_Hans_CN"
        if wanted.lower().startswith("en"):
            return "en"
    return str(current_app.config["CC"].default_language)


def time_zone() -> str:
    """The reader's IANA zone."""
    if g.get("time_zone"):  # a customer's, on the portal
        return str(g.time_zone)
    own = getattr(current_user, "time_zone", None) if current_user else None
    return own or str(current_app.config["CC"].time_zone)


def lang_tag() -> str:
    """The value of <html lang>."""
    return "zh-CN" if str(get_locale() or "en").startswith("zh") else "en"


def _translations() -> Translations | NullTranslations:
    """What Flask-Babel gives, looked up once for each language of a request: a page asks for hundreds of texts."""
    locale, known = get_locale(), g.get("texts")
    if known is None or known[0] is not locale:
        known = g.texts = (locale, get_translations())
    return known[1]


def when(instant: datetime | None) -> str:
    """An instant as the reader writes it: the time today, the day this year, the date before that."""
    if instant is None:
        return ""
    local, today = instant.astimezone(zone()), clock.now().astimezone(zone())
    if local.date() == today.date():
        return f"{local:%H:%M}"
    if local.year == today.year:
        return f"{_on(local, 'M月d日 ' if lang_tag() == 'zh-CN' else 'd MMM, ')}{local:%H:%M}"
    return date(instant)


def date(instant: datetime) -> str:
    """The day of an instant, with its year."""
    return _on(instant.astimezone(zone()), "y年M月d日" if lang_tag() == "zh-CN" else "d MMM y")


def hour(instant: datetime) -> str:
    """The time of day of an instant."""
    return f"{instant.astimezone(zone()):%H:%M}"


def in_full(instant: datetime) -> str:
    """An instant with its date, seconds and zone."""
    local = instant.astimezone(zone())
    return f"{_on(local, 'y年M月d日' if lang_tag() == 'zh-CN' else 'd MMMM y')} {local:%H:%M:%S %Z}"


def day(instant: datetime) -> str:
    """The heading of a day in the conversation: Today, Yesterday, or the weekday and date."""
    local, today = instant.astimezone(zone()), clock.now().astimezone(zone())
    if local.date() == today.date():
        return gettext("Today")
    if (today.date() - local.date()).days == 1:
        return gettext("Yesterday")
    zh, same = lang_tag() == "zh-CN", local.year == today.year
    pattern = ("M月d日 EEEE" if same else "y年M月d日 EEEE") if zh else ("EEEE d MMMM" if same else "EEEE d MMMM y")
    return _on(local, pattern)


def _on(local: datetime, pattern: str) -> str:
    return _formatted(local.toordinal(), pattern, str(get_locale() or "en"))


@lru_cache(maxsize=4096)
def _formatted(ordinal: int, pattern: str, locale: str) -> str:
    """A page shows the same few days again and again; reading a pattern takes as long as a query."""
    return format_date(datetime.fromordinal(ordinal), pattern, locale=locale)


def size(octets: int) -> str:
    """A file size for people."""
    if octets < 1000:
        return f"{octets} B"
    kilo = octets / 1000
    return f"{kilo:.0f} KB" if kilo < 1000 else f"{kilo / 1000:.1f} MB"


def listed(words: Iterable[str]) -> str:
    """Words one after the other, between them the mark of the reader's language: a comma, in Chinese 、."""
    pattern: str = (get_locale() or Locale("en")).list_patterns["standard"]["start"]  # {0}, {1} or {0}、{1}
    return pattern.format("", "").join(map(str, words))


def zone() -> ZoneInfo:
    """The reader's zone, for reading the dates they type."""
    return ZoneInfo(str(get_timezone()))


def nonce() -> str:
    """This response's CSP nonce."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return str(g.nonce)


def asset(name: str) -> str:
    """The URL of a built asset by its plain name, e.g. "desk.js"."""
    manifest = _manifest() if not current_app.debug else _read_manifest()
    return f"/static/dist/{manifest.get(name, name)}"


def asset_file(name: str) -> Path:
    """Where a built asset lies."""
    return _DIST / _read_manifest().get(name, name)


@cache
def _manifest() -> dict[str, str]:
    return _read_manifest()


def _read_manifest() -> dict[str, str]:
    path = _DIST / "manifest.json"
    return json.loads(path.read_text()) if path.exists() else {}


def _headers(response: Response) -> Response:
    h = response.headers
    h.setdefault("X-Content-Type-Options", "nosniff")
    h.setdefault("Referrer-Policy", "same-origin")
    h.setdefault("X-Frame-Options", "SAMEORIGIN")
    h.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    h.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=(self)")
    if current_app.config["CC"].secure_cookies:
        h.setdefault("Strict-Transport-Security", "max-age=31536000")
    if response.mimetype == "text/html":
        h.setdefault("Content-Security-Policy", _policy())
        h.setdefault("Cache-Control", "no-store")
    elif request.path.startswith("/static/dist/"):
        h["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _policy() -> str:
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce()}'; style-src 'self' 'nonce-{nonce()}'; "
        "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
        f"connect-src 'self'{current_app.config['CC'].phone_sources}; frame-src 'self'; media-src 'self' blob:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'self'; manifest-src 'self'"
    )


def wants_fragment() -> bool:
    """Whether htmx or a script asked, so that an error is answered with one sentence instead of a page."""
    return request.headers.get("HX-Request") == "true" or request.accept_mimetypes.best == "application/json"


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _our_error(error: ContactCenterError) -> Any:
    db.session.rollback()
    if _is_api():
        return problems.problem(error.status, error.sentence, error.fields if isinstance(error, Invalid) else {})
    body: dict[str, Any] = {"error": error.sentence}
    if isinstance(error, Invalid):
        body["fields"] = error.fields
    if isinstance(error, Stale):
        body["difference"] = {k: [str(theirs), str(now)] for k, (theirs, now) in error.difference.items()}
    if wants_fragment():
        return jsonify(body), error.status
    return render_template("errors/error.html", code=error.status, sentence=error.sentence), error.status


def _http_error(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    db.session.rollback()
    sentence = _sentence(error)
    if _is_api():
        return problems.problem(error.code, sentence, headers=error.get_headers())
    if wants_fragment():
        return jsonify({"error": sentence}), error.code
    page = render_template("errors/error.html", code=error.code, sentence=sentence)
    response = Response(page, error.code)
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _sentence(error: HTTPException) -> str:
    if isinstance(error, CSRFError):
        return gettext("This page has been open for too long. Reload it and try again; what you typed is still here.")
    return {
        400: gettext("The request could not be read."),
        401: gettext("Please sign in first."),
        403: gettext("You are not allowed to do this. Ask an administrator if you should be."),
        404: gettext("This page does not exist, or it is not yours to see."),
        405: gettext("This cannot be done that way."),
        413: gettext("That is too large."),
        415: gettext("Send JSON, with the content type application/json."),
        429: gettext("Too many attempts. Wait a minute and try again."),
        503: gettext("This is not possible for the moment. Try again in a minute."),
    }.get(error.code or 0, gettext("Something is wrong with this request."))


def _broken(_error: Exception) -> Any:
    db.session.rollback()
    sentence = gettext("Something broke on our side. It has been logged; nothing you typed was saved.")
    if _is_api():
        return problems.problem(500, sentence)
    if wants_fragment():
        return jsonify({"error": sentence}), 500
    return render_template("errors/error.html", code=500, sentence=sentence), 500
