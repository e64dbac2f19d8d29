"""The server: uvicorn with h11, and what is missing there: patience with an end, plain words for what is no HTTP, a stop
that ends well, and a log of lines of JSON.

What a client may keep waiting, and how long: the head of a request, for `timeout`; its body, the same (`limits.py`);
taking what was answered, the same; nothing at all on an open connection, five seconds.
"""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http import HTTPStatus
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from inforce.acceptance_app.calls import LOG
from inforce.core.acceptance_settings import AcceptanceSettings

_KEEP_ALIVE = 5
_LARGEST_HEAD = 16_384
_GRACE = 30
"""How many seconds those have who are being answered when the server is to stop."""


class Server(uvicorn.Server):
    """uvicorn's server; a signal to stop is no error."""

    def __init__(self, config: uvicorn.Config, again: Callable[[], None]) -> None:
        """Keep what is to be done on SIGHUP."""
        super().__init__(config)
        self._again = again

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT, and look at the record again on SIGHUP; and that was that."""
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._stop)
        signal.signal(signal.SIGHUP, lambda *_: loop.call_soon_threadsafe(self._again))
        yield

    def _stop(self, sign: int, frame: FrameType | None) -> None:
        self.handle_exit(sign, frame)


def serve(
    app: ASGIApp, setup: AcceptanceSettings, place: socket.socket, again: Callable[[], None]
) -> None:
    """Serve until asked to stop; whoever is being answered then gets their answer.

    Args:
        app: what answers.
        setup: the limits, and whose word is taken for where a client is.
        place: a socket that listens.
        again: has the record looked at.
    """
    config = uvicorn.Config(
        app,
        http=_guarded(setup.limits.timeout.total_seconds(), setup.limits.connections),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=bool(setup.trusted_proxies),
        forwarded_allow_ips=list(setup.trusted_proxies),
        server_header=False,
        timeout_keep_alive=_KEEP_ALIVE,
        timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=_LARGEST_HEAD,
    )
    host, port = place.getsockname()[:2]
    LOG.info("listening", extra={"told": {"host": host, "port": port}})
    Server(config, again).run(sockets=[place])
    LOG.info("stopped")


def log_to_standard_error() -> None:
    """Write what is noted as lines of JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    LOG.setLevel(logging.INFO)


class _Lines(logging.Formatter):
    """A line of JSON for each thing that is noted."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "said": record.getMessage(),
            **getattr(record, "told", {}),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


def _guarded(seconds: float, most: int) -> type[H11Protocol]:
    """uvicorn's protocol with an end to patience.

    Args:
        seconds: how long the head of a request may take, and the taking of an answer.
        most: how many connections there may be.
    """

    class Guarded(H11Protocol):
        _head: asyncio.TimerHandle | None = None
        _taking: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > most:
                self._refuse(503, "too-busy", "Too many connections. Come again in a moment.")
            else:
                self._wait_for_head()

        def data_received(self, data: bytes) -> None:
            if self.transport.is_closing():
                return
            if self._head is None and self._is_between_requests():
                self._wait_for_head()
            super().data_received(data)
            if not self._is_between_requests():
                self._stop_waiting()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop_waiting()
            self.resume_writing()
            super().connection_lost(exc)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._taking = self._taking or self.loop.call_later(seconds, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            if self._taking is not None:
                self._taking.cancel()
                self._taking = None

        def send_400_response(self, msg: str) -> None:
            self._refuse(400, "bad-request", "This is not HTTP as it is understood here, or its head is too large.")

        def timeout_keep_alive_handler(self) -> None:
            self._stop_waiting()
            super().timeout_keep_alive_handler()

        def _is_between_requests(self) -> bool:
            return self.cycle is None or self.cycle.response_complete

        def _wait_for_head(self) -> None:
            self._head = self.loop.call_later(seconds, self._lose_patience)

        def _stop_waiting(self) -> None:
            if self._head is not None:
                self._head.cancel()
                self._head = None

        def _lose_patience(self) -> None:
            self._head = None
            if self.conn.trailing_data[0]:
                self._refuse(408, "too-slow", "The request took too long to come.")
            else:
                self.transport.close()

        def _refuse(self, status: int, name: str, detail: str) -> None:
            """Say what is wrong, without the app, and close."""
            self._stop_waiting()
            if self.transport.is_closing():
                return
            told = {"detail": detail, "status": status, "title": name, "type": "about:blank"}
            body = json.dumps(told).encode()
            head = [
                f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
                "Content-Type: application/problem+json",
                f"Content-Length: {len(body)}",
                "Cache-Control: no-store",
                "Connection: close",
                *(["Retry-After: 10"] if status == 503 else []),
            ]
            self.transport.write("\r\n".join([*head, "", ""]).encode() + body)
            self.transport.close()

    return Guarded
