"""Accounts of the people who work here: inviting, changing, roles, deactivating.

Called by the admin and account doors, the command line and the demo. Verbs never commit and send nothing: whoever
invites also queues the letter. Whatever changes what a person may do ends all their sessions.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select, update

from contact_center import clock, rows
from contact_center.agents import presence, sign_ins
from contact_center.agents.models import Agent, PresenceState, Role, RoleName, roles_of_agents
from contact_center.errors import IllegalMove, Invalid, NotAllowed, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.statement import Statement, columns
from contact_center.text.addresses import email_normal

INVITATION_LASTS = timedelta(days=7)
_BY_ID = Statement(f"SELECT {columns(Agent)} FROM agent WHERE id = :id")  # noqa: S608 (columns of ours)
_TAKEN = lazy_gettext("There is an account with this address already.")


def find(email: str) -> Agent | None:
    """The account with that address, however it is typed."""
    normal = email_normal(email)
    return db.session.scalar(select(Agent).where(Agent.email == normal)) if normal else None


def by_id(agent_id: int) -> Agent:
    """The account with that id, which there is; its roles are read when somebody asks for them."""
    agent = _BY_ID.find(Agent, {"id": agent_id})
    assert agent is not None
    return agent


def create(email: str, name: str, role: RoleName, password_hash: str, actor: Agent | None = None) -> Agent:
    """Open an account that can sign in at once; raises Invalid. For the command line, the first start and the demo."""
    agent = _open(email, name, role)
    agent.password, agent.active, agent.confirmed_at = password_hash, True, clock.now()
    db.session.flush()
    log.record(Name.AGENT_CREATED, agent, actor, person_id=agent.id, email=agent.email, role=role)
    return agent


def invite(email: str, name: str, role: RoleName, actor: Agent, *, language: str = "en") -> Agent:
    """Open an account that waits for its owner to choose a password; raises Invalid."""
    agent = _open(email, name, role, invited_at=clock.now(), language=language)
    log.record(Name.AGENT_INVITED, agent, actor, person_id=agent.id, email=agent.email, role=role)
    return agent


def invite_again(agent: Agent, actor: Agent) -> None:
    """Start the seven days anew; the link sent before stops working. Raises IllegalMove if it was accepted."""
    _still_invited(agent)
    agent.invited_at, agent.fs_uniquifier = clock.now(), _uniquifier()
    log.record(Name.AGENT_INVITED, agent, actor, person_id=agent.id, email=agent.email, again=True)


def revoke(agent: Agent, actor: Agent) -> None:
    """Take an invitation back: nobody ever signed in, so the account goes. Raises IllegalMove if it was accepted."""
    _still_invited(agent)
    log.record(Name.AGENT_INVITATION_REVOKED, agent, actor, person_id=agent.id, email=agent.email)
    db.session.delete(agent)
    db.session.flush()


def accept(agent: Agent, name: str, password_hash: str) -> None:
    """The invited person has chosen a name and a password: the account is theirs, the link is used up."""
    _still_invited(agent)
    agent.name = rows.name(name, 100)
    agent.password, agent.active, agent.confirmed_at = password_hash, True, clock.now()
    agent.fs_uniquifier = _uniquifier()
    log.record(Name.AGENT_JOINED, agent, agent, person_id=agent.id, email=agent.email)


def invitation_ends_at(agent: Agent) -> datetime | None:
    """Until when the invitation can be accepted; None for whoever has accepted."""
    return agent.invited_at + INVITATION_LASTS if agent.is_invited and agent.invited_at else None


def change(
    agent: Agent, actor: Agent, version: int, *, name: str, email: str, role: RoleName | None = None,
    capacity: int | None = None,
) -> bool:  # fmt: skip
    """Change name, address and, if given, role and capacity; returns whether anything did.

    Raises Stale with the difference, Invalid, or NotAllowed as `set_role` does.
    """
    _lock_administrators()
    wanted: dict[str, Any] = {"name": rows.name(name, 100), "email": _email(email)}
    wanted |= {} if capacity is None else {"capacity": _capacity(capacity)}
    _fresh(agent, version, {**wanted, **({"role": role} if role else {})})
    renamed = _rename(agent, actor, wanted)
    return (role is not None and set_role(agent, role, actor)) or renamed


def _capacity(capacity: int) -> int:
    if not 1 <= capacity <= 100:
        sentence = _("Write a whole number from %(least)s to %(most)s.", least=1, most=100)
        raise Invalid(sentence, {"capacity": sentence})
    return capacity


def _rename(agent: Agent, actor: Agent, wanted: dict[str, Any]) -> bool:
    old = {field: getattr(agent, field) for field in wanted}
    if old == wanted:
        return False
    with rows.unique(email=_TAKEN):
        for field, value in wanted.items():
            setattr(agent, field, value)
        agent.version += 1
    if wanted["email"] != old["email"]:
        _end_sessions(agent)  # they, and the links sent before, belong to whoever reads the old mailbox
    changes = {field: [old[field], wanted[field]] for field in wanted if old[field] != wanted[field]}
    log.record(Name.AGENT_CHANGED, agent, actor, person_id=agent.id, changes=changes)
    return True


def set_role(agent: Agent, role: RoleName, actor: Agent) -> bool:
    """Give *agent* exactly this role and end their sessions; returns whether anything changed.

    Raises NotAllowed when it would leave the installation without an administrator.
    """
    _lock_administrators()
    db.session.refresh(agent, with_for_update={"of": Agent})
    if agent.role is role:
        return False
    if agent.is_administrator:
        _keep_an_administrator(agent)
    old, agent.roles = agent.role, [_role(role)]
    agent.version += 1
    _end_sessions(agent)
    log.record(Name.AGENT_CHANGED, agent, actor, person_id=agent.id, changes={"role": [old, role]})
    return True


def deactivate(agent: Agent, actor: Agent) -> None:
    """Shut an account: signed out everywhere, offline, never offered again. What it did keeps its name.

    Raises NotAllowed for the last administrator, IllegalMove if it is not active.
    """
    _lock_administrators()
    db.session.refresh(agent, with_for_update={"of": Agent})
    if not agent.active:
        raise IllegalMove(_("%(name)s is deactivated.", name=agent.name))
    if agent.is_administrator:
        _keep_an_administrator(agent)
    agent.active = False
    agent.version += 1
    _end_sessions(agent)
    presence.set_presence(agent, PresenceState.OFFLINE, actor=actor)
    log.record(Name.AGENT_DEACTIVATED, agent, actor, person_id=agent.id)


def reactivate(agent: Agent, actor: Agent) -> None:
    """Open a deactivated account again, with its old password. Raises IllegalMove if there is nothing to open."""
    db.session.refresh(agent, with_for_update={"of": Agent})
    if agent.active or agent.is_invited:
        raise IllegalMove(_("%(name)s is not deactivated.", name=agent.name))
    agent.active = True
    agent.version += 1
    log.record(Name.AGENT_REACTIVATED, agent, actor, person_id=agent.id)


def sign_out(agent: Agent, actor: Agent | None) -> None:
    """Sign *agent* out of every browser; reset links sent before stop working too."""
    _end_sessions(agent)
    log.record(Name.AGENT_SIGNED_OUT, agent, actor, person_id=agent.id)


def prefer(agent: Agent, **wanted: Any) -> bool:
    """Set what concerns nobody but *agent*: language, time_zone, theme, signature. Returns whether anything changed."""
    changes = {
        field: [getattr(agent, field), value] for field, value in wanted.items() if getattr(agent, field) != value
    }
    for field, (_old, value) in changes.items():
        setattr(agent, field, value)
    if changes:
        log.record(Name.AGENT_CHANGED, agent, agent, person_id=agent.id, changes=changes)
    return bool(changes)


def _end_sessions(agent: Agent) -> None:
    agent.fs_uniquifier = _uniquifier()
    sign_ins.end_all(agent)


def _open(email: str, name: str, role: RoleName, **fields: Any) -> Agent:
    address, fields["name"] = _email(email), rows.name(name, 100)
    agent = Agent(email=address, active=False, fs_uniquifier=_uniquifier(), roles=[_role(role)], **fields)
    with rows.unique(email=_TAKEN):
        db.session.add(agent)
    return agent


def _still_invited(agent: Agent) -> None:
    taken = update(Agent).where(Agent.id == agent.id, Agent.password.is_(None)).values(version=Agent.version + 1)
    if not db.session.execute(taken.returning(Agent.id)).all():
        raise IllegalMove(_("This invitation has been used or revoked."))
    db.session.refresh(agent)


def _fresh(agent: Agent, version: int, wanted: dict[str, str]) -> None:
    db.session.refresh(agent, with_for_update={"of": Agent})
    if agent.version != version:
        difference: dict[str, tuple[object, object]] = {
            field: (value, getattr(agent, field)) for field, value in wanted.items() if value != getattr(agent, field)
        }
        raise Stale(_("Somebody else has changed this account in the meantime."), difference)


def _lock_administrators() -> None:
    # The row of the role is the mutex: locking the agents would not see a role taken away next door.
    db.session.execute(select(Role.id).where(Role.name == RoleName.ADMINISTRATOR).with_for_update())


def _keep_an_administrator(leaving: Agent) -> None:
    others = (
        select(Agent.id)
        .join(roles_of_agents, roles_of_agents.c.agent_id == Agent.id)
        .join(Role, Role.id == roles_of_agents.c.role_id)
        .where(Role.name == RoleName.ADMINISTRATOR, Agent.active, Agent.id != leaving.id)
    )
    if leaving.active and db.session.scalar(others.limit(1)) is None:
        raise NotAllowed(_("%(name)s is the last administrator. Make somebody else one first.", name=leaving.name))


def _role(name: RoleName) -> Role:
    return db.session.scalars(select(Role).where(Role.name == name)).one()


def _uniquifier() -> str:
    return uuid.uuid4().hex


def _email(value: str) -> str:
    address = email_normal(value)
    if address is None:
        sentence = (
            _("“%(value)s” is not an e-mail address.", value=value) if value.strip() else _("Please write the address.")
        )
        raise Invalid(sentence, {"email": sentence})
    return address
