"""What every call needs: the desk, the clock, the pages, and how often a client may come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request as Call

from inforce.acceptance_app.limits import Buckets
from inforce.acceptance_app.pages import Pages
from inforce.core.acceptance_settings import AcceptanceSettings
from inforce.workflows.acceptance.desk import Desk


@dataclass(frozen=True, slots=True)
class Front:
    """What every call needs."""

    desk: Desk
    pages: Pages
    buckets: Buckets
    clock: Callable[[], datetime]

    @property
    def setup(self) -> AcceptanceSettings:
        """What `acceptances.yml` says."""
        return self.desk.setup

    @property
    def address(self) -> str:
        """Where the app is, with a slash at the end."""
        return self.setup.address

    def count(self, call: Call) -> None:
        """Count a call against its client.

        Raises:
            ProblemError: the client comes too often.
        """
        self.buckets.take(client_of(call))


def client_of(call: Call) -> str:
    """Where a call comes from, by its connection, or by the word of a proxy that is trusted."""
    return call.client.host if call.client is not None else ""
