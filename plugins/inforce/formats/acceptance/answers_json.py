"""What `inforce acceptances who` and `pending` answer: an object on each line (JSON Lines).

`who`::

    {"decision":"accepted","instant":"2018-04-20T12:00:00+09:00","number":2,"subject":"u-1077"}

`pending`; `start` and `accept_by` are null where there is none, and `decision` where nothing was said yet::

    {"accept_by":null,"audience":"new_users","decision":"deferred","policy":"privacy-policy","reason":"offer",
     "revision":"2018-04-10","start":null,"subject":"u-1077"}

Instants are in the policy's time zone.
"""

from __future__ import annotations

from datetime import tzinfo

from inforce.core.acceptance import Open
from inforce.core.instant import format_instant
from inforce.core.record import PolicyRecord
from inforce.core.register import Row
from inforce.formats.in_force_json import instant_or_null
from inforce.formats.json_text import Json


def who_answer(row: Row, zone: tzinfo) -> Json:
    """What somebody said to a text."""
    said = row.statement
    instant = format_instant(row.instant, zone)
    return {"decision": said.decision, "instant": instant, "number": row.number, "subject": said.subject}


def pending_answer(policy: PolicyRecord, subject: str, asked: Open) -> Json:
    """What somebody has still to answer."""
    zone = policy.terms.zone
    return {
        "accept_by": instant_or_null(asked.accept_by, zone),
        "audience": asked.audience,
        "decision": asked.decision,
        "policy": policy.slug,
        "reason": asked.reason,
        "revision": asked.revision,
        "start": instant_or_null(asked.start, zone),
        "subject": subject,
    }
