"""HTTP as uvicorn and h11 speak it, and what is missing there: an end to patience, and plain words for what is no HTTP.

What a client may keep waiting, and how long: the head of a request, for `timeout`; its body, the same (`limits.py`);
taking what was answered, the same; nothing at all on a connection that is kept open, five seconds (uvicorn's own).
"""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
import struct
from collections import Counter
from http import HTTPStatus

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from inforce.acceptance_app.calls import LOG
from inforce.acceptance_app.clients import Networks, counted_as, is_in, networks_of
from inforce.acceptance_app.problems import ProblemError, problem_json
from inforce.core.acceptance_settings import AcceptanceSettings, Limits
from inforce.formats.messages import messages_in

_LATER = (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS)
_AT_ONCE = struct.pack("ii", 1, 0)
"""For `SO_LINGER`: nothing lingers."""


class Refusals:
    """Notes in the log which connections were refused: a line a second at most, however many they are."""

    def __init__(self) -> None:
        """Begin with none."""
        self._counts: Counter[str] = Counter()
        self._has_told = False

    def note(self, name: str, loop: asyncio.AbstractEventLoop) -> None:
        """One more, for that reason."""
        self._counts[name] += 1
        if not self._has_told:
            self._tell(loop)

    def _tell(self, loop: asyncio.AbstractEventLoop) -> None:
        self._has_told = bool(self._counts)
        if self._counts:
            LOG.info("connections were refused", extra={"told": {"problems": dict(self._counts)}})
            self._counts.clear()
            loop.call_later(1, self._tell, loop)


class Guarded(H11Protocol):
    """uvicorn's protocol with an end to patience."""

    patience = 10.0
    """How many seconds the head of a request may take, and the taking of an answer."""
    limits = Limits()
    """How many connections there may be, and how many of one client."""
    proxies: Networks = ()
    """Who may have all of them, for others."""
    address = ""
    """That of the app, where problems are explained."""
    refusals = Refusals()
    counted = ""
    """As whom the client counts."""
    _head: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait, unless there are too many already."""
        super().connection_made(transport)
        self.counted = counted_as(self.client[0]) if self.client is not None else ""
        if len(self.connections) > self.limits.connections:
            self._refuse("too-busy")
        elif self._has_too_many():
            self._refuse("too-many")
        else:
            self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take what comes; once the head of a request is whole, the app has the time in hand."""
        if self.transport.is_closing():
            return
        if self._head is None and self._is_between_requests():
            self._wait_for_head()
        super().data_received(data)
        if not self._is_between_requests():
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing more."""
        self._stop_waiting()
        self.resume_writing()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The client does not take what it asked for: wait for that, too."""
        super().pause_writing()
        if self._taking is None:
            self._taking = self.loop.call_later(self.patience, self._give_up)

    def resume_writing(self) -> None:
        """It does."""
        super().resume_writing()
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None

    def send_400_response(self, msg: str) -> None:
        """Say that this is no HTTP."""
        self._refuse("bad-request")

    def timeout_keep_alive_handler(self) -> None:
        """Close a connection on which nothing more comes."""
        self._stop_waiting()
        super().timeout_keep_alive_handler()

    def _has_too_many(self) -> bool:
        """Whether the client has more connections than one may have."""
        if self.client is None or is_in(self.client[0], self.proxies):
            return False
        same = [one for one in self.connections if isinstance(one, Guarded) and one.counted == self.counted]
        return len(same) > self.limits.connections_per_client

    def _give_up(self) -> None:
        """Throw away what the client does not take; else the kernel would keep it, and go on trying to send it."""
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        self.transport.abort()

    def _is_between_requests(self) -> bool:
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is None or cycle.response_complete

    def _wait_for_head(self) -> None:
        self._head = self.loop.call_later(self.patience, self._lose_patience)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _lose_patience(self) -> None:
        self._head = None
        if not self._is_between_requests():
            return
        if self.conn.trailing_data[0]:
            self._refuse("too-slow")
        else:
            self.transport.close()

    def _refuse(self, name: str) -> None:
        """Say what is wrong, without the app, and close. What the client would read is not known yet: it gets JSON."""
        self._stop_waiting()
        if self.transport.is_closing():
            return
        self.refusals.note(name, self.loop)
        problem = ProblemError(name)
        status = HTTPStatus(problem.status)
        body = json.dumps(problem_json(problem, self.address, secrets.token_hex(8), messages_in("en"))).encode()
        head = [
            f"HTTP/1.1 {status.value} {status.phrase}",
            "Content-Type: application/problem+json",
            f"Content-Length: {len(body)}",
            "Cache-Control: no-store",
            "Connection: close",
            *(["Retry-After: 10"] if status in _LATER else []),
        ]
        self.transport.write("\r\n".join([*head, "", ""]).encode() + body)
        self.transport.close()


def guarded(setup: AcceptanceSettings) -> type[Guarded]:
    """The protocol with limits of its own."""
    own = {
        "address": setup.address,
        "limits": setup.limits,
        "patience": setup.limits.timeout.total_seconds(),
        "proxies": networks_of(setup.trusted_proxies),
        "refusals": Refusals(),
    }
    return type("Limited", (Guarded,), own)
