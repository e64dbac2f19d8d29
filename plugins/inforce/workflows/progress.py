"""Progress, told only where something takes longer than two seconds."""

from __future__ import annotations

import time
from collections.abc import Callable

_SECONDS = 2.0


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

    def step(self, doing: str, count: int = 1) -> None:
        """One more thing is done, or some; `doing` says of what kind, in the plural."""
        if doing != self._doing:
            self._doing, self._done = doing, 0
        self._done += count
        if time.monotonic() - self._said >= _SECONDS:
            self._said = time.monotonic()
            self.say(f"{self._doing}: {self._done}")


def silent() -> Progress:
    """Progress that nobody listens to."""
    return Progress(lambda _: None)
