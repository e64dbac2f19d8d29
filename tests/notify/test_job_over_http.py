"""The job and a site that is served: what it asks for, and what it makes of the server's clock."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from notify.mail_server import receiving
from notify.pulled_site import INDEX, body, serving
from notify.whole_job import NOW, TELL

from inforce.core.errors import RecordError
from inforce.workflows.notify import notify, read_notify_file


def run(job, web, port, now=NOW):
    path = job.set_up(port)
    path.write_text(path.read_text().replace("site: site\n", f"site: {web.root}\n"))
    return notify(read_notify_file(path), job.folder, lambda: now, lambda _: False, TELL)


def test_a_run_with_nobody_to_tell_costs_one_answer_without_a_body(job):
    with receiving() as server, serving(job.site.folder) as web:
        assert run(job, web, server.port).sent == 2
        web.asked.clear()
        web.statuses.clear()
        report = run(job, web, server.port)
    assert (web.asked, web.statuses) == ([INDEX], [304])
    assert (report.told, report.sent) == (0, 0)


def test_whoever_comes_onto_the_list_later_is_told(job):
    with receiving() as server, serving(job.site.folder) as web:
        run(job, web, server.port)
        job.members("kim@members.example", "lee@members.example", "park@members.example")
        assert run(job, web, server.port).sent == 1


def test_a_clock_far_ahead_of_the_servers_tells_nobody(job):
    stale = {"Date": "Tue, 01 May 2018 00:00:00 GMT"}
    with receiving() as server, serving(job.site.folder) as web:
        index = (job.site.folder / "notices/index.json").read_bytes()
        web.odd[INDEX] = [body(index, **stale)]
        with pytest.raises(RecordError, match="nothing is told before"):
            run(job, web, server.port, datetime(2018, 5, 3, tzinfo=UTC))
        web.odd[INDEX] = [body(index, **stale, Age="172800")]
        assert run(job, web, server.port, datetime(2018, 5, 3, tzinfo=UTC)).sent == 2


def test_notices_may_be_served_alone_but_a_site_without_its_text_is_at_fault(job):
    (job.site.folder / "privacy-policy/2018-04-10/source.md").unlink()
    with receiving() as server, serving(job.site.folder) as web:
        report = run(job, web, server.port)
        assert (report.sent, [problem.path for problem in report.problems]) == (
            0,
            [f"{web.root}privacy-policy/2018-04-10/source.md"],
        )
        (job.site.folder / "postings.json").unlink()
        assert run(job, web, server.port).sent == 2


def test_members_in_a_database_beside_the_settings_are_found(job):
    with closing(sqlite3.connect(job.folder / "shop.db")) as shop:
        shop.execute("CREATE TABLE members (mail, joined)")
        shop.execute("INSERT INTO members VALUES ('kim@members.example', '2016-02-01T10:00:00+09:00')")
        shop.commit()
    with receiving() as server:
        path = job.set_up(server.port)
        asked = "  database: sqlite:///shop.db\n  query: SELECT mail AS address, joined AS registered FROM members\n"
        path.write_text(path.read_text().replace("  file: members.csv\n", asked))
        report = notify(read_notify_file(path), job.folder, lambda: NOW, lambda _: False, TELL)
        assert server.recipients == ["kim@members.example"]
        path.write_text(path.read_text().replace("shop.db", "shopp.db"))
        report = notify(read_notify_file(path), job.folder, lambda: NOW, lambda _: False, TELL)
    assert "there is no such file" in str(report.problems[-1])
    assert not (job.folder / "shopp.db").exists()
