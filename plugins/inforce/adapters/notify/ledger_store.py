"""The ledger: which notices were seen, and what became of each delivery. In SQLite, or where SQLAlchemy has it.

::

    inforce_meta         name, value         version, run, latest, state of the last pull
    inforce_notices      id, place, facts, standing, data
    inforce_deliveries   key, notice, channel, subject, address, state, attempts, is_final, run, tried, listed, error

`run` is the run that tried a delivery last, `tried` when that was, `listed` the run that told a person of its trouble
(0: none has).

One job at a time holds a ledger: by a lock on a file beside SQLite's, by an advisory lock of PostgreSQL's or MySQL's on
the very connection that claims go over. Either ends with the process that holds it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from inforce.adapters.databases import IN_MEMORY, Prepared, engine_of, file_of, said
from inforce.core.announcement import Announcement
from inforce.core.delivery import Channel, Delivery, Noted, Outcome, Standing, State, Trouble
from inforce.core.errors import ConfigurationError, Problem, RecordError
from inforce.formats.notify.announcement_json import announcement_of, announcement_text

VERSION = "1"
_LOCK = 0x1F02CE
_TABLES = sa.MetaData()
_META = sa.Table(
    "inforce_meta", _TABLES, sa.Column("name", sa.String(64), primary_key=True), sa.Column("value", sa.Text)
)
_NOTICES = sa.Table(
    "inforce_notices",
    _TABLES,
    sa.Column("id", sa.String(700), primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),
    sa.Column("facts", sa.String(64), nullable=False),
    sa.Column("standing", sa.String(16), nullable=False),
    sa.Column("data", sa.Text, nullable=False),
)
_DELIVERIES = sa.Table(
    "inforce_deliveries",
    _TABLES,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("notice", sa.String(700), nullable=False),
    sa.Column("channel", sa.String(16), nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, index=True),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("is_final", sa.Boolean, nullable=False),
    sa.Column("run", sa.Integer, nullable=False),
    sa.Column("tried", sa.String(40), nullable=False),
    sa.Column("listed", sa.Integer, nullable=False),
    sa.Column("error", sa.Text, nullable=False),
)
_D = _DELIVERIES.c
_NOTED = sa.select(_D.key, _D.state, _D.attempts, _D.is_final, _D.run, _D.tried, _D.address).where(
    _D.key.in_(sa.bindparam("keys", expanding=True))
)
_CLAIM = sa.insert(_DELIVERIES).values({column: sa.bindparam(column.name) for column in _D})
_CLAIM_AGAIN = (
    sa.update(_DELIVERIES)
    .where(_D.key == sa.bindparam("k"))
    .values(
        state=sa.bindparam("s"),
        attempts=_D.attempts + 1,
        run=sa.bindparam("r"),
        tried=sa.bindparam("t"),
        address=sa.bindparam("a"),
        listed=0,
    )
)
_IS_OPEN = _NOTICES.c.standing == Standing.OPEN.value
_SETTLE = (
    sa.update(_DELIVERIES)
    .where(_D.key == sa.bindparam("k"))
    .values(state=sa.bindparam("s"), is_final=sa.bindparam("f"), error=sa.bindparam("e"))
)


class Ledger:
    """A ledger that this process alone holds; made by `open_ledger`."""

    def __init__(self, connection: sa.Connection, place: str, run: int, *, writes: bool) -> None:
        """Keep the connection; `writes` is no for a run that only shows what it would do."""
        self._connection, self._place, self._writes = connection, place, writes
        self._claim, self._claim_again, self._settle = (
            Prepared(one, connection.dialect) for one in (_CLAIM, _CLAIM_AGAIN, _SETTLE)
        )
        self.run = run

    def kept(self, name: str) -> str:
        """A text kept under that name; empty where there is none."""
        with _told(self._place):
            found = self._connection.execute(sa.select(_META.c.value).where(_META.c.name == name)).scalar()
        return str(found or "")

    def keep(self, name: str, value: str) -> None:
        """Keep a text, from the next commit on."""
        with _told(self._place):
            _keep(self._connection, name, value)

    def seen(self) -> Mapping[str, str]:
        """The facts of every notice, by its id."""
        asked = sa.select(_NOTICES.c.id, _NOTICES.c.facts)
        with _told(self._place):
            return {str(row.id): str(row.facts) for row in self._connection.execute(asked)}

    def notices(self) -> list[tuple[Announcement, Standing]]:
        """Every notice, in the order in which they came."""
        with _told(self._place):
            rows = self._connection.execute(sa.select(_NOTICES).order_by(_NOTICES.c.place)).all()
        return [(announcement_of(row.data), Standing(row.standing)) for row in rows]

    def take(self, one: Announcement, place: int, how: Standing) -> None:
        """Add a notice."""
        row = {"id": one.id, "place": place, "facts": one.facts, "standing": how.value, "data": announcement_text(one)}
        with _told(self._place):
            self._connection.execute(sa.insert(_NOTICES), row)

    def renew(self, one: Announcement) -> None:
        """Keep what may change of a notice: where its file lies, and with which digest."""
        with _told(self._place):
            change = sa.update(_NOTICES).where(_NOTICES.c.id == one.id).values(data=announcement_text(one))
            self._connection.execute(change)

    def stand(self, one: Announcement, how: Standing) -> None:
        """Note how a notice stands."""
        with _told(self._place):
            self._connection.execute(sa.update(_NOTICES).where(_NOTICES.c.id == one.id).values(standing=how.value))

    def doubt(self) -> None:
        """What is claimed when a run begins was left by a job that died: see `core/delivery.py`."""
        left = sa.update(_DELIVERIES).where(_D.state == State.CLAIMED.value)
        error = "the job ended while this was on its way"
        with _told(self._place):
            for channel, state in ((Channel.MAIL, State.DOUBTFUL), (Channel.WEBHOOK, State.FAILED)):
                of_channel = left.where(_D.channel == channel.value)
                self._connection.execute(of_channel.values(state=state.value, error=error))

    def noted(self, keys: Sequence[str]) -> dict[str, Noted]:
        """Deliveries as they are noted, by their keys; those that are not are left out."""
        with _told(self._place):
            rows = self._connection.execute(_NOTED, {"keys": keys}).all()
        return {
            row.key: Noted(
                State(row.state), row.attempts, row.is_final, row.run, datetime.fromisoformat(row.tried), row.address
            )
            for row in rows
        }

    def claim(self, delivery: Delivery, key: str, now: datetime, *, is_new: bool) -> None:
        """Note that a delivery is about to go out; it is durable when this returns, as all that was noted before."""
        address = delivery.recipient.address if delivery.recipient else ""
        values = {
            "key": key,
            "notice": delivery.announcement.id,
            "channel": delivery.channel.value,
            "subject": delivery.subject,
            "address": address,
            "state": State.CLAIMED.value,
            "attempts": 1,
            "is_final": False,
            "run": self.run,
            "tried": now.isoformat(),
            "listed": 0,
            "error": "",
        }
        again = {"k": key, "s": State.CLAIMED.value, "r": self.run, "t": now.isoformat(), "a": address}
        with _told(self._place):
            if is_new:
                self._claim.run(self._connection, values)
            else:
                self._claim_again.run(self._connection, again)
        self.commit()

    def settle(self, key: str, outcome: Outcome) -> None:
        """Note what became of it; durable with the next claim or commit, and in doubt if the job dies before."""
        values = {"k": key, "s": outcome.state.value, "f": outcome.is_final, "e": outcome.error}
        with _told(self._place):
            self._settle.run(self._connection, values)

    def give_back(self, key: str, noted: Noted | None) -> None:
        """Forget a claim of which nothing went out."""
        with _told(self._place):
            if noted is None:
                self._connection.execute(sa.delete(_DELIVERIES).where(_D.key == key))
            else:
                before = {
                    "state": noted.state.value,
                    "attempts": noted.attempts,
                    "run": noted.run,
                    "tried": noted.tried.isoformat(),
                    "address": noted.address,
                    "listed": self.run,
                }
                self._connection.execute(sa.update(_DELIVERIES).where(_D.key == key).values(**before))
        self.commit()

    def settle_doubtful(self) -> int:
        """Take what is in doubt as sent, for a person found that it was; how much that is."""
        change = sa.update(_DELIVERIES).where(_D.state == State.DOUBTFUL.value).values(state=State.SENT.value)
        with _told(self._place):
            return self._connection.execute(change).rowcount

    def to_look_at(self, attempts: int) -> list[Trouble]:
        """What a person has to look at now.

        What is in doubt is told at each run while its notice is worth telling: only a person can have it sent again.
        What failed is told once, each time that it was tried.

        Args:
            attempts: how many times a delivery is tried.
        """
        is_doubtful = sa.and_(_D.state == State.DOUBTFUL.value, _IS_OPEN)
        is_untold = sa.and_(_D.state.in_((State.FAILED.value, State.DOUBTFUL.value)), _D.listed == 0)
        with _told(self._place):
            found = self._troubles(sa.or_(is_doubtful, is_untold), attempts)
            change = sa.update(_DELIVERIES).where(_D.state.in_((State.FAILED.value, State.DOUBTFUL.value)))
            self._connection.execute(change.where(_D.listed == 0).values(listed=self.run))
        self.commit()
        return found

    def troubles(self, attempts: int) -> list[Trouble]:
        """Everything that failed or is in doubt, told before or not; `attempts` as for `to_look_at`."""
        with _told(self._place):
            return self._troubles(_D.state.in_((State.FAILED.value, State.DOUBTFUL.value)), attempts)

    def _troubles(self, which: sa.ColumnElement[bool], attempts: int) -> list[Trouble]:
        is_tried_again = sa.and_(
            _D.state == State.FAILED.value, sa.not_(_D.is_final), _D.attempts < attempts, _IS_OPEN
        ).label("is_tried_again")
        asked = sa.select(_DELIVERIES, is_tried_again).join(_NOTICES, _NOTICES.c.id == _D.notice).where(which)
        return [
            Trouble(
                State(row.state),
                row.notice,
                Channel(row.channel),
                row.address or row.subject,
                row.error,
                bool(row.is_tried_again),
            )
            for row in self._connection.execute(asked.order_by(_D.state, _D.notice, _D.subject))
        ]

    def commit(self) -> None:
        """Make durable what was noted."""
        if self._writes:
            with _told(self._place):
                self._connection.commit()


@contextmanager
def open_ledger(address: str, password: str | None, folder: Path, *, writes: bool = True) -> Iterator[Ledger]:
    """Hold a ledger, made if there is none; with `writes` no, nothing is left in it.

    Args:
        address: an SQLAlchemy address, as it may be told.
        password: what the address leaves out.
        folder: to which a path of SQLite's is relative.
        writes: whether this run notes anything.

    Raises:
        ConfigurationError: the address is none, or the ledger is of another version.
        RecordError: it cannot be opened or written, or another job holds it.
    """
    with ExitStack() as stack:
        placed = partial(_placed, folder, writes=writes)
        engine = engine_of(address, password, "ledger", "postgresql+psycopg://notify@db.example/notify", placed)
        stack.callback(engine.dispose)
        with _told(address):
            if path := file_of(engine.url, folder):
                stack.enter_context(_alone(path.with_name(f"{path.name}.lock"), address))
            connection = stack.enter_context(engine.connect())
            _lock(connection, address)
            _prepare(connection, address, writes=writes)
            ledger = Ledger(connection, address, _next_run(connection), writes=writes)
        ledger.doubt()
        ledger.commit()
        try:
            yield ledger
            ledger.commit()
        except BaseException:
            with suppress(RecordError):  # which would hide what went wrong
                ledger.commit()  # what was settled before is true, whatever went wrong after it
            raise
        finally:
            if not writes:
                connection.rollback()


def _placed(folder: Path, url: sa.URL, *, writes: bool) -> sa.URL:
    """The address with the whole path of SQLite's file, so that a ledger has one lock, by whatever link it is reached.

    A run that writes nothing makes no file.
    """
    path = file_of(url, folder)
    if "uri" in url.query or str(url.database).startswith("file:"):
        raise ValueError("SQLite's own addresses are not known here: name the file as sqlite:///notify.db")
    if path is None and url.get_backend_name() == "sqlite":
        what, todo = "this ledger is nowhere: it would be forgotten at the end", "name its file: sqlite:///notify.db"
        raise ConfigurationError([Problem("ledger", what, todo)])
    if path is None:
        return url
    if writes:
        _make(path)
    return url.set(database=IN_MEMORY if not writes and not path.exists() else str(path))


def _make(path: Path) -> None:
    """Make the file, if there is none, so that nobody else reads it: it has the addresses of members."""
    with suppress(OSError):  # what is wrong is told by whoever opens it
        path.touch(mode=0o600)


@contextmanager
def _alone(path: Path, address: str) -> Iterator[None]:
    try:
        file: IO[bytes] = path.open("ab")
    except OSError as wrong:
        todo = "look whether `ledger` names a file in a folder that is there, and let the job write into that folder"
        raise RecordError([Problem(address, f"the ledger cannot be held: {wrong.strerror}", todo)]) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise _held(address) from None
        yield


def _lock(connection: sa.Connection, address: str) -> None:
    name = connection.dialect.name
    if name == "sqlite":
        return
    if name == "postgresql":
        got = connection.execute(sa.text("SELECT pg_try_advisory_lock(:n)"), {"n": _LOCK}).scalar()
    elif name in ("mysql", "mariadb"):
        got = connection.execute(sa.text("SELECT GET_LOCK('inforce-notify', 0)")).scalar()
    else:
        what = f"{name} has no lock that ends with the job that holds it"
        raise ConfigurationError([Problem(address, what, "keep the ledger in SQLite, PostgreSQL, MySQL or MariaDB")])
    connection.commit()
    if not got:
        raise _held(address)


def _held(address: str) -> RecordError:
    todo = "wait until it has ended; two jobs never send at once"
    return RecordError([Problem(address, "another job holds this ledger", todo)])


def _prepare(connection: sa.Connection, address: str, *, writes: bool) -> None:
    if connection.dialect.name == "sqlite" and writes:
        connection.exec_driver_sql("PRAGMA journal_mode = WAL")
        connection.exec_driver_sql("PRAGMA synchronous = NORMAL")
    version = None
    if sa.inspect(connection).has_table(_META.name):
        version = connection.execute(sa.select(_META.c.value).where(_META.c.name == "version")).scalar()
    if version is None:  # a new ledger, or one whose job died while it made the tables
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")  # of its own, `sqlite3` makes tables outside of a transaction
        _TABLES.create_all(connection)
        _keep(connection, "version", VERSION)
        return
    if version != VERSION:
        is_newer = str(version).isdigit() and int(str(version)) > int(VERSION)
        what = f"the ledger is of version {version}, and this job knows version {VERSION}"
        todo = "update the job" if is_newer else "begin a new ledger: what is due by then is taken as told"
        raise ConfigurationError([Problem(address, what, todo)])


def _next_run(connection: sa.Connection) -> int:
    """The number of the run that begins."""
    run = int(connection.execute(sa.select(_META.c.value).where(_META.c.name == "run")).scalar() or 0) + 1
    _keep(connection, "run", str(run))
    return run


def _keep(connection: sa.Connection, name: str, value: str) -> None:
    changed = connection.execute(sa.update(_META).where(_META.c.name == name).values(value=value))
    if not changed.rowcount:
        connection.execute(sa.insert(_META), {"name": name, "value": value})


@contextmanager
def _told(address: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as wrong:
        todo = (
            "look whether `ledger` names it, there is room, the job may read and write it, and nobody else holds it;"
            " nothing goes out that is not noted first"
        )
        raise RecordError([Problem(address, f"the ledger does not answer: {said(wrong)}", todo)]) from None
