"""Databases by SQLAlchemy: how one is opened, and what one says where it does not answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from inforce.core.errors import ConfigurationError, Problem

IN_MEMORY = ":memory:"
"""What SQLite calls a database that is nowhere."""
_NOWHERE = (None, "", IN_MEMORY)
"""What SQLite's addresses have in the place of a file, where there is none."""


def engine_of(
    address: str, password: str | None, called: str, example: str, placed: Callable[[URL], URL] = lambda url: url
) -> Engine:
    """What a database is reached by. Nothing is asked of it yet.

    Args:
        address: an SQLAlchemy address, as it may be told.
        password: what the address leaves out; None: nothing.
        called: what a person calls the database.
        example: an address of that kind, to show.
        placed: where it lies, for an address that is relative to something.

    Raises:
        ConfigurationError: the address is none, or of a kind for which nothing is installed.
    """
    try:
        url = make_url(address)
        url = placed(url if password is None else url.set(password=password))
        return create_engine(url, poolclass=StaticPool if url.database == IN_MEMORY else None)
    except (ArgumentError, NoSuchModuleError, ImportError, ValueError) as wrong:
        todo = f"write it as {example}, and install what it needs: for PostgreSQL, `scripts/set-up extras`"
        raise ConfigurationError([Problem(address, f"this {called} cannot be opened: {wrong}", todo)]) from None


def file_of(url: URL, folder: Path) -> Path | None:
    """Where SQLite's file lies, to the end of all links; None where the database is no file."""
    if url.get_backend_name() != "sqlite" or url.database in _NOWHERE:
        return None
    return (folder / str(url.database)).resolve()


def said(wrong: SQLAlchemyError) -> str:
    """The first line of what the database says."""
    return str(getattr(wrong, "orig", None) or wrong).strip().partition("\n")[0]
