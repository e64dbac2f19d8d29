"""What the home page tells of each policy: the facts of its card, and the latest postings of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice

from markupsafe import Markup

from inforce.core.effect import Audience
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord, Record
from inforce.core.timeline import Answer, Basis, Timeline
from inforce.formats.timeline_picture.picture import strip_svg
from inforce.formats.timeline_picture.words import offers_to_current_users
from inforce.workflows.read_record import Draft

LATEST = 5
"""How many postings the page tells of."""


@dataclass(frozen=True)
class Card:
    """A policy, at the instant of the build; `drafts` are those of a preview."""

    policy: PolicyRecord
    timeline: Timeline
    now: datetime
    drafts: Sequence[Draft]

    @cached_property
    def current(self) -> Answer:
        """What current users have."""
        return self.timeline.on(Audience.CURRENT_USERS, self.now)

    @cached_property
    def new(self) -> Answer:
        """What somebody has who registers now."""
        return self.timeline.on(Audience.NEW_USERS, self.now)

    @property
    def is_for_everybody(self) -> bool:
        """Whether one revision binds both audiences, since the same instant and until the same."""
        return self.new.basis is Basis.BINDS and self.current == self.new

    @property
    def offered(self) -> Iterator[Revision]:
        """What current users are offered."""
        for offer in offers_to_current_users(self.timeline):
            if offer.contains(self.now):
                yield self.timeline[self.timeline.standing(offer.revision, self.now)]

    @property
    def scheduled(self) -> Iterator[tuple[Revision, str, datetime]]:
        """What is to take effect: the revision, whom for (`both` for all), and from when."""
        for root in self.timeline.scheduled(self.now):
            stands = self.timeline[self.timeline.standing(root.name, self.now)]
            starts = {audience: self.timeline.start(root.name, audience) for audience in Audience}
            ahead = {audience: start for audience, start in starts.items() if start is not None and start > self.now}
            if len(ahead) == len(Audience) and len(set(ahead.values())) == 1:
                yield stands, "both", next(iter(ahead.values()))
            else:
                yield from ((stands, audience.value, start) for audience, start in ahead.items())

    @property
    def next_change(self) -> datetime | None:
        """When something changes by itself."""
        return self.timeline.next_change(self.now)

    @property
    def strip(self) -> Markup:
        """The timeline as a small picture."""
        return Markup(strip_svg(self.timeline, self.now))  # noqa: S704 - made by us, of numbers alone


def latest(record: Record) -> list[tuple[Revision, str]]:
    """The latest postings of all policies, the newest first, each with the language that it is written in."""
    languages = {policy.slug: policy.terms.language for policy in record.policies}
    return [(one, languages[one.policy]) for one in islice(reversed(record.postings()), LATEST)]
