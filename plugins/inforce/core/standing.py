"""How one revision stands towards each audience: everything that its page has to say of whom it binds, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inforce.core.effect import Audience
from inforce.core.timeline import Acceptance, Basis, Person, Status, Timeline


@dataclass(frozen=True, slots=True)
class Standing:
    """A revision's standing towards one audience at an instant.

    For current users `start` and `until` bound the stretch in which the revision binds a person registered before every
    posting who accepted nothing. For new users `joined_from` and `joined_until` bound the registrations that meet this
    revision, and `until` is the end for the first of them, who accepts at once where that is asked (`by_acceptance`).
    None stands for no such instant, or none that is known. `successor` is the revision that follows at `until`;
    `overtaker` the one that withdrew this one.
    """

    audience: Audience
    status: Status
    by_acceptance: bool
    start: datetime | None = None
    until: datetime | None = None
    joined_from: datetime | None = None
    joined_until: datetime | None = None
    successor: str | None = None
    overtaker: str | None = None


def standing(timeline: Timeline, name: str, audience: Audience, instant: datetime) -> Standing | None:
    """The standing at the instant; None before the posting."""
    status = timeline.status(name, audience, instant)
    if status is None:
        return None
    root = timeline[timeline.root(name)]
    by_acceptance = root.effects[audience].rule.needs_acceptance
    overtaker = timeline.overtaken_by(name)
    withdrawn_by = overtaker.name if overtaker is not None and overtaker.posted <= instant else None
    spans = [span for span in timeline.row(audience) if span.revision == name]
    first, last = (spans[0], spans[-1]) if spans else (None, None)
    if audience is Audience.CURRENT_USERS:
        start = first.start if first else None
        until = last.until if last else None
        if by_acceptance and (offer := timeline.offer(name, audience)) is not None:
            start, until = offer.start, offer.until
        return Standing(
            audience, status, by_acceptance, start, until,
            successor=_follower(timeline, audience, until), overtaker=withdrawn_by,
        )  # fmt: skip
    if first is None or last is None:
        return Standing(audience, status, by_acceptance, overtaker=withdrawn_by)
    accepted = (Acceptance(name, first.start),) if first.basis is Basis.OFFERED else ()
    bound = [span for span in timeline.spans_of(Person(first.start, accepted)) if span.revision == name]
    until = bound[-1].until if bound else None
    following = [span.revision for span in timeline.spans_of(Person(first.start, accepted)) if span.start == until]
    return Standing(
        audience, status, by_acceptance, first.start, until, first.start, last.until,
        following[0] if following else None, withdrawn_by,
    )  # fmt: skip


def _follower(timeline: Timeline, audience: Audience, until: datetime | None) -> str | None:
    return timeline.on(audience, until).revision if until is not None else None
