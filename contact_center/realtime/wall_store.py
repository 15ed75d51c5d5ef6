"""What all web processes know of the wall, in Valkey: who watches what, whose turn it is to compute, how it was before.

Ephemeral by nature: losing it costs a second, and a few points of a series.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from contact_center.realtime.viewers import valkey
from contact_center.wall.views import Part

EVERY = 1.0  # seconds between two pictures, for all processes together
_WATCHED_FOR = 15.0  # seconds a view is computed after a process has last said that somebody watches it
_TURN_FOR = 3.0  # seconds after which a process that took the turn and died is not waited for any more
_POINT = 60  # seconds between two points of the series of those who wait
_POINTS = 240

_TURN, _WATCHED, _PARTS, _TONES = "wall:turn", "wall:watched", "wall:parts", "wall:tones"


def watch(parts: Iterable[Part]) -> None:
    """Say that somebody watches these."""
    asked: dict[Any, Any] = {part.key: part.written for part in parts}
    if not asked:
        return
    now = time.time()
    with valkey().pipeline() as pipe:
        pipe.zadd(_WATCHED, dict.fromkeys(asked, now))
        pipe.hset(_PARTS, mapping=asked)
        for key in (_WATCHED, _PARTS, _TONES):
            pipe.expire(key, 3600)
        pipe.execute()


def take_turn(mine: str) -> bool:
    """Whether this process computes now; nobody else does until `end_turn`, or for three seconds."""
    return bool(valkey().set(_TURN, mine, nx=True, px=int(_TURN_FOR * 1000)))


def end_turn(seconds: float) -> None:
    """The next turn may begin in so many seconds."""
    valkey().set(_TURN, "over", px=max(1, int(seconds * 1000)))


def watched() -> tuple[list[Part], dict[str, dict[str, int]]]:
    """What is watched by anybody, and the tones of each the last time."""
    store = valkey()
    with store.pipeline() as pipe:
        pipe.zremrangebyscore(_WATCHED, 0, time.time() - _WATCHED_FOR)
        pipe.zrange(_WATCHED, 0, -1)
        keys: list[str] = pipe.execute()[1]
    if not keys:
        store.delete(_PARTS, _TONES)
        return [], {}
    with store.pipeline() as pipe:
        pipe.hmget(_PARTS, keys)
        pipe.hmget(_TONES, keys)
        written, tones = pipe.execute()
    parts = [Part.read(one) for one in written if one]
    return parts, {key: json.loads(one) for key, one in zip(keys, tones, strict=True) if one}


def remember(made: Mapping[str, tuple[dict[str, Any], dict[str, int]]]) -> None:
    """Keep pictures for who comes next, and their tones. Each gets the point of its minute."""
    minute = int(time.time() // _POINT) * _POINT
    with valkey().pipeline() as pipe:
        for key, (picture, tones) in made.items():
            picture["point"] = [minute, picture["waiting"]["n"]]
            pipe.hset(_trend(key), str(minute), picture["waiting"]["n"])
            pipe.hset(_TONES, key, json.dumps(tones))
            pipe.set(f"wall:last:{key}", json.dumps(picture), px=int(_TURN_FOR * 1000))
        began = pipe.execute()[::3]
    for key, is_new in zip(made, began, strict=True):
        if is_new:
            _drop_old(key, minute)


def last(parts: Sequence[Part]) -> list[dict[str, Any]]:
    """The pictures that others have just been sent."""
    kept = valkey().mget([f"wall:last:{part.key}" for part in parts]) if parts else []
    return [json.loads(one) for one in kept if one]


def trends(parts: Sequence[Part]) -> dict[str, list[list[int]]]:
    """How many waited, minute by minute over the last hours: for who joins; the pictures go on with it."""
    since = time.time() - _POINT * _POINTS
    with valkey().pipeline() as pipe:
        for part in parts:
            pipe.hgetall(_trend(part.key))
        answers = pipe.execute()
    points = [sorted((int(at), int(n)) for at, n in one.items()) for one in answers]
    return {
        part.key: [[at, n] for at, n in found if at > since] for part, found in zip(parts, points, strict=True)
    }  # fmt: skip


def _drop_old(key: str, minute: int) -> None:
    """Once a minute: what nobody is shown any more goes, and all of it when nobody has looked for long."""
    store = valkey()
    old = [at for at in store.hkeys(_trend(key)) if int(at) <= minute - _POINT * _POINTS]
    if old:
        store.hdel(_trend(key), *old)
    store.expire(_trend(key), _POINT * _POINTS * 2)


def _trend(key: str) -> str:
    return f"wall:trend:{key}"
