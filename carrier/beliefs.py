"""What we believe of the real carrier and could not check, each with a switch. `UNVERIFIED.md` says why and what of it.

Applications are tried with the defaults and with every switch flipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True)
class Beliefs:
    """True or False as we think it is."""

    queue_action_before_redirect: bool = True  # else both are requested at once
    queue_action_answer_ignored: bool = True  # else its verbs run before the new document
    queue_action_before_completed: bool = True  # on hang-up in a queue; else the call's status callback is first
    missing_member_is_404: bool = True  # a queue member that is gone: 404/20404; else 400/21220
    kick_hangs_up: bool = True  # DELETE participant ends the call; else it goes on with its TwiML
    hold_document_loops: bool = False  # a HoldUrl document starts again at its end; else silence
    wait_document_loops: bool = False  # a conference's waitUrl document starts again; else silence, as is documented
    lone_moderator_starts_room: bool = False  # one participant with startConferenceOnEnter starts a room
    rooms_split_by_region: bool = True  # one name in two regions: two rooms; else the first region counts for all
    join_before_answered: bool = False  # of a leg placed into a room over REST: participant-join before `answered`
    gather_action_on_hangup: bool = False  # a hang-up in <Gather> still sends the keys pressed before
    empty_gather_sends_fields: bool = (
        True  # actionOnEmptyResult: Digits= and SpeechResult= are sent empty; else left out
    )
    record_action_on_hangup: bool = True  # a hang-up in <Record> requests its action with Digits=hangup
    leave_before_end: bool = True  # participant-leave of those whom a room's end throws out comes before conference-end
    keys_are_kept: bool = False  # keys pressed while nobody gathers count for the next <Gather>
    stop_is_delivered: bool = True  # the webhook comes for STOP, START and HELP too
    opt_out_type_sent: bool = False  # ... with OptOutType, as accounts with Advanced Opt-Out have it
    opt_out_by_service: bool = True  # STOP blocks all senders of a messaging service; else only the number texted
    recording_url_at_once: bool = (
        False  # media can be fetched as soon as the status says completed; else 404 for a second
    )
    recording_repeats_ok: bool = True  # pausing what is paused, or running what runs, is 200; else 400/21220
    recording_survives_redirect: bool = True  # a call's recording runs on when the call gets another document over REST
    unready_recording_is_deleted: bool = True  # DELETE before the sound is ready: 204; else 400/21220
    german_opt_out: bool = False  # STOPP and ABMELDEN are understood without being configured
    media_fetches_signed: bool = False  # requests for <Play> sounds carry a signature

    def flipped(self, *names: str) -> Beliefs:
        """The same with some of them turned round."""
        return replace(self, **{name: not getattr(self, name) for name in names})


def each_flipped() -> Iterator[tuple[str, Beliefs]]:
    """Every belief's name with the beliefs in which only that one is turned round."""
    for field in fields(Beliefs):
        yield field.name, Beliefs().flipped(field.name)
