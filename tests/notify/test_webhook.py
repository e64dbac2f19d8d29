"""Notices posted to a real server: signed, known again by their key, tried again where that helps."""

import hashlib
import hmac
import json
import sqlite3
import threading
from contextlib import closing, contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from notify.pulled_site import Site
from notify.whole_job import NOW, TELL

from inforce.workflows.notify import notify, read_notify_file


class _Hook(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Says nothing."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        self.send_response(self.server.answers.pop(0) if self.server.answers else 204)
        self.end_headers()


@contextmanager
def hooked(*answers):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    server.got, server.answers = [], list(answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def documented():
    """The check that the documentation shows."""
    page = (Path(__file__).parents[2] / "docs/notify.md").read_text(encoding="utf-8")
    names = {}
    exec(page.partition("```{.python of=signature}\n")[2].partition("```")[0], names)
    return names["is_ours"]


@pytest.fixture
def run(tmp_path):
    site = Site(tmp_path / "site")
    site.post("2018-04-10")
    site.write()
    (tmp_path / "secret").write_text("s3cret\n")

    def run(server, now=NOW, more=""):
        path = tmp_path / "notify.yml"
        address = f"http://127.0.0.1:{server.server_port}/hook"
        path.write_text(f"site: site\nwebhook:\n  address: {address}\n  secret_file: secret\n{more}")
        return notify(read_notify_file(path), tmp_path, lambda: now, lambda _: False, TELL)

    return run


def test_a_notice_is_posted_once_and_signed(run):
    with hooked() as server:
        assert run(server).sent == 1
        assert run(server).sent == 0
    ((headers, body),) = server.got
    assert json.loads(body)["notice"]["revision"] == "2018-04-10"
    assert json.loads(body)["recipient"] is None
    seconds, _, signed = headers["Inforce-Signature"].partition(",v1=")
    assert seconds == f"t={int(NOW.timestamp())}"
    assert documented()(b"s3cret", headers["Inforce-Signature"], body)
    assert not documented()(b"another", headers["Inforce-Signature"], body)
    assert signed == hmac.new(b"s3cret", seconds[2:].encode() + b"." + body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("status", [401, 404, 429, 503])
def test_a_server_in_trouble_is_asked_again_with_the_same_key(run, status):
    with hooked(status, 204) as server:
        assert (run(server).failed, run(server, NOW + timedelta(minutes=5)).sent) == (1, 1)
    assert len({headers["Idempotency-Key"] for headers, _ in server.got}) == 1


def test_what_a_killed_job_left_is_posted_again_with_the_same_key(run, tmp_path):
    with hooked(503, 204) as server:
        run(server)
        with closing(sqlite3.connect(tmp_path / "notify.db")) as ledger:
            ledger.execute("UPDATE inforce_deliveries SET state = 'claimed'")
            ledger.commit()
        assert run(server, NOW + timedelta(minutes=5)).sent == 1
    assert len({headers["Idempotency-Key"] for headers, _ in server.got}) == 1


def test_what_was_taken_before_is_taken(run):
    with hooked(409) as server:
        assert run(server).sent == 1


@pytest.mark.parametrize("status", [400, 422])
def test_a_refusal_of_the_notice_is_for_good(run, status):
    with hooked(status) as server:
        report = run(server)
        assert [one.error for one in report.listed] == [f"the webhook answers {status}"]
        assert run(server, NOW + timedelta(days=9)).is_well
    assert len(server.got) == 1


def test_the_body_is_the_one_of_the_documentation(run, tmp_path):
    (tmp_path / "members.csv").write_text("address,registered,language\nkim@members.example,2016-02-01T00:00:00Z,ko\n")
    with hooked(200) as server:
        run(server, more="recipients:\n  file: members.csv\n")
    page = (Path(__file__).parents[2] / "docs/notify.md").read_text(encoding="utf-8")
    shown = page.partition("of=webhook}\n")[2].partition("```")[0]
    ((_, body),) = server.got
    assert json.loads(body) == {
        **json.loads(shown.replace("{…the notice's file, with its messages…}", "null")),
        "notice": json.loads((tmp_path / "site/notices/privacy-policy/2018-04-10/posted.json").read_text()),
    }
