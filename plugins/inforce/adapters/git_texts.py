"""Texts by their ids, from one `git cat-file --batch`: what hides the process, and how answers are waited for.

A text takes git some time and us some more. Whoever knows early which texts will be wanted says so (`foresee`): git
then works on those while the texts before them are looked at. Its answers find room in a wide pipe, so that neither has
to wait for the other after each text.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any

from git import Git
from git.exc import GitCommandError

from inforce.core.errors import Problem, RecordError
from inforce.core.record import FOLDER

_AHEAD = 256
"""How many texts are asked for before they are wanted, where the pipe has room for their ids."""
_SHA1 = 40
"""The length of an id by SHA-1; other ids are by SHA-256."""
_LINE = 65
"""The longest id, and the end of its line."""
_ROOM = 1 << 20
"""The bytes that a pipe should hold: as many as Linux grants to anybody."""
_BUFFER = 1 << 18
"""How many bytes of answers are fetched at a time, if they are there."""


class Texts:
    """Reads texts by their ids, with one process for all of them."""

    def __init__(self, window: Git) -> None:
        """Begin no process yet."""
        self._window = window
        self._process: Any = None
        self._questions: IO[bytes]
        self._answers: IO[bytes]
        self._ahead = _AHEAD
        self._foreseen: deque[str] = deque()
        self._is_foreseen: set[str] = set()
        self._asked: deque[str] = deque()
        self._early: dict[str, bytes | None] = {}

    def foresee(self, blob: str) -> None:
        """Say that this text will be wanted, after those that were foreseen before it."""
        self._foreseen.append(blob)
        self._is_foreseen.add(blob)

    def read(self, blob: str) -> bytes | None:
        """The bytes of that id, and those only (their hash is checked); None where they are not there, or damaged."""
        if blob in self._early:
            return self._early.pop(blob)
        if self._process is None:
            self._begin()
        if blob not in self._asked:
            self._ask([blob, *self._next_foreseen(blob)])
        data = None
        answered = ""
        while answered != blob:
            answered = self._asked.popleft()
            data = self._answer(answered)
            if answered != blob:
                self._keep(answered, data)
        if len(self._asked) < self._ahead // 2:
            self._ask(self._next_foreseen())
        return data

    def text(self, blob: str) -> bytes:
        """The bytes of that id, as `read` gives them.

        Raises:
            RecordError: they are not there (a partial clone), or damaged.
        """
        data = self.read(blob)
        if data is None:
            what = f"the text {blob[:12]} is not in this repository, or damaged"
            todo = "fetch everything (a clone without `--filter`), and look at `git fsck` (rule 9)"
            raise RecordError([Problem(FOLDER, what, todo)])
        return data

    def close(self) -> None:
        """End the process; a further text begins another."""
        if self._process is not None:
            self._process.stdin.close()
            self._process.stdout.close()
            with suppress(GitCommandError):  # What it still had to say was not wanted.
                self._process.wait()
            self._process = None
        self._asked.clear()
        self._foreseen.clear()
        self._is_foreseen.clear()
        self._early.clear()

    def _next_foreseen(self, after: str = "") -> list[str]:
        """What to ask for ahead; those foreseen before the given one were not wanted yet, and may never be."""
        while after in self._is_foreseen:
            self._is_foreseen.discard(self._foreseen.popleft())
        blobs: list[str] = []
        while self._foreseen and len(self._asked) + len(blobs) < self._ahead:
            blobs.append(self._foreseen.popleft())
            self._is_foreseen.discard(blobs[-1])
        return blobs

    def _keep(self, blob: str, data: bytes | None) -> None:
        """An answer that came before it was wanted; the oldest ones never were."""
        self._early[blob] = data
        if len(self._early) > _AHEAD:
            self._early.pop(next(iter(self._early)))

    def _ask(self, blobs: list[str]) -> None:
        with suppress(OSError):  # Where the process is gone, its answers will tell.
            self._questions.write("".join(f"{blob}\n" for blob in blobs).encode())
            self._questions.flush()
        self._asked.extend(blobs)

    def _begin(self) -> None:
        """Start the process; asking must never wait, since git waits as long as its answers are not fetched."""
        command = ["git", "cat-file", "--batch"]
        self._process = self._window.execute(command, istream=subprocess.PIPE, as_process=True)
        self._questions, answers = self._process.stdin, self._process.stdout
        self._ahead = min(_AHEAD, _room(self._questions) // _LINE - 1)
        _widen(answers)
        self._answers = open(answers.fileno(), "rb", _BUFFER, closefd=False)  # noqa: SIM115 - closed by `close`

    def _answer(self, blob: str) -> bytes | None:
        try:
            _, kind, size = self._answers.readline().split()
            data: bytes = self._answers.read(int(size) + 1)[:-1]
        except (ValueError, OSError):
            return None
        return data if kind == b"blob" and blob_id(data, len(blob)) == blob else None


@dataclass(frozen=True, slots=True)
class TextSource:
    """Where texts are read, as a value that another process can be given."""

    folder: str
    environment: Mapping[str, str]

    @contextmanager
    def opened(self) -> Iterator[Texts]:
        """A reader of one's own."""
        window = Git(self.folder)
        window.update_environment(**self.environment)
        texts = Texts(window)
        try:
            yield texts
        finally:
            texts.close()


def _room(pipe: IO[bytes]) -> int:
    """How many bytes may wait in a pipe; where the system does not tell, the least that any system has."""
    with suppress(OSError, AttributeError):
        return fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ)
    return 4096


def _widen(pipe: IO[bytes]) -> None:
    """Give a pipe more room, where the system lets us."""
    with suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _ROOM)


def blob_id(data: bytes, length: int) -> str:
    """Git's id of a text; `length` tells its format."""
    found = (hashlib.sha1 if length == _SHA1 else hashlib.sha256)(b"blob %d\0" % len(data), usedforsecurity=False)
    found.update(data)
    return found.hexdigest()
