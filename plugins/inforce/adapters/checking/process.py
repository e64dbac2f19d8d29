"""Read PDFs of anybody in a process of their own, so that one that hangs or breaks its reader does no harm.

The process may use little memory, write no file, and take little time. It gets bytes and answers with evidence; when
it fails it is ended and another one takes its place.
"""

from __future__ import annotations

import hashlib
import logging
import multiprocessing
import signal
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from inforce.core.verdict import Evidence

if TYPE_CHECKING:
    from multiprocessing.context import SpawnProcess

_SECONDS = 60
_MEMORY = 4 << 30
_SIGNED = b"/ByteRange"


class Checker:
    """Gathers evidence from PDFs. Made by `checking`."""

    def __init__(
        self, trust: bytes | str | None, on: datetime, seconds: float = _SECONDS, memory: int = _MEMORY
    ) -> None:
        """Keep what each process has to know; none is begun yet."""
        self._start = (trust, on, memory)
        self._seconds = seconds
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    def evidence(self, data: bytes, signature: bytes | None = None) -> Evidence:
        """What a PDF shows of itself; or any file, with a signature beside it. Never raises for what is in them."""
        pipe = self._pipe or self._begin()
        try:
            pipe.send((data, signature))
            if pipe.poll(self._seconds):
                found: Evidence = pipe.recv()
                return found
            words = f"reading it takes longer than {self._seconds:g} seconds"
        except (EOFError, OSError):
            words = "it breaks the program that reads it"
        self.end()
        return Evidence(
            hashlib.sha256(data).hexdigest(), len(data), words, is_signed=signature is not None or _SIGNED in data
        )

    def end(self) -> None:
        """End the process, if there is one."""
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._pipe = None

    def _begin(self) -> Connection:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, *self._start), daemon=True)
        self._process.start()
        theirs.close()
        self._pipe = ours
        return ours


@contextmanager
def checking(trust: bytes | str | None, on: datetime) -> Iterator[Checker]:
    """A checker that ends with the block.

    Args:
        trust: a file with the certificates that the reader trusts, or a fingerprint (see `certificates.read_trust`).
        on: the instant at which it is asked.
    """
    checker = Checker(trust, on)
    try:
        yield checker
    finally:
        checker.end()


def _serve(pipe: Connection, trust: bytes | str | None, on: datetime, memory: int) -> None:
    """What the process does: answer until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    from inforce.adapters.checking.certificates import read_trust  # noqa: PLC0415 - takes its time
    from inforce.adapters.checking.pyhanko_checking import gather_detached, gather_evidence  # noqa: PLC0415

    trusted = None if trust is None else read_trust(trust)
    _limit(memory)
    while True:
        try:
            data, signature = pipe.recv()
        except (EOFError, OSError):
            return
        if signature is None:
            pipe.send(gather_evidence(data, trusted, on))
        else:
            pipe.send(gather_detached(data, signature, trusted, on))


def _limit(memory: int) -> None:
    """Bound what the process may use, where the system can."""
    try:
        import resource  # noqa: PLC0415 - Unix alone has it
    except ImportError:
        return
    for kind, most in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))
