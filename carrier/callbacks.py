"""Status callbacks: told to the application in parallel queues, one for each address, with a network's delays.

Within one address they mostly keep their order; between addresses they do not. That is all the real carrier says, too:
neither arrival nor order is promised ("Webhooks FAQ"). Failures are tried again as the address's fragment says.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urljoin

from carrier import faults, overrides, parameters, webhooks
from carrier.couriers import Outcome
from carrier.exchange import Exchange, Sent
from carrier.faults import Fault
from carrier.legs import Subscription
from carrier.webhooks import Form, WebhookAnswer


@dataclass(frozen=True, slots=True)
class Callback:
    """Something the application is told."""

    method: str
    url: str
    form: Form
    event: str
    token: str
    attempt: int = 0


class Callbacks:
    """What is on its way to the application."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[Callback]] = {}
        self._held: dict[str, Callback] = {}  # waiting to change places with the next

    @property
    def under_way(self) -> bool:
        """Whether anything waits to be told."""
        return bool(self._queues)

    def post(self, exchange: Exchange, subscription: Subscription, form: Form, event: str, *, base: str = "") -> None:
        """Tell the application something, some time soon."""
        token = exchange.chances.sid("")
        url = urljoin(base, subscription.url)
        callback = Callback(subscription.method, url, form, event, token)
        struck = list(exchange.faults.strike("callback", url, event))
        if any(isinstance(fault, faults.Lose) for fault in struck):
            exchange.note_of(form_value(form, "CallSid"), "callback lost", event=event, url=url)
            return
        for fault in struck:
            callback = self._strike(exchange, callback, fault)
        if any(isinstance(fault, faults.Early) for fault in struck):
            self._hand_over(exchange, callback)
            return
        late = [fault for fault in struck if isinstance(fault, faults.Delay)]
        if late:
            delay = exchange.chances.within("late callback", late[0].by)
            exchange.clock.schedule(delay, partial(self._send, exchange, callback, None))
            return
        if any(isinstance(fault, faults.Swap) for fault in struck) and url not in self._held:
            self._held[url] = callback
            exchange.clock.schedule(5.0, partial(self._release, exchange, url))
            return
        self._enqueue(exchange, callback)
        self._release(exchange, url)

    def _release(self, exchange: Exchange, url: str) -> None:
        held = self._held.pop(url, None)
        if held is not None:
            self._enqueue(exchange, held)

    def _strike(self, exchange: Exchange, callback: Callback, fault: Fault) -> Callback:
        match fault:
            case faults.Duplicate(after):
                again = exchange.chances.within("duplicate", after)
                exchange.clock.schedule(again, partial(self._send, exchange, callback, None))
            case faults.Skew(by):
                return replace(callback, form=skewed(callback.form, exchange.chances.within("skew", by)))
        return callback

    def _enqueue(self, exchange: Exchange, callback: Callback) -> None:
        if exchange.chances.happens("overtaking", exchange.timings.callback_overtakes):
            self._depart(exchange, callback, None)
            return
        waiting = self._queues.get(callback.url)
        if waiting is None:
            self._queues[callback.url] = deque()
            self._depart(exchange, callback, callback.url)
        else:
            waiting.append(callback)

    def _depart(self, exchange: Exchange, callback: Callback, queue: str | None) -> None:
        timings = exchange.timings
        delay = exchange.chances.around("callback", timings.callback_median, timings.callback_sigma)
        exchange.clock.schedule(delay, partial(self._send, exchange, callback, queue))

    def _send(self, exchange: Exchange, callback: Callback, queue: str | None) -> None:
        limits = overrides.read(callback.url)
        webhook = webhooks.signed(
            callback.method, limits.url, callback.form, token=exchange.account.token, extra=headers(callback)
        )
        exchange.courier.send(webhook, limits, partial(self._arrived, exchange, callback, queue))

    def _hand_over(self, exchange: Exchange, callback: Callback) -> None:
        url = overrides.read(callback.url).url
        webhook = webhooks.signed(
            callback.method, url, callback.form, token=exchange.account.token, extra=headers(callback)
        )
        record(exchange, callback, exchange.courier.hand_over(webhook))

    def _arrived(self, exchange: Exchange, callback: Callback, queue: str | None, outcome: Outcome) -> None:
        record(exchange, callback, outcome)
        failure = kind_of_failure(outcome)
        limits = overrides.read(callback.url)
        if failure and limits.again_after(failure) and callback.attempt < limits.retries:
            self._depart(exchange, replace(callback, attempt=callback.attempt + 1), queue)
            return
        if failure:
            exchange.alert(11200, f"callback failed: {failure}", form_value(callback.form, "CallSid"))
        self._next(exchange, queue)

    def _next(self, exchange: Exchange, queue: str | None) -> None:
        if queue is None:
            return
        waiting = self._queues[queue]
        if waiting:
            self._depart(exchange, waiting.popleft(), queue)
        else:
            del self._queues[queue]


def headers(callback: Callback) -> dict[str, str]:
    """What goes beside the form: every attempt of one callback carries the same token."""
    return {"I-Twilio-Idempotency-Token": callback.token}


def record(exchange: Exchange, callback: Callback, outcome: Outcome) -> None:
    """Keep what was told and what came of it."""
    said = str(outcome.status) if isinstance(outcome, WebhookAnswer) else outcome
    form = tuple(callback.form)
    exchange.sent.append(Sent(exchange.now, "callback", callback.method, callback.url, form, callback.token, said))


def kind_of_failure(outcome: Outcome) -> str:
    """What went wrong in the words of the retry policy: ct, rt, 4xx, 5xx, or nothing."""
    if isinstance(outcome, str):
        return outcome
    if outcome.status >= 500:
        return "5xx"
    return "4xx" if outcome.status >= 400 else ""


def form_value(form: Form, name: str) -> str:
    """One value of a form."""
    return next((value for key, value in form if key == name), "")


def skewed(form: Form, seconds: float) -> Form:
    """A form whose Timestamp is wrong."""
    return [(key, parameters.moved(value, seconds) if key == "Timestamp" else value) for key, value in form]
