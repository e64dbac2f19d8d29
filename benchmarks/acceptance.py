#!/usr/bin/env python3
"""Acceptances recorded by the app, against the same server doing only the durable write. On SQLite and PostgreSQL.

Both are uvicorn with the same protocol, the same limits, the same number of threads and the same settings of the
database. The app reads the form, checks where it comes from, looks the request up, judges the answer by the record,
chains, signs and keeps the row with its receipt, and notes the request as answered. The bare one does only the durable
write of that: a row and a receipt of the same size are inserted and a line is marked, in a transaction of its own,
which is on the disk when it answers. Clients are as many at a time, and each sends its next form when the last is
answered. They take turns.

Printed: answers a second of each (medians), and their ratio.

`benchmarks/acceptance.py [ANSWERS] [TURNS] [CLIENTS] [POSTGRESQL]`; 2,000, 5 and 32, if not said. The last is an
SQLAlchemy address of an empty database for the second half; without it there is none.
"""

import asyncio
import hashlib
import itertools
import json
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import sqlalchemy as sa
from acceptance_app.whole_app import Company
from anyio import to_thread
from measure import BIN
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as Call
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, Router

from inforce.acceptance_app.calls import Surrounding, Telling
from inforce.acceptance_app.front import THREADS
from inforce.acceptance_app.limits import FORM_BODY, body_of
from inforce.acceptance_app.pages import Pages
from inforce.acceptance_app.security import form_key
from inforce.acceptance_app.server import log_to_standard_error, serve
from inforce.adapters.acceptance.register_store import PATIENCE, open_register
from inforce.adapters.acceptance.request_store import RequestStore
from inforce.adapters.databases import engine_of, make_durable, writing
from inforce.core.asking import Question, Request
from inforce.formats.messages import Languages
from inforce.workflows.acceptance.desk import ticket_of
from inforce.workflows.acceptance.set_up import read_acceptances_file

_LINES, _ROW, _RECEIPT, _GIVEN = 100_000, 750, 950, 150
"""How many lines there are to mark, and how many characters what is written has, as the app writes it."""
LIMITS = "limits:\n  rate: 99999 per second\n"


def bare(database: str, port: int, settings: Path) -> None:
    """Serve the durable write alone."""
    engine = engine_of(database, None, "register", database)
    make_durable(engine, PATIENCE)
    tables = sa.MetaData()
    number = (sa.Integer, sa.Identity())
    row = sa.Table("bare_rows", tables, sa.Column("number", *number, primary_key=True), sa.Column("data", sa.Text))
    receipt = sa.Table(
        "bare_receipts", tables, sa.Column("number", *number, primary_key=True), sa.Column("jws", sa.Text)
    )
    request = sa.Table(
        "bare_requests", tables, sa.Column("id", sa.String(64), primary_key=True), sa.Column("given", sa.Text)
    )
    with writing(engine) as connection:
        tables.drop_all(connection)
        tables.create_all(connection)
        connection.execute(sa.insert(request), [{"id": str(one)} for one in range(_LINES)])
    lines = itertools.count()
    done = sa.update(request).where(request.c.id == sa.bindparam("which"), request.c.given.is_(None))

    def write(data: str) -> None:
        with writing(engine) as connection:
            connection.execute(sa.insert(row), {"data": data.ljust(_ROW)})
            connection.execute(sa.insert(receipt), {"data": data.ljust(_RECEIPT)})
            connection.execute(done, {"which": str(next(lines)), "given": data[:_GIVEN]})

    setup = read_acceptances_file(settings)

    async def take(call: Call) -> Response:
        body = await body_of(call, "application/x-www-form-urlencoded", FORM_BODY, setup.limits.timeout)
        await run_in_threadpool(write, body.decode())
        return RedirectResponse("/", 303)

    @asynccontextmanager
    async def alive(_: object) -> AsyncIterator[None]:
        to_thread.current_default_thread_limiter().total_tokens = THREADS
        yield

    routes = [Route("/a/{token}", take, methods=["POST"])]
    app = Surrounding(
        Router(routes, lifespan=alive), routes, Telling(setup.address, Pages(""), Languages), time.monotonic
    )
    log_to_standard_error()
    serve(app, setup, socket.create_server(("127.0.0.1", port)), lambda: None)


def forms(company: Company, count: int) -> list[bytes]:
    """As many people who are asked, each with a form to send, whole as it goes over the wire."""
    with company.serving() as app:
        shown = app.page(app.ask("first")["address"]).filled("accepted")
    now = datetime.now(UTC)
    found = []
    with open_register(company.database, None, company.folder) as register:
        store = RequestStore(register)
        for _ in range(count):
            token, subject = secrets.token_urlsafe(32), secrets.token_hex(8)
            question = Question(subject, None, ("privacy-policy",))
            until = now + timedelta(hours=1)
            request = Request(secrets.token_hex(16), "shop", question, now, until, until, secrets.token_urlsafe(32))
            store.add(request, hashlib.sha256(token.encode()).hexdigest())
            ticket = ticket_of(request, token)
            body = urlencode({**shown, "key": form_key(ticket, token)})
            head = (
                f"POST /a/{token} HTTP/1.1",
                "Host: here",
                f"Cookie: inforce={ticket}",
                "Content-Type: application/x-www-form-urlencoded",
                f"Content-Length: {len(body)}",
                "",
                body,
            )
            found.append("\r\n".join(head).encode())
    return found


async def send(port: int, calls: Iterable[bytes], clients: int) -> None:
    """Send all of them, so many at a time."""
    left = iter(calls)

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for call in left:
            writer.write(call)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 303"):
                sys.exit(head.decode())
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))


def timed(port: int, calls: list[bytes], clients: int) -> float:
    """How many are answered in a second."""
    begun = time.perf_counter()
    asyncio.run(send(port, calls, clients))
    return len(calls) / (time.perf_counter() - begun)


def contest(database: str, answers: int, turns: int, clients: int) -> None:
    """Let both take turns on one kind of database."""
    rates: dict[str, list[float]] = {"app": [], "bare": []}
    with tempfile.TemporaryDirectory() as folder:
        company = Company(Path(folder), str(BIN / "inforce"))
        company.database, company.more = database, LIMITS
        for turn in range(turns):
            calls = forms(company, answers)
            with company.serving():
                rates["app"].append(timed(company.port, calls, clients))
            where = company.database.replace("sqlite:///", f"sqlite:///{company.folder}/bare-")
            command = [sys.executable, __file__, "--bare", where, str(company.port), str(company.set_up())]
            with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
                while not listening(company.port):
                    time.sleep(0.05)
                rates["bare"].append(timed(company.port, calls, clients))
                process.terminate()
            print(f"  turn {turn + 1} of {turns} done", file=sys.stderr, flush=True)
    app, alone = (statistics.median(rates[name]) for name in ("app", "bare"))
    kind = database.partition(":")[0].partition("+")[0]
    print(f"{kind}: {app:.0f} acceptances a second, {alone:.0f} bare writes a second: {app / alone:.2f} times")
    print(json.dumps({name: [round(one) for one in found] for name, found in rates.items()}), file=sys.stderr)


def listening(port: int) -> bool:
    """Whether somebody answers there."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def main() -> None:
    """Measure, and print."""
    if sys.argv[1:2] == ["--bare"]:
        bare(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
        return
    numbers = [int(one) for one in sys.argv[1:4]]
    answers, turns, clients = (*numbers, *(2000, 5, 32)[len(numbers) :])
    for database in ("sqlite:///acceptances.db", *sys.argv[4:5]):
        contest(database, answers, turns, clients)


if __name__ == "__main__":
    main()
