"""Settings, People: who works here, inviting, changing, deactivating."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext, pgettext
from flask_security.recoverable import send_reset_password_instructions

from contact_center import access, clock, once, rows
from contact_center.admin import closing, comparing, reading
from contact_center.admin.entrance import letters, links
from contact_center.agents import accounts, people, presence, sign_ins, teams
from contact_center.agents.models import Agent
from contact_center.agents.people import Standing
from contact_center.config import LANGUAGES
from contact_center.errors import IllegalMove, Invalid, Stale
from contact_center.extensions import db
from contact_center.queues import membership, settings, skills
from contact_center.text import amounts

blueprint = Blueprint("people", __name__, url_prefix="/admin/people")


@blueprint.get("")
@access.administrator
def listing() -> str:
    """Everybody, by name: active, invited or deactivated."""
    asked = request.args
    standing = Standing(asked["show"]) if asked.get("show") in Standing.__members__ else Standing.ACTIVE
    text = asked.get("q", "").replace("\0", "").strip()[:100]
    after, before = (rows.number(asked.get(name, "")) for name in ("after", "before"))
    found = people.page(standing, text, after=after, before=before)
    ids = [agent.id for agent in found.rows]
    return render_template(
        "admin/people.html",
        page="people",
        standing=standing,
        text=text,
        found=found,
        counts=people.counts(),
        teams_of=people.team_names(ids),
        queues_of=membership.names_of(ids),
        presences=people.presences(ids),
        **_choices(),
    )


@blueprint.post("")
@access.administrator
def invite() -> Any:
    """Open an account and queue the letter with the link."""
    agent = once.made(Agent, _invite)
    db.session.commit()
    return redirect(url_for("people.person", agent_id=agent.id), 303)


@blueprint.get("/<int:agent_id>")
@access.administrator
def person(agent_id: int) -> str:
    """One account: what it may, where it belongs, and what can be done with it."""
    agent = reading.or_404(Agent, agent_id)
    return render_template(
        "admin/person.html",
        page="people",
        agent=agent,
        my_teams=teams.ids_of(agent),
        my_queues=settings.ids_of(agent),
        load=closing.load_of(agent),
        sign_ins=sign_ins.live(agent),
        my_skills=skills.of(agent),
        stretches=presence.ledger(agent, since=clock.now() - timedelta(days=7), most=8),
        invitation=_invitation(agent),
        **_choices(),
    )


@blueprint.post("/<int:agent_id>")
@access.administrator
def save(agent_id: int) -> Any:
    """Save name, address, role, teams and queues together, or nothing."""
    agent, actor = reading.or_404(Agent, agent_id), access.me()
    wanted = {"name": reading.text("name"), "email": reading.text("email")}
    capacity = _capacity()
    try:
        changed = accounts.change(agent, actor, reading.version(), role=reading.role(), capacity=capacity, **wanted)
    except Stale as stale:
        return comparing.answer(stale, agent, _words())
    changed |= _join(agent, actor)
    db.session.commit()
    flash(_("Saved.") if changed else _("Nothing was changed."), "success")
    return redirect(url_for("people.person", agent_id=agent_id), 303)


@blueprint.post("/<int:agent_id>/deactivate")
@access.administrator
def deactivate(agent_id: int) -> Any:
    """Close the account; what it had in hand goes back to the queues."""
    agent = reading.or_404(Agent, agent_id)
    load = closing.close_account(agent, access.me())
    db.session.commit()
    said = [_("%(name)s is deactivated and signed out everywhere.", name=agent.name)]
    if load.tickets:
        said.append(
            ngettext(
                "%(num)d ticket was returned to its queue.",
                "%(num)d tickets were returned to their queues.",
                load.tickets,
            ),
        )
    flash(" ".join(said), "success")
    return redirect(url_for("people.person", agent_id=agent_id), 303)


@blueprint.post("/<int:agent_id>/reactivate")
@access.administrator
def reactivate(agent_id: int) -> Any:
    agent = reading.or_404(Agent, agent_id)
    accounts.reactivate(agent, access.me())
    db.session.commit()
    flash(_("%(name)s is reactivated and can sign in again.", name=agent.name), "success")
    return redirect(url_for("people.person", agent_id=agent_id), 303)


@blueprint.post("/<int:agent_id>/reset")
@access.administrator
def reset(agent_id: int) -> Any:
    """Queue a letter with a link to choose a new password."""
    agent = reading.or_404(Agent, agent_id)
    if not agent.active:
        raise IllegalMove(_("%(name)s is deactivated.", name=agent.name))
    send_reset_password_instructions(agent)  # type: ignore[no-untyped-call]
    db.session.commit()
    flash(_("A link to choose a new password is on its way to %(email)s.", email=agent.email), "success")
    return redirect(url_for("people.person", agent_id=agent_id), 303)


@blueprint.post("/<int:agent_id>/sign-out")
@access.administrator
def sign_out(agent_id: int) -> Any:
    """End all their sessions."""
    agent = reading.or_404(Agent, agent_id)
    accounts.sign_out(agent, access.me())
    db.session.commit()
    flash(_("%(name)s is signed out everywhere.", name=agent.name), "success")
    return redirect(url_for("people.person", agent_id=agent_id), 303)


@blueprint.post("/<int:agent_id>/invite")
@access.administrator
def invite_again(agent_id: int) -> Any:
    agent, actor = reading.or_404(Agent, agent_id), access.me()
    accounts.invite_again(agent, actor)
    _send_invitation(agent, actor)
    db.session.commit()
    return redirect(url_for("people.person", agent_id=agent_id), 303)


@blueprint.post("/<int:agent_id>/revoke")
@access.administrator
def revoke(agent_id: int) -> Any:
    agent = reading.or_404(Agent, agent_id)
    email = agent.email
    accounts.revoke(agent, access.me())
    db.session.commit()
    flash(_("The invitation of %(email)s is revoked.", email=email), "success")
    return redirect(url_for("people.listing", show=Standing.INVITED), 303)


def _capacity() -> int | None:
    """The capacity that was typed; None where the form has no such field."""
    typed = request.form.get("capacity")
    try:
        return None if typed is None else amounts.whole(typed, 1, 100)
    except ValueError as error:
        raise Invalid(str(error), {"capacity": str(error)}) from None


def _invite() -> Agent:
    actor, language = access.me(), reading.text("language")
    if language not in LANGUAGES:
        raise Invalid(_("Choose a language."), {"language": _("Choose a language.")})
    agent = accounts.invite(reading.text("email"), reading.text("name"), reading.role(), actor, language=language)
    _join(agent, actor)
    _send_invitation(agent, actor)
    return agent


def _join(agent: Agent, actor: Agent) -> bool:
    """Put *agent* into the teams and queues that were ticked, and out of those that were unticked."""
    changes = [(teams, *reading.changed("team")), (settings, *reading.changed("queue"))]
    for room, joined, left in changes:
        for one in joined:
            room.join(one, [agent.id], actor)
        for one in left:
            room.leave(one, [agent.id], actor)
    return any(joined or left for _room, joined, left in changes)


def _send_invitation(agent: Agent, actor: Agent) -> None:
    if letters.invite(agent, actor):
        flash(_("The invitation is on its way to %(email)s.", email=agent.email), "success")
    else:
        sentence = _(
            "%(email)s has had too many e-mails in the last hour. Pass the link on yourself.", email=agent.email
        )
        flash(sentence, "error")


def _invitation(agent: Agent) -> dict[str, Any] | None:
    ends_at = accounts.invitation_ends_at(agent)
    if ends_at is None:
        return None
    return {"link": links.to_invitation(agent), "ends_at": ends_at, "is_over": ends_at <= clock.now()}


def _words() -> comparing.Words:
    roles = {"agent": _("Agent"), "supervisor": _("Supervisor"), "administrator": _("Administrator")}
    return {
        "name": (pgettext("person", "Name"), str),
        "email": (_("E-mail"), str),
        "role": (_("Role"), lambda role: str(roles[role])),
        "capacity": (_("Capacity"), str),
    }


def _choices() -> dict[str, Any]:
    return {"all_teams": teams.listed(), "all_queues": [queue for queue in settings.listed() if queue.is_active]}
