"""Registers for tests: statements without a record behind them, and what adds them."""

import hashlib
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from joserfc.jwk import OKPKey

from inforce.adapters.acceptance.register_store import Append, open_register
from inforce.core.acceptance import Decision
from inforce.core.effect import Audience
from inforce.core.register import Shown, Statement
from inforce.formats.acceptance.jwks import Jwks, signing_key
from inforce.formats.acceptance.receipt_jws import sign_receipt

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
