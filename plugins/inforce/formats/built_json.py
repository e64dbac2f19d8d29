"""What a page says of its own age: by this its script tells readers what has changed since it was built.

It stands in an attribute of the page, `data-built`, and belongs to the script; other programs read `in-force.json`.
The whole form, addresses being relative to the page::

    {
      "is_of_all": false,
      "policies": [
        {
          "as_of": "2018-05-01T00:00:00+09:00",
          "in_force": "../in-force.json",
          "next_change": "2018-05-10T00:00:00+09:00",
          "rows": {
            "current_users": {"basis": "binds", "revision": "2014-03-01"},
            "new_users": {"basis": "offered", "revision": "2018-04-10"}
          },
          "title": "Privacy Policy"
        }
      ],
      "revision": "2014-03-01",
      "words": {…}
    }

Only policies with a change to come are listed; a page of policies that have none says nothing. `rows` has what the page
says of both audiences, null where nothing binds or is offered, `revision` the text that the page shows, or null.
`is_of_all` is true on home, which speaks of all policies. `words` is that of `script_words.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inforce.core.effect import Audience
from inforce.core.instant import format_instant
from inforce.core.record import PolicyRecord
from inforce.core.timeline import Answer, Timeline
from inforce.formats.json_text import Json
from inforce.formats.messages import Messages
from inforce.formats.script_words import script_words

KEYS = (
    "revision.called",
    "revision.called.named",
    "stale.current_users.binds",
    "stale.current_users.nothing",
    "stale.due",
    "stale.heading",
    "stale.history",
    "stale.new_users.binds",
    "stale.new_users.nothing",
    "stale.new_users.offered",
    "stale.posted",
    "stale.this_text",
    "stale.unread",
)


def built(
    entries: Iterable[Json | None], messages: Messages, revision: str | None = None, *, is_of_all: bool = False
) -> Json | None:
    """What a page says of its age; None where nothing is to come.

    Args:
        entries: what `built_entry` gives of each policy of which the page speaks.
        messages: the page's language.
        revision: the one whose text the page shows.
        is_of_all: the page speaks of all policies, and so has to name the one of which it says something.
    """
    listed = [entry for entry in entries if entry is not None]
    if not listed:
        return None
    words = script_words(messages, KEYS)
    return {"is_of_all": is_of_all, "policies": listed, "revision": revision, "words": words}


def built_entry(policy: PolicyRecord, timeline: Timeline, instant: datetime, as_of: str, in_force: str) -> Json | None:
    """A policy's entry, None where nothing is to come.

    Args:
        policy: as it is shown.
        timeline: the policy's.
        instant: as of when the page speaks.
        as_of: the instant of the build, as data has it; nothing changes between the two.
        in_force: the table's address, relative to the page.
    """
    zone, due = policy.terms.zone, timeline.next_change(instant)
    if due is None:
        return None
    return {
        "as_of": as_of,
        "in_force": in_force,
        "next_change": format_instant(due, zone),
        "rows": {audience: _row(timeline.on(audience, instant)) for audience in Audience},
        "title": policy.terms.title,
    }


def _row(answer: Answer) -> Json | None:
    return None if answer.revision is None else {"basis": answer.basis, "revision": answer.revision}
