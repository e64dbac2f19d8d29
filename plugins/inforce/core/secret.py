"""Where an operator keeps secrets: as values. The secrets themselves never stand in settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret is: in the first line of a file, or in an environment variable; one of the two is given."""

    file: str = ""
    variable: str = ""


@dataclass(frozen=True, slots=True)
class Database:
    """A database: an SQLAlchemy address, without the password, and where that is."""

    address: str
    password: Secret | None = None
