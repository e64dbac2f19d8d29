"""Read how the operator set up the register of acceptances."""

from __future__ import annotations

from pathlib import Path

from inforce.core.acceptance_settings import AcceptanceSettings
from inforce.core.errors import ConfigurationError, Problem
from inforce.formats.acceptance.settings_file import parse_acceptances


def read_acceptances_file(path: Path) -> AcceptanceSettings:
    """What the operator set up.

    Raises:
        ConfigurationError: the file cannot be read, or something in it cannot be: all of it together.
    """
    try:
        data = path.read_bytes()
    except OSError as wrong:
        todo = "name it with --settings; docs/acceptance.md shows one"
        raise ConfigurationError([Problem(str(path), f"this cannot be read: {wrong.strerror}", todo)]) from None
    reading = parse_acceptances(data)
    if reading.value is None:
        raise ConfigurationError(Problem.of(fault, str(path)) for fault in reading.faults)
    return reading.value
