"""Skills and who has them how well."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from contact_center.errors import IllegalMove, Invalid, Stale
from contact_center.events.models import Event
from contact_center.extensions import db
from contact_center.queues import settings, skills
from tests import factories


def test_levels_are_set_and_taken_away(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    french, german = skills.add("French", root), skills.add("German", root)
    assert skills.set_levels({(ada.id, french.id): 4, (ada.id, german.id): 2}, {}, root) == 2
    assert skills.of(ada) == [("French", 4), ("German", 2)]
    seen = {(ada.id, german.id): 2}
    assert skills.set_levels({(ada.id, german.id): 0}, seen, root) == 1
    assert skills.levels([ada.id]) == {(ada.id, french.id): 4}
    assert skills.holders() == {french.id: 1}
    event = db.session.scalars(select(Event).where(Event.name == "agent.skills_changed").order_by(Event.id)).all()[-1]
    assert (event.agent_id, event.data["changes"]) == (root.id, {str(german.id): [2, 0]})


def test_nothing_is_half_done(app: Flask) -> None:
    ada, nils, root = factories.ada(), factories.nils(), factories.root()
    french = skills.add("French", root)
    skills.set_levels({(ada.id, french.id): 3}, {}, root)
    with pytest.raises(Stale) as stale:
        skills.set_levels({(nils.id, french.id): 2, (ada.id, french.id): 5}, {(ada.id, french.id): 1}, root)
    assert stale.value.difference == {f"{ada.id}-{french.id}": (5, 3)}
    assert skills.levels([ada.id, nils.id]) == {(ada.id, french.id): 3}


def test_who_wants_what_is_so_already_has_it(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    french = skills.add("French", root)
    skills.set_levels({(ada.id, french.id): 3}, {}, root)
    assert skills.set_levels({(ada.id, french.id): 3}, {(ada.id, french.id): 1}, root) == 0


@pytest.mark.parametrize("level", [-1, 6, 100])
def test_levels_go_from_one_to_five(app: Flask, level: int) -> None:
    ada, root = factories.ada(), factories.root()
    french = skills.add("French", root)
    with pytest.raises(Invalid):
        skills.set_levels({(ada.id, french.id): level}, {}, root)


def test_made_up_people_and_skills_are_refused(app: Flask) -> None:
    ada, root = factories.ada(), factories.root()
    french = skills.add("French", root)
    for cell in ((10**9, french.id), (ada.id, 10**9)):
        with pytest.raises(Invalid):
            skills.set_levels({cell: 3}, {}, root)


@pytest.mark.parametrize("name", ["", "  ", "x" * 41, "FRENCH", " french "])
def test_a_skill_needs_a_name_of_its_own(app: Flask, name: str) -> None:
    root = factories.root()
    skills.add("French", root)
    german = skills.add("German", root)
    with pytest.raises(Invalid):
        skills.add(name, root)
    with pytest.raises(Invalid):
        skills.rename(german, name, root, german.version)
    skills.rename(german, "german", root, german.version)


def test_a_skill_that_is_asked_for_stays(app: Flask) -> None:
    root = factories.root()
    french, german = skills.add("French", root), skills.add("German", root)
    queue = factories.queue("Calls")
    settings.change(queue, root, 1, name="Calls", team_id=None, asks={str(french.id): 4})
    with pytest.raises(IllegalMove, match="Calls"):
        skills.remove(french, root)
    with pytest.raises(IllegalMove, match="To Paris"):
        skills.remove(german, root, ["To Paris"])
    skills.remove(german, root)
    assert [skill.name for skill in skills.listed()] == ["French"]
