"""The answers of `inforce which`, `inforce next` and `inforce check` as JSON.

`which`, `revision` and `basis` being null where nothing binds::

    {"audience": "current_users", "basis": "binds", "from": "2014-03-01T00:00:00+09:00",
     "on": "2018-05-09T00:00:00+09:00", "policy": "privacy-policy", "revision": "2014-03-01",
     "until": "2018-05-10T00:00:00+09:00"}

For a person `joined` stands in the place of `audience`. `next`::

    {"changes": [{"policy": "privacy-policy", "revision": "2018-04-10"}], "next": "2018-05-10T00:00:00+09:00"}

`check`::

    {"errors": 1, "problems": [{"commit": null, "line": 2, "path": "policy_versions/…", "severity": "error",
     "todo": "…", "what": "…"}], "warnings": 0}
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, tzinfo

from inforce.core.effect import Audience
from inforce.core.errors import Problem
from inforce.core.instant import format_instant
from inforce.core.record import PolicyRecord
from inforce.core.timeline import Answer
from inforce.formats.in_force_json import instant_or_null
from inforce.formats.json_text import Json


def which_answer(policy: PolicyRecord, on: datetime, answer: Answer, *, asked_for: Audience | datetime | None) -> Json:
    """What `inforce which` answers; `asked_for` is the audience, or the instant of registration, None if unknown."""
    zone = policy.terms.zone
    who = {"audience": asked_for} if isinstance(asked_for, Audience) else {"joined": instant_or_null(asked_for, zone)}
    return {
        "basis": answer.basis,
        "from": instant_or_null(answer.start, zone),
        "on": format_instant(on, zone),
        "policy": policy.slug,
        "revision": answer.revision,
        "until": instant_or_null(answer.until, zone),
        **who,
    }


def next_answer(instant: datetime | None, zone: tzinfo, changes: Iterable[tuple[str, str]]) -> Json:
    """What `inforce next` answers: the instant, and the policies and revisions of which something changes then."""
    listed = [{"policy": policy, "revision": revision} for policy, revision in changes]
    return {"changes": listed, "next": instant_or_null(instant, zone)}


def check_answer(problems: Iterable[Problem]) -> Json:
    """What `inforce check` answers."""
    listed = [
        {
            "commit": one.commit,
            "line": one.line,
            "path": one.path,
            "severity": one.severity,
            "todo": one.todo,
            "what": one.what,
        }
        for one in problems
    ]
    errors = sum(one["severity"] == "error" for one in listed)
    return {"errors": errors, "problems": listed, "warnings": len(listed) - errors}
