"""How much is taken from whom: bodies, the time to send them, and how often one client may come."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta

from starlette.requests import ClientDisconnect
from starlette.requests import Request as Call

from inforce.acceptance_app.clients import counted_as
from inforce.acceptance_app.problems import ProblemError

JSON_BODY = 16_384
FORM_BODY = 65_536
_LAST = {"Connection": "close"}
"""What is still on its way is not waited for.

Not so where a body is of another kind or too large: who is still sending it would meet a closed connection, and might
lose the answer by that. The protocol throws the rest away, until it loses patience (`protocol.py`).
"""
_CLIENTS = 100_000
"""How many clients are remembered; the one that came longest ago is forgotten first."""
_BURST = 3.0
"""For how many seconds a client may save up what it did not use."""
_LEAST_BURST = 10.0


class Buckets:
    """A bucket of tokens for each client, refilled over time."""

    def __init__(self, rate: float, clock: Callable[[], float]) -> None:
        """Begin with full buckets.

        Args:
            rate: how many requests there may be in a second, over time.
            clock: seconds, of which none ever comes twice.
        """
        self._rate, self._clock = rate, clock
        self._most = max(_LEAST_BURST, rate * _BURST)
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str) -> None:
        """Take a token out of a client's bucket.

        Raises:
            ProblemError: it is empty.
        """
        now, name = self._clock(), counted_as(client)
        left, since = self._buckets.pop(name, (self._most, now))
        left = min(self._most, left + (now - since) * self._rate)
        self._buckets[name] = (left - 1 if left >= 1 else left), now
        if len(self._buckets) > _CLIENTS:
            self._buckets.popitem(last=False)
        if left < 1:
            seconds = max(1, round((1 - left) / self._rate + 0.5))
            raise ProblemError("too-many", headers={"Retry-After": str(seconds)})


async def body_of(call: Call, kind: str, most: int, patience: timedelta) -> bytes:
    """The body of a call.

    Args:
        call: the call.
        kind: the media type that it has to have.
        most: how many bytes it may have.
        patience: how long it may take.

    Raises:
        ProblemError: it is of another kind, larger, or slower.
    """
    if call.headers.get("content-type", "").partition(";")[0].strip().lower() != kind:
        raise ProblemError("unsupported-type", headers={"Accept": kind})
    said = call.headers.get("content-length", "0")
    if said.isascii() and said.isdigit() and int(said[:12]) > most:
        raise ProblemError("too-large")
    found = bytearray()
    try:
        async with asyncio.timeout(patience.total_seconds()):
            async for part in call.stream():
                found += part
                if len(found) > most:
                    raise ProblemError("too-large")
    except TimeoutError:
        raise ProblemError("too-slow", headers=_LAST) from None
    except ClientDisconnect:
        raise ProblemError("bad-request", headers=_LAST) from None
    return bytes(found)
