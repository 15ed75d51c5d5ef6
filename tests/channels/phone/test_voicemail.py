"""Messages that callers leave: kept by us, deleted at the carrier, waiting as work, played at the desk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from carrier import scripts
from contact_center.agents.models import Agent
from contact_center.calendars import settings as calendars
from contact_center.calls.models import Outcome
from contact_center.calls.recordings import Recording, RecordingState
from contact_center.channels.phone import keeping
from contact_center.demo.calling.day import Day
from contact_center.events.models import Event
from contact_center.events.names import Name
from contact_center.extensions import db
from contact_center.files import store
from contact_center.queues.models import Queue
from contact_center.tickets.inbound import Kind
from contact_center.tickets.messages import Attachment, Interaction, InteractionState, Message
from contact_center.tickets.models import Ticket
from tests import factories
from tests.channels.phone.conftest import NUMBER
from tests.channels.phone.test_selfhelp import GRETA, line

StartDay = Callable[..., Day]
CHOICES = [{"key": "4", "does": "voicemail", "words": {"en": "a message"}}]


def leave(day: Day, seconds: float) -> None:
    """A caller who chooses to leave a message and speaks for so long."""
    steps = [scripts.until("recording"), scripts.wait(seconds), scripts.hang_up()]
    day.carrier.place_call(GRETA, NUMBER, scripts.caller(steps, answers={"message press 4": "4"}))
    day.run(lambda: bool(db.session.scalars(select(Recording.id)).all()), limit=120)


def keep(day: Day) -> Recording:
    def run() -> None:
        (one,) = db.session.scalars(select(Recording.id)).all()
        keeping.keep(one)

    for _try in range(3):
        day.press(run)
        end = day.carrier.now + timedelta(seconds=10)
        day.run(lambda end=end: day.carrier.now >= end)
    db.session.expire_all()
    return db.session.scalars(select(Recording)).one()


def test_a_message_is_kept_with_its_sound_waits_as_work_and_is_deleted_at_the_carrier(
    day: StartDay, hotline: Queue
) -> None:
    line(choices=CHOICES, takes_voicemail=True)
    today = day()
    leave(today, 12)
    one = keep(today)

    assert (one.state, one.is_removed, one.call.outcome) == (RecordingState.KEPT, True, Outcome.VOICEMAIL)
    assert today.carrier.recordings == {} or all(each.status == "deleted" for each in today.carrier.recordings.values())
    message = db.session.scalars(select(Message)).one()
    assert message.kind is Kind.VOICEMAIL
    (file,) = db.session.scalars(select(Attachment)).all()
    assert store.path_of(file.file).stat().st_size == file.size > 1000
    (item,) = db.session.scalars(select(Interaction)).all()
    assert (item.kind, item.state) == (Kind.VOICEMAIL, InteractionState.WAITING)


def test_less_than_two_seconds_is_a_missed_call(day: StartDay, hotline: Queue) -> None:
    line(choices=CHOICES, takes_voicemail=True)
    today = day()
    leave(today, 0.5)
    keep(today)

    (ticket,) = db.session.scalars(select(Ticket)).all()
    assert ticket.subject == f"Missed call from {GRETA}"
    waiting = select(Interaction.kind).where(Interaction.state == InteractionState.WAITING)
    assert db.session.scalars(waiting).all() == [Kind.CALLBACK]
    assert db.session.scalars(select(Attachment.id)).all() == []


def test_the_message_is_played_under_a_link_that_is_ones_own_and_that_is_told(
    day: StartDay, hotline: Queue, enter: Callable[[Agent], FlaskClient]
) -> None:
    ada, lee = factories.ada(), factories.lee()
    line(choices=CHOICES, takes_voicemail=True)
    today = day(ada)
    leave(today, 12)
    keep(today)
    ticket = db.session.scalars(select(Ticket)).one()
    client = enter(ada)
    page = client.get(f"/desk/tickets/{ticket.ref}").get_data(as_text=True)
    listen = page.split('data-player="')[1].split('"')[0]
    url = client.post(listen).get_json()["url"]

    played = client.get(url, buffered=True)
    assert (played.status_code, played.content_type) == (200, "audio/mpeg")
    heard = select(Event.data["how"].as_string()).where(Event.name == Name.VOICEMAIL_PLAYED).order_by(Event.id)
    assert db.session.scalars(heard).all() == ["played"]
    client.get(url.split("/sound")[0], buffered=True)  # taken away as a file
    assert db.session.scalars(heard).all() == ["played", "downloaded"]

    stranger = enter(lee)
    assert (stranger.get(url).status_code, stranger.post(listen).status_code) == (404, 404)
    assert client.get(url.replace("key=", "key=x")).status_code == 404


def test_outside_the_hours_callers_may_leave_a_message(day: StartDay, hotline: Queue) -> None:
    calendar = calendars.create(
        calendars.Wanted("Evenings", "Europe/Berlin", None, None, frozenset((day, 1200, 1260) for day in range(7))),
        factories.root(),
    )
    hotline.calendar_id = calendar.id
    db.session.commit()
    line(takes_voicemail=True)
    today = day()
    steps = [scripts.until("recording"), scripts.wait(8), scripts.hang_up()]
    leg = today.carrier.place_call(GRETA, NUMBER, scripts.caller(steps))
    today.run(lambda: bool(db.session.scalars(select(Recording.id)).all()), limit=120)

    assert "We are closed" in leg.heard_text()
    assert keep(today).state is RecordingState.KEPT
