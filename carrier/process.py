"""A process: a generator that waits for time or for a signal, and can be interrupted by an exception.

A call is one; so is a person on the phone, and the music for somebody who waits. Wake-ups are always events of the
clock of their own: who sends a signal is never inside the process it wakes.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any

from carrier.clocks import Clock


@dataclass(frozen=True, slots=True)
class Wait:
    """What a process waits for: so many seconds (None: for ever), or a signal of one of these kinds."""

    seconds: float | None
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Signal:
    """What woke a process before its time was over."""

    kind: str
    value: Any = None


Steps = Generator[Wait, Signal | None, Any]
NOTHING: frozenset[str] = frozenset()


class Process:
    """A generator under way."""

    __slots__ = ("_clock", "_generator", "_on_end", "_turn", "_wait")

    def __init__(self, clock: Clock, generator: Steps, on_end: Callable[[], object] | None = None) -> None:
        self._clock = clock
        self._generator: Steps | None = generator
        self._on_end = on_end
        self._turn = 0
        self._wait: Wait | None = None

    @property
    def alive(self) -> bool:
        """Whether it has anything left to do."""
        return self._generator is not None

    def awaits(self, kind: str) -> bool:
        """Whether a signal of this kind would wake it now."""
        return self._wait is not None and kind in self._wait.kinds

    def start(self) -> Process:
        """Begin, as the next thing of this instant."""
        self._clock.schedule(0, partial(self._resume, self._turn, None))
        return self

    def signal(self, kind: str, value: Any = None) -> None:
        """Wake it with this, if that is what it waits for by then."""
        self._clock.schedule(0, partial(self._take, Signal(kind, value)))

    def interrupt(self, error: Exception, after: float = 0.0) -> None:
        """Raise this where it waits."""
        self._clock.schedule(after, partial(self._throw, error))

    def stop(self) -> None:
        """End it where it waits; never from inside itself."""
        generator, self._generator = self._generator, None
        self._turn += 1
        if generator is not None:
            generator.close()

    def _take(self, signal: Signal) -> None:
        if self._wait is not None and signal.kind in self._wait.kinds:
            self._resume(self._turn, signal)

    def _resume(self, turn: int, signal: Signal | None) -> None:
        if self._generator is not None and turn == self._turn:
            self._advance(partial(self._generator.send, signal))

    def _throw(self, error: Exception) -> None:
        if self._generator is not None:
            self._advance(partial(self._generator.throw, error))

    def _advance(self, move: Callable[[], Wait]) -> None:
        self._turn += 1
        self._wait = None
        try:
            wait = move()
        except StopIteration:
            self._end()
            return
        except BaseException:
            self._generator = None
            raise
        if self._generator is None:  # stopped by what it did itself
            return
        self._wait = wait
        if wait.seconds is not None:
            self._clock.schedule(wait.seconds, partial(self._resume, self._turn, None))

    def _end(self) -> None:
        self._generator = None
        if self._on_end is not None:
            self._on_end()
