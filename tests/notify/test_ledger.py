"""Ledgers that cannot be read, written or held: one clear message, and nothing is lost or sent twice."""

import os
import resource
import shutil
import sqlite3
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from notify.mail_server import receiving
from notify.whole_job import TELL, Job

from inforce.core.errors import ConfigurationError, RecordError
from inforce.workflows.notify_report import How

DRY = How(tells_what_is_due=True, is_dry=True)
QUICK = "ledger: sqlite:///notify.db?timeout=0.05\n"
KIM, LEE = "kim@members.example", "lee@members.example"
NOBODY = 65534


def database(job, **options):
    return closing(sqlite3.connect(job.folder / "notify.db", **options))


def refusal(job, server, **options):
    """What is wrong with the ledger, and that nobody got anything."""
    count = len(server.mails)
    with pytest.raises(RecordError) as told:
        job.run(server.port, **options)
    (problem,) = told.value.problems
    assert len(server.mails) == count
    return problem.what


def no_database(path):
    path.write_text("address,registered\n" * 100)


def cut(path):
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (Path.mkdir, "the ledger does not answer: unable to open database file"),
        (no_database, "the ledger does not answer: file is not a database"),
    ],
)
def test_what_is_no_database_is_told_and_left_as_it_is(job, spoil, what):
    path = job.folder / "notify.db"
    spoil(path)
    before = path.is_file() and path.read_bytes()
    with receiving() as server:
        assert refusal(job, server) == what
        assert (path.is_file() and path.read_bytes()) == before
        path.rename(job.folder / "another")
        assert job.run(server.port).sent == 2


def test_a_ledger_that_was_cut_is_told(job):
    with receiving() as server:
        job.run(server.port)
        cut(job.folder / "notify.db")
        assert refusal(job, server) == "the ledger does not answer: database disk image is malformed"


def test_a_ledger_that_lost_a_table_is_told(job):
    with receiving() as server:
        job.run(server.port)
        with database(job) as connection:
            connection.execute("DROP TABLE inforce_deliveries")
        assert refusal(job, server) == "the ledger does not answer: no such table: inforce_deliveries"


def test_a_folder_that_is_not_there_is_told(job):
    with receiving() as server:
        what = refusal(job, server, more="ledger: sqlite:///nowhere/notify.db\n")
    assert what == "the ledger cannot be held: No such file or directory"


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("sqlite://", "forgotten at the end"),
        ("sqlite:///:memory:", "forgotten at the end"),
        ("sqlite:///notify.db?mode=ro&uri=true", "name the file"),
        ("sqlite:///file:notify.db", "name the file"),
        ("oracle://notify@db.example/notify", "this ledger cannot be opened"),
    ],
)
def test_an_address_that_can_be_no_ledger_is_told(job, address, what):
    with receiving() as server, pytest.raises(ConfigurationError, match=what):
        job.run(server.port, more=f"ledger: '{address}'\n")
    assert server.mails == []
    assert sorted(path.name for path in job.folder.iterdir()) == ["members.csv", "notify.yml", "site"]


@pytest.mark.parametrize("is_new", [True, False])
@pytest.mark.parametrize("how", [TELL, DRY])
def test_a_ledger_that_somebody_else_writes_into_is_told(job, is_new, how):
    with receiving() as server:
        if not is_new:
            job.run(server.port, How())
        with database(job) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            assert refusal(job, server, how=how, more=QUICK) == "the ledger does not answer: database is locked"
        assert job.run(server.port).sent == (2 if is_new else 0)


def test_a_ledger_that_is_taken_away_in_the_middle_leaves_a_doubt_and_loses_nobody(job):
    with receiving() as server, database(job, check_same_thread=False) as holder:
        server.at_data = lambda _: holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(RecordError, match="database is locked"):
            job.run(server.port, more=QUICK)
        server.at_data = lambda _: None
        holder.rollback()
        report = job.run(server.port)
        assert [(one.state, one.to) for one in report.listed] == [("in doubt", KIM)]
        assert server.recipients == [KIM, LEE]


@contextmanager
def full():
    """No file grows beyond what the ledger has by now and a little."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_disk_that_is_full_stops_the_job_and_loses_nobody(job):
    everybody = [f"m{number}@members.example" for number in range(60)]
    job.members(*everybody)
    with receiving() as server:
        with full(), pytest.raises(RecordError, match=r"does not answer: (database or disk is full|disk I/O error)"):
            job.run(server.port)
        assert len(server.mails) < len(everybody)
        (doubtful,) = job.run(server.port).listed
        assert doubtful.state == "in doubt"
    assert len(server.recipients) == len(set(server.recipients))
    assert set(server.recipients) | {doubtful.to} == set(everybody)


@pytest.fixture
def shared():
    """A job in a folder that others can enter; who runs as root is nobody in the block that it gives."""
    folder = Path(tempfile.mkdtemp(prefix="inforce-ledger-"))
    folder.chmod(0o755)
    (folder / "job").mkdir()
    yield Job(folder / "job")
    shutil.rmtree(folder)


@contextmanager
def as_nobody(job):
    """Root may write into anything, so root is somebody else in this block."""
    if os.geteuid():
        yield
        return
    for path in (job.folder, *job.folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    ("modes", "what"),
    [
        ({"notify.db": 0o444}, "the ledger does not answer: attempt to write a readonly database"),
        ({"notify.db": 0o000}, "the ledger does not answer: unable to open database file"),
        ({"notify.db.lock": 0o444}, "the ledger cannot be held: Permission denied"),
        ({".": 0o555}, "the ledger does not answer: attempt to write a readonly database"),
    ],
)
def test_a_ledger_that_may_not_be_written_is_told(shared, modes, what):
    with receiving() as server:
        shared.run(server.port, How())
        shared.site.post("2018-04-20")
        shared.site.write()
        for name, mode in modes.items():
            (shared.folder / name).chmod(mode)
        with as_nobody(shared):
            assert refusal_as_set_up(shared) == what
        assert server.mails == []
        for name in modes:
            (shared.folder / name).chmod(0o755)
        assert shared.run(server.port).sent == 2


def refusal_as_set_up(job):
    with pytest.raises(RecordError) as told:
        job.run_as_set_up()
    (problem,) = told.value.problems
    return problem.what


def test_a_ledger_whose_job_died_while_it_was_made_is_made(job):
    with receiving() as server:
        job.run(server.port, How())
        with database(job) as connection:
            for table in ("meta", "notices", "deliveries"):
                connection.execute(f"DELETE FROM inforce_{table}")
            connection.commit()
        assert job.run(server.port).sent == 2


@pytest.mark.parametrize("begun", ["empty", "with a claim"])
def test_a_dry_run_leaves_a_ledger_as_it_is(job, begun):
    path = job.folder / "notify.db"
    with receiving(refuse={KIM: "450 4.7.1 later"}) as server:
        path.touch()
        if begun == "with a claim":
            job.run(server.port)
            with database(job) as connection:
                connection.execute("UPDATE inforce_deliveries SET state = 'claimed' WHERE state = 'failed'")
                connection.commit()
            job.site.post("2018-04-20")
            job.site.write()
        count, before = len(server.mails), path.read_bytes()
        assert len(job.run(server.port, DRY).shown) == 2
        assert (len(server.mails), path.read_bytes()) == (count, before)


def test_postgresql_that_is_not_there_is_told(job, cluster):
    with receiving() as server:
        address = f"postgresql+psycopg://notify@127.0.0.1:{cluster}/nowhere"
        assert 'database "nowhere" does not exist' in refusal(job, server, more=f"ledger: {address}\n")
        assert "Connection refused" in refusal(job, server, more="ledger: postgresql+psycopg://notify@127.0.0.1:1/x\n")


def test_postgresql_that_lets_nobody_write_is_told(job, postgresql):
    with psycopg.connect(postgresql.replace("+psycopg", "")) as connection:
        connection.execute("CREATE ROLE reader LOGIN")
    with receiving() as server:
        address = postgresql.replace("notify@", "reader@")
        what = "the ledger does not answer: permission denied for schema public"
        assert refusal(job, server, more=f"ledger: {address}\n") == what


def test_postgresql_that_goes_in_the_middle_leaves_a_doubt_and_loses_nobody(job, postgresql):
    address, ledger = postgresql.replace("+psycopg", ""), f"ledger: {postgresql}\n"

    def end_all(_):
        with psycopg.connect(address, autocommit=True) as connection:
            ended = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            connection.execute(f"{ended} WHERE datname = current_database() AND pid <> pg_backend_pid()")

    with receiving() as server:
        server.at_data = end_all
        with pytest.raises(RecordError, match="the ledger does not answer: terminating connection") as told:
            job.run(server.port, more=ledger)
        assert len(told.value.problems) == 1
        server.at_data = lambda _: None
        assert [(one.state, one.to) for one in job.run(server.port, more=ledger).listed] == [("in doubt", KIM)]
    assert server.recipients == [KIM, LEE]
