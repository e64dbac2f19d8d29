"""A row of the register as text: canonical JSON (RFC 8785).

The SHA-256 of the text is the row's *content*. The row's *digest* is the SHA-256 of the digest of the row before it and
its content, both in hexadecimal, one after the other: 128 characters. So a chain can be computed again from contents
alone, by whoever may not see the rows of others.

One line, UTF-8, keys sorted, no spaces; instants in UTC with microseconds. Shown here on several lines::

    {"application":"shop",
     "audience":"new_users",
     "channel":"web",
     "compared_with":null,
     "decision":"accepted",
     "digest":"…64 hexadecimal digits, of the text…",
     "instant":"2018-04-20T03:00:00.000000Z",
     "language":"en",
     "number":2,
     "policy":"privacy-policy",
     "presentation":"…64, of what the screen said…",
     "previous":"…64, of the row before…",
     "register":"…32 hexadecimal digits…",
     "registered":"2018-04-20T02:59:00.000000Z",
     "request":"…the request's id…",
     "revision":"2018-04-10",
     "subject":"u-1077"}

`registered` is null for whoever was about to register. `ip` and `user_agent` stand there where the operator keeps them.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

from inforce.core.acceptance import Decision
from inforce.core.effect import Audience
from inforce.core.register import Row, Shown, Statement
from inforce.formats.json_text import Json

_WRITE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode
_READ = json.JSONDecoder().raw_decode
_KEYS = frozenset(
    {
        *("application", "audience", "channel", "compared_with", "decision", "digest", "instant", "language", "number"),
        *("policy", "presentation", "previous", "register", "registered", "request", "revision", "subject"),
    }
)
_KEPT_IF_ASKED = frozenset({"ip", "user_agent"})


def canonical(value: Json) -> str:
    """An object as RFC 8785 writes it; its keys are ASCII, and its numbers whole and small."""
    return _WRITE(value)


def row_text(row: Row, register: str) -> str:
    """The row of a register, whose id that is."""
    said = row.statement
    shown = said.shown
    value: Json = {
        "application": said.application,
        "audience": shown.audience.value,
        "channel": said.channel,
        "compared_with": shown.compared_with,
        "decision": said.decision.value,
        "digest": shown.digest,
        "instant": instant_text(row.instant),
        "language": shown.language,
        "number": row.number,
        "policy": shown.policy,
        "presentation": shown.presentation,
        "previous": row.previous,
        "register": register,
        "registered": None if said.registered is None else instant_text(said.registered),
        "request": said.request,
        "revision": shown.revision,
        "subject": said.subject,
    }
    if said.ip is not None:
        value["ip"] = said.ip
    if said.user_agent is not None:
        value["user_agent"] = said.user_agent
    return canonical(value)


def subject_text(subject: str) -> str:
    """How a row's text says whom it is about; in no other row does that stand: within values, quotes are escaped."""
    return f'"subject":{_WRITE(subject)}'


def content_of(text: str) -> str:
    """The content of a row's text."""
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(previous: str, content: str) -> str:
    """The digest of a row: of that of the row before it, and its content."""
    return hashlib.sha256(f"{previous}{content}".encode()).hexdigest()


def row_of(text: str) -> Row:
    """The row of a text that `row_text` made.

    Raises:
        ValueError: it is none.
    """
    value = row_value(text)
    try:
        return row_from(value)
    except (TypeError, ValueError, AttributeError):
        raise ValueError("one of its values is not of its kind") from None


def parsed(text: str) -> dict[str, Any]:
    """What stands in a row's text, by name, whatever it is: for reading millions.

    Raises:
        ValueError: it is not JSON, or not just that.
    """
    value, end = _READ(text)
    if end != len(text):
        raise ValueError("something follows it")
    return value  # type: ignore[no-any-return]


def row_value(text: str) -> dict[str, Any]:
    """What stands in a row's text, by name.

    Raises:
        ValueError: these are not the names of a row, or it is not JSON.
    """
    try:
        value = json.loads(text)
    except ValueError:
        raise ValueError("it is not JSON") from None
    if not isinstance(value, dict) or not value.keys() >= _KEYS or value.keys() - _KEYS - _KEPT_IF_ASKED:
        raise ValueError("it does not have the names that a row has")
    return value


def row_from(value: dict[str, Any]) -> Row:
    """The row of what stands in its text."""
    registered = value["registered"]
    shown = Shown(
        value["policy"],
        value["revision"],
        value["digest"],
        value["presentation"],
        Audience(value["audience"]),
        value["compared_with"],
        value["language"],
    )
    said = Statement(
        value["subject"],
        None if registered is None else instant_from(registered),
        shown,
        Decision(value["decision"]),
        value["application"],
        value["channel"],
        value["request"],
        value.get("ip"),
        value.get("user_agent"),
    )
    return Row(value["number"], value["previous"], instant_from(value["instant"]), said)


def instant_text(instant: datetime) -> str:
    """An instant, as the register writes it: UTC, to the microsecond.

    >>> instant_text(datetime(2018, 4, 20, 3, tzinfo=UTC))
    '2018-04-20T03:00:00.000000Z'
    """
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_from(text: str) -> datetime:
    """The instant that `instant_text` wrote.

    Raises:
        ValueError: it is none.
    """
    return datetime.fromisoformat(text).astimezone(UTC)
