"""How satisfied the demo's customers say they are: questions are asked, a third answers, bad scores are followed up."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import select

from contact_center import clock
from contact_center.agents.models import Agent
from contact_center.demo.steps import Play, World
from contact_center.extensions import db
from contact_center.satisfaction import surveys
from contact_center.satisfaction.models import Survey, SurveyState
from contact_center.tickets import replies, tasks
from contact_center.tickets.models import Task, TaskState, Ticket

EVERY = timedelta(hours=43)  # the question is about the last two days
_ANSWERS = 0.28  # of those asked; some of them come too late
_SCORES = {"COMPLAINT": (22, 10, 12, 30, 26), "": (4, 5, 7, 28, 56)}  # weights of one to five stars, by kind of request
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
_CALLED = {
    "en": ("Called: visit on Friday, technician with the right part. Will call again afterwards.",
           "Spoke with the customer for ten minutes; a voucher is on its way, and they stay with us."),
    "zh": ("已回电致歉，周五带正确的配件上门，之后再回访。", "与客户沟通十分钟，已补偿代金券，客户表示理解。"),
}  # fmt: skip


def asking(world: World, begin: datetime, seed: int) -> Play:
    """The clock's own work: ask, withdraw, expire; whoever will answer gets onto the agenda."""
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
        new = select(Survey).where(Survey.id > asked, Survey.state == SurveyState.ASKED).order_by(Survey.id)
        for survey in db.session.scalars(new):
            asked, many = survey.id, many + 1
            rng = random.Random(f"{seed}.survey.{many}")
            if rng.random() < _ANSWERS:
                world.enter(_answering(world, survey.id, survey.asked_at, rng))


def _answering(world: World, survey_id: int, asked_at: datetime, rng: random.Random) -> Play:
    yield asked_at + timedelta(hours=rng.choice((1, 3, 6, 20, 30, 70)) * rng.uniform(0.6, 1.8))
    survey = db.session.get_one(Survey, survey_id)
    if survey.state is not SurveyState.ASKED or not surveys.is_open(survey):
        return
    score = rng.choices((1, 2, 3, 4, 5), _SCORES.get(survey.kind or "", _SCORES[""]))[0]
    language = "zh" if survey.language.startswith("zh") else "en"
    comment = rng.choice(_COMMENTS[language][score]) if rng.random() < (_SPEAKS if score > 2 else 0.85) else ""
    surveys.answer(survey, score, comment)
    if survey.task_id is not None:
        yield from _following_up(world, survey.task_id, survey.ticket_id, language, rng)


def _following_up(world: World, task_id: int, ticket_id: int, language: str, rng: random.Random) -> Play:
    """Most calls are made in time, some late, and the last ones not yet."""
    if clock.now() > world.now - _LATELY and rng.random() < 0.85:
        return
    yield clock.now() + timedelta(hours=rng.choice((3, 20, 26, 30, 44, 80)) * rng.uniform(0.7, 1.1))
    task, ticket = db.session.get_one(Task, task_id), db.session.get_one(Ticket, ticket_id)
    if task.state is TaskState.OPEN and task.owner_id is not None:
        supervisor = db.session.get_one(Agent, task.owner_id)
        replies.note(ticket, supervisor, rng.choice(_CALLED[language]))
        tasks.done(task, ticket, supervisor)
