"""How a run of the notification job is asked to be, and what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from inforce.core.delivery import Outcome, State, Trouble
from inforce.core.errors import Problem


@dataclass(frozen=True, slots=True)
class How:
    """How a run is asked to be.

    Attributes:
        tells_what_is_due: a new ledger tells what is due already, and does not take it as seen.
        resends_doubtful: what is in doubt is sent again.
        settles_doubtful: what is in doubt is taken as sent.
        retries_failed: what failed for good, or too often, is tried again.
        is_dry: nothing is sent and nothing noted.
    """

    tells_what_is_due: bool = False
    resends_doubtful: bool = False
    settles_doubtful: bool = False
    retries_failed: bool = False
    is_dry: bool = False


@dataclass(slots=True)
class Report:
    """What a run did: counts, problems in the order in which they came, and what a person has to look at.

    Attributes:
        notices: how many the site has.
        seen: how many a new ledger took as told before.
        told: how many there was somebody to be told of.
        cancelled: how many became so since the last run; `expired` likewise.
        sent: deliveries in this run; `failed` likewise.
        problems: what is to be mended.
        listed: what a person has to look at now.
        shown: what a dry run would have sent: notice, channel, address.
    """

    notices: int = 0
    seen: int = 0
    told: int = 0
    cancelled: int = 0
    expired: int = 0
    sent: int = 0
    failed: int = 0
    problems: list[Problem] = field(default_factory=list)
    listed: Sequence[Trouble] = ()
    shown: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether nothing failed, nothing is to be looked at, and nothing is to be mended."""
        return not (self.failed or self.listed or any(one.is_error for one in self.problems))

    @property
    def doubtful(self) -> int:
        """How many deliveries are in doubt now."""
        return sum(one.state is State.DOUBTFUL for one in self.listed)

    def count(self, outcome: Outcome) -> None:
        """Count what became of a delivery."""
        self.sent += outcome.state is State.SENT
        self.failed += outcome.state is State.FAILED
