"""The app on a real PostgreSQL: several of them share one register."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, suppress

import psycopg
from acceptance_app.whole_app import JOINED, free_ports

from inforce.acceptance_app.front import THREADS


def stored(address):
    with psycopg.connect(address.replace("+psycopg", "")) as connection:
        return [
            json.loads(data) for (data,) in connection.execute("SELECT data FROM inforce_acceptances ORDER BY number")
        ]


def test_two_servers_ask_and_record_as_one(company, postgresql):
    company.database = postgresql
    port = company.port
    with ExitStack() as stack:
        first = stack.enter_context(company.serving())
        (company.port,) = free_ports(1)
        second = stack.enter_context(company.serving())
        here, there = f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{company.port}/"
        first.shop.base_url = here
        asked = [first.ask(f"u-{number}") for number in range(4 * THREADS)]
        addresses = [one["address"].replace(company.address, here if n % 2 else there) for n, one in enumerate(asked)]

        def answered(address):
            page = second.page(address)
            return page.send(page.filled("accepted")).status_code

        with ThreadPoolExecutor(4 * THREADS) as pool:
            assert set(pool.map(answered, addresses)) == {303}
        assert all(second.outcome(one["id"])["status"] == "answered" for one in asked)
        assert first.must("u-1", JOINED, policies=["privacy-policy"]) == {"asked": [], "must": False}
        page = second.page(addresses[0].replace(here, there))
        assert page.title == "Your answer is recorded"
    rows = stored(postgresql)
    assert [row["number"] for row in rows] == list(range(1, 4 * THREADS + 1))
    assert len({row["subject"] for row in rows}) == 4 * THREADS


class Cut:
    """Stands between the app and its database. Once `is_armed`, it lets a COMMIT through, and no answer to it."""

    def __init__(self, port):
        self.is_armed, self.has_cut, self._port = False, False, port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self):
        with suppress(OSError):
            while True:
                client = self._listening.accept()[0]
                server = socket.create_connection(("127.0.0.1", self._port))
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pass_on, args=(*pair, pair[0] is client), daemon=True).start()

    def _pass_on(self, source, target, is_asking):
        with suppress(OSError), source, target:
            while data := source.recv(65536):
                if not is_asking and self.has_cut and b"COMMIT" in data:
                    break
                self.has_cut = self.has_cut or (is_asking and self.is_armed and b"COMMIT" in data)
                target.sendall(data)
            for one in (source, target):
                one.shutdown(socket.SHUT_RDWR)


def test_a_database_that_is_lost_while_it_commits_has_each_answer_once(company, postgresql):
    """Nobody can know then whether the row lasts: there is no receipt, and the same page shows what became of it."""
    port = int(postgresql.rpartition(":")[2].partition("/")[0])
    with closing(Cut(port)) as cut:
        company.database = postgresql.replace(f":{port}/", f":{cut.port}/")
        with company.serving() as app:
            asked, other = app.ask("u-1"), app.ask("u-2")
            page = app.page(asked["address"])
            cut.is_armed = True
            answer = page.send(page.filled("accepted"), "application/json")
            assert (answer.status_code, cut.has_cut) == (503, True)
            assert "receipt" not in answer.json()
            cut.is_armed = cut.has_cut = False
            assert page.answer("accepted").status_code == 303
            page.open()
            assert page.title == "Your answer is recorded"
            assert app.outcome(asked["id"])["status"] == "answered"
            assert app.page(other["address"]).answer("accepted").status_code == 303
    assert [row["subject"] for row in stored(postgresql)] == ["u-1", "u-2"]


def test_a_name_that_no_request_can_have_is_not_looked_for(company, postgresql):
    company.database = postgresql
    with company.serving() as app:
        for name in ("%00", "x" * 32, "0" * 33, "é"):
            assert app.shop.get(f"requests/{name}").status_code == 404
        assert app.shop.get("a/%00").status_code == 404


def test_a_database_that_is_lost_and_comes_back(company, postgresql):
    company.database = postgresql
    place, _, name = postgresql.replace("+psycopg", "").rpartition("/")
    with company.serving() as app:
        page = app.page(app.ask("u-1")["address"])
        with psycopg.connect(f"{place}/postgres", autocommit=True) as other:
            other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
            other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            answer = page.send(page.filled("accepted"), "application/json")
            assert (answer.status_code, answer.json()["type"]) == (503, f"{app.address}problems/unavailable")
            assert app.shop.get("ready").status_code == 503
            other.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        assert page.answer("accepted").status_code == 303
    assert [row["subject"] for row in stored(postgresql)] == ["u-1"]
