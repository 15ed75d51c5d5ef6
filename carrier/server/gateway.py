"""Browsers that telephone: signing in, calls from and to them, who of them hears whom, and their being away.

Every method is called with the clock's lock held. Voices go from browser to browser: what passes here is only how they
find each other, and only between two of whom one may hear the other (`rooms.may_hear`).
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from functools import partial

from carrier import recordings
from carrier.company import Carrier
from carrier.exchange import E164
from carrier.legs import Event, Leg
from carrier.phones import Phone
from carrier.rooms import Participant, may_hear
from carrier.server import passes, voices, words
from carrier.server.party import Message, Party, Send

KEYS = re.compile(r"[0-9*#]{1,32}")
_CHANGES = words.MOVES | {
    "participant-join", "participant-leave", "participant-hold", "participant-unhold", "participant-mute",
    "participant-unmute", "participant-modify", "conference-start", "conference-end",
}  # fmt: skip
_log = logging.getLogger(__name__)


class NotSignedIn(Exception):
    """A browser may not come in; the text says why."""


class Gateway:
    """All browsers of one carrier."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier
        self._exchange = carrier.exchange
        self._parties: dict[str, Party] = {}
        self._legs: dict[str, Party] = {}
        self._is_moving = False
        self._sessions = 0
        self._exchange.observers.append(self._hear)
        self._acts: dict[str, Callable[[Party, Message], None]] = {
            "dial": self._dial, "connect": self._connect, "dtmf": self._press, "speech": self._speak,
            "answer": self._answer, "decline": self._answer, "hangup": self._hang_up, "text": self._text,
            "rtc.sdp": self._relay, "rtc.ice": self._relay, "voices": self._record,
        }  # fmt: skip

    def sign_in(self, said: Message, send: Send) -> Party:
        """A page is here: a handset with its number, or an agent's with a pass. Raises NotSignedIn."""
        address, application = self._who(said)
        party = self._parties.get(str(said.get("resume", "")))
        if party is None or party.address != address:
            party = Party(secrets.token_urlsafe(18), address, application)
            self._parties[party.key] = party
        elif party.send is not None:
            party.tell("kicked", reason="elsewhere")
        self._sessions += 1
        party.send, party.session, party.version, party.peers = send, self._sessions, 0, []
        if party.is_handset:
            self._exchange.phones[address] = Phone("by hand")
        party.tell("ready", resume=party.key, address=address, ice=[])
        self._catch_up(party)
        if party.is_handset and not party.calls:
            self._pick_up_ringing(party)
        return party

    def sign_out(self, party: Party, send: Send) -> None:
        """A page is gone; perhaps it comes back."""
        if party.send is send:
            party.send = None
            self._carrier.at(self._exchange.timings.page_away, partial(self._forget, party, party.session))

    def take(self, party: Party, said: Message) -> None:
        """Do what a page asks for; what makes no sense is passed over."""
        act = self._acts.get(str(said.get("event", "")))
        if act is not None:
            act(party, said)

    def _who(self, said: Message) -> tuple[str, str]:
        if said.get("role") == "handset":
            number = str(said.get("number", ""))
            if not E164.fullmatch(number):
                raise NotSignedIn("number")
            return number, ""
        holder = passes.read(self._exchange.account, str(said.get("pass", "")), self._carrier.now.timestamp())
        if holder is None:
            raise NotSignedIn("pass")
        return f"client:{holder.identity}", holder.application

    def _catch_up(self, party: Party) -> None:
        if party.leg is not None:
            party.tell(**words.state(self._exchange, party.leg))
        for text in list(self._exchange.texts.values())[-200:]:
            if party.address in (text.from_, text.to):
                self._show_text(party, text.sid)
        self._move_soon()

    def _forget(self, party: Party, session: int) -> None:
        if party.send is not None or party.session != session:
            return
        self._parties.pop(party.key, None)
        if party.leg is not None:
            party.leg.hang_up()
        if all(other.address != party.address for other in self._parties.values()):
            self._exchange.phones.pop(party.address, None)

    # What pages ask for

    def _dial(self, party: Party, said: Message) -> None:
        to = str(said.get("to", ""))
        if party.is_handset and not party.calls and E164.fullmatch(to):
            self._bind(party, self._carrier.place_call(party.address, to))

    def _connect(self, party: Party, said: Message) -> None:
        params = said.get("params")
        if party.is_handset or party.calls or not isinstance(params, dict):
            return
        if party.application not in self._exchange.applications:
            party.tell("error", code=31203)
            return
        given = {str(name)[:40]: str(value)[:200] for name, value in list(params.items())[:10]}
        identity = party.address.removeprefix("client:")
        self._bind(party, self._carrier.connect_client(identity, party.application, given))

    def _press(self, party: Party, said: Message) -> None:
        digits = str(said.get("digits", ""))
        if party.leg is not None and KEYS.fullmatch(digits):
            party.leg.press(digits)

    def _speak(self, party: Party, said: Message) -> None:
        text = str(said.get("text", "")).strip()[:300]
        if party.leg is not None and text:
            party.leg.say(text)

    def _record(self, party: Party, said: Message) -> None:
        """What the person at a handset said and heard, for the recording of their call that runs."""
        piece = voices.read(said.get("voices"))
        if party.leg is None or not piece:
            return
        if running := recordings.running(self._exchange, party.leg.recording_sids):
            recordings.hear(self._exchange, running, piece)
        if voices.is_speech(piece) and party.leg.process is not None:
            party.leg.process.signal("voice")

    def _answer(self, party: Party, said: Message) -> None:
        if party.leg is not None and party.leg.process is not None:
            party.leg.process.signal("pick up" if said.get("event") == "answer" else "decline")

    def _hang_up(self, party: Party, _said: Message) -> None:
        if party.leg is not None:
            party.leg.hang_up()

    def _text(self, party: Party, said: Message) -> None:
        to, body = str(said.get("to", "")), str(said.get("body", ""))[:1600]
        if party.is_handset and E164.fullmatch(to) and body.strip():
            self._carrier.send_text(party.address, to, body)

    def _relay(self, party: Party, said: Message) -> None:
        """Hand on what two browsers tell each other about their connection."""
        to = str(said.get("to", ""))
        other = self._legs.get(to)
        near = any(peer["leg"] == to and (peer["send"] or peer["recv"]) for peer in party.peers)
        if other is None or party.leg is None or not near:
            _log.info("a message of %s to %s is not handed on", party.address, to)
            return
        kept = {name: said[name] for name in ("description", "candidate") if name in said}
        other.tell(str(said["event"]), leg=party.leg.sid, session=party.session, **kept)

    # What happens to legs

    def _bind(self, party: Party, leg: Leg) -> None:
        party.leg = leg
        if leg.live:
            self._legs[leg.sid] = party
        party.tell(**words.state(self._exchange, leg))

    def _hear(self, event: Event) -> None:
        if event.kind == "created":
            self._ring(event)
        if event.kind in ("text received", "text sent"):
            for one in self._parties.values():
                self._show_text(one, event.sid)
        party = self._legs.get(event.sid)
        if party is not None and party.leg is not None:
            for message in words.of(self._exchange, party.leg, event):
                party.tell(**message)
            if event.kind == "ended":
                self._legs.pop(event.sid, None)
        if event.kind in _CHANGES:
            self._move_soon()

    def _ring(self, event: Event) -> None:
        """The application rings somebody: perhaps a handset that is here."""
        if event.data["direction"] == "inbound":
            return
        free = (one for one in self._parties.values() if one.address == event.data["to"] and not one.calls)
        party = next(free, None)
        if party is not None:
            self._bind(party, self._exchange.legs[event.sid])

    def _pick_up_ringing(self, party: Party) -> None:
        """Its number may be ringing already, while nobody was there."""
        for leg in self._exchange.legs.values():
            waits = leg.to == party.address and leg.status == "ringing" and leg.direction != "inbound"
            if waits and leg.sid not in self._legs:
                self._bind(party, leg)
                return

    def _show_text(self, party: Party, sid: str) -> None:
        text = self._exchange.texts[sid]
        if party.is_handset and party.address in (text.from_, text.to):
            at = text.created_at.isoformat()
            files = [file.url for file in text.media.values() if text.direction != "inbound"]
            party.tell("text", sid=sid, to=text.to, body=text.body, at=at, files=files, **{"from": text.from_})

    # Who hears whom

    def _move_soon(self) -> None:
        if not self._is_moving:
            self._is_moving = True
            self._carrier.at(0, self._move)

    def _move(self) -> None:
        """Tell each browser with whom it is connected now, and which way."""
        self._is_moving = False
        for party in list(self._legs.values()):
            peers = self._peers(party)
            if peers != party.peers or not party.version:
                party.peers, party.version = peers, party.version + 1
                party.tell("topology", v=party.version, session=party.session, peers=peers)

    def _peers(self, party: Party) -> list[Message]:
        assert party.leg is not None
        room = self._exchange.rooms.get(party.leg.room_sid)
        if room is None or room.status != "in-progress":
            return []
        order = list(room.members)
        me = room.members[party.leg.sid]
        others = [one for one in room.members.values() if one is not me and one.leg.sid in self._legs]
        return [self._peer(me, one, order) for one in others]

    def _peer(self, me: Participant, other: Participant, order: list[str]) -> Message:
        return {
            "leg": other.leg.sid,
            "session": self._legs[other.leg.sid].session,
            "send": may_hear(speaker=me, listener=other),
            "recv": may_hear(speaker=other, listener=me),
            "polite": order.index(me.leg.sid) < order.index(other.leg.sid),
        }
