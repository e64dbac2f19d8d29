"""What surrounds every call: its id, its line in the log, the headers of its answer, and what becomes of errors."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPMethod
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request as Call
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inforce.acceptance_app.pages import Pages
from inforce.acceptance_app.problems import (
    CSS_AND_NO_MORE,
    RETRY_AFTER,
    ProblemError,
    problem_json,
    wants_json,
)
from inforce.acceptance_app.security import HEADERS, HSTS, is_secure
from inforce.core.asking import RefusedError
from inforce.core.errors import ClockError, InforceError, UnavailableError
from inforce.formats.messages import Languages, Messages, messages_in

LOG = logging.getLogger("inforce.acceptances")
_LONGEST_TAG = 35
_MOST_POINTERS, _LONGEST_POINTER = 10, 100
_METHODS = frozenset(one.value for one in HTTPMethod)
_STATUSES = {404: "not-found", 405: "method-not-allowed"}


@dataclass(frozen=True, slots=True)
class Telling:
    """How problems are told: at which address, on which pages, in which languages."""

    address: str
    pages: Pages
    languages: Callable[[], Languages]

    def answer(self, problem: ProblemError, call: Call, *, is_json: bool, say: Messages | None = None) -> Response:
        """The answer that tells of a problem."""
        name = call.scope["state"]["call"]
        if is_json:
            told = problem_json(problem, self.address, name, messages_in("en"))
            kind = "application/problem+json"
            return JSONResponse(told, problem.status, dict(problem.headers), media_type=kind)
        words = say or self._words(call)
        page = self.pages.problem(problem.name, words, name, problem.status, problem.back)
        headers = {"Content-Security-Policy": CSS_AND_NO_MORE, **problem.headers}
        return HTMLResponse(page, problem.status, headers)

    def _words(self, call: Call) -> Messages:
        """In the language that the browser asks for first, or the nearest that there is."""
        asked = call.headers.get("accept-language", "").partition(",")[0].partition(";")[0].strip()
        known = self.languages()
        return known.messages_in(known.texts_in(asked[:_LONGEST_TAG])[0])


def problem_of(wrong: Exception) -> ProblemError:
    """What an error is to whoever calls."""
    match wrong:
        case ProblemError():
            return wrong
        case RefusedError():
            members = {"policy": wrong.policy, "revision": wrong.revision} if wrong.policy else {}
            return ProblemError(wrong.refusal.value, members)
        case ClockError():
            return ProblemError("clock", headers={"Retry-After": RETRY_AFTER})
        case UnavailableError():
            return ProblemError("unavailable", headers={"Retry-After": RETRY_AFTER})
        case HTTPException():
            return ProblemError(_STATUSES.get(wrong.status_code, "bad-request"), headers=wrong.headers or {})
    return ProblemError("error")


class Surrounding:
    """The outermost layer: names each call, answers errors, adds headers, and writes the log."""

    def __init__(self, app: ASGIApp, routes: Iterable[BaseRoute], telling: Telling, clock: Callable[[], float]) -> None:
        """Put it around the app.

        Args:
            app: what is inside.
            routes: by which a line of the log says what was called: never an address, which can be a secret.
            telling: how problems are told.
            clock: seconds, for how long a call took.
        """
        self._app, self._routes, self._telling, self._clock = app, list(routes), telling, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take a call."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status, has_begun = self._clock(), 0, False
        scope.setdefault("state", {})["call"] = secrets.token_hex(8)
        scope["app"] = self  # then what is not there is an error, and told as all others are

        async def sent(message: Message) -> None:
            nonlocal status, has_begun
            if message["type"] == "http.response.start":
                has_begun, status = True, message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
                if is_secure(self._telling.address):
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        wrong: Exception | None = None
        try:
            _check_framing(scope)
            await self._app(scope, receive, sent)
        except Exception as error:
            wrong = error
            if has_begun:
                raise
            call = Call(scope, receive)
            answer = self._telling.answer(problem_of(error), call, is_json=wants_json(call))
            await answer(scope, receive, sent)
        finally:
            self._note(scope, status, self._clock() - begun, wrong)

    def _note(self, scope: Scope, status: int, seconds: float, wrong: Exception | None) -> None:
        """Write a line about the call. Nothing in it is a secret, or says who the person is."""
        problem = problem_of(wrong) if wrong is not None else None
        told: dict[str, Any] = {
            "call": scope["state"]["call"],
            "milliseconds": round(seconds * 1000, 1),
            "method": scope["method"] if scope["method"] in _METHODS else "?",
            "route": self._route(scope),
            "status": status,
        }
        if (name := scope["state"].get("application")) is not None:
            told["application"] = name
        if (name := scope["state"].get("problem")) is not None:
            told["problem"] = name
        if problem is not None:
            told["problem"] = problem.name
            if problem.errors:
                told["wrong"] = [one["pointer"][:_LONGEST_POINTER] for one in problem.errors[:_MOST_POINTERS]]
        if isinstance(wrong, InforceError):
            told["fault"] = "; ".join(one.what for one in wrong.problems)
        is_ours = problem is not None and problem.name == "error"
        LOG.log(
            logging.ERROR if is_ours else logging.INFO,
            "call",
            extra={"told": told},
            exc_info=wrong if is_ours else None,
        )

    def _route(self, scope: Scope) -> str:
        for one in self._routes:
            if one.matches(scope)[0] is not Match.NONE:
                return str(getattr(one, "path", "?"))
        return "?"


def _check_framing(scope: Scope) -> None:
    """Whether it is plain where the body ends: a proxy that reads it otherwise would take the rest for another call.

    Raises:
        ProblemError: there are two words about it (RFC 9112, 6.1 and 6.3).
    """
    names = {name for name, _ in scope["headers"]}
    if b"transfer-encoding" in names and (b"content-length" in names or scope["http_version"] == "1.0"):
        raise ProblemError("bad-request", headers={"Connection": "close"})
