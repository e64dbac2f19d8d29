"""The register of acceptances: rows that are added, and never changed. In SQLite, or in PostgreSQL.

::

    inforce_register        name, value                                        version and id of the register
    inforce_acceptances     number, subject, policy, revision, decision, instant, digest, data
    inforce_receipts        number, jws                                        of each row, the one receipt
    inforce_presentations   digest, data                                       what was shown, once for all rows
    inforce_heads           number, jws                                        signed, of the row that was the last one

`data` is the row and `digest` its digest, as `formats/acceptance/row_json.py` has them. The columns between say once
more what stands in it, for asking. Triggers refuse to change and to delete; they keep from accidents alone. That
nothing was changed is proved by the chain of digests and by what was signed.

Rows are added by one at a time, who holds the lock of the chain: SQLite's on its file, an advisory one of PostgreSQL's.
Of the threads that wait meanwhile, one then writes for all, in one transaction (`together.py`): one flush of the disk
is for all of them.
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from inforce.adapters.acceptance.silence import Silence
from inforce.adapters.acceptance.together import Together
from inforce.adapters.databases import (
    Prepared,
    engine_of,
    file_of,
    inserted_at_once,
    make_durable,
    read_only,
    said,
    writing,
)
from inforce.core.errors import (
    ClockError,
    ConfigurationError,
    NotThereError,
    Problem,
    RecordError,
    UnavailableError,
)
from inforce.core.register import NO_ROW, Head, Kept, Row, Statement
from inforce.formats.acceptance.row_json import (
    content_of,
    digest_of,
    instant_from,
    instant_text,
    row_of,
    row_text,
    subject_text,
)

VERSION = "1"
BEHIND = timedelta(minutes=5)
"""How far the clock may be behind the last row: clocks of several machines differ, and are set."""
PATIENCE = 5.0
"""How long somebody else's lock is waited for, in seconds."""
_LOOK = "look whether the database is there and answers, there is room, and nobody holds it"
_IS_NONE = "file is not a database"
"""What SQLite says of a file that is none."""
_LOCK = 0x1F0ACC
_NO_TEXT = "Could not decode to UTF-8"
"""What SQLite's driver says of a text that is none."""
_AT_ONCE = 64
"""How many answers are written in one transaction."""
_READ_AT_ONCE = 1000
"""How many rows are in memory where all are read."""
_EXAMPLE = "postgresql+psycopg://register@db.example/register"
_FROM_ONE = "number > 0"
_TABLES = sa.MetaData()
_REGISTER = sa.Table(
    "inforce_register", _TABLES, sa.Column("name", sa.String(64), primary_key=True), sa.Column("value", sa.Text)
)
_ACCEPTANCES = sa.Table(
    "inforce_acceptances",
    _TABLES,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("revision", sa.Text, nullable=False),
    sa.Column("decision", sa.String(16), nullable=False),
    sa.Column("instant", sa.String(27), nullable=False),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
    sa.CheckConstraint(_FROM_ONE),
    sa.Index("inforce_acceptances_subject", "subject", "policy", "number"),
    sa.Index("inforce_acceptances_revision", "policy", "revision", "number"),
)
_RECEIPTS = sa.Table(
    "inforce_receipts",
    _TABLES,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("jws", sa.Text, nullable=False),
    sa.CheckConstraint(_FROM_ONE),
)
_PRESENTATIONS = sa.Table(
    "inforce_presentations",
    _TABLES,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
_HEADS = sa.Table(
    "inforce_heads",
    _TABLES,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
    sa.Column("jws", sa.Text, nullable=False),
    sa.CheckConstraint(_FROM_ONE),
)
_KEPT_FOR_EVER = (_ACCEPTANCES, _RECEIPTS, _PRESENTATIONS, _HEADS)
_A = _ACCEPTANCES.c
_OF_SUBJECTS = "SELECT data FROM inforce_acceptances WHERE subject = ANY(%(subjects)s) ORDER BY number"


class Point(NamedTuple):
    """A row of the chain, and so all rows before it; `FIRST` is before the first one."""

    number: int
    digest: str


FIRST = Point(0, NO_ROW)
Stored = tuple[int, str, str, str, str, str, str, str, str | None]
"""A row as it is stored: number, subject, policy, revision, decision, instant, digest, data; and its receipt."""
Judge = Callable[[Sequence[Row], datetime], Sequence[tuple[Statement, bytes]]]
Sign = Callable[[Row, str], str]


@dataclass(frozen=True, slots=True)
class Note:
    """A change in another table of the same database, which has to touch one line there.

    Attributes:
        statement: what is to be done.
        values: with which values.
        otherwise: what is wrong where it touches none.
    """

    statement: Prepared
    values: Mapping[str, object]
    otherwise: Exception


Mark = Callable[[Sequence[Kept]], Note]


@dataclass(frozen=True, slots=True)
class Append:
    """What is to be added for a subject, decided when nobody else can add anything.

    Attributes:
        subject: whose answers they are.
        judge: given the subject's rows, in order, and the instant that new rows will have; what is to be added, each
            with the bytes of the presentation that it names. What it raises is raised by `Register.append`, and nothing
            is added. It may be asked again, for the same answer.
        sign: given a row and its digest, its receipt.
        mark: given what was added, what is to be noted in the same transaction: both stand, or neither. What it raises
            undoes all. It is asked as well where nothing is to be added, and may be asked again.
    """

    subject: str
    judge: Judge
    sign: Sign
    mark: Mark | None = None


class Register:
    """A register that is open; made by `open_register`. Threads may share it."""

    def __init__(self, engine: sa.Engine, place: str, register: str) -> None:
        """Keep the engine; `place` is what a person calls the database, and `register` the register's id."""
        self.engine, self.id, self._place = engine, register, place
        self._together = Together(self._write, _AT_ONCE)
        self._writes, self._reads = Silence(), Silence()
        self._soon: deque[tuple[_Wanted, Future[tuple[Kept, ...]]]] = deque()
        self._writer = ThreadPoolExecutor(1, "inforce-register")
        self._shown: set[str] = set()
        self._knowing = Lock()
        self._vouched: Point | None = None
        self._own: tuple[Point, Point] | None = None
        dialect = engine.dialect
        self._insert, self._insert_receipt = (
            Prepared(
                sa.insert(table).values({one: sa.bindparam(one.name) for one in table.c}),
                dialect,
                inserted_at_once(table),
            )
            for table in (_ACCEPTANCES, _RECEIPTS)
        )
        of_subject = sa.select(_A.data).where(_A.subject == sa.bindparam("subject")).order_by(_A.number)
        self._of_subject = Prepared(of_subject, dialect)
        self._last = Prepared(
            sa.select(_A.number, _A.digest, _A.instant).order_by(_A.number.desc()).limit(sa.literal_column("1")),
            dialect,
        )

    # What is added

    def append(self, ask: Append, now: datetime) -> tuple[Kept, ...]:
        """Add rows; they are durable when this returns, and so is what `ask.mark` did.

        Args:
            ask: what is to be added.
            now: the server's clock.

        Raises:
            UnavailableError: the database is locked, full or lost, or SQLite's file is another one than was opened;
                nothing is promised to anybody. Where it is lost just as all is written, nobody knows whether that
                lasts; whoever asks once more is told so, or adds it.
            ClockError: the clock is more than five minutes behind the last row.
        """
        mine = _Wanted(ask, now)
        self._together.do(mine)
        return mine.outcome()

    def append_soon(self, ask: Append, now: datetime) -> Future[tuple[Kept, ...]]:
        """The same, without waiting for it: a thread of the register's own writes what has come meanwhile, at once.

        Args:
            ask: what is to be added.
            now: the server's clock.

        Returns:
            What `append` would have returned, or raised, once that is known.
        """
        known: Future[tuple[Kept, ...]] = Future()
        self._soon.append((_Wanted(ask, now), known))
        self._writer.submit(self._append_those)
        return known

    def _append_those(self) -> None:
        """Add for those who do not wait; often it was done together with what came before.

        Where the database did not answer, whoever came meanwhile is told, too: they would wait as long once more.
        """
        some = self._next(_AT_ONCE)
        if some:
            self._together.do(*(one for one, _ in some))
        lost = next((one.wrong for one, _ in some if one.is_lost), None)
        if lost is not None:
            late = self._next(len(self._soon))
            for one, _ in late:
                one.fail(lost)
            some += late
        for one, known in some:
            if one.wrong is not None:
                known.set_exception(one.wrong)
            else:
                known.set_result(one.kept)

    def _next(self, most: int) -> list[tuple[_Wanted, Future[tuple[Kept, ...]]]]:
        return [self._soon.popleft() for _ in range(min(len(self._soon), most))]

    def close(self) -> None:
        """Write what is still to be written, and end."""
        self._writer.shutdown()

    # How far it has come

    @property
    def vouched(self) -> Point | None:
        """The last row up to which this process knows that all is as the register wrote it; None: it knows of none.

        That is what was looked at (`vouch`), and whatever this process wrote itself directly after that.
        """
        with self._knowing:
            return self._vouched_now()

    @property
    def own(self) -> Point | None:
        """The row after which this process wrote all rows up to the one that it wrote last; None: it wrote none."""
        with self._knowing:
            return None if self._own is None else self._own[0]

    def vouch(self, point: Point) -> None:
        """Know from now on that all rows up to this one are as the register wrote them."""
        with self._knowing:
            known = self._vouched_now()
            if known is None or known.number < point.number:
                self._vouched = point

    def _vouched_now(self) -> Point | None:
        return self._own[1] if self._own is not None and self._own[0] == self._vouched else self._vouched

    def _wrote(self, before: Point, last: Point) -> None:
        """Remember that all rows after one, up to another one, were just written here."""
        with self._knowing:
            if self._own is not None and self._own[1] == before:
                self._own = (self._own[0], last)
            else:
                self._vouched, self._own = self._vouched_now(), (before, last)

    def sign_head(self, sign: Callable[[Head], str], now: datetime, point: Point) -> str | None:
        """Sign that the register has come so far, if that was not signed yet. What `point` names has to be known.

        Args:
            sign: gives the head, signed.
            now: the server's clock.
            point: the row that is signed as the last one.

        Returns:
            The head's text, kept in the register; None where that row is not there, or has another digest.

        Raises:
            UnavailableError: the database is locked, full or lost.
        """
        with self.writing() as connection:
            _hold(connection)
            asked = sa.select(_A.digest, _A.instant).where(_A.number == point.number)
            found = connection.execute(asked).one_or_none()
            if found is None or found[0] != point.digest:
                return None
            known = connection.execute(sa.select(_HEADS.c.jws).where(_HEADS.c.number == point.number)).scalar()
            if known is not None:
                return str(known)
            text = sign(Head(self.id, point.number, point.digest, max(now, instant_from(found[1]))))
            connection.execute(sa.insert(_HEADS), {"number": point.number, "jws": text})
        return text

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction of this database that writes; raises `UnavailableError` where it is locked, full or lost."""
        with self._told(), self._writes.ended(), writing(self.engine) as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction of this database that reads; raises `UnavailableError` where it does not answer."""
        with self._told(), self._reads.ended(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def asking(self) -> Iterator[sa.Connection]:
        """A connection for one question; raises `UnavailableError` where the database does not answer.

        PostgreSQL is asked outside of a transaction: to begin and to end one takes a way there and back each.
        """
        with self._told(), self._reads.ended(), self.engine.connect() as connection:
            is_far = connection.dialect.name == "postgresql"
            yield connection.execution_options(isolation_level="AUTOCOMMIT") if is_far else connection

    # What is there

    def rows_of(self, subject: str) -> tuple[Row, ...]:
        """A subject's rows, in order."""
        with self.asking() as connection:
            return self._rows_of(connection, subject)

    def kept_of(self, subject: str) -> tuple[Kept, ...]:
        """A subject's rows with their receipts, in order."""
        asked = (
            sa.select(_A.data, _A.digest, _RECEIPTS.c.jws)
            .join(_RECEIPTS, _RECEIPTS.c.number == _A.number)
            .where(_A.subject == subject)
            .order_by(_A.number)
        )
        with self.reading() as connection:
            return tuple(Kept(row_of(data), digest, jws) for data, digest, jws in connection.execute(asked))

    def rows_about(self, policy: str, revision: str) -> Iterator[Row]:
        """Of each subject, what they said last to that text; streamed, in order."""
        later = _ACCEPTANCES.alias("later")
        is_same = sa.and_(
            later.c.subject == _A.subject,
            later.c.policy == policy,
            later.c.revision == revision,
            later.c.number > _A.number,
        )
        asked = sa.select(_A.data).where(_A.policy == policy, _A.revision == revision)
        asked = asked.where(sa.not_(sa.exists().where(is_same))).order_by(_A.number)
        return (row_of(data) for (data,) in self._streamed(asked))

    def rows_by_subject(self) -> Iterator[tuple[Row, ...]]:
        """Everybody's rows, one subject after the other; streamed, each subject's in order."""
        asked = sa.select(_A.subject, _A.number, _A.data).order_by(_A.subject, _A.policy, _A.number)
        for _, found in groupby(self._streamed(asked), key=itemgetter(0)):
            yield tuple(row_of(data) for _, _, data in sorted(found, key=itemgetter(1)))

    def stored(self, after: int | None = None, until: int | None = None, *, unread: int = 0) -> Iterator[Stored]:
        """The rows as they are stored, in order, whatever somebody put there; streamed.

        Args:
            after: a row's number; those after it. None: all, and those too that the register would not number so.
            until: a row's number; those up to it. None: all.
            unread: a row's number; of those up to it an empty text stands in the place of a receipt that is there.
        """
        jws: sa.ColumnElement[Any] = _RECEIPTS.c.jws
        if unread:
            jws = sa.case((_A.number > unread, jws), (_RECEIPTS.c.number.is_not(None), sa.literal("")), else_=sa.null())
        asked = sa.select(*_A, jws).outerjoin(_RECEIPTS, _RECEIPTS.c.number == _A.number)
        if after is not None:
            asked = asked.where(_A.number > after)
        if until is not None:
            asked = asked.where(_A.number <= until)
        return self._streamed(asked.order_by(_A.number), as_it_is=True)

    def numbers_about(self, subject: str) -> tuple[int, ...]:
        """The numbers of all rows that are filed under a subject, or in which it stands as such; in order.

        Every row is looked at. So a row is found, too, that an index leaves out, or that is filed elsewhere.
        """
        found_in = sa.func.instr if self.engine.dialect.name == "sqlite" else sa.func.strpos
        is_filed = _A.subject + sa.literal("") == subject  # which no index has
        says = found_in(_A.data, subject_text(subject)) > 0
        asked = sa.select(_A.number).where(sa.or_(is_filed, says)).order_by(_A.number)
        with self.reading() as connection:
            return tuple(connection.execute(asked).scalars())

    def unsound(self) -> tuple[str, ...]:
        """What SQLite itself finds wrong with the rows' table and its indexes; nothing, if nothing is.

        An index that leaves rows out, for instance, which whoever asks by it does not get.
        """
        if self.engine.dialect.name != "sqlite":
            return ()
        with self.reading() as connection:
            found = connection.exec_driver_sql(f"PRAGMA integrity_check({_ACCEPTANCES.name})").scalars().all()
        return tuple(str(one) for one in found if one != "ok")

    def heads(self) -> Iterator[tuple[int, str]]:
        """Every head that was signed, by the number of its row, in order; streamed."""
        asked = sa.select(_HEADS.c.number, _HEADS.c.jws).order_by(_HEADS.c.number)
        return self._streamed(asked, as_it_is=True)

    def receipts_without_rows(self, after: int) -> tuple[int, ...]:
        """Of receipts without a row, those before the first row and after one: the first and the last of each.

        Args:
            after: a row's number.

        Returns:
            Up to four numbers, in order; where two are the same there is one.
        """
        number = _RECEIPTS.c.number
        is_there = sa.exists().where(_A.number == number)
        found: tuple[int | None, ...] = ()
        with self.reading() as connection:
            for where in (number < 1, number > max(after, 0)):
                asked = sa.select(sa.func.min(number), sa.func.max(number)).where(where, sa.not_(is_there))
                found += tuple(connection.execute(asked).one())
        return tuple(one for one in found if one is not None)

    def heads_around(self, number: int) -> tuple[str | None, str | None]:
        """The last head that was signed before a row, and the first one with it; None where there is none."""
        before = sa.select(_HEADS.c.jws).where(_HEADS.c.number < number).order_by(_HEADS.c.number.desc()).limit(1)
        after = sa.select(_HEADS.c.jws).where(_HEADS.c.number >= number).order_by(_HEADS.c.number).limit(1)
        with self.reading() as connection:
            return connection.execute(before).scalar(), connection.execute(after).scalar()

    def presentations(self) -> Iterator[tuple[str, bytes]]:
        """Everything that was ever shown, by its digest; streamed."""
        asked = sa.select(_PRESENTATIONS.c.digest, _PRESENTATIONS.c.data).order_by(_PRESENTATIONS.c.digest)
        return self._streamed(asked, as_it_is=True)

    def presentation(self, digest: str) -> bytes | None:
        """What was shown, by its digest; None where no row names it."""
        asked = sa.select(_PRESENTATIONS.c.data).where(_PRESENTATIONS.c.digest == digest)
        with self.reading() as connection:
            return connection.execute(asked).scalar()

    def head(self) -> Head | None:
        """How far the register has come, at the instant of its last row; None where it has none."""
        with self.reading() as connection:
            tail = self._tail(connection)
        return Head(self.id, tail.number, tail.digest, tail.instant) if tail.number else None

    def last_signed_head(self) -> str | None:
        """The head that was signed last; None where none was."""
        return self.last_signed()[1] or None

    def last_signed(self) -> tuple[int, str]:
        """The number of the last row of which a head was signed, and that head; 0 and nothing where none was."""
        asked = sa.select(_HEADS.c.number, _HEADS.c.jws).order_by(_HEADS.c.number.desc()).limit(1)
        with self.reading() as connection:
            found = connection.execute(asked).one_or_none()
        return (0, "") if found is None else (found[0], found[1] if isinstance(found[1], str) else "")

    def instant_at(self, point: Point) -> str | None:
        """The instant of a row, as it is stored; None where no row of that number and that digest is there."""
        asked = sa.select(_A.instant).where(_A.number == point.number, _A.digest == point.digest)
        with self.reading() as connection:
            return connection.execute(asked).scalar()

    def _streamed(self, asked: sa.Select[Any], *, as_it_is: bool = False) -> Iterator[Any]:
        """What is found; with `as_it_is`, texts too that are none: as Python has what is not UTF-8 (PEP 383)."""
        given = 0
        with self._told(), self.engine.connect() as connection:
            options = {"stream_results": True, "yield_per": _READ_AT_ONCE}
            streaming = connection.execution_options(**options)
            try:
                with closing(streaming.execute(asked)) as found:
                    for some in found.partitions():
                        yield from some
                        given += len(some)
            except OperationalError as wrong:
                if not (as_it_is and said(wrong).startswith(_NO_TEXT)):
                    raise
            else:
                return
            # It takes longer to read so: of the few registers in which there is such a thing, what is left is read.
            with _any_text(connection), closing(streaming.execute(asked)) as found:
                yield from islice(found, given, None)

    # How it is added

    def _write(self, together: Sequence[_Wanted]) -> None:
        """Write for several at once; if that fails, for each alone, so that nobody fails for another's fault.

        Where the database does not answer one alone, it is not asked for the others: each would wait as long.
        """
        try:
            with self.writing() as connection:
                shown, before, last = self._added(connection, together)
        except Exception as wrong:  # noqa: BLE001 - whatever it is, it is told to whom it concerns
            if len(together) == 1:
                together[0].fail(wrong)
                return
            for place, one in enumerate(together):
                self._write([one])
                if one.is_lost and one.wrong is not None:
                    for other in together[place + 1 :]:
                        other.fail(one.wrong)
                    return
        else:
            self._shown |= shown
            if last != before:
                self._wrote(before, last)

    def _added(self, connection: sa.Connection, together: Sequence[_Wanted]) -> tuple[set[str], Point, Point]:
        """Add what each wants; the digests of presentations that the database has now, the last row before, and now."""
        _hold(connection)
        tail, shown, added = self._tail(connection), set(self._shown), []
        before = tail.point
        known = self._rows_of_each(connection, {one.ask.subject for one in together})
        for one in together:
            one.kept, one.wrong, one.is_lost = (), None, False
            instant = max(one.now, tail.instant)
            if instant - one.now > BEHIND:
                one.wrong = _behind(self._place, tail.instant, one.now)
                continue
            rows = known[one.ask.subject]
            try:
                statements = one.ask.judge(tuple(rows), instant)
            except SQLAlchemyError:
                raise
            except Exception as refusal:  # noqa: BLE001 - the judge's own, for whoever asked
                one.wrong = refusal
                continue
            for statement, presentation in statements:
                self._show(connection, statement, presentation, shown)
                kept, data = self._chained(statement, tail, instant, one.ask.sign)
                tail = _Tail(kept.row.number, kept.digest, instant)
                added.append((kept, data))
                one.kept += (kept,)
                rows.append(kept.row)
        self._insert_all(connection, added)
        marked = [one for one in together if one.wrong is None and one.ask.mark is not None]
        _write_down(connection, [one.ask.mark(one.kept) for one in marked if one.ask.mark is not None])
        return shown, before, tail.point

    def _chained(self, statement: Statement, tail: _Tail, instant: datetime, sign: Sign) -> tuple[Kept, str]:
        """A row after the last one, and its text."""
        row = Row(tail.number + 1, tail.digest, instant, statement)
        data = row_text(row, self.id)
        digest = digest_of(row.previous, content_of(data))
        return Kept(row, digest, sign(row, digest)), data

    def _insert_all(self, connection: sa.Connection, added: Sequence[tuple[Kept, str]]) -> None:
        """Add rows and their receipts: all of them at once, for a database far away is asked once then."""
        if not added:
            return
        columns = [
            {
                "number": kept.row.number,
                "subject": kept.row.statement.subject,
                "policy": kept.row.statement.shown.policy,
                "revision": kept.row.statement.shown.revision,
                "decision": kept.row.statement.decision.value,
                "instant": instant_text(kept.row.instant),
                "digest": kept.digest,
                "data": data,
            }
            for kept, data in added
        ]
        self._insert.run_all(connection, columns)
        receipts = [{"number": kept.row.number, "jws": kept.receipt} for kept, _ in added]
        self._insert_receipt.run_all(connection, receipts)

    def _show(self, connection: sa.Connection, statement: Statement, presentation: bytes, shown: set[str]) -> None:
        """Keep what was shown, the first time."""
        digest = statement.shown.presentation
        if digest in shown:
            return
        if sha256(presentation).hexdigest() != digest:
            raise ValueError("these are not the bytes of the presentation that the statement names")
        known = sa.select(_PRESENTATIONS.c.digest).where(_PRESENTATIONS.c.digest == digest)
        if connection.execute(known).scalar() is None:
            connection.execute(sa.insert(_PRESENTATIONS), {"digest": digest, "data": presentation})
        shown.add(digest)

    def _rows_of_each(self, connection: sa.Connection, subjects: set[str]) -> dict[str, list[Row]]:
        """The rows of several subjects, by subject, each in order."""
        if connection.dialect.name != "postgresql":
            return {one: list(self._rows_of(connection, one)) for one in subjects}
        found = connection.exec_driver_sql(_OF_SUBJECTS, {"subjects": list(subjects)})
        rows: dict[str, list[Row]] = {one: [] for one in subjects}
        for (data,) in found:
            row = row_of(data)
            rows[row.statement.subject].append(row)
        return rows

    def _rows_of(self, connection: sa.Connection, subject: str) -> tuple[Row, ...]:
        return tuple(row_of(data) for (data,) in self._of_subject.run(connection, {"subject": subject}))

    def _tail(self, connection: sa.Connection) -> _Tail:
        found = self._last.run(connection, {}).one_or_none()
        return _NOTHING if found is None else _Tail(found[0], found[1], instant_from(found[2]))

    @contextmanager
    def _told(self) -> Iterator[None]:
        with _told(self._place):
            yield


@dataclass(slots=True)
class _Wanted:
    """An answer that is to be written, and what became of it."""

    ask: Append
    now: datetime
    kept: tuple[Kept, ...] = ()
    wrong: Exception | None = None
    is_lost: bool = False
    """The database did not answer: it need not be asked for others."""

    def fail(self, wrong: Exception) -> None:
        """It came to nothing."""
        self.kept, self.wrong, self.is_lost = (), wrong, isinstance(wrong, UnavailableError)

    def outcome(self) -> tuple[Kept, ...]:
        """What was added, or why nothing was."""
        if self.wrong is not None:
            raise self.wrong
        return self.kept


@dataclass(frozen=True, slots=True)
class _Tail:
    """The last row."""

    number: int
    digest: str
    instant: datetime

    @property
    def point(self) -> Point:
        return Point(self.number, self.digest)


_NOTHING = _Tail(0, NO_ROW, datetime.min.replace(tzinfo=UTC))


def _write_down(connection: sa.Connection, notes: Sequence[Note]) -> None:
    """Do what is to be noted, each kind at once."""
    for statement in {id(one.statement): one.statement for one in notes}.values():
        same = [one for one in notes if one.statement is statement]
        if statement.run_all(connection, [one.values for one in same]) != len(same):
            raise same[0].otherwise  # if it is another's, that is found out: each is written alone then


@contextmanager
def open_register(address: str, password: str | None, folder: Path, *, writes: bool = True) -> Iterator[Register]:
    """Open a register, made if there is none; with `writes` no, it has to be there, and nothing is left in it.

    Args:
        address: an SQLAlchemy address, as it may be told.
        password: what the address leaves out.
        folder: to which a path of SQLite's is relative.
        writes: whether anything will be added.

    Raises:
        ConfigurationError: the address is none, or of a kind that keeps no register, or it is of another version.
        RecordError: what the register says of itself was removed.
        NotThereError: there is none, and `writes` is no.
        UnavailableError: the database does not answer.
    """
    engine = engine_of(address, password, "register", _EXAMPLE, partial(_placed, folder, writes=writes))
    try:
        if engine.dialect.name not in ("sqlite", "postgresql"):
            what = f"a register is not kept in {engine.dialect.name}"
            raise ConfigurationError([Problem(address, what, "keep it in SQLite or PostgreSQL")])
        make_durable(engine, PATIENCE, writes=writes)
        with _told(address):
            if writes:
                register = _made(engine)
            else:
                with engine.connect() as connection:
                    register = _known(connection)
        opened = Register(engine, address, _checked(register, address)["id"])
        try:
            yield opened
        finally:
            opened.close()
    finally:
        engine.dispose()


@contextmanager
def _any_text(connection: sa.Connection) -> Iterator[None]:
    """Have SQLite's driver give what somebody stored as a text, whatever it is."""
    driver: Any = connection.connection.dbapi_connection
    usual, driver.text_factory = driver.text_factory, lambda data: data.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = usual


def _placed(folder: Path, url: sa.URL, *, writes: bool) -> sa.URL:
    """The address with the whole path of SQLite's file, made so that nobody else reads it."""
    path = file_of(url, folder)
    if "uri" in url.query or str(url.database).startswith("file:"):
        raise ValueError("SQLite's own addresses are not known here: name the file as sqlite:///register.db")
    if path is None and url.get_backend_name() == "sqlite":
        what, todo = "this register is nowhere: it would be forgotten", "name its file: sqlite:///register.db"
        raise ConfigurationError([Problem("database", what, todo)])
    if path is None:
        return url
    if writes:
        if not path.parent.is_dir():
            todo = "make it, or let `database` name another; a path is relative to the folder of the settings"
            what = f"the folder of the register is not there: {path.parent}"
            raise ConfigurationError([Problem(str(url), what, todo)])
        with suppress(OSError):  # what is wrong is told by whoever opens it
            path.touch(mode=0o600)
    elif not path.is_file():
        todo = "look whether `database` names it; a path is relative to the folder of the settings"
        raise NotThereError([Problem(str(url), f"there is no register yet: {path}", todo)])
    return url.set(database=str(path)) if writes else read_only(url, path)


def _made(engine: sa.Engine) -> dict[str, str]:
    """What the register says of itself; its tables and its id are made first, if they are not there."""
    with writing(engine) as connection:
        _hold(connection)
        if not (known := _known(connection)):
            _TABLES.create_all(connection)
            for statement in _guards(engine.dialect.name):
                connection.exec_driver_sql(statement)
            known = {"version": VERSION, "id": secrets.token_hex(16)}
            connection.execute(sa.insert(_REGISTER), [{"name": name, "value": known[name]} for name in known])
    return known


def _hold(connection: sa.Connection) -> None:
    """Hold the chain until the transaction ends; SQLite's that write do so already."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _known(connection: sa.Connection) -> dict[str, str]:
    """What the register says of itself; nothing where there is none."""
    if not sa.inspect(connection).has_table(_REGISTER.name):
        return {}
    return {row.name: row.value for row in connection.execute(sa.select(_REGISTER))}


def _checked(known: Mapping[str, str], address: str) -> Mapping[str, str]:
    if not known:
        todo = "look whether `database` names it; `inforce acceptances serve` makes one"
        raise NotThereError([Problem(address, "there is no register in this database yet", todo)])
    if missing := [name for name in ("version", "id") if not known.get(name)]:
        what = f"the line `{missing[0]}` is missing in {_REGISTER.name}: somebody removed it"
        raise RecordError([Problem(address, what, "keep the database as it is, and compare it with a backup")])
    if known["version"] != VERSION:
        what = f"the register is of version {known['version']}, and version {VERSION} is known here"
        raise ConfigurationError([Problem(address, what, "update Inforce: `pip install --upgrade inforce`")])
    return known


def _guards(dialect: str) -> Iterator[str]:
    """What refuses to change and to delete."""
    words = "nothing in the register of acceptances is ever changed or deleted"
    if dialect == "postgresql":
        yield (
            "CREATE FUNCTION inforce_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{words}'; END $$"
        )
    for table in _KEPT_FOR_EVER:
        if dialect == "postgresql":
            yield (
                f"CREATE TRIGGER {table.name}_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON {table.name}"
                " FOR EACH STATEMENT EXECUTE FUNCTION inforce_refuse()"
            )
            continue
        for doing in ("UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER {table.name}_{doing.lower()} BEFORE {doing} ON {table.name}"
                f" BEGIN SELECT RAISE(ABORT, '{words}'); END"
            )


def _behind(place: str, last: datetime, now: datetime) -> ClockError:
    what = f"the clock says {instant_text(now)}, and the last row is of {instant_text(last)}"
    return ClockError([Problem(place, what, "set the clock of this machine; nothing is added until it is right")])


@contextmanager
def _told(address: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as wrong:
        what, todo = f"the register does not answer: {said(wrong)}", _LOOK
        if _IS_NONE in said(wrong):
            what, todo = "this file is not a database", "let `database` name the register, or a new file"
        raise UnavailableError([Problem(address, what, todo)]) from None
