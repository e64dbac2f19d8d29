"""`inforce notify`: what it prints, with which status it ends, and how it is asked to end."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from notify.mail_server import receiving
from notify.pulled_site import INDEX, serving, status

KIM, LEE, PARK = "kim@members.example", "lee@members.example", "park@members.example"
NOTICE = "tag:qstore.example,2014:notices/privacy-policy/2018-04-10/posted"
NUMBERS = {"cancelled": 0, "doubtful": 0, "expired": 0, "failed": 0, "notices": 1, "seen": 0, "sent": 0, "told": 1}


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_a_job_that_is_asked_to_end_ends_after_the_delivery_in_hand(job, sign):
    job.members(KIM, LEE, PARK)
    with receiving() as server, job.started(server.port) as running:
        server.at_data = lambda address: address == LEE and running.send_signal(sign)
        out, err = running.communicate()
        assert (running.returncode, server.recipients) == (0, [KIM, LEE])
        assert out.endswith("; 2 sent, 0 failed, 0 in doubt\n")
        assert err == "job: warning: the run was ended early\n  nothing is lost: the next run goes on\n"
        rest = job.command(server.port)
    assert (rest.returncode, rest.stderr, server.recipients) == (0, "", [KIM, LEE, PARK])


def test_a_job_that_waits_for_its_rate_ends_when_it_is_asked_to(job):
    with receiving() as server, job.started(server.port, more="rate: 1 per hour\n") as running:
        server.at_data = lambda _: running.send_signal(signal.SIGTERM)
        running.communicate()
        assert (running.returncode, server.recipients) == (0, [KIM])


def test_a_job_that_waits_for_its_next_run_ends_when_it_is_asked_to(job):
    with receiving() as server, job.started(server.port, "--every", "9h") as running:
        assert running.stdout.readline().endswith("; 2 sent, 0 failed, 0 in doubt\n")
        running.send_signal(signal.SIGTERM)
        assert running.communicate() == ("", "")
        assert running.returncode == 0


def test_a_job_that_waits_for_a_site_in_trouble_ends_when_it_is_asked_to(job):
    with receiving() as server, serving(job.site.folder) as web:
        job.place, web.odd[INDEX] = web.root, [status(503, Retry_After="50")]
        with job.started(server.port) as running:
            while not web.asked:
                assert running.poll() is None
                time.sleep(0.001)
            running.send_signal(signal.SIGTERM)
            out, err = running.communicate()
        assert (running.returncode, err.splitlines()[0]) == (0, "job: warning: the run was ended early")
        assert out.endswith("; 0 sent, 0 failed, 0 in doubt\n")
        assert job.command(server.port).returncode == 0
    assert server.recipients == [KIM, LEE]


def test_no_signal_is_waited_for_by_the_job_that_it_interrupts():
    rounds = """
import signal, threading
from inforce.cli.notices import _Ending
ask = lambda: signal.pthread_kill(threading.main_thread().ident, signal.SIGTERM)
for _ in range(20):
    ending = _Ending()
    threading.Timer(0.002, ask).start()
    while not ending.wait(0):
        pass
"""
    assert subprocess.run([sys.executable, "-c", rounds], check=False, timeout=30).returncode == 0


def test_a_job_that_runs_again_and_again_goes_on_after_a_run_that_could_not(job):
    with receiving() as server, job.started(server.port, "--every", "1s") as running:
        assert "2 sent" in running.stdout.readline()
        job.site.put("notices/index.json", b"{")
        assert "notices/index.json" in running.stderr.readline()
        assert running.stderr.readline().startswith("  ")
        job.site.post("2018-04-20", expires="2999-01-01T00:00:00Z")
        job.site.write()
        while "2 notices" not in (line := running.stdout.readline()):
            assert line
        assert line.endswith("; 2 sent, 0 failed, 0 in doubt\n")
        running.send_signal(signal.SIGTERM)
        running.communicate()
        assert running.returncode == 0
    assert server.recipients == [KIM, LEE, KIM, LEE]


def test_a_rate_is_kept_by_a_wait_after_each_delivery(job):
    waits = []
    with receiving(refuse={KIM: "550 5.1.1 nobody here"}) as server:
        job.run(server.port, more="rate: 90 per minute\n", wait=waits.append)
    assert [one for one in waits if one] == [1 / 1.5] * 2


def test_the_summary_says_what_was_done_and_the_rest_goes_to_standard_error(job):
    job.members(KIM, LEE, PARK, "nobody")
    with receiving(refuse={KIM: "550 5.1.1 nobody here"}, drop_after={LEE}) as server:
        ended = job.command(server.port)
    assert ended.returncode == 1
    assert ended.stdout == ("1 notice, 1 told, 0 taken as seen, 0 cancelled, 0 expired; 1 sent, 1 failed, 1 in doubt\n")
    lost = "the connection broke after the mail, before the answer: Connection unexpectedly closed"
    assert ended.stderr.splitlines() == [
        "members.csv:5: `nobody` is no mail address: it has no `@` with something on both sides",
        "  mend the line; the others are read all the same",
        f"mail: {NOTICE} to {KIM}: failed: 550 5.1.1 nobody here",
        f"mail: {NOTICE} to {LEE}: in doubt: {lost}",
    ]


def test_json_says_the_same_to_programs(job):
    job.members(KIM, LEE, "nobody")
    with receiving(refuse={KIM: "550 5.1.1 nobody here"}) as server:
        ended = job.command(server.port, "--json")
    error = {"error": "550 5.1.1 nobody here", "is_tried_again": False}
    listed = {"channel": "mail", "notice": NOTICE, "state": "failed", "to": KIM, **error}
    assert json.loads(ended.stdout) == {**NUMBERS, "failed": 1, "sent": 1, "listed": [listed], "would_send": []}
    assert ended.stdout == json.dumps(json.loads(ended.stdout), indent=2, sort_keys=True) + "\n"
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[0].startswith("members.csv:4: `nobody` is no mail address")


def test_a_doubt_is_told_at_each_run_until_a_person_settles_it(job):
    line = f"mail: {NOTICE} to {KIM}: in doubt: the connection broke after the mail, before the answer:"
    with receiving(drop_after={KIM}) as server:
        for _ in range(2):
            ended = job.command(server.port, more="attempts: 1\n")
            assert (ended.returncode, ended.stdout[-13:], line in ended.stderr) == (1, ", 1 in doubt\n", True)
        listed = job.command(server.port, "--list")
        assert (listed.returncode, listed.stdout.splitlines()[1]) == (0, "1 delivery failed or in doubt")
        assert listed.stdout.startswith(line)
        (one,) = json.loads(job.command(server.port, "--list", "--json").stdout)["listed"]
        assert (one["to"], one["state"], one["is_tried_again"]) == (KIM, "in doubt", False)
        assert job.command(server.port, "--settle-doubtful").returncode == 0
        assert job.command(server.port, "--list").stdout == "0 deliveries failed or in doubt\n"
    assert server.recipients == [KIM, LEE]


def test_a_failure_is_told_once_and_tried_again_when_a_person_says_so(job):
    with receiving(refuse={KIM: "550 5.1.1 nobody here"}) as server:
        first, second = job.command(server.port), job.command(server.port)
        assert f"mail: {NOTICE} to {KIM}: failed: 550 5.1.1 nobody here" in first.stderr.splitlines()
        assert (first.returncode, second.returncode, KIM in second.stderr) == (1, 0, False)
        assert "failed: 550 5.1.1 nobody here" in job.command(server.port, "--list").stdout
        server.refuse.clear()
        assert "; 1 sent, 0 failed" in job.command(server.port, "--retry-failed").stdout
    assert server.recipients == [LEE, KIM]


def test_an_alarm_is_told_and_answers_nothing(job):
    with receiving() as server:
        assert job.command(server.port, "--json").returncode == 0
        job.site.entries[0]["change"] = "editorial"
        ended = job.command(server.port, "--json")
        assert len(server.mails) == 2
    assert (ended.returncode, ended.stdout) == (1, "")
    what, todo = ended.stderr.splitlines()
    assert "no longer says" in what
    assert todo.startswith("  ")


def test_a_dry_run_shows_who_would_get_what_and_leaves_nothing(job):
    before = sorted(job.folder.rglob("*"))
    with receiving() as server:
        ended = job.command(server.port, "--dry-run")
        as_json = json.loads(job.command(server.port, "--dry-run", "--json").stdout)
        assert server.mails == []
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.splitlines() == [
        f"would send by mail: {NOTICE} to {KIM}",
        f"would send by mail: {NOTICE} to {LEE}",
        "1 notice, 1 told, 0 taken as seen, 0 cancelled, 0 expired; 0 sent, 0 failed, 0 in doubt",
    ]
    shown = [{"channel": "mail", "notice": NOTICE, "to": whom} for whom in (KIM, LEE)]
    assert as_json == {**NUMBERS, "listed": [], "would_send": shown}
    assert sorted(job.folder.rglob("*")) == sorted([*before, job.folder / "notify.yml"])


@pytest.mark.parametrize(
    ("options", "more", "status", "said"),
    [
        (["--every", "0s"], "", 2, "--every 0s is not understood: write 30s, 5m or 1h"),
        (["--every", "5m", "--once"], "", 2, "say --once or --every"),
        (["--settings", "nowhere.yml"], "", 2, "nowhere.yml: this cannot be read: No such file or directory\n  "),
        ([], "rate: fast\nevents: [postd]\n", 2, ":10: `rate: fast` is not understood\n  write"),
        ([], "ledger: sqlite:///\n", 2, "forgotten at the end\n  "),
        ([], "ledger: sqlite:///none/x.db\n", 1, "sqlite:///none/x.db: the ledger cannot be held: No such file"),
    ],
)
def test_what_cannot_be_run_is_told_with_its_status(job, options, more, status, said):
    with receiving() as server:
        ended = job.command(server.port, *options, more=more)
        assert server.mails == []
    assert (ended.returncode, ended.stdout) == (status, "")
    assert said in ended.stderr


def documented(page, kind):
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    return text.partition(f"of={kind}}}\n")[2].partition("```")[0]


def test_the_documentation_shows_what_it_prints(job):
    job.members(KIM)
    with receiving(refuse={KIM: "550 5.1.1 nobody here"}) as server:
        assert job.command(server.port, "--dry-run").stdout == documented("notify.md", "notify-dry-run")
        ended = job.command(server.port)
        assert ended.stderr + ended.stdout == documented("notify.md", "notify-failed")
        as_json = job.command(server.port, "--json", more="ledger: sqlite:///other.db\n")
    assert as_json.stdout == documented("command.md", "notify-summary")


def test_a_quiet_job_prints_nothing_where_all_is_well(job):
    with receiving() as server:
        ended = job.command(server.port, "--quiet")
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
        job.members(KIM, LEE, PARK)
        server.refuse[PARK] = "550 5.1.1 nobody here"
        ended = job.command(server.port, "--quiet")
    assert ended.returncode == 1
    assert "1 failed" in ended.stdout
