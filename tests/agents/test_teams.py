"""Teams and the reasons to be away."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center.agents import away_reasons, presence, teams
from contact_center.agents.models import PresenceState
from contact_center.errors import Invalid
from contact_center.events.models import Event
from contact_center.extensions import db
from tests import factories


def test_people_join_and_leave(app: Flask) -> None:
    ada, nils, root = factories.ada(), factories.nils(), factories.root()
    team = teams.create("Service", root)
    teams.join(team.id, [ada.id, nils.id], root)
    teams.join(team.id, [ada.id, 999_999], root)
    assert teams.members() == {team.id: [ada, nils]}
    teams.leave(team.id, [nils.id], root)
    assert teams.ids_of(nils) == set()
    assert teams.ids_of(ada) == {team.id}
    events = db.session.scalars(select(Event).where(Event.name == "team.changed").order_by(Event.id)).all()
    assert [event.data.get("joined") or event.data.get("left") for event in events] == [
        None,
        [ada.id, nils.id],
        [nils.id],
    ]


def test_two_teams_have_two_names(app: Flask) -> None:
    root = factories.root()
    teams.create("Service", root)
    other = teams.create("Sales", root)
    with pytest.raises(Invalid):
        teams.create("Service", root)
    with pytest.raises(Invalid):
        teams.rename(other, " Service ", root)
    assert [team.name for team in teams.listed()] == ["Sales", "Service"]


def test_a_dissolved_team_leaves_its_queues_and_people(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    team = factories.team("Service", ada)
    queue = factories.queue("Service e-mail", ada, team_id=team.id)
    teams.remove(team, root)
    db.session.refresh(queue)
    assert queue.team_id is None
    assert teams.listed() == []


def test_reasons_are_worded_and_ordered_by_hand(app: Flask) -> None:
    root = factories.root()
    assert presence.reasons() == ["Break", "Lunch", "Meeting", "Training"]
    coaching = away_reasons.add("Coaching", root)
    away_reasons.move(coaching, -1, root)
    away_reasons.move(coaching, -1, root)
    away_reasons.rename(coaching, "Coaching a colleague", root)
    assert presence.reasons() == ["Break", "Lunch", "Coaching a colleague", "Meeting", "Training"]
    with pytest.raises(Invalid):
        away_reasons.add("Lunch", root)


def test_the_first_reason_cannot_go_further_up(app: Flask) -> None:
    root = factories.root()
    first = away_reasons.listed()[0]
    away_reasons.move(first, -1, root)
    assert presence.reasons()[0] == first.name
    assert db.session.scalars(select(Event).where(Event.name == "away_reason.changed")).all() == []


def test_removing_a_reason_keeps_the_ledger(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    presence.set_presence(ada, PresenceState.AWAY, "Lunch")
    away_reasons.remove(next(r for r in away_reasons.listed() if r.name == "Lunch"), root)
    standing = presence.current(ada)
    assert standing is not None
    assert standing.reason == "Lunch"


def test_without_any_reason_away_needs_none(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    for reason in away_reasons.listed():
        away_reasons.remove(reason, root)
    standing = presence.set_presence(ada, PresenceState.AWAY)
    assert standing is not None
    assert standing.reason is None
