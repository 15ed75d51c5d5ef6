"""The provider itself: our commands as requests of its REST interface, its state as ours, passes for browsers.

Every command may be repeated: what is done already answers as if it were done now, and what is over raises Gone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import current_app

from contact_center.channels.phone.plan import Plan
from contact_center.channels.phone.provider import Gone, Member, Refused, Snapshot
from contact_center.channels.phone.twilio import markup
from contact_center.channels.phone.twilio.addresses import Addresses
from contact_center.channels.phone.twilio.asking import asking
from contact_center.channels.phone.twilio.recordings import TwilioRecordings
from contact_center.channels.twilio import account, client
from contact_center.text.sayings import gettext

PASS_FOR = 3600  # seconds
_LEG_EVENTS = ["completed"]
_LIVE = ("queued", "ringing", "in-progress")
_CAUSES = {
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "canceled",
}


class TwilioVoice(TwilioRecordings):
    """See `VoiceProvider`."""

    name = "twilio"

    def render(self, plan: Plan, key: str, leg: int | None = None) -> tuple[str, str]:
        return markup.render(plan, _urls(key, leg)), "text/xml"

    def fetch(self, line: str, leg: str, to: str, key: str) -> None:
        with asking():
            client.current().queues(line).members(leg).update(url=_urls(key).step(to), method="POST")

    def send(self, leg: str, to: str, key: str) -> None:
        with asking():
            client.current().calls(leg).update(url=_urls(key).step(to), method="POST")

    def hang_up(self, leg: str) -> None:
        """Which word ends it depends on the leg's state with them, not on the call's with us."""
        with asking():
            client.current().calls(leg).update(status="completed")

    def hold(self, room: str, label: str, hears: str, key: str) -> None:
        with asking():
            self._member(room, label).update(hold=True, hold_url=_urls(key).step(hears), hold_method="POST")

    def take_back(self, room: str, label: str) -> None:
        with asking():
            self._member(room, label).update(hold=False)

    def ends_room(self, room: str, label: str, *, ends: bool) -> None:
        with asking():
            self._member(room, label).update(end_conference_on_exit=ends)

    def remove(self, room: str, label: str) -> None:
        with asking():
            self._member(room, label).delete()

    def end_room(self, room: str) -> None:
        with asking():
            client.current().conferences(room).update(status="completed")

    def dial(self, room: str, label: str, caller: str, number: str, key: str, seconds: int) -> str:
        """Ring the customer."""
        urls = _urls(key)
        with asking():
            made = client.current().conferences(room).participants.create(
                from_=caller, to=number, label=label, early_media=True, end_conference_on_exit=True, timeout=seconds,
                beep="false", status_callback=urls.event("leg", label), status_callback_event=_LEG_EVENTS,
                conference_status_callback=urls.event("room"),
                conference_status_callback_event=markup.ROOM_EVENTS.split(),
            )  # fmt: skip
        return str(made.call_sid)

    def snapshot(self) -> Snapshot:
        """Lists only: how many there are costs no further request."""
        with asking():
            ours = client.current()
            legs = frozenset(one.sid for state in _LIVE for one in ours.calls.list(status=state, limit=5000))
            lines = [one.sid for one in ours.queues.list(limit=100) if one.friendly_name == markup.LINE]
            waiting = frozenset(one.call_sid for line in lines for one in ours.queues(line).members.list(limit=5000))
            # A room in which somebody is alone has not started.
            open_ = [
                one for state in ("init", "in-progress") for one in ours.conferences.list(status=state, limit=2000)
            ]
        return Snapshot(legs, waiting, {one.friendly_name: one.sid for one in open_})

    def room(self, name: str) -> str | None:
        with asking():
            found = client.current().conferences.list(friendly_name=name, limit=5)
        return next((one.sid for one in found if one.status != "completed"), None)

    def members(self, room: str) -> Sequence[Member]:
        with asking():
            return [_member(one) for one in client.current().conferences(room).participants.list(limit=20)]

    def cause_of_end(self, leg: str) -> str | None:
        try:
            with asking():
                return _CAUSES.get(client.current().calls(leg).fetch().status)
        except Gone:
            return "lost"

    def pass_for(self, agent_id: int) -> Mapping[str, str]:
        from twilio.jwt.access_token import AccessToken
        from twilio.jwt.access_token.grants import VoiceGrant

        ours = account.current()
        if ours is None or not ours.api_key:
            raise Refused(gettext("No carrier is set up for telephones in the browser."))
        token = AccessToken(ours.sid, ours.api_key, ours.api_secret, identity=f"agent_{agent_id}", ttl=PASS_FOR)
        token.add_grant(VoiceGrant(outgoing_application_sid=ours.app_sid, incoming_allow=False))
        return {"kind": "mesh" if ours.base else "twilio", "pass": token.to_jwt(), "seconds": str(PASS_FOR)}

    def _member(self, room: str, label: str) -> Any:
        return client.current().conferences(room).participants(label)


def _urls(key: str, leg: int | None = None) -> Addresses:
    return Addresses(current_app.config["CC"].public_url, key, leg)


def _member(one: Any) -> Member:
    return Member(one.call_sid, one.label or "", bool(one.hold))
