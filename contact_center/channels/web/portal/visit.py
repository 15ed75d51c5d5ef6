"""What every visit to the portal shares: language, larger forms, files, privacy, and handing a sent form to the inbox.

Used by the portal's routes. These forms carry their own signed token instead of the session's, so that they work
without cookies; a post from another site is refused all the same.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import get_locale, gettext, refresh
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import NotFound, RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from contact_center import clock, pages
from contact_center.channels import inbox, raws
from contact_center.channels.registry import CHANNELS
from contact_center.channels.web import seals, uploads
from contact_center.channels.web.portal import limits
from contact_center.channels.web.submissions import Form, Submission
from contact_center.channels.web.uploads import Taken
from contact_center.config import LANGUAGES, Config
from contact_center.extensions import csrf, db
from contact_center.selfservice import look
from contact_center.tickets.models import Ticket

_log = logging.getLogger(__name__)


def prepare(blueprint: Blueprint) -> None:
    """Give *blueprint* what the public forms need."""
    csrf.exempt(blueprint)
    prepare_pages(blueprint)
    blueprint.after_request(_keep_private)


def prepare_pages(blueprint: Blueprint) -> None:
    """Give *blueprint* what all portal pages need."""
    blueprint.before_request(_allow_larger_forms)
    blueprint.before_request(_speak_the_clicked_language)
    blueprint.before_request(_follow_language_link)
    blueprint.app_template_global("look")(look.current)
    blueprint.register_error_handler(RequestEntityTooLarge, _too_large)
    blueprint.register_error_handler(NotFound, _not_found)
    blueprint.register_error_handler(CSRFError, _too_long_open)


def config() -> Config:
    """The installation's settings."""
    settings: Config = current_app.config["CC"]
    return settings


def language() -> str:
    """The language of the page, as messages and tickets keep it."""
    return "zh_Hans_CN" if str(get_locale() or "").startswith("zh") else "en"


def browser_name() -> str:
    """A few words for the visitor's browser, e.g. "Safari · iPhone"."""
    agent = request.user_agent.string
    name = next((word for mark, word in _BROWSERS if mark in agent), "")
    system = next((word for mark, word in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (name, system)))


_BROWSERS = (
    ("MicroMessenger", "WeChat"), ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def language_clicked() -> bool:
    """Whether the form was sent by its language button: show it again in that language, with everything typed."""
    return _switch(request.form.get("language", ""))


def token(form: Form, of: str = "") -> seals.Token | None:
    """The form's token if it is ours and the post comes from our own page, else None."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return None
    return seals.read(request.form.get("token", ""), form, of)


def files() -> Taken:
    """Store what was chosen now beside what an earlier try has sent."""
    kept = [file for sealed in request.form.getlist("kept") if (file := seals.open_file(sealed))]
    new = [upload for upload in request.files.getlist("files") if upload.filename]
    most = config().max_upload_bytes
    if again := limits.by_bytes(sum(uploads.size_of(upload) for upload in new)):
        sentence = gettext(
            "Enough files have come from your network; more can be sent after %(time)s.", time=_when(again)
        )
        return Taken(uploads.take((), kept, most_bytes=most).files, (sentence,))
    taken = uploads.take(new, kept, most_bytes=most)
    db.session.commit()
    return taken


def too_often(again: datetime) -> str:
    """What to tell somebody who may send again at *again*."""
    sentence = gettext(
        "Too many at once. Everything you typed is still here: please send it again after %(time)s.",
        time=_when(again),
    )
    return str(sentence)


def not_now() -> str:
    """What to tell somebody whose form could not even be kept."""
    return str(gettext("We cannot take this in at the moment. Wait a minute and send it again; it is all here."))


def until(again: datetime, response: Response) -> Response:
    """*response* with the same for machines."""
    response.headers["Retry-After"] = str(max(1, round((again - clock.now()).total_seconds())))
    return response


def hand_over(sent: Submission) -> int:
    """Keep *sent* and file it; returns its raw id. Whatever goes wrong after keeping it is carried on by the sweep."""
    raws = list(CHANNELS["web"].receive(sent))
    [raw_id] = inbox.keep(raws)
    try:
        inbox.process(raw_id, raws[0])
    except OperationalError:
        db.session.rollback()
        _log.exception("web request %s is kept and will be filed later", raw_id)
    return raw_id


def filed(ticket: Ticket, raw_id: int) -> Ticket:
    """Where a reply to *ticket* is to be seen: there, or in the one it opened; the next page says which."""
    outcome = raws.outcome(raw_id)
    found = db.session.get(Ticket, outcome.ticket_id) if outcome.ticket_id else None
    if found is None:
        flash(gettext("We have your reply. It will appear here in a moment."), "success")
    elif found.id != ticket.id:
        flash(
            gettext("The earlier request was closed, so your reply opened a new one: %(ref)s.", ref=found.ref),
            "success",
        )
    else:
        flash(gettext("Your reply has been added."), "success")
    return found or ticket


def _when(again: datetime) -> str:
    return pages.when(again + timedelta(minutes=1))  # the minute that has begun by then


def _switch(wanted: str) -> bool:
    if wanted not in LANGUAGES:
        return False
    session["language"] = g.language = wanted
    refresh()
    return True


def _speak_the_clicked_language() -> None:
    g.language = session.get("language")


def _allow_larger_forms() -> None:
    # Too long a text or too large a file shall come back with everything typed: only far beyond that nothing is read.
    request.max_form_memory_size = 8 * 1024 * 1024
    request.max_content_length = 2 * config().max_upload_bytes + 8 * 1024 * 1024


def _follow_language_link() -> AnyResponse | None:
    if request.method != "GET" or not _switch(request.args.get("language", "")):
        return None
    rest = [(name, value) for name, value in request.args.items(multi=True) if name != "language"]
    path = url_for(str(request.endpoint), **(request.view_args or {}))
    return redirect(f"{path}?{urlencode(rest)}" if rest else path)


def _too_large(_: RequestEntityTooLarge) -> Response:
    most = config().max_upload_bytes // (1024 * 1024)
    sentence = gettext("That was far too large: all files together may have %(most)s MB.", most=most)
    return make_response(render_template("portal/too_large.html", sentence=sentence), 413)


def _not_found(_: NotFound) -> Response:
    return _fault(404, gettext("Not found"), gettext("This page does not exist, or it is not yours to see."))


def _too_long_open(_: CSRFError) -> Response:
    sentence = gettext("This page was open for too long, or your browser keeps no cookies. Go back and try once more.")
    return _fault(400, gettext("That did not work"), sentence)


def _fault(status: int, title: str, sentence: str) -> Response:
    """An error as a page of the portal, with its ways on."""
    db.session.rollback()
    if pages.wants_fragment():
        return make_response({"error": sentence}, status)
    return make_response(render_template("portal/fault.html", title=title, sentence=sentence), status)


def _keep_private(response: Response) -> Response:
    if not response.cache_control.public:
        response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
