#!/usr/bin/env python3
"""What a register answers as it grows, against the bare driver of its database; and how fast it is checked.

    .venv/bin/python benchmarks/acceptance_register.py [--rows 1000000] [--runs 5] [--database postgresql+psycopg://…/{}]

Fills two registers, one of a hundredth of the rows, and holds these against each other in turns, after one turn that
does not count. Each floor is done by the database's own driver, without us, in the same run:

rows     a subject's rows, as values                       floor: the same SELECT, by the driver
must     what must this person accept now                  the same
binding  what binds this person                            the same
pending  who has still to answer, all of them              floor: every row in that order, by the driver
check    the whole register                                floor: every row by the driver, its SHA-256 and its digest

Prints medians, what each costs more in the large register than in the small one, what it costs against its floor, rows
a second, and the most memory that `pending` takes in each. In an address `{}` stands for the number of rows: each
register wants an empty database of its own.
"""

from __future__ import annotations

import argparse
import os
import random
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

import psycopg
from joserfc.jwk import OKPKey
from measure import Contest, greatest_memory
from register.whole_project import Project
from register.whole_register import PAGE, statement

from inforce.adapters.acceptance.register_store import Append, Register, open_register
from inforce.adapters.clock import Door
from inforce.core.acceptance import Decision, open_to
from inforce.core.record import PolicyRecord
from inforce.core.register import answers_of, person_of
from inforce.formats.acceptance.head_jws import sign_head
from inforce.formats.acceptance.jwks import Jwks, signing_key
from inforce.formats.acceptance.receipt_jws import sign_receipt
from inforce.workflows.acceptance.check_register import Check
from inforce.workflows.acceptance.questions import pending
from inforce.workflows.acceptance.sign_head import sign_next_head
from inforce.workflows.read_record import opened
from inforce.workflows.settings import Settings

KEY = signing_key(OKPKey.generate_key("Ed25519"))
BEGIN, NOW = datetime(2018, 4, 20, tzinfo=UTC), datetime(2018, 5, 20, tzinfo=UTC)
AT_ONCE, LOOK_UPS, OF_EACH = 1000, 500, 10
_OF_SUBJECT = "SELECT data FROM inforce_acceptances WHERE subject = {} ORDER BY number"
_BY_SUBJECT = "SELECT subject, number, data FROM inforce_acceptances ORDER BY subject, policy, number"
_ALL = (
    "SELECT a.number, a.subject, a.policy, a.revision, a.decision, a.instant, a.digest, a.data, r.number"
    " FROM inforce_acceptances a LEFT JOIN inforce_receipts r ON r.number = a.number ORDER BY a.number"
)


@dataclass(frozen=True)
class Filled:
    """A register with rows in it, and its database's own driver."""

    rows: int
    register: Register
    driver: Any
    mark: str
    policy: PolicyRecord

    def subjects(self, seed: int) -> list[str]:
        """Some of whom it knows."""
        chosen = random.Random(seed)  # noqa: S311 - which subjects is no secret
        return [f"u-{chosen.randrange(self.rows)}" for _ in range(LOOK_UPS)]

    def all(self, query: str) -> Iterator[tuple[Any, ...]]:
        """What a query finds, by the driver, as it is read."""
        if self.mark == "?":
            yield from self.driver.execute(query)
            return
        with self.driver.cursor("floor") as cursor:
            cursor.itersize = AT_ONCE
            yield from cursor.execute(query)


def main() -> None:
    """Fill, hold the contests, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--database", default="sqlite:///{}.db", help="an SQLAlchemy address; {} is the number of rows")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as top, ExitStack() as stack:
        folder = Path(top)
        policy = policy_of(folder)
        small, large = (
            stack.enter_context(filled(asked.database.format(rows), rows, folder, policy))
            for rows in (max(asked.rows // 100, AT_ONCE), asked.rows)
        )
        look_ups(small, large, asked.runs)
        whole(large, asked.runs)
        for one in (small, large):
            print(f"pending of {one.rows:,} rows: at most {memory(one):.0f} MB")


def policy_of(folder: Path) -> PolicyRecord:
    """A policy with an offer, a dated change, and users old and new."""
    project = Project(folder)
    with opened(Settings(project.folder), Door(NOW, NOW)) as source:
        return source.record.policies[0]


@contextmanager
def filled(address: str, rows: int, folder: Path, policy: PolicyRecord) -> Iterator[Filled]:
    """A register of so many rows: of each ten subjects one answered twice, one in four has not accepted."""
    with open_register(address, None, folder) as register:
        begun = perf_counter()
        numbers = iter(range(rows))
        sign = partial(sign_receipt, register=register.id, key=KEY)
        while some := list(islice(numbers, AT_ONCE)):
            now = BEGIN + timedelta(seconds=some[-1])
            register.append(Append("", lambda *_, some=some: [(said(one, policy), PAGE) for one in some], sign), now)
            sign_next_head(register, Jwks((KEY,)), partial(sign_head, key=KEY), now)
        taken = perf_counter() - begun
        print(f"{address}: {rows:,} rows, {rows / taken:,.0f} a second in one transaction for {AT_ONCE:,}", flush=True)
        if address.startswith("sqlite"):
            driver, mark = sqlite3.connect(folder / f"{rows}.db"), "?"
        else:
            driver, mark = psycopg.connect(address.replace("+psycopg", "")), "%s"
            driver.execute("ANALYZE")
            driver.commit()
        with closing(driver):
            yield Filled(rows, register, driver, mark, policy)


def said(number: int, policy: PolicyRecord) -> Any:
    """What the row of that number says."""
    subject = number - 1 if number % OF_EACH == OF_EACH - 1 else number
    decision = Decision.DEFERRED if number % 4 == 0 else Decision.ACCEPTED
    registered = BEGIN + timedelta(seconds=number - 60 if number % 2 else -(10**8))
    one = statement(f"u-{subject}", decision)
    shown = replace(one.shown, digest=policy.timeline[one.shown.revision].digest)
    return replace(one, shown=shown, registered=registered)


def look_ups(small: Filled, large: Filled, runs: int) -> None:
    """Look some subjects up, in the small register and in the large one."""
    turns = iter(range(10**6))
    chosen: dict[str, list[str]] = {}

    def choose(one: Filled) -> None:
        chosen["now"] = one.subjects(next(turns))

    def contestant(one: Filled, ask: Callable[[Filled, str], object]) -> tuple[Callable[[], None], Callable[[], None]]:
        def work() -> None:
            for subject in chosen["now"]:
                ask(one, subject)

        return partial(choose, one), work

    asks = {"floor": by_driver, "rows": rows_of, "must": must_accept, "binding": binding_of}
    contestants = {f"{name} {one.rows:,}": contestant(one, ask) for name, ask in asks.items() for one in (small, large)}
    contest = held(contestants, runs)
    print(f"one person, medians of {runs} turns of {LOOK_UPS:,}:")
    for name in asks:
        few, many = (contest.median(f"{name} {one.rows:,}") / LOOK_UPS for one in (small, large))
        floor = contest.median(f"floor {large.rows:,}") / LOOK_UPS
        told = f"{few * 1e6:7.0f} µs of {small.rows:,}, {many * 1e6:7.0f} µs of {large.rows:,}"
        print(f"  {name:8} {told}  {many / few:5.2f} x as it grows  {many / floor:5.2f} x floor")


def by_driver(one: Filled, subject: str) -> object:
    """A subject's rows, by the driver."""
    return one.driver.execute(_OF_SUBJECT.format(one.mark), (subject,)).fetchall()


def rows_of(one: Filled, subject: str) -> object:
    """A subject's rows, as values."""
    return one.register.rows_of(subject)


def must_accept(one: Filled, subject: str) -> object:
    """What somebody must accept now."""
    rows = one.register.rows_of(subject)
    joined = rows[-1].statement.registered if rows else BEGIN
    return open_to(one.policy.timeline, joined, answers_of(rows, one.policy.slug, one.policy.timeline), NOW)


def binding_of(one: Filled, subject: str) -> object:
    """What binds somebody now."""
    person = person_of(one.register.rows_of(subject), one.policy.slug, one.policy.timeline)
    return None if person is None else one.policy.timeline.binding(person, NOW)


def whole(one: Filled, runs: int) -> None:
    """Read the whole register: who has still to answer, and whether it is as it was written."""

    def check() -> None:
        checking = Check(one.register, Jwks((KEY,)))
        flaws = list(checking.flaws())
        if flaws or checking.checked.rows != one.rows:
            sys.exit(f"the register is not as it was written: {flaws[:3]}")

    contestants = {
        "read by subject": (nothing, lambda: count(one.all(_BY_SUBJECT))),
        "pending": (nothing, lambda: count(pending(one.register, one.policy, NOW))),
        "read and hash": (nothing, lambda: hashed(one)),
        "check": (nothing, check),
    }
    contest = held(contestants, runs)
    print(f"all {one.rows:,} rows, medians of {runs}:")
    floors = {"pending": "read by subject", "check": "read and hash"}
    for name in contestants:
        floor = floors.get(name)
        ratio = f"  {contest.median(name) / contest.median(floor):.2f} x {floor}" if floor else ""
        median = contest.median(name)
        print(f"  {name:16} {median:6.2f} s  ({contest.spread(name)})  {one.rows / median:9,.0f} rows a second{ratio}")


def nothing() -> None:
    """Prepare nothing."""


def count(things: Iterator[object]) -> int:
    """How many there are, none of them kept."""
    return sum(1 for _ in things)


def hashed(one: Filled) -> str:
    """The least that a check of a chain is: every row's content, and the digest of that and the one before."""
    digest = "0" * 64
    for row in one.all(_ALL):
        digest = sha256((digest + sha256(row[7].encode()).hexdigest()).encode()).hexdigest()
    return digest


def held(contestants: dict[str, tuple[Callable[[], None], Callable[[], object]]], runs: int) -> Contest:
    """A contest, after one turn that does not count."""
    Contest(1).hold(contestants)
    contest = Contest(runs)
    contest.hold(contestants)
    return contest


def memory(one: Filled) -> float:
    """The most memory, in megabytes, that a process of its own has while it finds who has still to answer."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        one.register.engine.dispose(close=False)
        count(pending(one.register, one.policy, NOW))
        os.write(writing, f"{greatest_memory():.3f}".encode())
        os._exit(0)
    os.waitpid(process, 0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        return float(answer.read())


if __name__ == "__main__":
    main()
