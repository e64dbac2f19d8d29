"""Registers for tests: statements without a record behind them, and what adds them."""

import hashlib
import json
import sqlite3
import threading
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

from joserfc.jwk import OKPKey

from inforce.adapters.acceptance.register_store import Append, open_register
from inforce.core.acceptance import Decision
from inforce.core.effect import Audience
from inforce.core.register import NO_ROW, Shown, Statement
from inforce.formats.acceptance.head_jws import sign_head
from inforce.formats.acceptance.jwks import Jwks, signing_key
from inforce.formats.acceptance.receipt_jws import sign_receipt
from inforce.formats.acceptance.row_json import canonical, content_of, digest_of
from inforce.workflows.acceptance.check_register import Check
from inforce.workflows.acceptance.sign_head import sign_next_head

NOW = datetime(2018, 4, 20, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PAGE = b"<!DOCTYPE html><title>What is asked of you</title>"
KEY = signing_key(OKPKey.generate_key("Ed25519"))
KEYS = Jwks((KEY,))


def statement(
    subject="u-1", decision=Decision.ACCEPTED, revision="2018-04-10", *, policy="privacy-policy", page=PAGE, **more
):
    shown = Shown(
        policy,
        revision,
        hashlib.sha256(f"{policy}/{revision}".encode()).hexdigest(),
        hashlib.sha256(page).hexdigest(),
        Audience.NEW_USERS,
        None,
        "en",
    )
    return Statement(subject, NOW, shown, decision, "shop", "web", "request-1", **more)


def sayings(register, *statements, page=PAGE, **more):
    """An append of those statements, whatever was there before; all of one subject."""
    return Append(
        statements[0].subject,
        lambda *_: [(one, page) for one in statements],
        lambda row, digest: sign_receipt(row, digest, register.id, KEY),
        **more,
    )


@contextmanager
def opened(folder, address="sqlite:///register.db", **more):
    with open_register(address, None, folder, **more) as register:
        yield register


def filled(register, count, heads=(), begin=1):
    """Add so many rows, of as many subjects, and sign the heads of some."""
    for number in range(begin, begin + count):
        register.append(sayings(register, statement(f"u-{number}")), NOW + number * SECOND)
        if number in heads:
            signed(register, NOW + number * SECOND)


def signed(register, now=NOW):
    """Sign the register's head, as the app does; its text."""
    return sign_next_head(register, KEYS, lambda head: sign_head(head, KEY), now)


def crowded(*registers):
    """Forty people answer at once, of two who opened the same database the one and the other; what was kept."""
    kept = []

    def say(number):
        one = registers[number % len(registers)]
        kept.extend(one.append(sayings(one, statement(f"u-{number}")), NOW))

    threads = [threading.Thread(target=say, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return kept


def assert_one_chain(kept):
    """All of forty answers stand in one chain."""
    chain = sorted(kept, key=lambda one: one.row.number)
    assert [one.row.number for one in chain] == list(range(1, 41))
    assert [one.row.previous for one in chain] == [NO_ROW, *(one.digest for one in chain[:-1])]


@contextmanager
def by_hand(folder, name="register.db"):
    """The database, in the hands of somebody who may do everything there but sign."""
    with closing(sqlite3.connect(folder / name, isolation_level=None)) as database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("PRAGMA ignore_check_constraints = ON")
        yield database


def rechained(database, begin):
    """Compute the chain anew from a row on, as somebody does who knows how it is made."""
    known = database.execute("SELECT digest FROM inforce_acceptances WHERE number = ?", (begin - 1,)).fetchone()
    previous = known[0] if known else NO_ROW
    rows = database.execute("SELECT number, data FROM inforce_acceptances WHERE number >= ? ORDER BY number", (begin,))
    for number, data in rows.fetchall():
        value = json.loads(data) | {"previous": previous, "number": number}
        text = canonical(value)
        previous = digest_of(previous, content_of(text))
        columns = (text, previous, value["subject"], value["decision"], number)
        database.execute(
            "UPDATE inforce_acceptances SET data = ?, digest = ?, subject = ?, decision = ? WHERE number = ?", columns
        )


def flaws(folder, *heads, **more):
    with opened(folder, writes=False) as register:
        return [one.what for one in Check(register, KEYS, heads, **more).flaws()]
