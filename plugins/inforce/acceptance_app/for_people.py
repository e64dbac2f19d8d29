"""What people call: the page at their address, the form on it, and what they answered."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request as Call
from starlette.responses import HTMLResponse, RedirectResponse, Response

from inforce.acceptance_app.calls import Telling, problem_of
from inforce.acceptance_app.clients import client_of
from inforce.acceptance_app.front import Front, in_time
from inforce.acceptance_app.limits import FORM_BODY, body_of
from inforce.acceptance_app.problems import ProblemError, wants_json
from inforce.acceptance_app.security import check_form, content_security, form_key, set_cookie, ticket_in
from inforce.core.acceptance import Decision
from inforce.core.asking import Answer, Refusal, RefusedError, Standing
from inforce.formats.acceptance.request_json import MOST_POLICIES
from inforce.formats.messages import Messages
from inforce.workflows.acceptance.answer import Seen
from inforce.workflows.acceptance.desk import NoAddressError, OverError, Taken, Visit, ticket_of

_FORM = "application/x-www-form-urlencoded"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_MOST_FIELDS = 2 + 6 * 2 * MOST_POLICIES
_LONGEST_FIELD = 300
_SHOWN_AGAIN = frozenset(
    {Refusal.NOT_OPEN, Refusal.NOT_ASKED, Refusal.ANSWERED, Refusal.MISMATCH, Refusal.CHANGED, Refusal.NOT_POSTED}
)
"""Refusals after which there is another page to read."""


class ForPeople:
    """The calls of people; each comes with the secret of an address."""

    def __init__(self, front: Front, telling: Telling) -> None:
        """Keep what all calls need."""
        self._front, self._desk, self._telling = front, front.desk, telling

    async def come(self, call: Call) -> Response:
        """Whoever comes with an address."""
        return await (self.answer(call) if call.method == "POST" else self.show(call))

    async def show(self, call: Call) -> Response:
        """`GET /a/{token}`: what is asked; or what was answered."""
        self._front.count(call)
        return await self._front.done(self._shown, call, _token(call))

    async def answer(self, call: Call) -> Response:
        """`POST /a/{token}`: the form."""
        self._front.count(call)
        token, patience = _token(call), self._front.setup.limits.timeout
        fields = _fields(await body_of(call, _FORM, FORM_BODY, patience))
        async with in_time():
            taken = await self._front.done(self._taken, call, token, fields)
            if isinstance(taken, Response):
                return taken
            if taken.written is not None:
                written = asyncio.wrap_future(taken.written)
                await asyncio.wait([written])  # which leaves it alone, where time is up
                if written.exception() is not None:  # which takes further questions
                    return await self._front.done(self._settled, call, token, fields, taken)
            return self._settled(call, token, fields, taken)

    def _shown(self, call: Call, token: str) -> Response:
        visit = self._visit(call, token)
        return self._answered(visit.standing) if visit.standing.given is not None else self._asking(call, token, visit)

    def _taken(self, call: Call, token: str, fields: Mapping[str, str]) -> Taken | Response:
        """Look at the form, and have its answers written; or the page again where it says nothing."""
        now = self._front.clock()
        try:
            standing = self._desk.standing(token, ticket_in(call, self._front.address), now)
        except (NoAddressError, OverError) as wrong:
            raise self._over(wrong) from None
        check_form(call, fields.get("key", ""), ticket_of(standing.request, token), token, self._front.address)
        answers = _answers(fields)
        if answers is None:
            return self._again(call, token, fields, ProblemError("no-answer"))
        client = client_of(call, self._front.proxies).address
        seen = Seen(client, call.headers.get("user-agent", "")[:_LONGEST_FIELD])
        return self._desk.take(standing, answers, self._words(standing).language, seen, now)

    def _settled(self, call: Call, token: str, fields: Mapping[str, str], taken: Taken) -> Response:
        """Where the person goes now that the answers are written; or the page again where they could not be."""
        try:
            return RedirectResponse(self._onward(self._desk.settle(taken), token), 303)
        except RefusedError as wrong:
            if wrong.refusal not in _SHOWN_AGAIN:
                raise
            return self._again(call, token, fields, problem_of(wrong))

    def _visit(self, call: Call, token: str) -> Visit:
        try:
            return self._desk.visit(token, ticket_in(call, self._front.address), self._front.clock())
        except (NoAddressError, OverError) as wrong:
            raise self._over(wrong) from None

    def _again(self, call: Call, token: str, fields: Mapping[str, str], problem: ProblemError) -> Response:
        """The page once more, with what is wrong; for a program, what is wrong."""
        if wants_json(call):
            raise problem
        visit = self._visit(call, token)
        if visit.standing.given is not None:
            raise ProblemError(Refusal.USED)
        call.scope["state"]["problem"] = problem.name
        return self._asking(call, token, visit, fields, problem)

    def _asking(
        self,
        call: Call,
        token: str,
        visit: Visit,
        fields: Mapping[str, str] | None = None,
        problem: ProblemError | None = None,
    ) -> Response:
        if not visit.asked:
            call.scope["state"]["problem"] = "nothing-asked"
            nothing = ProblemError("nothing-asked", back=self._back(visit.standing))
            return self._telling.answer(nothing, call, is_json=wants_json(call), say=self._words(visit.standing))
        request, address = visit.standing.request, self._front.address
        ticket = ticket_of(request, token)
        page = self._front.pages.asking(
            self._desk.present,
            visit.asked,
            self._words(visit.standing),
            action=f"/a/{token}",
            key=form_key(ticket, token),
            chosen=_chosen(fields or {}),
            until=request.until,
            problem=problem.name if problem is not None else "",
        )
        targets = [] if request.question.return_to is None else [request.question.return_to]
        headers = {"Content-Security-Policy": content_security(*targets)}
        answer = HTMLResponse(page, problem.status if problem is not None else 200, headers)
        set_cookie(answer, ticket, token, address, round((request.until - self._front.clock()).total_seconds()))
        return answer

    def _answered(self, standing: Standing) -> Response:
        words, back = self._words(standing), self._back(standing)
        page = self._front.pages.answered(self._desk.present, self._desk.answered(standing), words, back)
        return HTMLResponse(page, headers={"Content-Security-Policy": content_security()})

    def _words(self, standing: Standing) -> Messages:
        """The words around the texts: in the language that was asked for, else in that of the first policy."""
        question, present = standing.request.question, self._desk.present
        first = present.policy(question.policies[0], self._front.clock())
        language = question.language or (first.terms.language if first is not None else "en")
        return present.languages.messages_in(present.languages.texts_in(language)[0])

    def _over(self, wrong: NoAddressError | OverError) -> ProblemError:
        if isinstance(wrong, NoAddressError):
            return ProblemError("no-such-address")
        return ProblemError("address-over", back=self._back(wrong.standing))

    def _onward(self, standing: Standing, token: str) -> str:
        """Where the person goes from here."""
        return self._back(standing) or f"{self._front.address}a/{token}"

    @staticmethod
    def _back(standing: Standing) -> str:
        """Where the application wants them back; empty where it does not say."""
        question = standing.request.question
        if question.return_to is None:
            return ""
        told = {"request": standing.request.id, **({"state": question.state} if question.state is not None else {})}
        return f"{question.return_to}{'&' if '?' in question.return_to else '?'}{urlencode(told)}"


def _token(call: Call) -> str:
    token = str(call.path_params["token"])
    if not _TOKEN.fullmatch(token):
        raise ProblemError("no-such-address")
    return token


def _fields(body: bytes) -> Mapping[str, str]:
    """The fields of a form, each once."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise ProblemError("bad-request") from None
    found = dict(pairs)
    if len(found) != len(pairs) or any(len(value) > _LONGEST_FIELD for value in found.values()):
        raise ProblemError("bad-request")
    return found


def _answers(fields: Mapping[str, str]) -> list[Answer] | None:
    """What the form says to each text; None where it does not say something to each."""
    found = []
    for number in range(1, MOST_POLICIES * 2 + 1):
        if f"policy-{number}" not in fields:
            break
        said = fields.get(f"decision-{number}", "")
        if said not in set(Decision):
            return None
        policy, revision, digest, presentation, compared = (
            fields.get(f"{name}-{number}", "") for name in ("policy", "revision", "digest", "presentation", "compared")
        )
        found.append(Answer(policy, revision, digest, presentation, compared or None, Decision(said)))
    if len({(one.policy, one.revision) for one in found}) != len(found):
        raise ProblemError("bad-request")
    return found or None


def _chosen(fields: Mapping[str, str]) -> Mapping[tuple[str, str], str]:
    """What was chosen for which text, to show it again."""
    return {
        (fields[f"policy-{number}"], fields.get(f"revision-{number}", "")): fields.get(f"decision-{number}", "")
        for number in range(1, MOST_POLICIES * 2 + 1)
        if f"policy-{number}" in fields
    }
