"""How the notification job is set up: as values, parsed and checked at the edge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from inforce.core.notice import Event
from inforce.core.secret import Database, Secret


class Security(StrEnum):
    """How a connection to a mail server is kept from others: RFC 3207, RFC 8314, not at all."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Members:
    """Who is told: a CSV file; or what a query finds in a database."""

    file: str = ""
    database: Database | None = None
    query: str = ""


@dataclass(frozen=True, slots=True)
class Mail:
    """How mail is sent.

    Attributes:
        host: the mail server.
        port: where it listens.
        security: how the connection is kept from others.
        sender: the address in `From`, as RFC 5322 writes it: `Qstore <notices@qstore.example>`.
        user: the name to log in with; empty: nobody logs in.
        password: that of the user.
        reply_to: where answers go; empty: to the sender.
        unsubscribe: the operator's address for unsubscribing, in which `{subject}` and `{address}` stand for the
            recipient's; empty: there is none.
        timeout: how long an answer of the server is waited for.
    """

    host: str
    port: int
    security: Security
    sender: str
    user: str = ""
    password: Secret | None = None
    reply_to: str = ""
    unsubscribe: str = ""
    timeout: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where notices are posted as JSON, with what they are signed, and how long the answer is waited for."""

    address: str
    secret: Secret
    timeout: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class NotifySettings:
    """All of it.

    Attributes:
        site: the site's address, or its folder.
        ledger: where it is noted who was told what.
        members: who is told; None only where there is no mail.
        mail: how mail is sent; None: none is.
        webhook: where notices are posted; None: nowhere.
        rate: how many deliveries there may be in a second; None: as many as will.
        attempts: how many times a delivery is tried.
        events: which events are told.
        policies: those of which policies; empty: of all.
        is_insecure: whether plain http will do for other machines than this one.
    """

    site: str
    ledger: Database
    members: Members | None
    mail: Mail | None
    webhook: Webhook | None
    rate: float | None = None
    attempts: int = 5
    events: frozenset[str] = frozenset(Event)
    policies: frozenset[str] = frozenset()
    is_insecure: bool = False
