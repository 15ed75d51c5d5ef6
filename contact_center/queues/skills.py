"""Skills and who has them how well: the grid of the settings, and what `skill_sheets` brings in.

Levels go from 1 (can help out) to 5 (the one others ask); no row means that somebody does not have the skill. Verbs
never commit.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from contact_center import rows
from contact_center.agents.models import Agent
from contact_center.errors import IllegalMove, Invalid, Stale
from contact_center.events import log
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.queues.models import AgentSkill, Queue, Skill

MOST = 200
LEVELS = range(1, 6)
Cell = tuple[int, int]  # agent id, skill id
_TAKEN = lazy_gettext("There is such a skill already.")


def listed() -> list[Skill]:
    """All skills by name."""
    return list(db.session.scalars(select(Skill).order_by(func.lower(Skill.name), Skill.id)))


def levels(agent_ids: Collection[int]) -> dict[Cell, int]:
    """Who has what how well; what is missing they do not have."""
    asked = select(AgentSkill).where(AgentSkill.agent_id.in_(agent_ids))
    return {(row.agent_id, row.skill_id): row.level for row in db.session.scalars(asked)}


def of(agent: Agent) -> list[tuple[str, int]]:
    """What *agent* is good at, the best first."""
    asked = select(Skill.name, AgentSkill.level).join(Skill, Skill.id == AgentSkill.skill_id)
    asked = asked.where(AgentSkill.agent_id == agent.id).order_by(AgentSkill.level.desc(), func.lower(Skill.name))
    return list(db.session.execute(asked))


def holders() -> dict[int, int]:
    """How many active people have each skill."""
    asked = select(AgentSkill.skill_id, func.count()).join(Agent, Agent.id == AgentSkill.agent_id).where(Agent.active)
    return dict(db.session.execute(asked.group_by(AgentSkill.skill_id)).all())


def add(name: str, actor: Agent) -> Skill:
    """Name a new skill; raises Invalid."""
    if (db.session.scalar(select(func.count()).select_from(Skill)) or 0) >= MOST:
        raise Invalid(_("Not more than %(number)s skills.", number=MOST))
    skill = Skill(name=_free(rows.name(name, 40), None))
    with rows.unique(name=_TAKEN):
        db.session.add(skill)
    _record(skill, actor, changes={"name": [None, skill.name]})
    return skill


def rename(skill: Skill, name: str, actor: Agent, version: int) -> None:
    """Word a skill differently; raises Invalid, and Stale if *version*, the one that was edited, is an older one."""
    wanted = _free(rows.name(name, 40), skill.id)
    db.session.refresh(skill, with_for_update=True)
    stale = _("Somebody else has renamed this skill in the meantime.")
    changes = rows.change(skill, {"name": wanted}, version, stale, name=_TAKEN)
    if changes:
        _record(skill, actor, changes=changes)


def remove(skill: Skill, actor: Agent, rules: Sequence[str] = ()) -> None:
    """Forget a skill and who has it. Raises IllegalMove while queues, or the placement *rules* of these names, ask."""
    queues = db.session.scalars(select(Queue.name).where(Queue.asks.has_key(str(skill.id))).order_by(Queue.name)).all()
    if queues or rules:
        who = ", ".join([*queues, *rules])
        raise IllegalMove(
            _("“%(skill)s” is asked for by: %(who)s. Take it out there first.", skill=skill.name, who=who)
        )
    _record(skill, actor, changes={"name": [skill.name, None]})
    db.session.delete(skill)
    db.session.flush()


def set_levels(wanted: Mapping[Cell, int], seen: Mapping[Cell, int], actor: Agent) -> int:
    """Set levels, 0 taking a skill away, all or none; returns how many changed.

    *seen* is what the person saw in each cell. Raises Stale where somebody else has changed it to something different
    meanwhile, Invalid for a level, a person or a skill that cannot be.
    """
    _check(wanted)
    agent_ids = {agent_id for agent_id, _skill in wanted}
    db.session.execute(select(Agent.id).where(Agent.id.in_(agent_ids)).order_by(Agent.id).with_for_update(of=Agent))
    now = levels(agent_ids)
    changed = {cell: level for cell, level in wanted.items() if now.get(cell, 0) != level}
    stale = {cell for cell in changed if now.get(cell, 0) != seen.get(cell, 0)}
    if stale:
        raise Stale(_("Somebody else has changed these skills in the meantime."), _difference(stale, wanted, now))
    _write(changed)
    for agent_id in sorted({agent_id for agent_id, _skill in changed}):
        mine = {
            str(skill): [now.get((one, skill), 0), level] for (one, skill), level in changed.items() if one == agent_id
        }
        agent = db.session.get_one(Agent, agent_id)
        log.record(Name.AGENT_SKILLS_CHANGED, agent, actor, person_id=agent_id, changes=mine)
    return len(changed)


def _write(changed: Mapping[Cell, int]) -> None:
    for (agent_id, skill_id), level in sorted(changed.items()):
        if level == 0:
            cell = (AgentSkill.agent_id == agent_id, AgentSkill.skill_id == skill_id)
            db.session.execute(delete(AgentSkill).where(*cell))
            continue
        putting = insert(AgentSkill).values(agent_id=agent_id, skill_id=skill_id, level=level)
        here = [AgentSkill.agent_id, AgentSkill.skill_id]
        db.session.execute(putting.on_conflict_do_update(index_elements=here, set_={"level": level}))
    db.session.expire_all()


def _check(wanted: Mapping[Cell, int]) -> None:
    if any(level != 0 and level not in LEVELS for level in wanted.values()):
        raise Invalid(_("A level is a number from 1 to 5."), {"level": _("A level is a number from 1 to 5.")})
    people = {agent_id for agent_id, _skill in wanted}
    skill_ids = {skill_id for _agent, skill_id in wanted}
    known = set(db.session.scalars(select(Agent.id).where(Agent.id.in_(people))))
    if people - known:
        raise Invalid(_("This person does not exist any more."))
    if skill_ids - set(db.session.scalars(select(Skill.id).where(Skill.id.in_(skill_ids)))):
        raise Invalid(_("This skill does not exist any more."))


def _difference(
    stale: Collection[Cell], wanted: Mapping[Cell, int], now: Mapping[Cell, int]
) -> dict[str, tuple[object, object]]:
    return {
        f"{agent_id}-{skill_id}": (wanted[agent_id, skill_id], now.get((agent_id, skill_id), 0))
        for agent_id, skill_id in sorted(stale)
    }


def _free(name: str, skill_id: int | None) -> str:
    """*name*, if no other skill is called so in whatever case: imports find skills without regard to it."""
    same = select(Skill.id).where(func.lower(Skill.name) == name.lower(), Skill.id != (skill_id or 0))
    if db.session.scalar(same) is not None:
        raise Invalid(str(_TAKEN), {"name": str(_TAKEN)})
    return name


def _record(skill: Skill, actor: Agent, **data: object) -> None:
    log.record(Name.SKILL_CHANGED, skill, actor, **data)
