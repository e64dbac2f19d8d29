"""The job, with a real mail server and a real ledger: who gets what, once, whatever goes wrong."""

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from notify.mail_server import receiving
from notify.whole_job import NOW, TELL

from inforce.adapters.notify.ledger_store import open_ledger
from inforce.core.errors import ConfigurationError, RecordError
from inforce.workflows.notify import notify, read_notify_file, troubles
from inforce.workflows.notify_report import How


def test_whoever_is_concerned_gets_one_mail(job):
    job.members("kim@members.example", "late@members.example,2018-04-10T09:00:00+09:00")
    with receiving() as server:
        report = job.run(server.port)
        again = job.run(server.port)
    assert server.recipients == ["kim@members.example"]
    assert (report.sent, report.failed, report.is_well) == (1, 0, True)
    assert (again.sent, again.is_well) == (0, True)


def test_a_mail_has_what_mail_needs(job):
    row = 'kim@members.example,2016-02-01T10:00:00+09:00,m/1 &,ko,"김, 하나"'
    job.members(row)
    with receiving() as server:
        job.run(server.port)
    (mail,) = server.mails
    assert mail["From"] == "Qstore <notices@qstore.example>"
    assert mail["To"].addresses[0].display_name == "김, 하나"
    assert mail["Subject"] == "변경 안내"
    assert mail["Content-Language"] == "ko"
    assert mail["Message-ID"].endswith("@qstore.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] == "<https://qstore.example/off?who=m%2F1%20%26>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.get_content_type() == "multipart/alternative"
    assert mail.get_body(["plain"]).get_content().split() == ["What", "changes"]
    assert "<h1>What changes</h1>" in mail.get_body(["html"]).get_content()
    assert mail.defects == []


def test_a_new_ledger_takes_what_is_due_as_seen_and_tells_what_comes_after(job):
    with receiving() as server:
        assert job.run(server.port, How()).seen == 1
        job.site.post("2018-04-20", due="2018-04-20T09:00:00+09:00", posted="2018-04-20T09:00:00+09:00")
        job.site.write()
        report = job.run(server.port, How())
    assert (report.sent, len(server.mails)) == (2, 2)
    assert {mail["Subject"] for mail in server.mails} == {"About 2018-04-20"}


def test_what_is_taken_back_is_not_told(job):
    gone = job.site.post("2018-04-20", name="reminder-7.current_users", days=7, audience="current_users")
    job.site.post("2018-04-21", name="overtaken", cancels=[gone["id"]])
    job.site.write()
    with receiving() as server:
        report = job.run(server.port)
    assert report.cancelled == 1
    assert {mail["Subject"] for mail in server.mails} == {"About 2018-04-10", "About 2018-04-21"}


def test_what_is_no_longer_worth_telling_is_not_told(job):
    with receiving() as server:
        report = job.run(server.port, now=datetime(2019, 1, 1, tzinfo=UTC))
    assert (report.sent, report.expired) == (0, 1)


def test_a_dry_run_shows_and_leaves_nothing(job):
    with receiving() as server:
        report = job.run(server.port, How(tells_what_is_due=True, is_dry=True))
        assert [whom for _, _, whom in report.shown] == ["kim@members.example", "lee@members.example"]
        assert server.mails == []
    assert not list(job.folder.glob("notify.db*"))


def test_a_refused_address_stops_nobody_and_is_not_tried_again(job):
    with receiving(refuse={"kim@members.example": "550 5.1.1 nobody here"}) as server:
        report = job.run(server.port)
        assert (report.sent, report.failed) == (1, 1)
        again = job.run(server.port)
    assert [(one.state, one.to, one.error, one.is_tried_again) for one in report.listed] == [
        ("failed", "kim@members.example", "550 5.1.1 nobody here", False)
    ]
    assert (again.sent, again.failed, again.is_well) == (0, 0, True), "it is told once"
    (trouble,) = troubles(read_notify_file(job.folder / "notify.yml"), job.folder)
    assert trouble.to == "kim@members.example"


def test_a_greylisted_address_gets_its_mail_at_a_later_run(job):
    with receiving(refuse={"kim@members.example": "450 4.7.1 come back later"}) as server:
        report = job.run(server.port)
        assert (report.sent, report.failed) == (1, 1)
        assert [one.is_tried_again for one in report.listed] == [True]
        server.refuse.clear()
        assert job.run(server.port, now=NOW + timedelta(minutes=4)).sent == 0, "it is left alone for a while"
        assert job.run(server.port, now=NOW + timedelta(minutes=5)).sent == 1
        assert server.recipients == ["lee@members.example", "kim@members.example"]


def test_after_so_many_attempts_with_growing_pauses_it_is_given_up(job):
    with receiving(refuse={"kim@members.example": "450 4.7.1 come back later"}) as server:
        reports = [
            job.run(server.port, now=NOW + timedelta(minutes=minutes), more="attempts: 3\n")
            for minutes in (0, 5, 10, 24, 25, 1000)
        ]
    assert [report.failed for report in reports] == [1, 1, 0, 0, 1, 0]
    told = [[one.is_tried_again for one in report.listed] for report in reports]
    assert told == [[True], [True], [], [], [False], []], "it is told each time that it was tried"


def test_what_failed_is_tried_again_on_request_or_with_another_address(job):
    joined = "2016-02-01T10:00:00+09:00"
    job.members(f"kim@old.example,{joined},1,en,Kim", f"lee@old.example,{joined},2,en,Lee")
    refused = {f"{who}@old.example": "554 5.7.1 relay access denied" for who in ("kim", "lee")}
    with receiving(refuse=refused) as server:
        assert job.run(server.port).failed == 2
        job.members(f"kim@new.example,{joined},1,en,Kim", f"lee@old.example,{joined},2,en,Lee")
        assert job.run(server.port).sent == 1
        server.refuse.clear()
        assert job.run(server.port).sent == 0
        assert job.run(server.port, How(retries_failed=True)).sent == 1
    assert server.recipients == ["kim@new.example", "lee@old.example"]
    assert troubles(read_notify_file(job.folder / "notify.yml"), job.folder) == []


def test_a_way_by_which_nothing_goes_through_is_given_up_for_the_run(job):
    everybody = [f"m{number}@members.example" for number in range(50)]
    job.members(*everybody)
    with receiving(refuse=dict.fromkeys(everybody, "554 5.7.1 relay access denied")) as server:
        report = job.run(server.port)
        assert report.failed == 20
        assert [problem.todo for problem in report.problems] == [
            "no more are tried in this run; look at the settings, and have those tried again with --retry-failed"
        ]
        server.refuse.clear()
        assert job.run(server.port, How(retries_failed=True)).sent == 50
    assert sorted(server.recipients) == sorted(everybody)


@pytest.mark.parametrize("stage", ["refuse", "answer"])
def test_a_server_that_hangs_up_at_one_recipient_stops_nobody_else(job, stage):
    job.members("kim@members.example", "lee@members.example", "park@members.example")
    closing = {"kim@members.example": "421 4.3.0 not this one"}
    with receiving(**{stage: closing}) as server:
        report = job.run(server.port)
        assert (report.sent, report.failed) == (2, 1)
        getattr(server, stage).clear()
        assert job.run(server.port, now=NOW + timedelta(hours=1)).sent == 1


@pytest.mark.parametrize("odd", ["hello there", "354 go on", "199 perhaps"])
def test_an_answer_that_is_none_leaves_a_doubt(job, odd):
    with receiving(answer={"kim@members.example": odd}) as server:
        report = job.run(server.port)
        assert (report.sent, report.failed, report.doubtful) == (1, 0, 1)
        later = job.run(server.port, now=NOW + timedelta(days=1))
    assert (later.sent, later.doubtful, len(server.mails)) == (0, 1, 2)


def test_any_answer_of_success_is_one(job):
    with receiving(answer={"kim@members.example": "252 I shall see to it"}) as server:
        report = job.run(server.port)
    assert (report.sent, report.is_well) == (2, True)


def test_a_connection_that_breaks_after_data_leaves_a_doubt_which_is_resent_only_on_request(job):
    with receiving(drop_after={"kim@members.example"}) as server:
        report = job.run(server.port)
        assert (report.sent, report.doubtful) == (1, 1)
        assert not report.is_well
        assert [(one.state, one.to) for one in job.run(server.port).listed] == [("in doubt", "kim@members.example")]
        assert len(server.mails) == 2
        server.drop_after.clear()
        assert job.run(server.port, How(resends_doubtful=True)).sent == 1
        assert server.mails[0]["Message-ID"] == server.mails[2]["Message-ID"]
        assert job.run(server.port).is_well


def test_a_doubt_ends_where_a_person_saw_that_it_arrived_or_nobody_needs_it_any_more(job):
    with receiving(drop_after={"kim@members.example", "lee@members.example"}) as server:
        job.run(server.port)
        late = datetime(2019, 1, 1, tzinfo=UTC)
        assert job.run(server.port, How(is_dry=True)).doubtful == 2
        assert job.run(server.port, How(settles_doubtful=True)).is_well
        assert job.run(server.port, How(resends_doubtful=True)).sent == 0
        assert job.run(server.port, now=late).is_well
    assert len(server.mails) == 2


def test_a_server_that_refuses_the_sender_stops_mail_with_one_error_and_loses_nothing(job):
    with receiving(mail_from="550 5.7.1 not you") as server:
        report = job.run(server.port)
        assert [problem.what for problem in report.problems] == [
            "the sender notices@qstore.example is refused: 550 5.7.1 not you"
        ]
        assert (report.sent, report.failed, report.listed) == (0, 0, [])
        server.mail_from = ""
        assert job.run(server.port).sent == 2


def test_a_server_that_is_not_there_stops_mail_with_one_error(job):
    with receiving() as server:
        port = server.port
    report = job.run(port)
    assert len(report.problems) == 1
    assert not report.is_well
    with receiving() as server:
        assert job.run(server.port).sent == 2


def test_a_broken_line_and_a_header_in_a_name_stop_nobody(job):
    joined = "2016-02-01T10:00:00+09:00"
    job.members(
        f"kim@members.example,{joined},1,en,Kim",
        f'lee@members.example,{joined},2,en,"Lee\rBcc: all@members.example"',
        "no address,,,,",
        f"park@members.example,{joined},4,en,Park",
        f"park@members.example,{joined},4,en,Park",
    )
    with receiving() as server:
        report = job.run(server.port)
    assert server.recipients == ["kim@members.example", "park@members.example"]
    assert all(mail["Bcc"] is None for mail in server.mails)
    assert not report.is_well


def test_a_notice_that_changed_is_an_alarm_before_anybody_is_told(job):
    with receiving() as server:
        job.run(server.port, How())
        job.site.entries[0]["due"] = "2018-04-30T09:00:00+09:00"
        job.site.post("2018-04-20")
        job.site.write()
        with pytest.raises(RecordError, match="no longer says"):
            job.run(server.port)
        assert server.mails == []


def test_other_words_for_the_same_facts_are_warned_of(job):
    with receiving() as server:
        job.run(server.port)
        job.site.entries[0]["title"] = "Confirm your password"
        job.site.write()
        report = job.run(server.port)
    assert [(problem.is_error, "other words" in problem.what) for problem in report.problems] == [(False, True)]


def test_a_text_that_is_not_the_one_announced_is_not_announced(job):
    (job.folder / "site/privacy-policy/2018-04-10/source.md").write_text("# Another\n")
    with receiving() as server:
        report = job.run(server.port)
    assert (server.mails, report.is_well) == ([], False)


def test_a_clock_that_went_back_sends_nothing_twice(job):
    with receiving() as server:
        job.run(server.port)
        report = job.run(server.port, How(), now=datetime(2018, 4, 12, tzinfo=UTC))
        assert job.run(server.port, How()).problems == [], "it is told once"
    assert len(server.mails) == 2
    assert [problem.is_error for problem in report.problems] == [False]


def test_a_ledger_that_was_begun_with_a_clock_ahead_loses_nothing(job):
    with receiving() as server:
        assert job.run(server.port, How(), now=datetime(2018, 5, 20, tzinfo=UTC)).seen == 1
        job.run(server.port, How(), now=datetime(2018, 4, 1, tzinfo=UTC))
        assert job.run(server.port, How()).sent == 2


def test_what_expires_while_the_job_sends_is_not_sent_any_more(job):
    instants = iter([NOW, NOW, datetime(2019, 1, 1, tzinfo=UTC)])
    with receiving() as server:
        settings = read_notify_file(job.set_up(server.port))
        report = notify(settings, job.folder, lambda: next(instants), lambda _: False, TELL)
    assert report.sent == 1


def test_a_ledger_that_is_nowhere_is_refused(job):
    with receiving() as server, pytest.raises(ConfigurationError, match="name its file"):
        job.run(server.port, more="ledger: 'sqlite://'\n")


def test_nobody_else_reads_the_ledger(job):
    with receiving() as server:
        job.run(server.port)
    assert (job.folder / "notify.db").stat().st_mode & 0o777 == 0o600


def test_a_policy_of_another_name_is_told(job):
    with receiving() as server:
        report = job.run(server.port, more="policies: privacy-polcy\n")
    assert [problem.what for problem in report.problems] == [
        'there is no notice of `privacy-polcy` (did you mean "privacy-policy"?)'
    ]


def test_a_list_that_cannot_be_read_is_told_before_anything_is_due(job):
    (job.folder / "members.csv").unlink()
    with receiving() as server:
        report = job.run(server.port, How())
    assert [problem.path for problem in report.problems if problem.is_error] == ["members.csv"]
    assert not report.is_well


def test_a_ledger_is_held_by_one_job(job):
    with (
        receiving() as server,
        open_ledger("sqlite:///notify.db", None, job.folder),
    ):
        (job.folder / "link.db").symlink_to("notify.db")
        for name in ("notify", "link"):
            with pytest.raises(RecordError, match="another job holds this ledger"):
                job.run(server.port, more=f"ledger: sqlite:///{name}.db\n")


@pytest.mark.parametrize(("version", "todo"), [("0", "begin a new ledger"), ("2", "update the job")])
def test_a_ledger_of_another_version_is_left_alone(job, version, todo):
    with receiving() as server:
        job.run(server.port, How())
        database = sqlite3.connect(job.folder / "notify.db")
        database.execute("UPDATE inforce_meta SET value = ? WHERE name = 'version'", (version,))
        database.commit()
        database.close()
        with pytest.raises(ConfigurationError, match=todo):
            job.run(server.port)
