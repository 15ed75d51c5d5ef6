"""How satisfied the demo's customers say they are: questions are asked, a third answers, low answers are made good."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.demo.steps import Play, World
from contact_center.extensions import db
from contact_center.satisfaction import recoveries, recovery_lists, settings, surveys
from contact_center.satisfaction.models import (
    Blame,
    Outcome,
    Recovery,
    RecoveryState,
    Scale,
    Survey,
    SurveyState,
)  # fmt: skip

EVERY = timedelta(hours=43)  # the question is about the last two days
_ANSWERS = 0.28  # of those asked; some of them come too late
_SCORES = {"COMPLAINT": (22, 10, 12, 30, 26), "": (4, 5, 7, 28, 56)}  # weights of one to five stars, by kind of request
_AS = {  # what whoever would give so many stars says on the other scales
    Scale.NPS: {1: (0, 1, 2), 2: (3, 5, 6), 3: (6, 7), 4: (8, 8, 9), 5: (9, 10, 10)},
    Scale.CES: {1: (1, 1, 2), 2: (2, 3), 3: (4, 4, 5), 4: (5, 6), 5: (6, 7, 7)},
}
_LATELY = timedelta(days=24)
_SPEAKS = 0.45  # of those who answer
_COMMENTS = {
    "en": {
        5: ("Quick and friendly.", "The technician was on time and knew what to do.", "Nothing to add. Thank you!",
            "I did not have to explain anything twice.", "Best service I have had in years."),
        4: ("Good, but I waited a day for the first answer.", "Friendly. The date could have been earlier.",
            "All right in the end.", "Good help, only the link did not work."),
        3: ("It works again, but it took two visits.", "Not bad, not good.", "Somebody else answered each time."),
        2: ("Three mails for one simple question.", "The van came four hours late and nobody called.",
            "The part was wrong again."),
        1: ("Still broken.", "I took a day off for nothing, twice.", "Nobody called back although it was promised."),
    },
    "zh": {
        5: ("回复很快，态度也好。", "师傅准时，一次就修好了。", "非常满意！", "不用重复说明情况，很省心。"),
        4: ("总体不错，就是第一次回复等了一天。", "服务可以，预约时间能再早点就更好了。", "问题解决了，谢谢。"),
        3: ("修好了，但是来了两趟。", "一般吧。", "每次换一个人回复。"),
        2: ("一个小问题来回发了三封邮件。", "送货晚了四个小时，也没有电话。", "配件又发错了。"),
        1: ("还是坏的。", "白请了两天假。", "说好回电话，一直没有人打。"),
    },
}  # fmt: skip
_ENDED = (  # of those that were made good: weights, what it was about, and the stars they give then
    (Outcome.SOLVED, 46, (5, 4, 5)), (Outcome.COMPENSATED, 24, (4, 5, 3)), (Outcome.EXPLAINED, 16, (3, 4, 2)),
    (Outcome.UNRESOLVED, 8, (1, 2)), (Outcome.NOT_REACHED, 6, ()),
)  # fmt: skip
_BLAMED = ((Blame.PROCESS, 45), (Blame.PRODUCT, 30), (Blame.AGENT, 15), (Blame.NONE, 10))
_CALLED = {
    "en": ("Called: visit on Friday, technician with the right part. Will call again afterwards.",
           "Spoke with the customer for ten minutes; a voucher is on its way, and they stay with us."),
    "zh": ("已回电致歉，周五带正确的配件上门，之后再回访。", "与客户沟通十分钟，已补偿代金券，客户表示理解。"),
}  # fmt: skip


def asking(world: World, begin: datetime, seed: int) -> Play:
    """The clock's own work: ask, withdraw, expire; whoever will answer gets onto the agenda."""
    rules = settings.current()
    rules.nps_channels, rules.ces_channels = ["web"], ["web"]  # who came by the form: us as a whole, then the effort
    at, asked, turn, many = begin, 0, 0, 0
    while at < world.now:
        at += EVERY
        yield min(at, world.now)
        while surveys.open_due():
            db.session.commit()
        turn += 1
        if turn % 4 == 0:
            surveys.withdraw_reopened()
            surveys.expire()
        new = select(Survey).where(Survey.id > asked, Survey.state == SurveyState.ASKED)
        for survey in db.session.scalars(new.where(Survey.after_recovery_of.is_(None)).order_by(Survey.id)):
            asked, many = survey.id, many + 1
            rng = random.Random(f"{seed}.survey.{many}")
            if rng.random() < _ANSWERS:
                world.enter(_answering(world, survey.id, survey.asked_at, rng))


def _answering(world: World, survey_id: int, asked_at: datetime, rng: random.Random) -> Play:
    yield asked_at + timedelta(hours=rng.choice((1, 3, 6, 20, 30, 70)) * rng.uniform(0.6, 1.8))
    survey = db.session.get_one(Survey, survey_id)
    if survey.state is not SurveyState.ASKED or not surveys.is_open(survey):
        return
    stars = rng.choices((1, 2, 3, 4, 5), _SCORES.get(survey.kind or "", _SCORES[""]))[0]
    language = "zh" if survey.language.startswith("zh") else "en"
    comment = rng.choice(_COMMENTS[language][stars]) if rng.random() < (_SPEAKS if stars > 2 else 0.85) else ""
    surveys.answer(survey, _score(survey.scale, stars, rng), comment)
    if survey.task_id is not None:
        yield from _following_up(world, survey.id, language, rng)


def _score(scale: Scale, stars: int, rng: random.Random) -> int:
    return stars if scale is Scale.CSAT else rng.choice(_AS[scale][stars])


def _following_up(world: World, survey_id: int, language: str, rng: random.Random) -> Play:
    """Most are made good in time, some late, and the last ones not yet; then some answer once more."""
    recovery = recovery_lists.of_surveys([survey_id])[survey_id]
    recovery_id, due_at = recovery.id, recovery.due_at
    if clock.now() > world.now - _LATELY and rng.random() < 0.85:
        return
    late = timedelta(hours=rng.choice((2, 20))) if rng.random() < 0.2 else timedelta(0)
    yield clock.now() + (due_at - clock.now()) * rng.uniform(0.3, 0.95) + late
    recovery = db.session.get_one(Recovery, recovery_id)
    if recovery.state is not RecoveryState.OPEN or recovery.owner is None:
        return
    outcome, stars = _end(recovery, recovery.owner, language, rng)
    second_id = recovery.asked_again_survey_id
    if second_id is None or not stars or rng.random() > 0.6:
        return
    yield clock.now() + timedelta(hours=rng.uniform(2, 60))
    second = db.session.get_one(Survey, second_id)
    if second.state is SurveyState.ASKED and surveys.is_open(second):
        said = rng.choice(_COMMENTS[language][4 if outcome is not Outcome.UNRESOLVED else 1]) if stars > 3 else ""
        surveys.answer(second, _score(second.scale, stars, rng), said)


def _end(recovery: Recovery, supervisor: Agent, language: str, rng: random.Random) -> tuple[Outcome, int]:
    """Take it and close it; how it ended, and how many stars they would give now (0: none)."""
    recoveries.take(recovery, supervisor, recovery.owner_id)
    outcome, _weight, stars = rng.choices(_ENDED, [weight for _outcome, weight, _stars in _ENDED])[0]
    blame = rng.choices([each for each, _w in _BLAMED], [weight for _each, weight in _BLAMED])[0]
    note = rng.choice(_CALLED[language]) if outcome is not Outcome.NOT_REACHED else ""
    recoveries.close(recovery, supervisor, outcome, blame, note)
    return outcome, rng.choice(stars) if stars else 0
