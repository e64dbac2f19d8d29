"""The requests of applications: beside the register, in its database.

::

    inforce_requests    id, token, application, until, data, given

`token` is the SHA-256 of what is in the address that was given out: who reads the database cannot use the address.
Requests are no part of the record of acceptances. They change (once, when answered) and they go: what was never
answered a day after nobody could answer it any more, what was answered after a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from inforce.adapters.acceptance.register_store import Note, Register
from inforce.adapters.databases import Prepared
from inforce.core.asking import Given, Refusal, RefusedError, Request, Standing
from inforce.formats.acceptance.request_json import dump_given, dump_request, load_given, load_request

_TABLES = sa.MetaData()
_REQUESTS = sa.Table(
    "inforce_requests",
    _TABLES,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("token", sa.String(64), nullable=False, unique=True),
    sa.Column("application", sa.String(64), nullable=False),
    sa.Column("until", sa.String(40), nullable=False, index=True),
    sa.Column("data", sa.Text, nullable=False),
    sa.Column("given", sa.Text),
)
_R = _REQUESTS.c
_ANSWERED_AT_ONCE = (
    "UPDATE inforce_requests SET given = new.said FROM json_to_recordset(%(rows)s::json) AS new(wanted text, said text)"
    " WHERE id = new.wanted AND given IS NULL"
)
_UNANSWERED_FOR, _ANSWERED_FOR = timedelta(days=1), timedelta(days=30)


class RequestStore:
    """The requests in a register's database. Threads may share it."""

    def __init__(self, register: Register) -> None:
        """Make the table, if there is none.

        Raises:
            UnavailableError: the database does not answer.
        """
        self._register = register
        with register.writing() as connection:
            _TABLES.create_all(connection)
        dialect = register.engine.dialect
        columns: dict[Any, Any] = {column: sa.bindparam(column.name) for column in _R if column is not _R.given}
        self._add = Prepared(sa.insert(_REQUESTS).values(columns), dialect)
        found = sa.select(_R.data, _R.given)
        self._of_token = Prepared(found.where(_R.token == sa.bindparam("wanted")), dialect)
        of_id = sa.and_(_R.id == sa.bindparam("wanted"), _R.application == sa.bindparam("by"))
        self._of_id = Prepared(found.where(of_id), dialect)
        is_open = sa.and_(_R.id == sa.bindparam("wanted"), _R.given.is_(None))
        answered = sa.update(_REQUESTS).where(is_open).values(given=sa.bindparam("said"))
        self._answer = Prepared(answered, dialect, _ANSWERED_AT_ONCE)

    def add(self, request: Request, token: str) -> None:
        """Note a request; `token` is the digest of the secret in its address.

        Raises:
            UnavailableError: the database does not answer.
        """
        row = {
            "id": request.id,
            "token": token,
            "application": request.application,
            "until": _sortable(request.until),
            "data": dump_request(request),
        }
        with self._register.writing() as connection:
            self._add.run(connection, row)

    def of_token(self, token: str) -> Standing | None:
        """The request whose address has the secret of that digest.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self._found(self._of_token, {"wanted": token})

    def of_id(self, request: str, application: str) -> Standing | None:
        """The request of that id, if that application made it.

        Raises:
            UnavailableError: the database does not answer.
        """
        return self._found(self._of_id, {"wanted": request, "by": application})

    def note(self, request: str, given: tuple[Given, ...]) -> Note:
        """That those answers were given to a request; `RefusedError` where some were already."""
        return Note(self._answer, {"wanted": request, "said": dump_given(given)}, RefusedError(Refusal.USED))

    def clear_out(self, now: datetime) -> int:
        """Forget requests that are long over; how many.

        Raises:
            UnavailableError: the database does not answer.
        """
        unanswered = sa.and_(_R.given.is_(None), _R.until < _sortable(now - _UNANSWERED_FOR))
        gone = sa.delete(_REQUESTS).where(sa.or_(unanswered, _R.until < _sortable(now - _ANSWERED_FOR)))
        with self._register.writing() as connection:
            return connection.execute(gone).rowcount

    def _found(self, asked: Prepared, values: Mapping[str, object]) -> Standing | None:
        with self._register.asking() as connection:
            row = asked.run(connection, values).one_or_none()
        if row is None:
            return None
        return Standing(load_request(row.data), None if row.given is None else load_given(row.given))


def _sortable(instant: datetime) -> str:
    return instant.isoformat(timespec="microseconds")
