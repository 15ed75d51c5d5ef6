"""Accounts: invited, changed, promoted, deactivated."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from contact_center import clock
from contact_center.agents import accounts, presence, sign_ins
from contact_center.agents.models import Agent, PresenceState, RoleName
from contact_center.errors import IllegalMove, Invalid, NotAllowed, Stale
from contact_center.events.models import Event
from contact_center.extensions import db
from tests import factories


def last_event(name: str) -> Event:
    return db.session.scalars(select(Event).where(Event.name == name).order_by(Event.id.desc()).limit(1)).one()


def test_it_invites_by_the_normal_form_of_the_address(app: Flask) -> None:
    root = factories.root()
    agent = accounts.invite("  Jin.Kato@Norra.EXAMPLE ", "Jin  Kato\x00", RoleName.AGENT, root)
    assert (agent.email, agent.name) == ("jin.kato@norra.example", "Jin Kato")
    assert agent.is_invited
    assert not agent.active
    assert last_event("agent.invited").data == {"person_id": agent.id, "email": agent.email, "role": "agent"}


@pytest.mark.parametrize(
    ("email", "name", "field"),
    [
        ("", "Jin", "email"),
        ("jin", "Jin", "email"),
        ("jin@norra.example", " \u200b ", "name"),
        ("a@b.example", "x" * 101, "name"),
    ],
)
def test_it_refuses_an_account_nobody_could_use(app: Flask, email: str, name: str, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.invite(email, name, RoleName.AGENT, factories.root())
    assert list(refused.value.fields) == [field]


def test_one_address_has_one_account(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    with pytest.raises(Invalid) as refused:
        accounts.invite(ada.email.upper(), "Another Ada", RoleName.AGENT, root)
    assert "email" in refused.value.fields
    assert db.session.scalar(select(func.count()).select_from(Agent)) == 2


def test_an_invitation_is_accepted_once(app: Flask) -> None:
    agent = accounts.invite("jin@norra.example", "Jin", RoleName.AGENT, factories.root())
    before = agent.fs_uniquifier
    accounts.accept(agent, "Jin Kato", "hash")
    assert (agent.name, agent.active, agent.is_invited) == ("Jin Kato", True, False)
    assert agent.fs_uniquifier != before
    with pytest.raises(IllegalMove):
        accounts.accept(agent, "Mallory", "other hash")


def test_a_new_invitation_voids_the_one_before(app: Flask) -> None:
    root = factories.root()
    with clock.standing_at(clock.now() - timedelta(days=8)):
        agent = accounts.invite("jin@norra.example", "Jin", RoleName.AGENT, root)
    before = agent.fs_uniquifier
    accounts.invite_again(agent, root)
    assert agent.fs_uniquifier != before
    ends_at = accounts.invitation_ends_at(agent)
    assert ends_at is not None
    assert ends_at > clock.now() + timedelta(days=6)


def test_an_invitation_taken_back_leaves_the_address_free(app: Flask) -> None:
    root = factories.root()
    accounts.revoke(accounts.invite("jin@norra.example", "Jin", RoleName.AGENT, root), root)
    assert accounts.find("jin@norra.example") is None
    with pytest.raises(IllegalMove):
        accounts.revoke(factories.ada(), root)


def test_it_records_old_and_new(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    assert accounts.change(ada, root, ada.version, name="Ada Brandt-Lee", email="ada.lee@norra.example")
    assert last_event("agent.changed").data["changes"] == {
        "name": ["Ada Brandt", "Ada Brandt-Lee"],
        "email": ["ada@norra.example", "ada.lee@norra.example"],
    }
    assert ada.version == 2


def test_it_shows_the_difference_to_whoever_edited_an_older_version(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    accounts.change(ada, root, 1, name="Ada Lee", email=ada.email)
    with pytest.raises(Stale) as stale:
        accounts.change(ada, root, 1, name="Ada Brand", email=ada.email)
    assert stale.value.difference == {"name": ("Ada Brand", "Ada Lee")}
    assert ada.name == "Ada Lee"


def test_saving_what_is_there_already_is_no_change(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    assert not accounts.change(ada, root, ada.version, name=ada.name, email=ada.email)
    assert ada.version == 1


@pytest.mark.parametrize("act", ["role", "email", "deactivate"])
def test_what_changes_who_somebody_is_signs_them_out(app: Flask, act: str) -> None:
    ada, root = factories.ada(), factories.root()
    key = sign_ins.begin(ada, network=None, browser="")
    old = ada.fs_uniquifier
    assert sign_ins.holder(old, key) is ada
    acts = {
        "role": lambda: accounts.set_role(ada, RoleName.SUPERVISOR, root),
        "email": lambda: accounts.change(ada, root, ada.version, name=ada.name, email="new@norra.example"),
        "deactivate": lambda: accounts.deactivate(ada, root),
    }
    acts[act]()
    assert sign_ins.holder(old, key) is None
    assert sign_ins.holder(ada.fs_uniquifier, key) is None


def test_a_role_contains_those_below_it(app: Flask) -> None:
    lee, root = factories.lee(), factories.root()
    assert [agent.role for agent in (factories.ada(), lee, root)] == ["agent", "supervisor", "administrator"]
    accounts.set_role(lee, RoleName.ADMINISTRATOR, root)
    assert lee.is_supervisor
    assert lee.is_administrator
    assert last_event("agent.changed").data["changes"] == {"role": ["supervisor", "administrator"]}


def test_deactivating_ends_presence_and_can_be_undone(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    presence.set_presence(ada, PresenceState.AVAILABLE)
    accounts.deactivate(ada, root)
    standing = presence.current(ada)
    assert standing is not None
    assert standing.state is PresenceState.OFFLINE
    with pytest.raises(IllegalMove):
        accounts.deactivate(ada, root)
    accounts.reactivate(ada, root)
    assert ada.active


@pytest.mark.parametrize("act", ["demote", "deactivate"])
def test_the_last_administrator_stays_one(app: Flask, act: str) -> None:
    root = factories.root()
    gone = factories.agent("Gone Admin", RoleName.ADMINISTRATOR)
    accounts.deactivate(gone, root)
    accounts.invite("invited@norra.example", "Not Here Yet", RoleName.ADMINISTRATOR, root)
    acts = {
        "demote": lambda: accounts.set_role(root, RoleName.AGENT, root),
        "deactivate": lambda: accounts.deactivate(root, root),
    }
    with pytest.raises(NotAllowed):
        acts[act]()
    assert root.is_administrator
    assert root.active


@pytest.mark.committing
@pytest.mark.parametrize("acts", [("demote", "demote"), ("demote", "deactivate"), ("deactivate", "deactivate")])
def test_two_administrators_cannot_remove_each_other_at_once(app: Flask, acts: tuple[str, str]) -> None:
    one, two = factories.root(), factories.agent("Second Admin", RoleName.ADMINISTRATOR)
    db.session.commit()
    pairs = [(one.id, two.id, acts[0]), (two.id, one.id, acts[1])]
    start, outcomes = Barrier(2), []

    def remove(actor_id: int, other_id: int, act: str) -> None:
        with app.app_context():
            actor, other = db.session.get_one(Agent, actor_id), db.session.get_one(Agent, other_id)
            start.wait(timeout=10)
            try:
                if act == "demote":
                    accounts.set_role(other, RoleName.AGENT, actor)
                else:
                    accounts.deactivate(other, actor)
                db.session.commit()
                outcomes.append("done")
            except NotAllowed:
                db.session.rollback()
                outcomes.append("refused")

    threads = [Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["done", "refused"]


@pytest.mark.committing
def test_two_invitations_of_one_address_leave_one_account(app: Flask) -> None:
    root_id = factories.root().id
    db.session.commit()
    start, outcomes = Barrier(2), []

    def invite() -> None:
        with app.app_context():
            root: Any = db.session.get_one(Agent, root_id)
            start.wait(timeout=10)
            try:
                accounts.invite("jin@norra.example", "Jin", RoleName.AGENT, root)
                db.session.commit()
                outcomes.append("done")
            except Invalid:
                db.session.rollback()
                outcomes.append("refused")

    threads = [Thread(target=invite) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert sorted(outcomes) == ["done", "refused"]
