"""What the history page tells of each revision: the rows of its table, as facts from which the template makes cells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from inforce.core.effect import Audience, Kind
from inforce.core.policy import Revision
from inforce.core.timeline import Status, Timeline

_RULES = {
    Kind.ON_POSTING: "on_posting",
    Kind.ON_ACCEPTANCE: "on_acceptance",
    Kind.NEVER: "never",
    Kind.DAY: "day",
    Kind.INSTANT: "day",
    Kind.DAYS_AFTER: "days",
}


@dataclass(frozen=True, slots=True)
class Effective:
    """When a revision takes effect for an audience: the message that says so, and what is put into it."""

    message: str
    start: datetime | None
    days: int | None


@dataclass(frozen=True)
class Row:
    """A revision in the table. `number` is its place in the order of posting, from 1."""

    revision: Revision
    number: int
    timeline: Timeline
    now: datetime

    @property
    def effective(self) -> dict[Audience, Effective]:
        """For each audience; empty of a correction, which takes effect wherever the corrected revision does."""
        return {audience: self._effective(audience) for audience in self.revision.effects}

    def _effective(self, audience: Audience) -> Effective:
        effect = self.revision.effects[audience]
        is_withdrawn = effect.start is not None and self.timeline.start(self.revision.name, audience) is None
        message = "withdrawn" if is_withdrawn else _RULES[effect.rule.kind]
        return Effective(f"history.rule.{message}", effect.start, effect.rule.days)

    @cached_property
    def statuses(self) -> dict[Audience, Status]:
        """Its status now, for each audience."""
        found = ((audience, self.timeline.status(self.revision.name, audience, self.now)) for audience in Audience)
        return {audience: status for audience, status in found if status is not None}

    @property
    def correction(self) -> Revision | None:
        """The correction that stands for it now (rule 5)."""
        name = self.timeline.standing(self.revision.name, self.now)
        return self.timeline[name] if name != self.revision.name else None

    @property
    def kind(self) -> str:
        """The status by which the row is marked: the one that matters most."""
        ranks = (Status.IN_FORCE, Status.OFFERED, Status.SCHEDULED, Status.OVERTAKEN, Status.SUPERSEDED, Status.NEVER)
        return min(self.statuses.values(), key=ranks.index).replace(" ", "-")

    @property
    def change(self) -> str:
        """The last word of the message that tells its change class."""
        return self.revision.change or ("imported" if self.number > 1 else "first")


def rows(timeline: Timeline, now: datetime) -> Iterator[Row]:
    """The rows, the newest revision first."""
    for number in range(len(timeline.revisions), 0, -1):
        yield Row(timeline.revisions[number - 1], number, timeline, now)
