"""What the company's applications call: ask a person, learn what they answered, and whether they must at all."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from starlette.requests import Request as Call
from starlette.responses import JSONResponse, Response

from inforce.acceptance_app.front import Front
from inforce.acceptance_app.limits import JSON_BODY, body_of
from inforce.acceptance_app.problems import ProblemError
from inforce.acceptance_app.security import credential_of
from inforce.core.acceptance import Open
from inforce.core.acceptance_settings import Application
from inforce.core.asking import Question
from inforce.core.errors import did_you_mean
from inforce.core.instant import format_instant
from inforce.core.policy import Revision
from inforce.formats.acceptance.request_json import BodyError, pointers, read_question
from inforce.workflows.acceptance.desk import QuestionError

_JSON = "application/json"
_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


class ForApplications:
    """The calls of applications; each comes with a credential."""

    def __init__(self, front: Front) -> None:
        """Keep what all calls need."""
        self._front, self._desk = front, front.desk

    async def ask(self, call: Call) -> Response:
        """`POST /requests`: an address to send the person to; none where nothing is asked of them."""
        application, now = self._known(call), self._front.clock()
        question = await self._question(call, now, is_visit=True)
        try:
            request, token, asked = await self._front.done(self._desk.ask, application, question, now)
        except QuestionError as wrong:
            raise self._refused(question, wrong) from None
        told = [_told(one.policy.slug, one.open, one.revision) for one in asked]
        if not told:
            return JSONResponse({"asked": []})
        made = {
            "address": f"{self._front.address}a/{token}",
            "asked": told,
            "expires": _instant(request.expires),
            "id": request.id,
        }
        return JSONResponse(made, 201, {"Location": f"{self._front.address}requests/{request.id}"})

    async def outcome(self, call: Call) -> Response:
        """`GET /requests/{id}`: what became of a request."""
        application, now = self._known(call), self._front.clock()
        name = str(call.path_params["id"])  # what is none is not looked for: a database does not take every text
        found = await self._front.done(self._desk.outcome, application, name) if _ID.fullmatch(name) else None
        if found is None:
            raise ProblemError("no-such-request")
        standing, kept = found
        answers = [
            {
                "decision": one.row.statement.decision.value,
                "instant": _instant(one.row.instant),
                "policy": one.row.statement.shown.policy,
                "receipt": one.receipt,
                "revision": one.row.statement.shown.revision,
            }
            for one in kept
        ]
        status = "answered" if standing.given is not None else "expired" if standing.is_over(now) else "pending"
        return JSONResponse({"answers": answers, "id": standing.request.id, "status": status})

    async def must_accept(self, call: Call) -> Response:
        """`POST /must-accept`: whether a person is asked something now."""
        self._known(call)
        now = self._front.clock()
        question = await self._question(call, now, is_visit=False)
        try:
            asked = await self._front.done(self._desk.must_accept, question, now)
        except QuestionError as wrong:
            raise self._refused(question, wrong) from None
        present = self._desk.present
        told = [_told(slug, one, present.timeline(slug, now)[one.revision]) for slug, one in asked]
        return JSONResponse({"asked": told, "must": bool(told)})

    def _known(self, call: Call) -> Application:
        """The application that calls; whoever is none is counted."""
        credential = credential_of(call)
        found = self._desk.application_of(credential) if credential is not None else None
        if found is None:
            self._front.count(call)
            raise ProblemError("unauthorized", headers={"WWW-Authenticate": 'Bearer realm="inforce"'})
        call.scope["state"]["application"] = found.name
        return found

    async def _question(self, call: Call, now: datetime, *, is_visit: bool) -> Question:
        body = await body_of(call, _JSON, JSON_BODY, self._front.setup.limits.timeout)
        try:
            return read_question(body, now, is_visit=is_visit)
        except BodyError as wrong:
            raise ProblemError("invalid", errors=list(pointers(wrong.wrongs))) from None

    def _refused(self, question: Question, wrong: QuestionError) -> ProblemError:
        errors = []
        for place in wrong.unknown:
            meant = did_you_mean(question.policies[place], tuple(self._desk.present.policies))
            detail = f"there is no such policy in the record, or nothing of it is posted{meant}"
            errors.append({"detail": detail, "pointer": f"#/policies/{place}"})
        if wrong.is_elsewhere:
            detail = "people may not be sent back to this: add it to `return_to` in acceptances.yml"
            errors.append({"detail": detail, "pointer": "#/return_to"})
        return ProblemError("invalid", errors=errors)


def _told(slug: str, one: Open, revision: Revision) -> dict[str, Any]:
    """A text that is asked about, in the policy's time zone."""
    moments = {
        name: None if instant is None else format_instant(instant, revision.zone)
        for name, instant in (("accept_by", one.accept_by), ("start", one.start))
    }
    return {
        **moments,
        "audience": one.audience.value,
        "policy": slug,
        "reason": None if one.reason is None else one.reason.value,
        "revision": one.revision,
        "title": revision.title,
    }


def _instant(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
