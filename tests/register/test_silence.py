"""Of all who ask a database that does not answer, one waits, and the others are told at once."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa
from register.whole_register import NOW, opened, sayings, statement
from sqlalchemy.exc import OperationalError

from inforce.adapters.acceptance.silence import Silence
from inforce.core.errors import UnavailableError

LOCKED = OperationalError(None, None, Exception("database is locked"))


def fail(silence):
    with silence.ended():
        raise LOCKED


def test_while_it_is_silent_one_looks_whether_it_still_is():
    silence, has_come, may_go = Silence(), threading.Event(), threading.Event()

    def look():
        with silence.ended():
            has_come.set()
            may_go.wait()

    with pytest.raises(OperationalError):
        fail(silence)
    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        has_come.wait()
        for _ in range(3):
            with pytest.raises(OperationalError, match="database is locked"), silence.ended():
                pytest.fail("somebody looks already")
        may_go.set()
        looking.result()
    with silence.ended(), silence.ended():
        pass


def test_whoever_looks_and_finds_it_silent_leaves_it_to_the_next():
    silence = Silence()
    for _ in range(3):
        with pytest.raises(OperationalError):
            fail(silence)
    with pytest.raises(ValueError, match="other"), silence.ended():
        raise ValueError("other")
    with silence.ended(), pytest.raises(OperationalError), silence.ended():
        pytest.fail("somebody looks already")
    with silence.ended(), silence.ended():
        pass


def test_answers_that_wait_for_a_locked_register_do_not_wait_one_after_the_other(tmp_path, monkeypatch):
    monkeypatch.setattr("inforce.adapters.acceptance.register_store.PATIENCE", 0.2)
    with opened(tmp_path) as register:
        waits = []
        sa.event.listen(register.engine, "begin", waits.append)
        with closing(sqlite3.connect(tmp_path / "register.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            asked = [register.append_soon(sayings(register, statement(f"u-{n}")), NOW) for n in range(500)]
            assert all(isinstance(one.exception(), UnavailableError) for one in asked)
            assert len(waits) <= 3
            other.execute("ROLLBACK")
        assert register.append_soon(sayings(register, statement()), NOW).result()[0].row.number == 1
