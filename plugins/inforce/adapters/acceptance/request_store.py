"""The requests of applications: beside the register, in its database.

::

    inforce_requests    id, token, application, expires, data, given

`token` is the SHA-256 of what is in the address that was given out: who reads the database cannot use the address.
Requests are no part of the record of acceptances. They change (once, when answered) and they go: what was never
answered a day after its address expired, what was answered after a month.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from inforce.adapters.acceptance.register_store import Kept, Mark
from inforce.core.asking import Given, Refusal, RefusedError, Request, Standing
from inforce.formats.acceptance.request_json import dump_given, dump_request, load_given, load_request

_TABLES = sa.MetaData()
_REQUESTS = sa.Table(
    "inforce_requests",
    _TABLES,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("token", sa.String(64), nullable=False, unique=True),
    sa.Column("application", sa.String(64), nullable=False),
    sa.Column("expires", sa.String(40), nullable=False, index=True),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("given", sa.Text),
)
_R = _REQUESTS.c
_UNANSWERED_FOR, _ANSWERED_FOR = timedelta(days=1), timedelta(days=30)


def prepare(connection: sa.Connection) -> None:
    """Make the table, if there is none."""
    _TABLES.create_all(connection)


def add(connection: sa.Connection, request: Request, token: str) -> None:
    """Note a request; `token` is the digest of the secret in its address."""
    row = {
        "id": request.id,
        "token": token,
        "application": request.application,
        "expires": _sortable(request.expires),
        "data": dump_request(request),
    }
    connection.execute(sa.insert(_REQUESTS), row)


def of_token(connection: sa.Connection, token: str) -> Standing | None:
    """The request whose address has the secret of that digest."""
    return _found(connection, _R.token == token)


def of_id(connection: sa.Connection, request: str, application: str) -> Standing | None:
    """The request of that id, if that application made it."""
    return _found(connection, sa.and_(_R.id == request, _R.application == application))


def answer(connection: sa.Connection, request: str, given: tuple[Given, ...]) -> bool:
    """Note what was answered; whether nothing was yet."""
    change = sa.update(_REQUESTS).where(_R.id == request, _R.given.is_(None)).values(given=dump_given(given))
    return connection.execute(change).rowcount == 1


def marking(request: str, given: Callable[[Sequence[Kept]], tuple[Given, ...]]) -> Mark:
    """What notes with a request what was answered, in the transaction that adds the answers.

    Args:
        request: the request's id.
        given: what was answered, of what was added.

    Raises:
        RefusedError: (when it is called) something was answered already.
    """

    def mark(connection: sa.Connection, kept: Sequence[Kept]) -> None:
        if not answer(connection, request, given(kept)):
            raise RefusedError(Refusal.USED)

    return mark


def clear_out(connection: sa.Connection, now: datetime) -> int:
    """Forget requests that are long over; how many."""
    unanswered = sa.and_(_R.given.is_(None), _R.expires < _sortable(now - _UNANSWERED_FOR))
    gone = sa.delete(_REQUESTS).where(sa.or_(unanswered, _R.expires < _sortable(now - _ANSWERED_FOR)))
    return connection.execute(gone).rowcount


def _found(connection: sa.Connection, where: sa.ColumnElement[bool]) -> Standing | None:
    row = connection.execute(sa.select(_R.data, _R.given).where(where)).one_or_none()
    return (
        None if row is None else Standing(load_request(row.data), None if row.given is None else load_given(row.given))
    )


def _sortable(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")
