"""Read how an operator set up a job or an app."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from inforce.core.errors import ConfigurationError, Problem
from inforce.core.record import Reading

Settings = TypeVar("Settings")


def read_settings_file(path: Path, parse: Callable[[bytes], Reading[Settings]], page: str) -> Settings:
    """What the operator set up.

    Args:
        path: the file.
        parse: reads its bytes.
        page: the page of the documentation that shows such a file.

    Raises:
        ConfigurationError: the file cannot be read, or something in it cannot be: all of it together.
    """
    try:
        data = path.read_bytes()
    except OSError as wrong:
        todo = f"name it with --settings; {page} shows one"
        raise ConfigurationError([Problem(str(path), f"this cannot be read: {wrong.strerror}", todo)]) from None
    reading = parse(data)
    if reading.value is None:
        raise ConfigurationError(Problem.of(fault, str(path)) for fault in reading.faults)
    return reading.value
