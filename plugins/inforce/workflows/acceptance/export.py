"""Write every row of a register, a line each, just as its digest covers it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from inforce.adapters.acceptance.register_store import Register
from inforce.core.errors import ConfigurationError, Problem


def export(register: Register) -> Iterator[bytes]:
    """Each row's text with a line end, in order; streamed."""
    for stored in register.stored():
        data: str | bytes = stored[7]  # SQLite keeps bytes, too, where a text belongs
        yield (data if isinstance(data, bytes) else data.encode("utf-8", "surrogateescape")) + b"\n"


def export_to(register: Register, out: Path) -> int:
    """Write them into a file, whole or not at all; how many there are.

    Raises:
        ConfigurationError: the file cannot be written.
    """
    rows = 0
    try:
        descriptor, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                for line in export(register):
                    file.write(line)
                    rows += 1
            Path(name).replace(out)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as wrong:
        todo = "name a file in a folder that is there, and where there is room"
        raise ConfigurationError([Problem(str(out), f"this cannot be written: {wrong.strerror}", todo)]) from None
    return rows
