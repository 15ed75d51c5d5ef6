"""How long things take: the carrier's habits in numbers. All of them may be changed for a test."""

from __future__ import annotations

from dataclasses import dataclass

from carrier.chances import Span


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds, or from–to in seconds."""

    ring: Span = (1.0, 4.0)  # until a person picks up
    first_webhook: Span = (0.05, 0.2)  # from a call's arrival to the question what to do
    webhook: Span = (0.02, 0.12)  # there and back, in virtual time; real time takes its own
    client_connect: Span = (0.4, 2.0)  # a browser negotiates its media
    dead_client: Span = (8.0, 12.0)  # until a browser that vanished is noticed
    page_away: float = 15.0  # for which a page of ours may be away before its call counts as lost
    callback_median: float = 0.12
    callback_sigma: float = 0.6
    callback_overtakes: float = 0.01  # the share of callbacks that do not wait for the one before at the same address
    announcement: float = 0.06  # a spoken character
    han: float = 0.22  # a spoken Chinese character
    breath: float = 0.3  # before and after a sentence
    recording_ready: Span = (2.0, 8.0)  # after its end
    answer_buffer: float = 5.0  # added to Timeout of calls placed over REST ("Call resource", Timeout)
    rest_effect: Span = (0.01, 0.05)  # from a REST answer to what it causes
    calls_per_second: float = 1.0  # how many calls an account may begin ("Call resource", queue_time)
    message_sent: float = 0.3
    message_delivered: Span = (1.0, 6.0)
    speech_end: float = 0.5  # of silence end an utterance with speechTimeout="auto"
