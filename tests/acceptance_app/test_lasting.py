"""What lasts: a stop ends what was begun, a kill loses no receipt's row, and a database that is lost is told."""

import hashlib
import json
import resource
import signal
import socket
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import httpx
import pytest
from acceptance_app.whole_app import BACK, JOINED, SECOND, SECRET, TLS, Page, material
from joserfc import jws
from joserfc.jwk import KeySet

SHOP = {"Authorization": f"Bearer {SECRET}"}
ANOTHER = SECOND.replace("in Korea", "and sell it")
LATER = material("effective: 2999-01-01\n", "# Privacy Policy\n\nWe keep everything.\n")


def checked(company, keys):
    """The rows, and the receipts in the hands of anybody: the chain recomputed from what is in the file."""
    with closing(sqlite3.connect(company.folder / "acceptances.db")) as database:
        kept = database.execute("SELECT number, digest, data FROM inforce_acceptances ORDER BY number").fetchall()
        receipts = database.execute("SELECT number, jws FROM inforce_receipts ORDER BY number").fetchall()
    previous = "0" * 64
    for expected, (number, digest, data) in enumerate(kept, start=1):
        row = json.loads(data)
        assert (number, row["number"], row["previous"]) == (expected, expected, previous)
        content = hashlib.sha256(data.encode()).hexdigest()
        assert hashlib.sha256(f"{previous}{content}".encode()).hexdigest() == digest
        previous = digest
    assert [number for number, _ in receipts] == [number for number, _, _ in kept]
    for (_, digest, _), (_, text) in zip(kept, receipts, strict=True):
        assert payload(text, keys)["row"] == digest
    return [json.loads(data) for _, _, data in kept]


def payload(receipt, keys):
    known = KeySet.import_key_set(json.loads(keys))
    registry = jws.JWSRegistry(algorithms=["Ed25519", "ES256"])
    return json.loads(jws.deserialize_compact(receipt, known, registry=registry).payload)


def test_the_head_is_signed_at_the_end_and_kept_elsewhere(company):
    company.more = "heads:\n  file: heads.jsonl\n"
    with company.serving() as app:
        keys = app.shop.get("keys.json").content
        assert app.shop.get("heads").json() == {"head": None}
        for number in range(3):
            app.answers("accepted", f"u-{number}")
    (line,) = (company.folder / "heads.jsonl").read_text().splitlines()
    head = payload(line, keys)
    rows = checked(company, keys)
    assert head["number"] == len(rows) == 3
    with company.serving(signal.SIGINT) as app:
        assert app.shop.get("heads").json() == {"head": line}
    assert (company.folder / "heads.jsonl").read_text().splitlines() == [line]


def test_heads_are_signed_as_rows_come_and_a_line_that_broke_off_is_left_alone(company):
    company.more = "heads:\n  rows: 2\n  file: heads.jsonl\n"
    (company.folder / "heads.jsonl").write_text("eyJ")
    with company.serving() as app:
        keys = app.shop.get("keys.json").content
        for number in range(2):
            app.answers("accepted", f"u-{number}")
        while app.shop.get("heads").json()["head"] is None:
            time.sleep(0.1)
        app.answers("accepted", "u-2")
    broken, *lines = (company.folder / "heads.jsonl").read_text().splitlines()
    assert (broken, [payload(one, keys)["number"] for one in lines]) == ("eyJ", [2, 3])


def test_a_file_of_heads_that_is_lost_is_told_once_and_written_later(company):
    company.more = "heads:\n  rows: 1\n  every: 1 second\n  file: kept/heads.jws\n"
    kept = company.folder / "kept"
    kept.mkdir()
    with company.serving() as app:
        (kept / "heads.jws").unlink()
        kept.rmdir()
        app.answers("accepted", "u-1")
        while not app.told("the file of heads cannot be written"):
            time.sleep(0.1)
        time.sleep(3)
        assert [one["fault"] for one in app.told("the file of heads cannot be written")] == [
            "kept/heads.jws: No such file or directory"
        ]
        kept.mkdir()
        while not app.told("the file of heads is written again"):
            time.sleep(0.1)
        (line,) = (kept / "heads.jws").read_text().splitlines()
        assert app.shop.get("heads").json() == {"head": line}
        assert not app.told("the register does not answer")


def test_over_rows_that_somebody_put_there_no_head_is_signed_and_answers_are_taken_all_the_same(company):
    company.more = "heads:\n  rows: 1\n  file: heads.jsonl\n"
    with company.serving() as app:
        app.answers("accepted", "u-1")
    (line,) = (company.folder / "heads.jsonl").read_text().splitlines()
    with closing(sqlite3.connect(company.folder / "acceptances.db", isolation_level=None)) as other:
        other.execute("INSERT INTO inforce_acceptances SELECT 2, 'u-666', policy, revision, decision, instant, digest,"
                      " data FROM inforce_acceptances")  # fmt: skip
    with company.serving() as app:
        for number in (2, 3):
            assert app.answers("accepted", f"u-{number}")["status"] == "answered"
        time.sleep(2.5)
        assert app.shop.get("ready").json()["ready"]
        assert app.shop.get("heads").json() == {"head": line}
    assert (company.folder / "heads.jsonl").read_text().splitlines() == [line]
    (told,) = app.told("no head is signed: the register is not as it was written")
    assert told["level"] == "error"
    assert "row 2 was inserted: it is row 1 once more" in told["fault"]
    assert not app.told("a fault of ours beside the calls")


def test_a_stop_in_the_middle_ends_what_was_begun(company):
    """An answer waits for a database that somebody holds; the app is asked to stop, and the database is let go."""
    with company.serving() as app:
        page = app.page(app.ask("u-1")["address"])
        body = urlencode(page.filled("accepted"))
        lines = [
            f"POST {page.address.removeprefix(app.address.rstrip('/'))} HTTP/1.1",
            "Host: here",
            f"Cookie: inforce={page.client.cookies['inforce']}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        with (
            closing(sqlite3.connect(company.folder / "acceptances.db", isolation_level=None)) as other,
            closing(socket.create_connection(("127.0.0.1", company.port), timeout=60)) as sent,
        ):
            other.execute("BEGIN IMMEDIATE")
            sent.sendall("\r\n".join([*lines, "", body]).encode())
            assert app.shop.get("health").status_code == 200, "so what came before it has come"
            app.close()
            app.process.send_signal(signal.SIGTERM)
            with suppress(ConnectionRefusedError, ConnectionResetError):
                while True:
                    socket.create_connection(("127.0.0.1", company.port), timeout=60).close()
            assert company.rows() == []
            other.execute("ROLLBACK")
            assert sent.recv(65536).startswith(b"HTTP/1.1 303 See Other\r\n")
    assert len(company.rows()) == 1


@pytest.mark.parametrize("hold", ["locked", "full", "gone"])
def test_without_a_database_there_is_no_receipt(company, hold):
    with company.serving() as app:
        asked = app.ask("u-1")
        page = app.page(asked["address"])
        path = company.folder / "acceptances.db"
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            if hold == "locked":
                other.execute("BEGIN EXCLUSIVE")
            elif hold == "full":
                written = path.with_name("acceptances.db-wal").stat().st_size
                resource.prlimit(app.process.pid, resource.RLIMIT_FSIZE, (written, resource.RLIM_INFINITY))
            else:
                other.execute("ALTER TABLE inforce_acceptances RENAME TO elsewhere")
            page.assert_unavailable()
            if hold == "locked":
                other.execute("ROLLBACK")
            elif hold == "full":
                everything = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                resource.prlimit(app.process.pid, resource.RLIMIT_FSIZE, everything)
            else:
                assert app.shop.get("ready").status_code == 503
                other.execute("ALTER TABLE elsewhere RENAME TO inforce_acceptances")
        assert app.outcome(asked["id"])["status"] == "pending"
        assert company.rows() == []
        assert page.answer("accepted").status_code == 303
        assert app.shop.get("ready").json()["ready"]
    assert len(company.rows()) == 1


def test_a_clock_that_runs_behind_the_register_records_nothing(company):
    """The register has a row of the future: since then, somebody set the clock."""
    with company.serving() as app:
        app.answers("accepted", "u-1")
    with closing(sqlite3.connect(company.folder / "acceptances.db", isolation_level=None)) as other:
        other.execute("DROP TRIGGER inforce_acceptances_update")
        later = (datetime.now(UTC) + timedelta(minutes=6)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        other.execute("UPDATE inforce_acceptances SET instant = ?", [later])
    with company.serving() as app:
        page = app.page(app.ask("u-2")["address"])
        answer = page.send(page.filled("accepted"), "application/json")
        assert (answer.status_code, answer.json()["type"]) == (503, f"{app.address}problems/clock")
        assert "Nothing was" in page.send(page.filled("accepted")).text
    assert len(company.rows()) == 1


def test_an_address_is_good_for_its_time_alone(company):
    company.more = "lifetime: 2 seconds\nreading: 2 seconds\n"
    with company.serving() as app:
        asked, answered = app.ask("u-1", return_to=BACK), app.ask("u-2")
        page = app.page(asked["address"])
        fields = page.filled("accepted")
        assert app.page(answered["address"]).answer("accepted").status_code == 303
        while app.outcome(asked["id"])["status"] == "pending":
            time.sleep(0.1)
        for answer in (page.client.get(asked["address"]), page.send(fields, "application/json")):
            assert (answer.status_code, answer.json()["type"]) == (410, f"{app.address}problems/address-over")
        page.open()
        assert (page.status, page.title) == (410, "This address is good no more")
        assert page.html.xpath("//main//a/@href") == [f"{BACK}?request={asked['id']}"]
        assert page.client.get(answered["address"]).status_code == 410
        assert [app.outcome(one["id"])["status"] for one in (asked, answered)] == ["expired", "answered"]
    assert len(company.rows()) == 1


def test_whoever_opened_it_in_time_may_read_for_long_and_nobody_else_opens_it_then(company):
    company.more = "lifetime: 2 seconds\n"
    with company.serving() as app:
        asked = app.ask("u-1")
        page = app.page(asked["address"])
        while (late := app.client().get(asked["address"])).status_code == 200:
            time.sleep(0.1)
        assert late.status_code == 410
        guessed = {"Cookie": f"inforce={'x' * 43}"}
        assert app.client().get(asked["address"], headers=guessed).status_code == 410
        assert app.client().post(asked["address"], data=page.filled("accepted"), headers=guessed).status_code == 410
        page.open()
        assert (page.status, app.outcome(asked["id"])["status"]) == (200, "pending")
        assert page.answer("accepted").status_code == 303
        assert app.outcome(asked["id"])["status"] == "answered"
    assert len(company.rows()) == 1


def test_a_posting_is_seen_soon_without_being_told(company):
    with company.serving() as app:
        page = app.page(app.ask("u-1", JOINED)["address"])
        company.repo.commit("2020-01-01T00:00:00+09:00", {"privacy-policy/2020-01-01.md": LATER})
        begun = time.monotonic()
        while not app.told("the record was read again"):
            time.sleep(0.02)
        assert time.monotonic() - begun < 10
        answer = page.send(page.filled("accepted"), "application/json")
        assert (answer.status_code, answer.json()["type"]) == (409, f"{app.address}problems/asked-changed")


def test_a_posting_is_seen_at_once_when_told_and_a_broken_record_is_not_taken(company):
    company.site("archive: ''")
    with company.serving() as app:
        page = app.page(app.ask("u-1", JOINED)["address"])
        before = app.shop.get("ready").json()
        assert (before["record"], before["commit"]) == ("current", company.repo.git("rev-parse", "HEAD"))
        assert [one["revision"] for one in app.must("u-1", policies=["privacy-policy"])["asked"]] == ["2018-04-10"]
        company.repo.commit("2020-01-01T00:00:00+09:00", {"privacy-policy/2020-01-01.md": LATER})
        _look(app, lambda told: told["commit"] != before["commit"])
        asked = app.must("u-1", policies=["privacy-policy"])["asked"]
        assert [one["revision"] for one in asked] == ["2018-04-10", "2020-01-01"]
        answer = page.send(page.filled("accepted"), "application/json")
        assert (answer.status_code, answer.json()["type"]) == (409, f"{app.address}problems/asked-changed")
        page.answer("accepted")
        assert page.answer("accepted").status_code == 303
        company.repo.commit("2020-02-01T00:00:00+09:00", {"privacy-policy/2018-04-10.md": "Another text.\n"})
        told = _look(app, lambda told: told["record"] == "outdated")
        assert told["ready"]
        assert app.must("u-1", policies=["privacy-policy"]) == {"asked": [], "must": False}
        company.repo.git("reset", "-q", "--hard", "HEAD~1")
        _look(app, lambda told: told["record"] == "current")
    assert app.told("the record cannot be read, and stays as it was")


def test_what_people_accepted_is_not_another_text_of_that_name(company):
    """Somebody writes the branch anew, against rule 1: the app does not follow; and whoever starts it, starts over."""
    with company.serving() as app:
        asked = app.ask("u-1")
        page = app.page(asked["address"])
        page.answer("accepted")
        company.repo.git("reset", "-q", "--hard", "HEAD~1")
        _look(app, lambda told: told["record"] == "outdated")
        company.repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": ANOTHER})
        _look(app, lambda _: len(app.told("the record cannot be read, and stays as it was")) > 1)
        page.open()
        assert page.status == 200
        assert not app.must("u-1", None, policies=["privacy-policy"])["must"]
    faults = [line["fault"] for line in app.told("the record cannot be read, and stays as it was")]
    assert [one.rpartition(", and is ")[2] for one in faults] == ["gone now", "another text now"]
    assert all("2018-04-10.md: this revision was posted with the digest" in one for one in faults)
    with company.serving() as app:
        assert app.must("u-1", None, policies=["privacy-policy"])["must"]
        page.client = app.client()
        page.open()
        assert (page.status, page.html.findtext(".//dd")) == (200, "2018-04-10")
        assert app.outcome(asked["id"])["answers"][0]["revision"] == "2018-04-10"


def test_what_became_of_a_request_is_told_as_the_register_has_it(company):
    """What stands with the request can be changed by whoever may write there; the rows show such a thing."""
    with company.serving() as app:
        asked = app.ask("u-1")
        page = app.page(asked["address"])
        page.answer("declined")
        with closing(sqlite3.connect(company.folder / "acceptances.db")) as database, database:
            database.execute("UPDATE inforce_requests SET given = replace(given, 'declined', 'accepted')")
        assert [one["decision"] for one in app.outcome(asked["id"])["answers"]] == ["declined"]
        page.open()
        assert "You declined it." in page.html.text_content()


def _look(app, until):
    """Have the record looked at, until it is so."""
    app.process.send_signal(signal.SIGHUP)
    while not until(told := app.shop.get("ready").json()):
        time.sleep(0.02)
    return told


def test_of_two_answers_at_once_one_is_taken_and_the_other_told(company):
    with company.serving() as app, ThreadPoolExecutor(2) as pool:
        for number in range(10):
            page = app.page(app.ask(f"u-{number}")["address"])
            forms = [page.filled(said) for said in ("accepted", "declined")]
            sent = list(pool.map(page.send, forms, ["application/json"] * 2))
            assert sorted(one.status_code for one in sent) == [303, 409]
            (refused,) = (one.json()["type"] for one in sent if one.status_code == 409)
            assert refused == f"{app.address}problems/address-used"
    assert len(company.rows()) == 10


class Crowd:
    """A thousand people who register at once, while the app is killed and started again."""

    def __init__(self, company):
        self.company, self.app = company, company.started()
        self.keys = self.app.shop.get("keys.json").content
        self.receipts, self.interrupted = {}, 0
        self._is_up, self._grown = threading.Event(), threading.Condition()
        self._is_up.set()

    def all_answer(self, count, kills):
        """Everybody answers; the app is killed each time that so many have."""
        with ThreadPoolExecutor(33) as pool:
            killer = pool.submit(self._kill, kills)
            list(pool.map(self._answer, range(count)))
            killer.result()
        self.app.close()
        self.app.process.terminate()
        assert self.app.ended() == 0

    def _answer(self, number):
        """One person, who tries until the answer is in."""
        subject = f"u-{number}"
        asked = page = None
        with self._client() as client:
            while True:
                self._is_up.wait()
                try:
                    asked = asked or self._ask(client, subject)
                    page = page or self._opened(client, asked)
                    receipt = self._say(client, asked, page)
                except (httpx.TransportError, httpx.HTTPStatusError):
                    self.interrupted += 1
                    continue
                with self._grown:
                    self.receipts[subject] = receipt
                    self._grown.notify_all()
                return

    def _client(self):
        return httpx.Client(base_url=self.company.address, timeout=60, verify=TLS)

    def _ask(self, client, subject):
        body = {"subject": subject, "registered": None, "policies": ["privacy-policy"]}
        return client.post("requests", json=body, headers=SHOP).raise_for_status().json()

    def _opened(self, client, asked):
        page = Page(client, asked["address"])
        page.answer_.raise_for_status()
        return page

    def _say(self, client, asked, page):
        """Send the form, perhaps once more; the receipt."""
        answer = page.send(page.filled("accepted"))
        assert answer.status_code in (303, 503), answer.text
        (one,) = client.get(f"requests/{asked['id']}", headers=SHOP).raise_for_status().json()["answers"] or [None]
        if one is None:
            raise httpx.TransportError("not taken")
        return one["receipt"]

    def _kill(self, kills):
        for count in kills:
            with self._grown:
                while len(self.receipts) < count:
                    self._grown.wait()
            self._is_up.clear()
            self.app.process.kill()
            self.app.close()
            self.app.ended()
            self.app = self.company.started()
            self._is_up.set()


def test_a_thousand_answers_at_once_survive_kills(company):
    """Each receipt has its row, each row one receipt and one request, and the chain holds."""
    crowd = Crowd(company)
    crowd.all_answer(1000, (150, 400, 700))
    assert crowd.interrupted
    rows = {row["subject"]: row for row in checked(company, crowd.keys)}
    assert rows.keys() == crowd.receipts.keys()
    assert len(company.rows()) == len({row["request"] for row in rows.values()}) == 1000
    for subject, receipt in crowd.receipts.items():
        said = payload(receipt, crowd.keys)
        assert (said["subject"], said["number"]) == (subject, rows[subject]["number"])
    told = company.repo.run(company.inforce, "acceptances", "check", "--receipts").out
    assert "1000 rows" in told
    assert told.endswith("0 faults\n")
