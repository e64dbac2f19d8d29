"""Databases by SQLAlchemy: how one is opened, and what one says where it does not answer."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import (
    URL,
    Connection,
    Delete,
    Dialect,
    Engine,
    Insert,
    Select,
    Table,
    Update,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from inforce.core.errors import ConfigurationError, Problem

IN_MEMORY = ":memory:"
"""What SQLite calls a database that is nowhere."""
_NOWHERE = (None, "", IN_MEMORY)
"""What SQLite's addresses have in the place of a file, where there is none."""
_READ_ONLY = "file:"
"""How SQLite's own addresses begin; we write one only for what cannot be written."""


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


def read_only(url: URL, path: Path) -> URL:
    """The address of SQLite's file where its folder cannot be written; it must not change while it is read.

    SQLite wants to write beside a file that has a log, even to read it. With a log there, it has to.
    """
    if os.access(path.parent, os.W_OK) or path.with_name(f"{path.name}-wal").exists():
        return url.set(database=str(path))
    return url.set(database=f"{_READ_ONLY}{quote(str(path))}", query={"immutable": "1", "uri": "true"})


def said(wrong: SQLAlchemyError) -> str:
    """The first line of what the database says."""
    return str(getattr(wrong, "orig", None) or wrong).strip().partition("\n")[0]


class Prepared:
    """A statement that is compiled once: what SQLAlchemy does anew at each execution takes longer than the database."""

    def __init__(
        self, statement: Insert | Update | Delete | Select[Any], dialect: Dialect, at_once: str | None = None
    ) -> None:
        """Compile it; all of its values are parameters, with names or constant.

        Args:
            statement: what is to be done.
            dialect: the database's.
            at_once: the same as PostgreSQL does it in one statement with several values, which are given as JSON,
                `%(rows)s`; None: one after the other.
        """
        self._at_once = at_once if dialect.name == "postgresql" else None
        compiled = statement.compile(dialect=dialect)
        self._text, self._order = str(compiled), getattr(compiled, "positiontup", None)
        self._constants = compiled.params

    def run(self, connection: Connection, values: Mapping[str, object]) -> Any:
        """Execute it; what the database answers."""
        return connection.exec_driver_sql(self._text, self._given(values))

    def run_all(self, connection: Connection, several: Sequence[Mapping[str, object]]) -> int:
        """Execute it with each of these values, without a way to the database for each; how many rows that touched."""
        if self._at_once is not None and len(several) > 1:
            return connection.exec_driver_sql(self._at_once, {"rows": json.dumps(several)}).rowcount
        return connection.exec_driver_sql(self._text, list(map(self._given, several))).rowcount

    def _given(self, values: Mapping[str, object]) -> Any:
        named = {**self._constants, **values}
        return tuple(named[name] for name in self._order) if self._order else named


def inserted_at_once(table: Table) -> str:
    """How PostgreSQL inserts several rows into a table, which are given as JSON."""
    columns = ", ".join(one.name for one in table.columns)
    given = f"json_populate_recordset(NULL::{table.name}, %(rows)s::json)"
    return f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {given}"  # noqa: S608 - names of our own


_WRITES, _FILE = "inforce_writes", "inforce_file"
_SLACK = 3.0
"""How much longer than for a lock an answer is waited for, in seconds: of a lock the database tells by itself."""


def make_durable(engine: Engine, patience: float, *, writes: bool = True) -> None:
    """Have an engine's connections write what lasts: what is committed is on the disk, whatever happens then.

    SQLite gets a write-ahead log that is flushed at each commit, and transactions that begin where they are told to
    (`sqlite3` begins them late). If its file is gone, or another one was put in its place, nothing is asked of it any
    more and nothing promised: what is written into a file without a name is lost. PostgreSQL gets `synchronous_commit`,
    should somebody have switched it off, and transactions of which each statement sees what was committed before it.

    Args:
        engine: of SQLite or PostgreSQL, of which nothing was asked yet.
        patience: how long somebody else's lock, and a connection, are waited for, in seconds. Whoever writes waits not
            much longer for any answer of PostgreSQL's.
        writes: whether anything will be written; else nothing can be.
    """
    if engine.dialect.name == "sqlite":
        _make_sqlite_durable(engine, patience, writes=writes)
    else:
        _make_postgresql_durable(engine, patience, writes=writes)


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes, committed at its end; SQLite's waits here for others that write, and not half-way."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection:
        with connection.begin():
            yield connection
        _look_at_file(connection)


class _File:
    """SQLite's file as it was opened: the one of that device and that inode, whatever bears its name later.

    The log beside it, `-wal`, lasts for as long as anybody has it open, and so each connection has one of its own.
    """

    def __init__(self, path: str) -> None:
        self._path: str = path
        self._opened: tuple[int, int] | None = None

    def opened(self) -> None:
        """Remember which one it is, when it is opened for the first time."""
        self._opened = self._opened or _inode(self._path)

    def look(self, of_connection: dict[Any, Any], *, has_log: bool) -> None:
        """See that it is still there.

        Args:
            of_connection: what is remembered for as long as a connection lasts.
            has_log: whether it has a log, if it writes one.

        Raises:
            OperationalError: it is not.
        """
        is_there = self._opened is not None and _inode(self._path) == self._opened
        if is_there and has_log and of_connection.get(_WRITES):
            log = _inode(f"{self._path}-wal")
            is_there = log is not None and of_connection.setdefault(_FILE, log) == log
        if not is_there:
            what = "the file is gone, or another one was put in its place; start the app anew"
            raise OperationalError(None, None, Exception(what))


def _inode(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - at every question
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _look_at_file(connection: Connection) -> None:
    """See that SQLite's file is the one that was opened, and its log too in a transaction that writes."""
    options = connection.get_execution_options()
    file: _File | None = options.get(_FILE)
    if file is not None:
        file.look(connection.connection.info, has_log=bool(options.get(_WRITES)))


def _make_sqlite_durable(engine: Engine, patience: float, *, writes: bool) -> None:
    path, file = engine.url.database, None
    if path not in _NOWHERE and not str(path).startswith(_READ_ONLY):
        file = _File(str(path))
        engine.update_execution_options(**{_FILE: file})

    @event.listens_for(engine, "connect")
    def _(connection: Any, record: Any) -> None:
        if file is not None:
            file.opened()
        connection.isolation_level = None
        for pragma in (f"busy_timeout = {round(patience * 1000)}", "trusted_schema = OFF"):
            connection.execute(f"PRAGMA {pragma}")
        if not writes:
            connection.execute("PRAGMA query_only = ON")
            return
        # On some file systems there is no such log, and SQLite stays with the other one.
        record.info[_WRITES] = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal"
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def _(connection: Connection) -> None:
        is_writing = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")
        _look_at_file(connection)


def _make_postgresql_durable(engine: Engine, patience: float, *, writes: bool) -> None:
    # A transaction that waited for its turn has to see what was written meanwhile, whatever the database's default is.
    how = [f"SET lock_timeout = {round(patience * 1000)}", "SET default_transaction_isolation = 'read committed'"]
    if writes:
        is_off = "current_setting('synchronous_commit') = 'off'"
        how.append(f"SELECT set_config('synchronous_commit', 'on', false) WHERE {is_off}")
    else:
        how.append("SET default_transaction_read_only = on")

    @event.listens_for(engine, "do_connect")
    def _(_: object, __: object, given: Sequence[Any], options: dict[str, Any]) -> Any:
        options.setdefault("connect_timeout", max(2, round(patience)))
        options.setdefault("tcp_user_timeout", round(max(2, patience) * 2000))  # of a network that swallows everything
        if not writes or engine.dialect.driver != "psycopg":
            return None  # whoever only reads may ask for what takes long: SQLAlchemy connects by itself
        from inforce.adapters.patient_postgresql import connecting  # noqa: PLC0415 - an extra

        return connecting(patience + _SLACK)(*given, **options)

    @event.listens_for(engine, "connect")
    def _(connection: Any, _: object) -> None:
        with connection.cursor() as cursor:
            for statement in how:
                cursor.execute(statement)
        connection.commit()
