"""The app: which call goes where, and what goes on beside the calls."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import ParamSpec

from starlette.requests import Request as Call
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, Router
from starlette.types import ASGIApp

from inforce.acceptance_app.calls import LOG, Surrounding, Telling
from inforce.acceptance_app.clients import networks_of
from inforce.acceptance_app.for_applications import ForApplications
from inforce.acceptance_app.for_people import ForPeople
from inforce.acceptance_app.front import Front
from inforce.acceptance_app.limits import Buckets
from inforce.acceptance_app.openapi import description
from inforce.acceptance_app.pages import Pages, style_address, style_sheet
from inforce.acceptance_app.problems import CSS_AND_NO_MORE, STATUSES, ProblemError
from inforce.core.errors import InforceError, UnavailableError
from inforce.formats.messages import messages_in
from inforce.workflows.acceptance.desk import Desk
from inforce.workflows.progress import silent

_CLEAR_OUT = 3600
"""After how many what is over is forgotten."""
_LAST_HEAD = 10.0
"""How many seconds there are to sign the last head, when the app ends."""
P = ParamSpec("P")


@dataclass
class Beside:
    """What goes on beside the calls, each second: reading the record again, signing heads, forgetting what is over.

    `again` is set by whoever wants the record looked at now.
    """

    desk: Desk
    clock: Callable[[], datetime]
    again: asyncio.Event = field(default_factory=asyncio.Event)
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "inforce-beside"))
    _refused: str = ""

    async def run(self) -> None:
        """Go on until it is cancelled."""
        for seconds in itertools.count(1):
            with suppress(TimeoutError):
                await asyncio.wait_for(self.again.wait(), 1)
            is_asked = self.again.is_set()
            self.again.clear()
            await self.done(self._whatever_happens, partial(self.look, at_once=is_asked))
            await self.done(self._whatever_happens, self.sign)
            if seconds % _CLEAR_OUT == 1:
                await self.done(self._whatever_happens, lambda: self.desk.clear_out(self.clock()))

    async def done(self, doing: Callable[P, object], *given: P.args, **named: P.kwargs) -> None:
        """Have the thread for that do something: one thing after the other, and no call waits for it."""
        await asyncio.wrap_future(self._thread.submit(doing, *given, **named))

    def look(self, *, at_once: bool = False) -> None:
        """Look whether the record moved: that takes a millisecond, and until then older texts are asked about."""
        fault = self.desk.fault
        try:
            if self.desk.read_if_moved(self.clock(), silent(), at_once=at_once):
                LOG.info("the record was read again", extra={"told": {"tip": self.desk.present.record.tip}})
        except InforceError:
            if self.desk.fault != fault:
                LOG.error("the record cannot be read, and stays as it was", extra={"told": {"fault": self.desk.fault}})

    def sign(self, *, at_once: bool = False) -> None:
        """Sign the head, if it is time, or at once. That none is signed of what somebody changed is told once.

        Raises:
            UnavailableError: the register does not answer.
        """
        before = self.desk.heads_fault
        try:
            if self.desk.sign_head_if_due(self.clock(), at_once=at_once):
                self._refused = ""
        except UnavailableError:
            raise
        except InforceError as wrong:
            if str(wrong) != self._refused:
                LOG.error("no head is signed: the register is not as it was written", extra={"told": _fault(wrong)})
            self._refused = str(wrong)
        fault = self.desk.heads_fault
        if fault and fault != before:
            LOG.error("the file of heads cannot be written", extra={"told": {"fault": fault}})
        elif before and not fault:
            LOG.info("the file of heads is written again")

    def begin(self) -> None:
        """Sign a head at once: of what was added before, had the app been killed."""
        self._whatever_happens(partial(self.sign, at_once=True))

    def end(self) -> None:
        """Sign how far the register has come."""
        try:
            self.sign(at_once=True)
        except UnavailableError as wrong:
            LOG.error("the last head could not be signed", extra={"told": {"fault": str(wrong)}})

    def _whatever_happens(self, doing: Callable[[], object]) -> None:
        """Do something; what goes wrong is told, and does not keep it from being done the next time."""
        try:
            doing()
        except UnavailableError as wrong:
            LOG.error("the register does not answer", extra={"told": {"fault": str(wrong)}})
        except Exception:  # noqa: BLE001 - it goes on, whatever it was
            LOG.exception("a fault of ours beside the calls")


@dataclass(frozen=True, slots=True)
class ForAnybody:
    """What anybody may call."""

    front: Front
    telling: Telling

    async def health(self, _: Call) -> Response:
        """`GET /health`: whether the process answers."""
        return JSONResponse({"status": "up"})

    async def ready(self, call: Call) -> Response:
        """`GET /ready`: whether answers can be taken; and whether the record is the newest."""
        self.front.count(call)
        desk = self.front.desk
        try:
            await self.front.done(desk.register.head)
            is_there = True
        except UnavailableError:
            is_there = False
        told = {
            "commit": desk.present.record.tip,
            "ready": is_there,
            "record": "outdated" if desk.fault else "current",
            "register": "available" if is_there else "unavailable",
        }
        return JSONResponse(told, 200 if is_there else 503)

    async def openapi(self, call: Call) -> Response:
        """`GET /openapi.json`: what can be called, and what it answers."""
        self.front.count(call)
        return JSONResponse(description(self.front.address, self.front.desk.present.policies))

    async def keys(self, _: Call) -> Response:
        """`GET /keys.json`: the public keys of all times."""
        return Response(self.front.desk.jwks, media_type="application/jwk-set+json")

    async def heads(self, call: Call) -> Response:
        """`GET /heads`: the head that was signed last."""
        self.front.count(call)
        return JSONResponse({"head": await self.front.done(self.front.desk.register.last_signed_head)})

    async def problem(self, call: Call) -> Response:
        """`GET /problems/{name}`: what a problem is."""
        self.front.count(call)
        name = call.path_params["name"]
        if name not in STATUSES:
            raise ProblemError("not-found")
        page = self.front.pages.problem(name, messages_in("en"))
        return Response(page, media_type="text/html", headers={"Content-Security-Policy": CSS_AND_NO_MORE})

    async def style(self, _: Call) -> Response:
        """`GET /style-….css`: the style sheet of the pages."""
        forever = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(style_sheet(), media_type="text/css", headers=forever)


def application(front: Front, beside: Beside, seconds: Callable[[], float]) -> ASGIApp:
    """The app.

    Args:
        front: what calls need.
        beside: what goes on beside them.
        seconds: a clock that never goes back, for measuring.
    """
    telling = Telling(front.address, front.pages, lambda: front.desk.present.languages)
    applications, people, anybody = ForApplications(front), ForPeople(front, telling), ForAnybody(front, telling)
    routes: list[BaseRoute] = [
        Route("/requests", applications.ask, methods=["POST"]),
        Route("/requests/{id}", applications.outcome, methods=["GET"]),
        Route("/must-accept", applications.must_accept, methods=["POST"]),
        Route("/a/{token}", people.come, methods=["GET", "POST"]),
        Route("/health", anybody.health, methods=["GET"]),
        Route("/ready", anybody.ready, methods=["GET"]),
        Route("/openapi.json", anybody.openapi, methods=["GET"]),
        Route("/keys.json", anybody.keys, methods=["GET"]),
        Route("/heads", anybody.heads, methods=["GET"]),
        Route("/problems/{name}", anybody.problem, methods=["GET"]),
        Route(style_address(), anybody.style, methods=["GET"]),
    ]

    @asynccontextmanager
    async def alive(_: object) -> AsyncIterator[None]:
        await beside.done(beside.begin)
        task = asyncio.create_task(beside.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await _end(beside)

    inside = Router(routes, redirect_slashes=False, lifespan=alive)
    return Surrounding(inside, routes, telling, seconds)


def front_of(desk: Desk, clock: Callable[[], datetime], seconds: Callable[[], float]) -> Front:
    """What calls need, of a desk that is open."""
    site, setup = desk.settings, desk.setup
    pages = Pages(site.root, site.name, has_receipts=site.acceptance is not None)
    return Front(desk, pages, Buckets(setup.limits.rate, seconds), clock, networks_of(setup.trusted_proxies))


async def _end(beside: Beside) -> None:
    """Sign the last head; whoever wants the app to end waits for that, and not for ever."""
    try:
        async with asyncio.timeout(_LAST_HEAD):
            await beside.done(beside.end)
    except TimeoutError:
        LOG.error("the last head could not be signed", extra={"told": {"fault": "that took too long"}})


def _fault(wrong: InforceError) -> dict[str, str]:
    """What is told of it in the log."""
    return {"fault": "; ".join(f"{one.path}: {one.what}" for one in wrong.problems), "todo": wrong.problems[0].todo}
