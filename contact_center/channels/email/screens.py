"""The administrator's mailbox screens: the list with how each is doing, the form, and "test connection".

`wiring` registers the blueprint. What may be done is in `settings`; nothing a mail server says is shown.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from contact_center import access, clock, once, rows
from contact_center.channels.email import forms, health, settings, testing, vouching
from contact_center.channels.email.testing import Finding
from contact_center.errors import Invalid
from contact_center.extensions import db
from contact_center.mailboxes.models import Encryption, Mailbox
from contact_center.queues.models import Queue

blueprint = Blueprint("mailboxes", __name__, url_prefix="/admin/mailboxes")


@blueprint.get("")
@access.administrator
def index() -> str:
    """All mailboxes."""
    queues = dict(db.session.execute(select(Queue.id, Queue.name)).all())
    return render_template("admin/mailboxes.html", mailboxes=settings.listed(), queues=queues, health=health)


@blueprint.get("/lines")
@access.administrator
def lines() -> str:
    """The inside of the list, for refreshing."""
    queues = dict(db.session.execute(select(Queue.id, Queue.name)).all())
    return render_template("admin/_mailbox_lines.html", mailboxes=settings.listed(), queues=queues, health=health)


@blueprint.get("/new")
@access.administrator
def new() -> str:
    """An empty form. A new mailbox starts with today's mail: years of old mail are nobody's work."""
    return _page(None, {**forms.form_of(None), "imap_since": clock.now().date().isoformat()})


@blueprint.post("/new")
@access.administrator
def create() -> Any:
    """Open a mailbox."""
    mailbox = once.made(Mailbox, lambda: settings.create(_typed(), access.me()))
    db.session.commit()
    flash(_("The mailbox %(address)s is set up.", address=mailbox.address), "success")
    return redirect(url_for("mailboxes.index"), 303)


@blueprint.get("/<int:mailbox_id>")
@access.administrator
def edit(mailbox_id: int) -> str:
    """The form of one mailbox."""
    mailbox = _mailbox(mailbox_id)
    return _page(mailbox, forms.form_of(mailbox))


@blueprint.post("/<int:mailbox_id>")
@access.administrator
def save(mailbox_id: int) -> Any:
    """Change a mailbox."""
    mailbox = _mailbox(mailbox_id)
    settings.change(mailbox, _typed(), access.me(), request.form.get("version", 0, int))
    db.session.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("mailboxes.edit", mailbox_id=mailbox_id), 303)


@blueprint.post("/<int:mailbox_id>/deactivate")
@access.administrator
def deactivate(mailbox_id: int) -> Any:
    mailbox = _mailbox(mailbox_id)
    settings.deactivate(mailbox, access.me())
    db.session.commit()
    flash(_("%(address)s is deactivated: its mail is not taken in any more.", address=mailbox.address), "success")
    return redirect(url_for("mailboxes.index"), 303)


@blueprint.post("/<int:mailbox_id>/reactivate")
@access.administrator
def reactivate(mailbox_id: int) -> Any:
    mailbox = _mailbox(mailbox_id)
    settings.reactivate(mailbox, access.me())
    db.session.commit()
    flash(_("%(address)s is reactivated.", address=mailbox.address), "success")
    return redirect(url_for("mailboxes.index"), 303)


@blueprint.post("/test")
@access.administrator
def test() -> str:
    """Try the servers as they stand in the form, saved or not."""
    mailbox_id = rows.number(request.form.get("mailbox_id", ""))
    mailbox = _mailbox(mailbox_id) if mailbox_id else None
    try:
        draft = settings.draft(mailbox, _typed())
    except Invalid as error:
        findings = [Finding("form", False, sentence) for sentence in error.fields.values()]
    else:
        db.session.rollback()  # nothing stays open while servers let us wait
        findings = testing.check(draft)
    return render_template("admin/_mailbox_findings.html", findings=findings)


def _typed() -> dict[str, str]:
    """The form; passwords exactly as typed."""
    return {name: request.form.get(name, "") for name in (*forms.READERS, *forms.PASSWORDS)}


def _mailbox(mailbox_id: int) -> Mailbox:
    return db.session.get(Mailbox, mailbox_id) or abort(404)


def _page(mailbox: Mailbox | None, form: dict[str, str]) -> str:
    queues = db.session.execute(
        select(Queue.id, Queue.name).where(Queue.is_active).order_by(Queue.position, Queue.name)
    )
    encryptions = (
        (Encryption.TLS, _("TLS")),
        (Encryption.STARTTLS, _("STARTTLS")),
        (Encryption.NONE, _("None: private networks only")),
    )
    return render_template(
        "admin/mailbox.html",
        mailbox=mailbox,
        form=form,
        queues=list(queues.all()),
        encryptions=encryptions,
        health=health,
        speakers=vouching.seen(mailbox.id) if mailbox else [],
    )
