"""Problems: what a call can come to instead of what was asked for. As JSON (RFC 9457), or as a plain page.

::

    HTTP/1.1 409 Conflict
    Content-Type: application/problem+json

    {
      "detail": "The answer names another text than the one that is shown. Open the page again.",
      "instance": "urn:inforce:call:1f0c6e3a9b2d4c58",
      "policy": "privacy-policy",
      "revision": "2018-04-10",
      "status": 409,
      "title": "Another text was shown",
      "type": "https://accept.qstore.example/problems/digest-mismatch"
    }

`type` is an address at which the problem is explained. `policy` and `revision` are there where one is meant, and
`errors` where several things are wrong with a body: each with a `detail` and a `pointer` into it (RFC 6901).
`instance` is what the log calls the call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request as Call

from inforce.core.asking import Refusal
from inforce.formats.messages import Messages

STATUSES: Mapping[str, int] = {
    "bad-request": 400,
    "unauthorized": 401,
    "forged-form": 403,
    "not-found": 404,
    "no-such-address": 404,
    "no-such-request": 404,
    "method-not-allowed": 405,
    "too-slow": 408,
    "nothing-asked": 409,
    Refusal.NOT_POSTED: 409,
    Refusal.NOT_OPEN: 409,
    Refusal.NOT_ASKED: 409,
    Refusal.ANSWERED: 409,
    Refusal.MISMATCH: 409,
    Refusal.CHANGED: 409,
    Refusal.USED: 409,
    "address-over": 410,
    "too-large": 413,
    "unsupported-type": 415,
    "invalid": 422,
    "no-answer": 422,
    "too-many": 429,
    "error": 500,
    "clock": 503,
    "unavailable": 503,
    "too-busy": 503,
}
"""Every problem there is, by its name, and its status. Its words are messages: `app.problem.<name>.title`, `.text`."""
RETRY_AFTER = "10"
"""After how many seconds a database may be there again."""
CSS_AND_NO_MORE = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@dataclass
class ProblemError(Exception):
    """A call comes to a problem.

    Attributes:
        name: which one, of `STATUSES`.
        members: what the JSON says besides.
        headers: what the answer has besides.
        errors: what is wrong with a body, one by one.
        back: where a person may go from there; empty where that is not known.
    """

    name: str
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    errors: Sequence[Mapping[str, str]] = ()
    back: str = ""

    @property
    def status(self) -> int:
        """The status of HTTP."""
        return STATUSES[self.name]


def problem_json(problem: ProblemError, address: str, call: str, say: Messages) -> dict[str, Any]:
    """The problem as JSON has it.

    Args:
        problem: what it is.
        address: that of the app.
        call: the id of the call.
        say: the words.
    """
    told: dict[str, Any] = {
        "detail": say(f"app.problem.{problem.name}.text"),
        "instance": f"urn:inforce:call:{call}",
        "status": problem.status,
        "title": say(f"app.problem.{problem.name}.title"),
        "type": f"{address}problems/{problem.name}",
        **problem.members,
    }
    return {**told, "errors": list(problem.errors)} if problem.errors else told


def wants_json(call: Call) -> bool:
    """Whether whoever calls reads JSON rather than a page: programs say so, and browsers say that they read HTML."""
    accepted = call.headers.get("accept", "")
    return "text/html" not in accepted and ("json" in accepted or "text/" not in accepted)
