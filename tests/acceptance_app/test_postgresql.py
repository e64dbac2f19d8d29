"""The app on a real PostgreSQL: several of them share one register."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg
from acceptance_app.whole_app import JOINED, free_ports

from inforce.acceptance_app.app import THREADS


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
