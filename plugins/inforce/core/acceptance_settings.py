"""How the register of acceptances is set up: as values, parsed and checked at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from inforce.core.secret import Database, Secret

IP = "ip"
USER_AGENT = "user_agent"
KEEPABLE = (IP, USER_AGENT)
"""What a row may have of the person's connection, where the operator wants it."""


@dataclass(frozen=True, slots=True)
class Application:
    """A program of the company's that sends people to be asked.

    Attributes:
        name: what rows call it.
        secret: where its credential is.
        return_to: the addresses to which a person may be sent back, each whole: nothing but these, letter for letter.
    """

    name: str
    secret: Secret
    return_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heads:
    """When the chain's head is signed: after so many rows, and so long after the last one if there were any since.

    Signed heads are kept in the register. In `file` they stand a second time, a line each, so that they can be taken
    to a place that whoever alters the register does not reach; empty: nowhere else.
    """

    rows: int = 1000
    pause: timedelta = timedelta(minutes=10)
    file: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much the app takes from whom.

    Attributes:
        rate: how many requests one client may make in a second, over time.
        connections: how many there may be at once.
        connections_per_client: how many of them may be one client's; proxies that are trusted may have them all.
        timeout: how long a client may take to send a request.
    """

    rate: float = 10.0
    connections: int = 500
    connections_per_client: int = 100
    timeout: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class AcceptanceSettings:
    """All of it; paths are relative to the folder of the file.

    Attributes:
        address: where people and applications reach the app, with a slash at its end; receipts name it as their issuer.
        database: where the register is.
        keys: the files with private keys; the first signs.
        public_keys: the file with the public keys of all times (JWKS).
        applications: who may ask.
        lifetime: within which time the address has to be opened that a person is sent to.
        reading: how long they may then read before they answer.
        keeps: which of `KEEPABLE` rows have.
        heads: when the chain's head is signed.
        trusted_proxies: the addresses and networks whose word is taken for where a client is.
        limits: how much the app takes from whom.
    """

    address: str
    database: Database
    keys: tuple[str, ...]
    public_keys: str
    applications: tuple[Application, ...]
    lifetime: timedelta = timedelta(minutes=15)
    keeps: frozenset[str] = frozenset()
    heads: Heads = Heads()
    trusted_proxies: tuple[str, ...] = ()
    limits: Limits = Limits()
    reading: timedelta = timedelta(hours=24)
