"""Mail servers that refuse, hang up or cannot be trusted, at each stage: who gets what, and what is said of it."""

import random
import ssl
from datetime import timedelta

import pytest
from notify.mail_server import DROP, SILENCE, receiving, scripted
from notify.whole_job import NOW

from inforce.core.errors import ConfigurationError
from inforce.workflows.notify import read_notify_file, troubles
from inforce.workflows.notify_report import How

KIM, LEE = "kim@members.example", "lee@members.example"
LOGIN = ("notices", "s3cret")
NOTHING_LOST = "no mail goes out in this run, and nothing is lost: mend it, and the next run sends"


def told(report, port):
    """What is said of the server."""
    return [one.what for one in report.problems if (one.path, one.todo) == (f"127.0.0.1:{port}", NOTHING_LOST)]


@pytest.fixture
def context(certificate, monkeypatch):
    """What a server has that is trusted here."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture(params=["starttls", "tls"])
def login(job, request):
    """The job logs in, over either kind of TLS; what `notify.yml` says of it."""
    job.security = request.param
    (job.folder / "password").write_text("s3cret\n")
    return "  user: notices\n  password_file: password\n"


def test_mail_goes_out_over_tls_after_a_login(job, login, context):
    with receiving(context=context, security=job.security, login=LOGIN) as server:
        assert job.run(server.port, more=login).sent == 2
    assert server.recipients == [KIM, LEE]


def test_a_wrong_password_stops_mail_and_loses_nothing(job, login, context):
    (job.folder / "password").write_text("wr0ng\n")
    with receiving(context=context, security=job.security, login=LOGIN) as server:
        report = job.run(server.port, more=login)
        assert told(report, server.port) == [
            "no login as notices: 535 5.7.8 Authentication credentials invalid",
        ]
        assert (report.sent, report.failed, report.is_well, server.mails) == (0, 0, False, [])
        (job.folder / "password").write_text("s3cret\n")
        assert job.run(server.port, more=login).sent == 2


def test_a_password_that_is_not_there_is_told_before_anything_is_asked(job, login):
    (job.folder / "password").unlink()
    with pytest.raises(ConfigurationError, match="password: this secret cannot be read: No such file or directory"):
        job.run(1, more=login)


def test_a_certificate_that_nobody_vouches_for_gets_no_password_and_no_mail(job, login, context, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with receiving(context=context, security=job.security, login=LOGIN) as server:
        (what,) = told(job.run(server.port, more=login), server.port)
        assert "certificate verify failed: self-signed certificate" in what
        assert server.mails == []


@pytest.mark.usefixtures("login")
def test_without_a_login_a_server_that_wants_one_gets_no_mail(job, context):
    with receiving(context=context, security=job.security, login=LOGIN) as server:
        assert told(job.run(server.port), server.port) == [
            "the sender notices@qstore.example is refused: 530 5.7.0 Authentication required"
        ]
    assert server.mails == []


def test_a_server_without_starttls_gets_no_password_and_no_mail(job, login):
    job.security = "starttls"
    with scripted() as server:
        what = "no TLS after STARTTLS: STARTTLS extension not supported by server."
        assert told(job.run(server.port, more=login), server.port) == [what]
        assert not any(line.startswith(("AUTH", "MAIL")) for line in server.heard)


def test_a_server_that_knows_no_login_gets_no_mail(job, login):
    job.security = "none"
    with scripted() as server:
        what = "no login as notices: SMTP AUTH extension not supported by server."
        assert told(job.run(server.port, more=login), server.port) == [what]
        assert server.mails == 0


@pytest.mark.parametrize(
    ("odd", "what"),
    [
        ({"greeting": "421 4.3.2 busy"}, "no connection: 421 4.3.2 busy"),
        ({"greeting": "554 5.3.2 no mail here"}, "no connection: 554 5.3.2 no mail here"),
        ({"greeting": DROP}, "no connection: Connection unexpectedly closed"),
        (
            {"greeting": "SSH-2.0-OpenSSH_9.2"},
            "no connection: what answers does not speak as mail servers do: …2.0-OpenSSH_9.2",
        ),
        ({"EHLO": "550 not you", "HELO": "550 5.7.1 nor so"}, "no greeting: 550 5.7.1 nor so"),
        ({"EHLO": DROP}, "no greeting: Connection unexpectedly closed"),
        ({"MAIL": "451 4.3.0 later"}, "the sender notices@qstore.example is refused: 451 4.3.0 later"),
        ({"MAIL": "421 4.3.2 bye"}, "the connection was lost: 421 4.3.2 bye"),
        ({"MAIL": DROP}, "the connection was lost: Connection unexpectedly closed"),
    ],
)
def test_a_server_that_takes_no_mail_stops_it_with_one_error_and_loses_nothing(job, odd, what):
    with scripted(**odd) as server:
        report = job.run(server.port)
        assert told(report, server.port) == [what]
        assert (report.sent, report.failed, report.doubtful, server.mails) == (0, 0, 0, 0)
        server.odd.clear()
        assert job.run(server.port).sent == 2
        assert server.mails == 2


def test_a_server_of_before_ehlo_will_do(job):
    with scripted(EHLO="502 5.5.1 what is that") as server:
        assert job.run(server.port).sent == 2


@pytest.mark.parametrize(
    ("stage", "says", "error"),
    [
        ("RCPT", "550 5.1.1 nobody here", "550 5.1.1 nobody here"),
        ("RCPT", "451 4.7.1 come back later", "451 4.7.1 come back later"),
        ("RCPT", "421 4.7.0 bye", "the connection was lost: 421 4.7.0 bye"),
        ("RCPT", DROP, "the connection was lost: Connection unexpectedly closed"),
        ("DATA", "554 5.5.1 not for that one", "554 5.5.1 not for that one"),
        ("DATA", "451 4.3.0 later", "451 4.3.0 later"),
        ("DATA", DROP, "the connection was lost: Connection unexpectedly closed"),
        ("mail", "552 5.3.4 too big", "552 5.3.4 too big"),
        ("mail", "452 4.3.1 full", "452 4.3.1 full"),
        ("mail", "421 4.3.2 bye", "the connection was lost: 421 4.3.2 bye"),
    ],
)
def test_what_a_server_refuses_of_one_mail_stops_no_other(job, stage, says, error):
    with scripted(**{stage: [says]}) as server:
        report = job.run(server.port, more="attempts: 1\n")
        assert (report.sent, report.failed, report.doubtful, report.problems) == (1, 1, 0, [])
        assert [(one.state, one.to, one.error) for one in report.listed] == [("failed", KIM, error)]
        again = job.run(server.port, now=NOW + timedelta(minutes=5))
        assert again.sent == (0 if says.startswith("5") else 1), "what may pass is tried again"


@pytest.mark.parametrize("stage", ["RCPT", "DATA", "mail"])
def test_a_server_that_hangs_up_on_one_after_the_other_stops_mail(job, stage):
    job.members(*[f"m{number}@members.example" for number in range(13)])
    with scripted(**{stage: "421 4.3.2 bye"}) as server:
        report = job.run(server.port)
        assert told(report, server.port) == ["the connection was lost: 421 4.3.2 bye"]
        assert (report.sent, report.failed, report.doubtful) == (0, 10, 0)
        server.odd.clear()
        assert job.run(server.port, now=NOW + timedelta(minutes=5)).sent == 13


def test_a_connection_that_was_lost_between_two_mails_is_made_anew(job):
    with scripted(MAIL=["250 OK", DROP]) as server:
        report = job.run(server.port)
    assert (report.sent, report.problems, server.mails) == (2, [], 2)


@pytest.mark.parametrize("says", ["250 OK", "200 OK", "251 2.1.5 will forward"])
def test_any_yes_is_a_yes(job, says):
    with scripted(mail=says) as server:
        assert (job.run(server.port).sent, job.run(server.port).sent, server.mails) == (2, 0, 2)


@pytest.mark.parametrize(
    ("says", "error"),
    [
        (DROP, "the connection broke after the mail, before the answer: Connection unexpectedly closed"),
        (SILENCE, "the connection broke after the mail, before the answer: Connection unexpectedly closed: timed out"),
        ("354 more", "the answer after the mail is neither yes nor no: 354 more"),
        (
            "hello",
            "the answer after the mail is neither yes nor no: what answers does not speak as mail servers do: …o",
        ),
    ],
)
def test_a_mail_after_which_no_yes_and_no_no_comes_is_in_doubt_and_not_sent_again(job, says, error):
    with scripted(mail=[says]) as server:
        report = job.run(server.port, more="  timeout: 1 second\n")
        assert (report.sent, report.failed, report.doubtful, server.mails) == (1, 0, 1, 2)
        assert [(one.state, one.to, one.error) for one in report.listed] == [("in doubt", KIM, error)]
        assert job.run(server.port).sent == 0
        assert job.run(server.port, How(resends_doubtful=True)).sent == 1
        assert (job.run(server.port).is_well, server.mails) == (True, 3)


def test_a_server_that_does_not_say_goodbye_does_no_harm(job):
    with scripted(QUIT=DROP) as server:
        assert job.run(server.port).is_well


YES, NEVER = "250 OK", "554 5.7.1 never"
NOW_AND_THEN = {
    "greeting": ["220 here", "421 4.3.2 busy"],
    "MAIL": [YES, DROP],
    "RCPT": ["450 4.7.1 later", "550 5.1.1 nobody here", "421 4.7.0 bye", DROP],
    "DATA": ["354 go on", "451 4.3.0 later"],
    "mail": [DROP, "hello", "452 4.3.1 full", NEVER, "421 4.3.2 bye"],
}


@pytest.mark.parametrize("seed", range(3))
def test_whatever_servers_do_everybody_gets_one_mail_or_a_line_in_doubt(job, seed):
    chance, now = random.Random(seed), NOW
    everybody = [f"m{number}@members.example" for number in range(60)]
    job.members(*everybody)

    def sometimes(odd):
        return lambda: chance.choice(odd) if chance.random() < 0.15 else ""

    with scripted(**{stage: sometimes(odd) for stage, odd in NOW_AND_THEN.items()}) as server:
        for _ in range(8):
            job.run(server.port, now=now)
            now += timedelta(minutes=chance.choice([1, 5, 30, 200]))
        server.odd.clear()
        job.run(server.port, How(retries_failed=True), now=now)
        in_doubt = {one.to for one in troubles(read_notify_file(job.folder / "notify.yml"), job.folder)}
        for address in everybody:
            answers = [says for whom, says in server.said if whom == address and not says.startswith(("4", "5"))]
            assert (answers == [YES]) is (address not in in_doubt)
            assert len(answers) == 1, "nobody gets two, and nobody is forgotten"
        assert job.run(server.port, How(resends_doubtful=True), now=now + timedelta(hours=1)).sent == len(in_doubt)
    assert in_doubt
