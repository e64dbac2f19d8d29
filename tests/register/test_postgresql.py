"""The register in a real PostgreSQL."""

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
import sqlalchemy as sa
from register.whole_register import (
    KEYS,
    NOW,
    PAGE,
    assert_one_chain,
    crowded,
    filled,
    opened,
    sayings,
    signed,
    statement,
)

from inforce.adapters.acceptance.register_store import _Wanted
from inforce.core.acceptance import Decision
from inforce.core.errors import NotThereError, UnavailableError
from inforce.formats.acceptance.head_jws import read_head
from inforce.workflows.acceptance.check_register import Check


def test_postgresql_keeps_the_register(tmp_path, postgresql):
    with pytest.raises(NotThereError, match="no register in this database"), opened(tmp_path, postgresql, writes=False):
        pass
    with opened(tmp_path, postgresql) as register:
        filled(register, 5)
        both = statement("u-6", Decision.DECLINED), statement("u-6", policy="user-agreement")
        kept = register.append(sayings(register, *both), NOW)
        head = signed(register)
    with opened(tmp_path, postgresql, writes=False) as register:
        assert register.rows_of("u-6") == tuple(one.row for one in kept)
        assert register.kept_of("u-6") == kept
        assert register.numbers_about("u-6") == (6, 7)
        assert register.presentation(kept[0].row.statement.shown.presentation) == PAGE
        assert read_head(head, KEYS).number == register.head().number == 7
        assert [rows[0].statement.subject for rows in register.rows_by_subject()] == [f"u-{n}" for n in range(1, 7)]
        assert [row.number for row in register.rows_about("privacy-policy", "2018-04-10")] == [1, 2, 3, 4, 5, 6]
        check = Check(register, KEYS, with_receipts=True)
        assert list(check.flaws()) == []
        assert (check.checked.rows, check.checked.heads) == (7, 1)
        with pytest.raises(UnavailableError, match="read-only transaction"):
            register.append(sayings(register, statement()), NOW)


def test_two_servers_write_one_chain(tmp_path, postgresql):
    with opened(tmp_path, postgresql) as register, opened(tmp_path, postgresql) as other:
        assert_one_chain(crowded(register, other))


def test_two_servers_write_one_chain_where_a_transaction_would_see_what_was_before_it_waited(tmp_path, postgresql):
    with psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET default_transaction_isolation = serializable")
    with opened(tmp_path, postgresql) as register, opened(tmp_path, postgresql) as other:
        with ThreadPoolExecutor(2) as pool, register.writing() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({0x1F0ACC})")
            waiting = pool.submit(other.append, sayings(other, statement("u-2")), NOW)
            while not connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE NOT granted").all():
                pass
            register._added(connection, [_Wanted(sayings(register, statement("u-1")), NOW)])
        assert waiting.result()[0].row.number == 2
        assert [one[0] for one in register.stored()] == [1, 2]


def test_two_servers_sign_one_head(tmp_path, postgresql):
    with opened(tmp_path, postgresql) as register, opened(tmp_path, postgresql) as other:
        filled(register, 3)
        texts, start = [], threading.Barrier(8)

        def sign(one):
            start.wait()
            texts.append(signed(one))

        threads = [threading.Thread(target=sign, args=((register, other)[number % 2],)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(texts) == 8
        assert set(texts) == {register.last_signed_head()}


def test_nothing_is_changed_deleted_or_emptied(tmp_path, postgresql):
    with opened(tmp_path, postgresql) as register:
        filled(register, 1)
        for change in (
            "UPDATE inforce_acceptances SET subject = 'somebody else'",
            "DELETE FROM inforce_receipts",
            "TRUNCATE inforce_acceptances",
        ):
            with pytest.raises(UnavailableError, match="ever changed or deleted"), register.writing() as connection:
                connection.execute(sa.text(change))


def test_what_is_committed_is_on_the_disk_even_where_the_database_is_told_not_to_wait(tmp_path, postgresql):
    with psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET synchronous_commit = off")
    with opened(tmp_path, postgresql) as register, register.writing() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"


def test_a_lock_that_nobody_gives_back_is_not_waited_for_for_ever(tmp_path, postgresql, monkeypatch):
    monkeypatch.setattr("inforce.adapters.acceptance.register_store.PATIENCE", 0.1)
    with opened(tmp_path, postgresql) as register:
        filled(register, 1)
        with opened(tmp_path, postgresql) as other, other.writing() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({0x1F0ACC})")
            with pytest.raises(UnavailableError, match="lock timeout"):
                register.append(sayings(register, statement()), NOW)
        filled(register, 1, begin=2)


def test_a_database_that_went_away_comes_back(tmp_path, postgresql):
    with opened(tmp_path, postgresql) as register:
        filled(register, 1)
        with psycopg.connect(postgresql.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            )
        with pytest.raises(UnavailableError, match="does not answer"):
            register.append(sayings(register, statement()), NOW)
        filled(register, 1, begin=2)
        assert list(Check(register, KEYS).flaws()) == []
