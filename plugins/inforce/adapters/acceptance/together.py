"""Threads that each have something to be done, which is cheaper done together: of those who wait, one works for all.

Whoever comes while nobody works, works at once, for itself alone. Whoever comes meanwhile waits. The one that worked
wakes those that it worked for, and the first that still waits, which then works for all who wait by then. So nobody
waits for company, and the more there are, the more is done at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Waiting(Generic[T]):
    """What a thread wants done; `woken` when it is, or when the thread is to work itself."""

    what: Sequence[T]
    is_done: bool = False
    woken: Event = field(default_factory=Event)


class Together(Generic[T]):
    """Does things for threads, several at once; see above."""

    def __init__(self, work: Callable[[Sequence[T]], None], most: int) -> None:
        """Begin with nobody.

        Args:
            work: does some things; only one thread calls it at a time. What becomes of each it keeps by itself, and it
                raises nothing that any of those who wait would have to know.
            most: for how many threads it works at once.
        """
        self._work, self._most = work, most
        self._lock = Lock()
        self._waiting: list[_Waiting[T]] = []
        self._is_worked = False

    def do(self, *what: T) -> None:
        """Have it done, by this thread or by another; one thing, or several at once."""
        mine = _Waiting(what)
        with self._lock:
            self._waiting.append(mine)
            is_first, self._is_worked = not self._is_worked, True
        if not is_first:
            self._wait(mine)
        if not mine.is_done:
            self._work_for_all(mine)

    def _wait(self, mine: _Waiting[T]) -> None:
        try:
            mine.woken.wait()
        except BaseException:  # Ctrl-C: what others count on, somebody else has to do
            with self._lock:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                    if mine.woken.is_set():
                        self._pass_on()
            raise

    def _work_for_all(self, mine: _Waiting[T]) -> None:
        with self._lock:
            self._waiting.remove(mine)
            together = [mine, *self._waiting[: self._most - 1]]
            del self._waiting[: self._most - 1]
        try:
            self._work([what for one in together for what in one.what])
            for one in together:
                one.is_done = True
        finally:
            with self._lock:
                if not mine.is_done:
                    self._waiting[:0] = together[1:]
                self._pass_on()
            for one in together:
                if one.is_done:
                    one.woken.set()

    def _pass_on(self) -> None:
        """Have the first that waits work next; `_lock` is held."""
        if self._waiting:
            self._waiting[0].woken.set()
        else:
            self._is_worked = False
