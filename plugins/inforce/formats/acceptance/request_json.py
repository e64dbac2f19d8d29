"""Requests as JSON: what an application sends, and what the register's database keeps of it.

What is sent to `POST /requests`; only `subject`, `registered` and `policies` have to be there::

    {
      "channel": "web",
      "language": "ko",
      "policies": ["privacy-policy", "user-agreement"],
      "reconsider": false,
      "registered": null,
      "return_to": "https://qstore.example/registered",
      "state": "af0ifjsldkj",
      "subject": "7f3c1f9e"
    }

`registered` is an instant with an offset, or null for who is about to register. To `POST /must-accept` goes the same,
without what is about a visit: `subject`, `registered`, and `policies`, which may be left out.

What is kept is the question as above, all of it, with `application`, `expires`, `id`, `key`, `made` and `until`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inforce.core.acceptance import Decision
from inforce.core.asking import AHEAD, Given, Question, Request
from inforce.core.errors import did_you_mean
from inforce.core.instant import parse_instant

MOST_POLICIES = 20
SUBJECT = r"^[!-?A-~]{1,200}$"
"""An opaque id: ASCII without spaces, and without an at sign: no mail address is to come into the register."""
POLICY = r"^[a-z0-9][a-z0-9.-]{0,99}$"
LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}$"
CHANNEL = r"^[a-z0-9][a-z0-9_.-]{0,31}$"
LONGEST_STATE = 500
VISIT_KEYS = ("subject", "registered", "policies", "language", "return_to", "state", "channel", "reconsider")
CALL_KEYS = ("subject", "registered", "policies")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one member; `pointer` names it as RFC 6901 does."""

    pointer: str
    detail: str


class BodyError(Exception):
    """What was sent is no question; everything that is wrong with it, together."""

    def __init__(self, wrongs: tuple[Wrong, ...]) -> None:
        """Keep it."""
        self.wrongs = wrongs
        super().__init__("; ".join(f"{one.pointer}: {one.detail}" for one in wrongs))


def read_question(data: bytes, now: datetime, *, is_visit: bool) -> Question:
    """The question that an application sends.

    Args:
        data: the body.
        now: the present: nobody registered later than that, but for what clocks differ.
        is_visit: whether a person is to be sent here: then `policies` has to be there, and more may be.

    Raises:
        BodyError: it is none.
    """
    members = _members(data)
    known = VISIT_KEYS if is_visit else CALL_KEYS
    wrongs = [
        Wrong(f"/{_escaped(key)}", f"this is not known here{did_you_mean(key, known)}; known are {', '.join(known)}")
        for key in members
        if key not in known
    ]
    needed = ("subject", "registered", "policies") if is_visit else ("subject", "registered")
    wrongs += [Wrong(f"/{key}", "this has to be there") for key in needed if key not in members]
    found: dict[str, Any] = {}
    for key, read in _READERS.items():
        if key in members and key in known:
            try:
                found[key] = read(members[key])
            except ValueError as wrong:
                wrongs.append(Wrong(f"/{key}", str(wrong)))
    registered = found.get("registered")
    if registered is not None and registered > now + AHEAD:
        wrongs.append(Wrong("/registered", "this is in the future: look at the clocks, or say null"))
    if wrongs:
        raise BodyError(tuple(wrongs))
    return Question(**found)


def dump_request(request: Request) -> str:
    """A request, to be kept."""
    question = request.question
    registered = None if question.registered is None else question.registered.isoformat()
    members = {key: getattr(question, key) for key in VISIT_KEYS}
    about = {
        "application": request.application,
        "expires": request.expires.isoformat(),
        "id": request.id,
        "key": request.key,
        "made": request.made.isoformat(),
        "until": request.until.isoformat(),
    }
    return _dumped({**members, "registered": registered, **about})


def load_request(text: str) -> Request:
    """A request that was kept."""
    kept = json.loads(text)
    members = {key: kept[key] for key in VISIT_KEYS}
    registered = members["registered"]
    members["registered"] = None if registered is None else datetime.fromisoformat(registered)
    members["policies"] = tuple(members["policies"])
    made, expires, until = (datetime.fromisoformat(kept[key]) for key in ("made", "expires", "until"))
    return Request(kept["id"], kept["application"], Question(**members), made, expires, until, kept["key"])


def dump_given(given: tuple[Given, ...]) -> str:
    """What was answered, to be kept beside the request."""
    return _dumped(
        [
            {
                "decision": one.decision.value,
                "instant": one.instant.isoformat(),
                "policy": one.policy,
                "revision": one.revision,
                "row": one.row,
            }
            for one in given
        ]
    )


def load_given(text: str) -> tuple[Given, ...]:
    """What was answered, as it was kept."""
    return tuple(
        Given(
            one["policy"],
            one["revision"],
            Decision(one["decision"]),
            datetime.fromisoformat(one["instant"]),
            one["row"],
        )
        for one in json.loads(text)
    )


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _members(data: bytes) -> Mapping[str, Any]:
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise BodyError((Wrong("", "this is not UTF-8"),)) from None
    except (ValueError, RecursionError) as wrong:
        raise BodyError((Wrong("", f"this is no JSON: {wrong}"),)) from None
    if not isinstance(value, dict):
        raise BodyError((Wrong("", "this is no object of JSON"),))
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member is there twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("this has to be a string")  # noqa: TRY004 - told as what is wrong with a value
    return value


def _matching(pattern: str, what: str) -> Callable[[Any], str]:
    compiled = re.compile(pattern[1:-1], re.ASCII)

    def read(value: Any) -> str:
        if not compiled.fullmatch(_text(value)):
            raise ValueError(what)
        return str(value)

    return read


def _instant(value: Any) -> datetime | None:
    if value is None:
        return None
    found = parse_instant(_text(value))
    if found is None:
        raise ValueError("this has to be an instant as 2018-05-10T09:00:00+09:00, or null")
    return found


def _policies(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_POLICIES:
        raise ValueError(f"this has to be a list of one policy or more, {MOST_POLICIES} at the most")
    found = tuple(_POLICY(one) for one in value)
    if len(set(found)) != len(found):
        raise ValueError("a policy is named twice")
    return found


def _state(value: Any) -> str | None:
    if value is None:
        return None
    if not 1 <= len(_text(value)) <= LONGEST_STATE or not value.isprintable():
        raise ValueError(f"this has to be a text on one line, {LONGEST_STATE} characters at the most, or null")
    return str(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("this has to be true or false")  # noqa: TRY004 - told as what is wrong with a value
    return value


def _return_to(value: Any) -> str | None:
    return None if value is None else _text(value)


def _escaped(key: str) -> str:
    return _SURROGATE.sub("?", key).replace("~", "~0").replace("/", "~1")


_POLICY = _matching(POLICY, "this has to be the name of a policy, as privacy-policy")
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "subject": _matching(SUBJECT, "this has to be an opaque id: ASCII without spaces and without @, 200 at the most"),
    "registered": _instant,
    "policies": _policies,
    "language": _matching(LANGUAGE, "this has to be a language, as en or ko"),
    "return_to": _return_to,
    "state": _state,
    "channel": _matching(CHANNEL, "this has to be a word in small letters, as web, 32 characters at the most"),
    "reconsider": _boolean,
}


def pointers(wrongs: tuple[Wrong, ...]) -> Iterator[dict[str, str]]:
    """What is wrong, for a problem's `errors`."""
    for one in wrongs:
        yield {"detail": one.detail, "pointer": f"#{one.pointer}"}
