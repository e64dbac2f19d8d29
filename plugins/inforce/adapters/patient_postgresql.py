"""Connections to PostgreSQL that wait for an answer, and not for ever.

A server can fall silent without the connection being lost: it is stopped, its disk hangs, or it waits for another one
to which it copies. The kernel still says then that all is well, so no limit of the network's ends that. This one does:
the connection is given up, and nobody knows what became of what was sent last.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from time import monotonic
from typing import Any

from psycopg import Connection, OperationalError


def connecting(seconds: float) -> Callable[..., Connection[Any]]:
    """How to connect so that no answer is waited for longer than so many seconds."""

    class Patient(Connection[Any]):
        """A connection that is given up."""

        def wait(self, gen: Generator[Any, Any, Any], *given: Any, **named: Any) -> Any:
            return super().wait(_within(gen, self, seconds), *given, **named)

    return Patient.connect


def _within(gen: Generator[Any, Any, Any], connection: Connection[Any], seconds: float) -> Generator[Any, Any, Any]:
    """The same, until time is up: now and then psycopg comes back with nothing that is ready."""
    until = monotonic() + seconds
    try:
        wanted = next(gen)
        while True:
            ready = yield wanted
            if not ready and monotonic() > until:
                connection.pgconn.finish()
                raise OperationalError(f"the server has not answered for {seconds:g} seconds")
            wanted = gen.send(ready)
    except StopIteration as ended:
        return ended.value
