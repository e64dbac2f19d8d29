"""What never answers, and is not lost either: a PostgreSQL that is stopped, a disk that hangs."""

import json
import os
import signal
import stat
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from acceptance_app.whole_app import JOINED

from inforce.acceptance_app.front import LONGEST
from inforce.acceptance_app.server import _GRACE

A_LITTLE = 10
"""Seconds: tests share a machine."""


def _parent(process):
    return int((process / "stat").read_text().rpartition(") ")[2].split()[1])


def _with_children(parent):
    found = [parent]
    for one in Path("/proc").glob("[1-9]*"):
        with suppress(OSError):
            if _parent(one) == parent:
                found.append(int(one.name))
    return found


@contextmanager
def frozen(address):
    """All processes of a PostgreSQL stand still while the block runs."""
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        (mine,) = connection.execute("SELECT pg_backend_pid()").fetchone()
        server = _parent(Path(f"/proc/{mine}"))
    processes = _with_children(server)
    try:
        for one in processes:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGSTOP)
        yield
    finally:
        for one in processes:
            with suppress(ProcessLookupError):
                os.kill(one, signal.SIGCONT)


def timed(doing, *given, **named):
    begun = time.monotonic()
    answer = doing(*given, **named)
    return answer.status_code, answer.json(), time.monotonic() - begun


def test_while_postgresql_stands_still_all_are_told_in_time_and_go_on_afterwards(company, postgresql):
    company.database = postgresql
    with company.serving() as app, ThreadPoolExecutor(12) as pool:
        asked = app.ask("u-1")
        page = app.page(asked["address"])
        form, must = page.filled("accepted"), {"subject": "u-2", "registered": JOINED}
        with frozen(postgresql):
            calls = [
                pool.submit(timed, page.send, form, "application/json"),
                *(pool.submit(timed, app.shop.post, "must-accept", json=must) for _ in range(6)),
                pool.submit(timed, app.shop.get, f"requests/{asked['id']}"),
                pool.submit(timed, app.client().get, asked["address"], headers={"Accept": "application/json"}),
                pool.submit(timed, app.shop.get, "heads"),
            ]
            ready = pool.submit(timed, app.shop.get, "ready")
            assert timed(app.shop.get, "health")[0] == 200
            for one in calls:
                status, told, seconds = one.result()
                assert (status, told["type"]) == (503, f"{app.address}problems/unavailable")
                assert seconds < LONGEST + A_LITTLE
            status, told, seconds = ready.result()
            assert (status, told["register"]) == (503, "unavailable")
            assert seconds < LONGEST + A_LITTLE
        while app.shop.get("ready").status_code != 200:
            time.sleep(0.1)
        assert page.answer("accepted").status_code == 303
        assert app.outcome(asked["id"])["status"] == "answered"
        assert not [line for line in app.log if "Traceback" in line]


def test_a_stop_ends_the_app_while_postgresql_stands_still(company, postgresql):
    company.database = postgresql
    with company.serving() as app, ThreadPoolExecutor(1) as pool:
        page = app.page(app.ask("u-1")["address"])
        with frozen(postgresql):
            form = pool.submit(page.send, page.filled("accepted"), "application/json")
            assert app.shop.get("health").status_code == 200
            app.process.send_signal(signal.SIGTERM)
            assert form.result().status_code == 503
            app.close()
            assert app.process.wait(_GRACE + A_LITTLE) == 0
    with company.serving() as app:
        assert app.answers("accepted", "u-2")["status"] == "answered"


STUCK = f"""\
#!{sys.executable}
import sys, time
from inforce.acceptance_app import front, server
from inforce.adapters.acceptance.register_store import Register
from inforce.cli import main
front.LONGEST, server._LAST = 1.0, 3
Register._write = lambda *_: time.sleep(1_000_000)
main()
"""


def test_a_thread_that_never_comes_back_keeps_neither_an_answer_nor_a_stop(company):
    script = company.folder / "stuck"
    script.write_text(STUCK)
    script.chmod(stat.S_IRWXU)
    company.inforce = str(script)
    with company.serving() as app:
        page = app.page(app.ask("u-1")["address"])
        page.assert_unavailable()
        assert app.shop.get("ready").status_code == 200
        assert [one["fault"] for one in app.told("call") if one["status"] == 503] == [
            "there was no answer within 1 seconds"
        ] * 2
    assert json.loads(app.log[-1])["said"] == "ended, although something was still waited for"
