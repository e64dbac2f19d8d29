"""The ledger and the recipients in a real PostgreSQL."""

from datetime import timedelta

import psycopg
import pytest
from notify.mail_server import receiving
from notify.whole_job import NOW, TELL

from inforce.adapters.notify.ledger_store import open_ledger
from inforce.core.errors import RecordError


def test_postgresql_keeps_the_ledger_and_one_job_holds_it(job, tmp_path, postgresql):
    ledger = f"ledger: {postgresql}\n"
    with receiving(refuse={"kim@members.example": "450 4.7.1 come back later"}) as server:
        assert job.run(server.port, more=ledger).sent == 1
        server.refuse.clear()
        with open_ledger(postgresql, None, tmp_path), pytest.raises(RecordError, match="another job holds"):
            job.run(server.port, more=ledger)
        assert job.run(server.port, now=NOW + timedelta(minutes=5), more=ledger).sent == 1
        assert job.run(server.port, TELL, more=ledger).sent == 0
    assert server.recipients == ["lee@members.example", "kim@members.example"]


@pytest.fixture
def shop(job, postgresql):
    """The job asks a shop for its members: a function that sets the query, and returns the address."""
    with psycopg.connect(postgresql.replace("+psycopg", "")) as connection:
        connection.execute(
            """
            CREATE SEQUENCE numbers;
            CREATE TABLE members (id BIGINT, mail TEXT, joined TIMESTAMPTZ, day TIMESTAMP, name TEXT);
            INSERT INTO members VALUES
                (1, 'kim@members.example', '2016-02-01 10:00+09', '2016-02-01 10:00', '100% Kim'),
                (2, 'lee@members.example', '2018-04-10 08:59:59.999+09', '2018-04-10', NULL),
                (3, 'late@members.example', '2018-04-10 09:00+09', '2018-04-10', ''),
                (4, 'park', '2016-02-01 10:00+09', '2016-02-01 10:00', NULL),
                (5, 'never@members.example', NULL, NULL, E'A\\nBcc: all@members.example')
            """
        )

    def ask(query):
        job.recipients = f"  database: {postgresql}\n  query: {query}\n"
        return postgresql

    return ask


def test_who_is_told_is_asked_of_postgresql(job, shop):
    address = shop("SELECT id AS subject, mail AS address, joined AS registered, name FROM members WHERE mail LIKE '%'")
    with receiving() as server:
        report = job.run(server.port)
    assert server.recipients == ["kim@members.example", "lee@members.example"]
    assert [mail["To"].addresses[0].display_name for mail in server.mails] == ["100% Kim", ""]
    assert server.mails[1]["List-Unsubscribe"] == "<https://qstore.example/off?who=2>"
    assert [(one.path, one.what) for one in report.problems] == [
        (address, "row 4: `park` is no mail address: it has no `@` with something on both sides"),
        (address, "row 5: the name holds U+000A, which cannot be seen and may not stand there"),
    ]


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("DELETE FROM members", 'the recipients cannot be read: syntax error at or near "DELETE"'),
        (
            "WITH gone AS (DELETE FROM members RETURNING *) SELECT mail AS address, joined AS registered FROM gone",
            "the recipients cannot be read: DECLARE CURSOR must not contain data-modifying statements in WITH",
        ),
        (
            "SELECT setval('numbers', 5)::text AS address, now() AS registered",
            "the recipients cannot be read: cannot execute setval() in a read-only transaction",
        ),
        ("SELECT mail AS address FROM nobody", 'the recipients cannot be read: relation "nobody" does not exist'),
        ("SELECT mail AS address FROM members", "the column `registered` is missing"),
    ],
)
def test_a_query_that_finds_no_recipients_sends_nothing_and_changes_nothing(job, shop, query, what):
    address = shop(query)
    with receiving() as server:
        report = job.run(server.port)
        assert [(problem.path, problem.what) for problem in report.problems] == [(address, what)]
        assert server.mails == []
        shop("SELECT mail AS address, joined AS registered FROM members LIMIT 2")
        assert job.run(server.port).sent == 2


def test_a_time_of_registration_without_a_zone_is_told_row_by_row(job, shop):
    shop("SELECT mail AS address, day AS registered FROM members LIMIT 2")
    with receiving() as server:
        report = job.run(server.port)
    assert server.mails == []
    assert [one.what.partition(":")[0] for one in report.problems] == ["row 1", "row 2"]
    assert "`2016-02-01 10:00:00` does not say in which zone" in report.problems[0].what
