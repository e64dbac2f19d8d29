"""Rows are added one after the other, each chained to the one before, each with its receipt; or nothing is."""

import shutil
import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from register.whole_register import KEYS, NOW, PAGE, SECOND, assert_one_chain, crowded, opened, sayings, statement

from inforce.adapters.acceptance.register_store import Note
from inforce.adapters.databases import Prepared
from inforce.core.acceptance import Decision
from inforce.core.errors import ClockError, NotThereError, Problem, UnavailableError
from inforce.core.register import NO_ROW
from inforce.formats.acceptance.receipt_jws import agrees, read_receipt
from inforce.formats.acceptance.row_json import content_of, digest_of, row_text


class RefusedError(Exception):
    pass


def test_rows_are_chained_and_each_has_its_receipt(tmp_path):
    with opened(tmp_path) as register:
        (first,) = register.append(sayings(register, statement("u-1")), NOW)
        second, third = register.append(
            sayings(register, statement("u-2", Decision.DECLINED), statement("u-2", policy="user-agreement")),
            NOW + SECOND,
        )
        assert [one.row.number for one in (first, second, third)] == [1, 2, 3]
        assert [one.row.previous for one in (first, second, third)] == [NO_ROW, first.digest, second.digest]
        assert [one.row.instant for one in (first, second, third)] == [NOW, NOW + SECOND, NOW + SECOND]
        for one in (first, second, third):
            assert one.digest == digest_of(one.row.previous, content_of(row_text(one.row, register.id)))
            assert agrees(read_receipt(one.receipt, KEYS), one.row, one.digest)
        assert register.rows_of("u-2") == (second.row, third.row)
        assert register.kept_of("u-1") == (first,)
        assert register.presentation(first.row.statement.shown.presentation) == PAGE
        identity = register.id
    with opened(tmp_path, writes=False) as register:
        assert register.id == identity
        assert register.head().number == 3
        assert register.rows_of("nobody") == ()


def test_the_judge_sees_what_was_said_before_and_may_refuse(tmp_path):
    seen = []

    def judge(rows, instant):
        seen.append(([row.number for row in rows], instant))
        if rows:
            raise RefusedError
        return [(statement(), PAGE)]

    with opened(tmp_path) as register:
        ask = replace(sayings(register, statement()), judge=judge)
        register.append(ask, NOW)
        with pytest.raises(RefusedError):
            register.append(ask, NOW + SECOND)
        assert seen == [([], NOW), ([1], NOW + SECOND)]
        assert register.head().number == 1


def test_what_is_noted_in_the_same_transaction_stands_or_falls_with_it(tmp_path):
    table = sa.Table("answered", sa.MetaData(), sa.Column("subject", sa.Text), sa.Column("number", sa.Integer))
    with opened(tmp_path) as register:
        with register.writing() as connection:
            table.create(connection)
            connection.execute(sa.insert(table), [{"subject": "u-1"}, {"subject": "u-2"}])
        is_open = sa.and_(table.c.subject == sa.bindparam("who"), table.c.number.is_(None))
        change = sa.update(table).where(is_open).values(number=sa.bindparam("row"))
        statement_of_note = Prepared(change, register.engine.dialect)

        def note(who):
            return lambda kept: Note(statement_of_note, {"who": who, "row": kept[0].row.number}, RefusedError())

        register.append(sayings(register, statement(), mark=note("u-1")), NOW)
        for who in ("u-1", "u-3"):
            with pytest.raises(RefusedError):
                register.append(sayings(register, statement("u-2"), mark=note(who)), NOW)
        with register.reading() as connection:
            found = connection.execute(sa.select(table).order_by(table.c.subject)).all()
        assert [tuple(one) for one in found] == [("u-1", 1), ("u-2", None)]
        assert register.rows_of("u-2") == ()


def test_a_clock_that_is_a_little_behind_is_not_believed_and_one_far_behind_stops_everything(tmp_path):
    with opened(tmp_path) as register:
        register.append(sayings(register, statement()), NOW)
        (kept,) = register.append(sayings(register, statement()), NOW - timedelta(minutes=5))
        assert kept.row.instant == NOW
        with pytest.raises(ClockError, match="the clock says 2018-04-20T02:54:59"):
            register.append(sayings(register, statement()), NOW - timedelta(minutes=5, seconds=1))
        assert register.head().number == 2


def test_many_at_once_make_one_chain(tmp_path):
    with opened(tmp_path) as register, opened(tmp_path) as other:
        assert_one_chain(crowded(register, other))


def test_one_that_fails_takes_nobody_with_it(tmp_path):
    """While one writes, others gather; they are written together, and one of them cannot be."""
    gathered = threading.Event()

    def wait(*_):
        assert gathered.wait(30)
        return [(statement("u-0"), PAGE)]

    def fail(*_):
        raise RefusedError

    with opened(tmp_path) as register:
        outcomes = {}

        def say(number, ask):
            try:
                outcomes[number] = register.append(ask, NOW)
            except RefusedError:
                outcomes[number] = None

        asks = [replace(sayings(register, statement("u-0")), judge=wait)]
        asks += [
            sayings(register, statement(f"u-{number}"), mark=fail if number == 3 else None) for number in range(1, 6)
        ]
        threads = [threading.Thread(target=say, args=each) for each in enumerate(asks)]
        threads[0].start()
        while not register._together._is_worked:
            pass
        for thread in threads[1:]:
            thread.start()
        while len(register._together._waiting) < 5:
            pass
        gathered.set()
        for thread in threads:
            thread.join()
        assert {number for number, kept in outcomes.items() if kept is None} == {3}
        assert register.head().number == 5
        assert register.rows_of("u-3") == ()


def test_what_a_judge_cannot_get_keeps_nobody_else_waiting(tmp_path):
    """The archive does not answer, say: that is no fault of the database, which is there for all others."""
    asked, gathered = threading.Event(), threading.Event()

    def judge(*_):
        asked.set()
        assert gathered.wait(30)
        raise UnavailableError([Problem("archive", "it does not answer", "look there")])

    with opened(tmp_path) as register:
        first = register.append_soon(replace(sayings(register, statement()), judge=judge), NOW)
        assert asked.wait(30)
        second = register.append_soon(sayings(register, statement("u-2")), NOW)
        gathered.set()
        with pytest.raises(UnavailableError, match="it does not answer"):
            first.result()
        assert [one.row.number for one in second.result()] == [1]


def test_a_locked_or_broken_register_promises_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("inforce.adapters.acceptance.register_store.PATIENCE", 0.05)
    with opened(tmp_path) as register:
        register.append(sayings(register, statement()), NOW)
        with closing(sqlite3.connect(tmp_path / "register.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(UnavailableError, match="database is locked"):
                register.append(sayings(register, statement()), NOW)
            other.execute("ROLLBACK")
        register.append(sayings(register, statement()), NOW)
        assert register.head().number == 2


def test_nothing_is_changed_or_deleted(tmp_path):
    with opened(tmp_path) as register:
        register.append(sayings(register, statement()), NOW)
        for change in (
            "UPDATE inforce_acceptances SET subject = 'somebody else'",
            "DELETE FROM inforce_acceptances",
            "DELETE FROM inforce_receipts",
            "UPDATE inforce_presentations SET data = x'00'",
        ):
            with pytest.raises(UnavailableError, match="ever changed or deleted"), register.writing() as connection:
                connection.execute(sa.text(change))


def test_a_register_that_is_not_there_is_not_made_by_asking(tmp_path):
    with pytest.raises(NotThereError, match="there is no register yet"), opened(tmp_path, writes=False):
        pass
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["register.db", "register.db-wal"])
@pytest.mark.parametrize("becomes", ["removed", "another"])
def test_a_file_that_is_gone_or_another_one_takes_nothing(tmp_path, name, becomes):
    """What would be written into the file without a name is lost, and so is promised to nobody."""
    path = tmp_path / name
    with opened(tmp_path) as register:
        register.append(sayings(register, statement("u-1")), NOW)
        path.rename(tmp_path / "away")
        if becomes == "another":
            shutil.copy(tmp_path / "away", path)
        with pytest.raises(UnavailableError, match="another one was put in its place; start the app anew"):
            register.append(sayings(register, statement("u-2")), NOW)
        if name == "register.db":
            for ask in (register.head, lambda: register.rows_of("u-1"), lambda: list(register.stored())):
                with pytest.raises(UnavailableError, match="the file is gone"):
                    ask()
        (tmp_path / "away").rename(path)
        register.append(sayings(register, statement("u-2")), NOW)
        assert register.head().number == 2


def test_a_file_that_goes_while_a_row_is_written_gives_no_receipt(tmp_path):
    def judge(*_):
        (tmp_path / "register.db").unlink()
        return [(statement(), PAGE)]

    with opened(tmp_path) as register, pytest.raises(UnavailableError, match="the file is gone"):
        register.append(replace(sayings(register, statement()), judge=judge), NOW)
