"""What every call needs: the desk, the clock, the pages, and how often a client may come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import ParamSpec, TypeVar

from starlette.requests import Request as Call

from inforce.acceptance_app.clients import Networks, client_of
from inforce.acceptance_app.limits import Buckets
from inforce.acceptance_app.pages import Pages
from inforce.core.acceptance_settings import AcceptanceSettings
from inforce.core.errors import Problem, UnavailableError
from inforce.workflows.acceptance.desk import Desk

P = ParamSpec("P")
T = TypeVar("T")
THREADS = 4
"""How many calls are worked on at once: more of them would wait for each other alone."""
LONGEST = 15.0
"""How many seconds an answer takes at the most; longer than a database is waited for, which tells more."""


def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, "inforce-calls")


@dataclass(frozen=True, slots=True)
class Front:
    """What every call needs."""

    desk: Desk
    pages: Pages
    buckets: Buckets
    clock: Callable[[], datetime]
    proxies: Networks = ()
    threads: ThreadPoolExecutor = field(default_factory=_threads)

    @property
    def setup(self) -> AcceptanceSettings:
        """What `acceptances.yml` says."""
        return self.desk.setup

    @property
    def address(self) -> str:
        """Where the app is, with a slash at the end."""
        return self.setup.address

    def count(self, call: Call) -> None:
        """Count a call against its client.

        Raises:
            ProblemError: the client comes too often.
        """
        self.buckets.take(client_of(call, self.proxies).counted)

    async def done(self, doing: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Have a thread do something.

        Whoever waits is told in time; a thread that is stuck stays so, and takes nothing else on.

        Raises:
            UnavailableError: it takes too long.
        """
        async with in_time():
            return await asyncio.wrap_future(self.threads.submit(doing, *given, **named))


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Do something within this, and not for ever.

    Raises:
        UnavailableError: it takes too long; what is begun may still come about.
    """
    try:
        async with asyncio.timeout(LONGEST):
            yield
    except TimeoutError:
        what = f"there was no answer within {LONGEST:g} seconds"
        raise UnavailableError([Problem("register", what, "look whether the database and its disk answer")]) from None
