"""Who registered, and is to be told: a CSV file, or what a query finds in a database.

Either is read as a stream, again for each time that it is asked for, and is never in memory as a whole. A line that is
broken is told with its number and left out; it stops nobody else. Whoever stands on two lines comes twice, and that is
told too: a notice may concern either registration. Whoever delivers sees to it that a subject gets a notice once.

The CSV file is that of RFC 4180, in UTF-8 with or without a byte order mark, its first line the names of the columns
(`formats/notify/recipient.py`)::

    address,registered,language,name
    kim@members.example,2016-02-01T10:00:00+09:00,ko,김하나
    lee@members.example,2018-04-20T09:30:00+09:00,en,"Lee, Jun"

No column may hold a line end. So a quotation mark that is not closed breaks its own line, and not those after it.
"""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, Any, Self

from sqlalchemy import URL, Engine
from sqlalchemy.exc import SQLAlchemyError

from inforce.adapters.databases import engine_of, file_of, said
from inforce.core.announcement import Recipient
from inforce.core.errors import Fault, Problem, RecordError, Severity
from inforce.formats.notify.recipient import column_faults, recipient_of, shown

Tell = Callable[[Problem], None]
_LONGEST_LINE = 1 << 16
_BOM = b"\xef\xbb\xbf"
_AT_ONCE = 1000
_FIRST = "write the names of the columns into the first line: address,registered,subject,language,name"
_TWICE = "a notice is told once all the same; leave the older of the two in the list"
_MEND = "mend the line; the others are read all the same"


def read_csv(path: Path, shown_path: str, tell: Tell) -> Iterator[Recipient]:
    """Everybody in a CSV file.

    Args:
        path: the file.
        shown_path: what a person calls it.
        tell: told of every line that is left out.

    Raises:
        RecordError: the file cannot be read, or its first line does not name the columns.
    """
    try:
        with path.open("rb") as file, _Subjects() as subjects:
            lines = _lines(file)
            names = _columns(next(lines, (1, b""))[1], shown_path)
            for number, line in lines:
                if line is not None and not line.strip(b"\r\n"):
                    continue
                try:
                    one = recipient_of(dict(zip(names, _values(line, len(names)), strict=True)))
                except ValueError as wrong:
                    tell(Problem(shown_path, str(wrong), _MEND, number))
                    continue
                if first := subjects.first(one.subject, number):
                    what = f"`{one.subject}` stands on line {first} already"
                    tell(Problem(shown_path, what, _TWICE, number, Severity.WARNING))
                yield one
    except OSError as wrong:
        todo = "look whether `recipients: file` names the list, and let the job read it"
        raise RecordError([Problem(shown_path, f"this cannot be read: {wrong.strerror or wrong}", todo)]) from None


def read_query(address: str, password: str | None, folder: Path, query: str, tell: Tell) -> Iterator[Recipient]:
    """Everybody whom a query finds; nothing is written into the database.

    Args:
        address: an SQLAlchemy address, as it may be told.
        password: what the address leaves out; None: nothing.
        folder: to which a path of SQLite's is relative.
        query: one SELECT, whose columns have the names of `formats/notify/recipient.py`.
        tell: told of every row that is left out.

    Raises:
        ConfigurationError: the address is none, or of a kind for which nothing is installed.
        RecordError: the database does not answer, or not to that.
    """
    placed = partial(_placed, address, folder)
    engine = engine_of(address, password, "database", "postgresql+psycopg://reader@db.example/shop", placed)
    try:
        with closing(_rows(engine, query)) as rows, _Subjects() as subjects:
            names = next(rows)
            _check_columns(names, address)
            for number, row in enumerate(rows, start=1):
                try:
                    one = recipient_of(dict(zip(names, row, strict=True)))
                except ValueError as wrong:
                    tell(Problem(address, f"row {number}: {wrong}", "mend it; the others are read all the same"))
                    continue
                if first := subjects.first(one.subject, number):
                    what = f"row {number}: `{one.subject}` is row {first} already"
                    tell(Problem(address, what, _TWICE, severity=Severity.WARNING))
                yield one
    except SQLAlchemyError as wrong:
        raise RecordError([_no_answer(address, wrong)]) from None
    finally:
        engine.dispose()


def _placed(address: str, folder: Path, url: URL) -> URL:
    """The address with the whole path of SQLite's file, which has to be there: SQLite would make an empty one."""
    path = file_of(url, folder)
    if path is None:
        return url
    if not path.is_file():
        todo = "look whether `recipients: database` names it; a path is relative to the folder of the settings"
        raise RecordError([Problem(address, f"there is no such file: {path}", todo)])
    return url.set(database=str(path))


class _Subjects:
    """Notes on which line a subject stood first: in a file that SQLite has for the time being, and not in memory."""

    def __init__(self) -> None:
        """Begin with none."""
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("BEGIN")
        self._database.execute("CREATE TABLE seen (subject TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def first(self, subject: str, line: int) -> int | None:
        """The line on which it stood before; None where it did not."""
        added = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (subject, line))
        if added.rowcount:
            return None
        (first,) = self._database.execute("SELECT line FROM seen WHERE subject = ?", (subject,)).fetchone()
        return int(first)


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number; None for one that is too long to be one."""
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        is_whole = line.endswith(b"\n") or len(line) < _LONGEST_LINE
        yield number, line if is_whole else None
        while not is_whole:
            rest = file.readline(_LONGEST_LINE)
            is_whole = rest.endswith(b"\n") or len(rest) < _LONGEST_LINE


def _columns(line: bytes | None, path: str) -> Sequence[str]:
    """The names in the first line."""
    if line is not None and line.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise RecordError([Problem(path, "this is UTF-16, not UTF-8", "save it as CSV in UTF-8", 1)])
    try:
        names = [name.strip() for name in _values(line.removeprefix(_BOM) if line else line, None)]
    except ValueError as wrong:
        raise RecordError([Problem(path, str(wrong), _FIRST, 1)]) from None
    faults = column_faults(names)
    if len(names) == 1 and any(sign in names[0] for sign in ";\t|"):
        faults = [Fault("the columns are not separated by commas", _FIRST, 1)]
    if faults:
        raise RecordError(Problem.of(fault, path) for fault in faults)
    return names


def _values(line: bytes | None, count: int | None) -> Sequence[str]:
    """What stands on a line between commas; raises `ValueError` where it is broken, or they are not so many."""
    if line is None:
        raise ValueError(f"the line is longer than {_LONGEST_LINE} bytes")
    try:
        text = line.decode("utf-8").removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as wrong:
        raise ValueError(f"byte {wrong.start + 1} of the line is not UTF-8") from None
    try:
        rows = list(csv.reader([text], strict=True))
    except csv.Error as wrong:
        raise ValueError(f"the line is not CSV: {wrong}") from None
    values = rows[0] if rows else []
    if count is not None and len(values) != count:
        raise ValueError(f"the line of `{shown(values)}` has {len(values)} values, and there are {count} columns")
    return values


def _rows(engine: Engine, query: str) -> Generator[Sequence[Any]]:
    """The names of the columns, and then the rows, fetched some at a time."""
    # The query goes to the database as it stands: no colon and no percent sign in it means anything to us.
    options = {"stream_results": True, "yield_per": _AT_ONCE, "no_parameters": True}
    if engine.dialect.name == "postgresql":
        options["postgresql_readonly"] = True
    with engine.connect() as connection:
        reading = connection.execution_options(**options)
        if engine.dialect.name == "sqlite":
            reading.exec_driver_sql("PRAGMA query_only = ON").close()
        with closing(reading.exec_driver_sql(query)) as found:
            yield list(found.keys()) if found.returns_rows else []
            for row in found:
                yield tuple(row)


def _check_columns(names: Sequence[str], address: str) -> None:
    if faults := column_faults(names):
        todo = "name the columns in the query: SELECT mail AS address, …"
        raise RecordError(Problem(address, fault.what, todo) for fault in faults)


def _no_answer(address: str, wrong: SQLAlchemyError) -> Problem:
    todo = "look whether the database answers, the query is one SELECT, and the user may read what it asks for"
    return Problem(address, f"the recipients cannot be read: {said(wrong)}", todo)
