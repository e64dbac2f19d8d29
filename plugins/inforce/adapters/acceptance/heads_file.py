"""A file with signed heads, a line each, from which they can be taken elsewhere. It only grows."""

from __future__ import annotations

import os
from pathlib import Path

_LONGEST = 4096
"""More than a head ever has."""


def see_writable(path: Path) -> None:
    """Look whether heads can be added; the file is there then.

    Raises:
        OSError: they cannot.
    """
    with path.open("ab"):
        pass


def keep_head(path: Path, head: str) -> None:
    """Add a head, if it is not the last one already; it is on the disk when this returns.

    Raises:
        OSError: it cannot be written.
    """
    with path.open("ab+") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - _LONGEST))
        end = file.read()
        if end.endswith(f"{head}\n".encode()):
            return
        broken = b"" if not end or end.endswith(b"\n") else b"\n"  # what a full disk left of a line
        file.write(broken + f"{head}\n".encode())
        file.flush()
        os.fsync(file.fileno())
