"""Jobs that are killed at any instant, and jobs that run at once: everybody gets one mail, or stands once in doubt."""

import json
import random
import sqlite3
import threading
import time
from collections import defaultdict

import psycopg
import pytest
from notify.mail_server import receiving

HELD = "another job holds this ledger"


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request):
    """What `notify.yml` says of the ledger."""
    return "" if request.param == "sqlite" else f"ledger: {request.getfixturevalue('postgresql')}\n"


def noted(job, ledger):
    """The state and the key of each delivery, by address."""
    asked = "SELECT address, state, key FROM inforce_deliveries"
    if ledger:
        address = ledger.removeprefix("ledger: ").strip().replace("+psycopg", "")
        with psycopg.connect(address) as connection:
            return {address: (state, key) for address, state, key in connection.execute(asked)}
    connection = sqlite3.connect(job.folder / "notify.db")
    try:
        return {address: (state, key) for address, state, key in connection.execute(asked)}
    finally:
        connection.close()


def arrived(server):
    """The Message-IDs of what came, by address."""
    came = defaultdict(list)
    for address, mail in zip(server.recipients, server.mails, strict=True):
        came[address].append(mail["Message-ID"])
    return came


def killed_at(job, server, ledger, count, later):
    """Start the job, and kill it some time after so many mails in all have come."""
    with job.started(server.port, more=ledger) as running:
        while len(server.recipients) < count and running.poll() is None:
            time.sleep(0.001)
        time.sleep(later)
        running.kill()


def killed_between_data_and_the_note(job, server, ledger):
    """Start the job, and kill it when its next mail has come, before that is answered; whom that was for."""
    last = []
    with job.started(server.port, more=ledger) as running:

        def kill(address):
            running.kill()
            last.append(address)

        server.at_data = kill
        running.wait()
    server.at_data = lambda _: None
    return last


def finished(job, server, ledger, *options):
    """Run the job to its end, as soon as the database has seen that the one before died; its summary."""
    while HELD in (ended := job.command(server.port, "--json", *options, more=ledger)).stderr:
        continue
    return ended.returncode, json.loads(ended.stdout)


@pytest.mark.parametrize(
    ("ledger", "many", "kills"), [("sqlite", 1000, 4), ("postgresql", 100, 1)], indirect=["ledger"]
)
def test_whatever_kills_the_job_everybody_gets_one_mail_or_a_line_in_doubt(job, ledger, many, kills):
    everybody = {f"m{number}@members.example" for number in range(many)}
    job.members(*everybody)
    chance = random.Random(many)
    with receiving() as server:
        if not ledger:
            killed_at(job, server, ledger, 0, chance.uniform(0, 0.8))  # perhaps while the ledger is made
        for count in sorted(chance.sample(range(1, many - many // 10), kills)):
            killed_at(job, server, ledger, count, chance.uniform(0, 0.003))
        last = killed_between_data_and_the_note(job, server, ledger)
        status, summary = finished(job, server, ledger)
        before, states = arrived(server), noted(job, ledger)
        doubtful = {one["to"] for one in summary["listed"]}
        assert status == 1
        assert {one["state"] for one in summary["listed"]} == {"in doubt"}
        assert states.keys() == everybody, "nobody is forgotten"
        assert doubtful == {address for address, (state, _) in states.items() if state != "sent"}
        assert all(len(before[address]) == 1 for address in everybody - doubtful), "what is noted as sent came once"
        assert all(len(before[address]) <= 1 for address in doubtful), "nobody gets two"
        assert set(last) <= doubtful
        assert len(last) == 1
        assert len(doubtful) <= kills + 2, "only what was on its way"

        again = finished(job, server, ledger, "--resend-doubtful")
        after = arrived(server)
    assert again[0] == 0
    assert again[1]["sent"] == len(doubtful)
    assert all(after[address] == before[address] for address in everybody - doubtful)
    for address in doubtful:
        assert after[address] == [f"<{states[address][1][:40]}@qstore.example>"] * (len(before[address]) + 1)


def test_of_jobs_that_start_at_once_one_tells_everybody(job, ledger):
    everybody = {f"m{number}@members.example" for number in range(30)}
    job.members(*everybody)
    with receiving() as server:
        came, go_on = threading.Event(), threading.Event()

        def hold(_):
            came.set()
            go_on.wait(20)

        server.at_data = hold
        with (
            job.started(server.port, "--json", more=ledger) as first,
            job.started(server.port, "--json", more=ledger) as second,
        ):
            came.wait(60)
            while first.poll() is None and second.poll() is None:
                time.sleep(0.001)
            loser, winner = (first, second) if second.poll() is None else (second, first)
            assert loser.returncode == 1
            out, err = loser.communicate()
            assert (out, err.splitlines()[0].endswith(HELD), len(err.splitlines())) == ("", True, 2)
            go_on.set()
            out, _ = winner.communicate()
            assert (winner.returncode, json.loads(out)["sent"]) == (0, 30)
        assert finished(job, server, ledger)[1]["sent"] == 0
    assert sorted(server.recipients) == sorted(everybody)
