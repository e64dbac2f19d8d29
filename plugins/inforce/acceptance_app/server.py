"""The server: uvicorn with h11, a stop that ends well, and a log of lines of JSON."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from inforce.acceptance_app.calls import LOG
from inforce.acceptance_app.protocol import guarded
from inforce.core.acceptance_settings import AcceptanceSettings

_KEEP_ALIVE = 5
_LARGEST_HEAD = 16_384
_GRACE = 30
"""How many seconds those have who are being answered when the server is to stop."""
_LAST = 36
"""After how many all is over, whatever still waits: a thread that is stuck, in a disk that hangs, never ends."""


class Server(uvicorn.Server):
    """uvicorn's server; a signal to stop is no error."""

    def __init__(self, config: uvicorn.Config, again: Callable[[], None]) -> None:
        """Keep what is to be done on SIGHUP."""
        super().__init__(config)
        self._again, self._is_stopping = again, threading.Event()
        threading.Thread(target=self._end_at_last, daemon=True).start()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGTERM and SIGINT, and look at the record again on SIGHUP; and that was that."""
        loop = asyncio.get_running_loop()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, self._stop)
        signal.signal(signal.SIGHUP, lambda *_: loop.call_soon_threadsafe(self._again))
        try:
            yield
        finally:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _stop(self, sign: int, frame: FrameType | None) -> None:
        self._is_stopping.set()
        self.handle_exit(sign, frame)

    def _end_at_last(self) -> None:
        """End the process, if it has not ended long after it was to stop: whoever waited was told so before."""
        self._is_stopping.wait()
        time.sleep(_LAST)
        LOG.warning("ended, although something was still waited for")
        os._exit(0)


def serve(app: ASGIApp, setup: AcceptanceSettings, place: socket.socket, again: Callable[[], None]) -> None:
    """Serve until asked to stop; whoever is being answered then gets their answer.

    Args:
        app: what answers.
        setup: the limits, and whose word is taken for where a client is.
        place: a socket that listens.
        again: has the record looked at.
    """
    config = uvicorn.Config(
        app,
        http=guarded(setup),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # which takes whatever a proxy passes on for an address
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
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # it warns of whatever is no HTTP, a line each


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
