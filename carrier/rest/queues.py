"""Queues and their members over REST.

Source: "Queue resource", "Member resource"; errors 20404, 22003 (name taken), 22002 (not empty).
"""

from __future__ import annotations

from functools import partial

from carrier.errors import Refused
from carrier.lines import Fetch, Redirected
from carrier.parameters import rfc2822
from carrier.queues import DEFAULT_SIZE, GREATEST_SIZE, CallQueue, Member
from carrier.rest.answers import Body, RestAnswer, created, deleted, found, page, uri
from carrier.rest.requests import Request, missing


def create(request: Request) -> RestAnswer:
    """A new queue."""
    exchange = request.exchange
    name = request.need("FriendlyName")
    if len(name) > 64:
        raise Refused(400, 20001, "FriendlyName may have 64 characters")
    if exchange.queue_named(name) is not None:
        raise Refused(400, 22003, "A queue with this name exists already")
    queue = CallQueue(exchange.chances.sid("QU"), name, exchange.now, exchange.now, _size(request, DEFAULT_SIZE))
    exchange.queues[queue.sid] = queue
    return created(shown(request, queue))


def listing(request: Request) -> RestAnswer:
    """All queues."""
    return page(request, "queues", list(request.exchange.queues.values()), partial(shown, request))


def fetch(request: Request) -> RestAnswer:
    """One queue."""
    return found(shown(request, _the(request)))


def update(request: Request) -> RestAnswer:
    """Another name, another size."""
    queue = _the(request)
    queue.name = request.get("FriendlyName", queue.name)
    queue.greatest = _size(request, queue.greatest)
    queue.updated_at = request.exchange.now
    return found(shown(request, queue))


def delete(request: Request) -> RestAnswer:
    """No queue any more: only when nobody waits."""
    queue = _the(request)
    if queue.members:
        raise Refused(400, 22002, "The queue is not empty")
    del request.exchange.queues[queue.sid]
    return deleted()


def members(request: Request) -> RestAnswer:
    """Who waits."""
    queue = _the(request)
    return page(request, "queue_members", list(queue.members.values()), partial(_member, request, queue))


def member(request: Request) -> RestAnswer:
    """One who waits."""
    queue, waiting = _waiting(request)
    return found(_member(request, queue, waiting))


def dequeue(request: Request) -> RestAnswer:
    """Take one out and give them another document."""
    url = request.need("Url", 21205)
    queue, waiting = _waiting(request)
    answer = found(_member(request, queue, waiting))
    queue.members.pop(waiting.leg.sid)
    if waiting.leg.process is not None:
        exchange = request.exchange
        delay = exchange.chances.within("rest", exchange.timings.rest_effect)
        waiting.leg.process.interrupt(Redirected(Fetch(url, request.way("Method"))), delay)
    return answer


def _size(request: Request, default: int) -> int:
    size = request.whole("MaxSize", default)
    if not 1 <= size <= GREATEST_SIZE:
        raise Refused(400, 20001, f"MaxSize is from 1 to {GREATEST_SIZE}")
    return size


def _the(request: Request) -> CallQueue:
    queue = request.exchange.queues.get(request.keys[0])
    if queue is None:
        raise missing(request)
    return queue


def _waiting(request: Request) -> tuple[CallQueue, Member]:
    queue, key = _the(request), request.keys[1]
    found_one = next(iter(queue.members.values()), None) if key == "Front" else queue.members.get(key)
    if found_one is not None:
        return queue, found_one
    if request.exchange.beliefs.missing_member_is_404:
        raise missing(request)
    raise Refused(400, 21220, "Call is not in-progress. Cannot redirect.")


def shown(request: Request, queue: CallQueue) -> Body:
    """A queue as REST shows it."""
    return {
        "date_updated": rfc2822(queue.updated_at),
        "current_size": len(queue.members),
        "friendly_name": queue.name,
        "uri": uri(request, "Queues", queue.sid),
        "account_sid": request.exchange.account.sid,
        "average_wait_time": queue.average_wait(request.exchange.now),
        "sid": queue.sid,
        "date_created": rfc2822(queue.created_at),
        "max_size": queue.greatest,
    }


def _member(request: Request, queue: CallQueue, waiting: Member) -> Body:
    return {
        "call_sid": waiting.leg.sid,
        "date_enqueued": rfc2822(waiting.since),
        "position": queue.position(waiting.leg.sid),
        "uri": uri(request, "Queues", queue.sid, "Members", waiting.leg.sid),
        "wait_time": int((request.exchange.now - waiting.since).total_seconds()),
        "queue_sid": queue.sid,
    }
