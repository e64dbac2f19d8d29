"""Progress, told only where something takes longer than two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

_SECONDS = 2.0
_MINUTES = 120.0
"""From how many seconds on minutes are told."""


class Progress:
    """Counts what is done, and says so every two seconds; what is quicker says nothing.

    Args:
        say: takes a line for a person.
    """

    def __init__(self, say: Callable[[str], None]) -> None:
        """Begin now."""
        self.say = say
        self._said = time.monotonic()
        self._done = 0
        self._doing = ""
        self._expected, self._begun = 0, self._said

    def expect(self, count: int) -> None:
        """Say how many steps of the next kind there will be."""
        self._expected, self._begun, self._done = count, time.monotonic(), 0

    def step(self, doing: str, count: int = 1) -> None:
        """One more thing is done, or some; `doing` says of what kind, in the plural."""
        if doing != self._doing:
            self._doing, self._done = doing, 0
        self._done += count
        if time.monotonic() - self._said >= _SECONDS:
            self._said = time.monotonic()
            self.say(f"{self._doing}: {self._done}{self._estimate()}")

    def _estimate(self) -> str:
        """How much there is to come, where that is known."""
        if self._done >= self._expected:
            return ""
        seconds = (time.monotonic() - self._begun) / self._done * (self._expected - self._done)
        return f" of {self._expected}, {_in_words(seconds)} left"


def _in_words(seconds: float) -> str:
    """A length of time, about.

    >>> _in_words(7), _in_words(400)
    ('about 7 s', 'about 7 min')
    """
    return f"about {seconds:.0f} s" if seconds < _MINUTES else f"about {seconds / 60:.0f} min"


def silent() -> Progress:
    """Progress that nobody listens to."""
    return Progress(lambda _: None)
