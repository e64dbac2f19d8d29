"""How one revision stands towards each audience: everything that its page has to say of whom it binds, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inforce.core.effect import Audience
from inforce.core.timeline import Acceptance, Person, Span, Status, Timeline


@dataclass(frozen=True, slots=True)
class Standing:
    """A revision's standing towards one audience of its root at an instant.

    `start` and `until` bound the stretch in which the revision binds: a person registered before every posting who
    accepted nothing (current users), or the first one whom the offer or the rule met (new users), who accepts it at
    once where that is asked (`by_acceptance`). `joined_until` ends the registrations that meet it (new users).
    `offered_from` and `offered_until` bound the offer, where there is one. `otherwise` is when another text first binds
    the new user who did not accept it. `corrected` is when a correction began to stand for it, `successor` the revision
    that follows at `until`, `overtaker` the one that withdrew this one. None stands for no such instant, or none that
    is known.
    """

    audience: Audience
    status: Status
    posted: datetime
    by_acceptance: bool = False
    start: datetime | None = None
    until: datetime | None = None
    joined_until: datetime | None = None
    offered_from: datetime | None = None
    offered_until: datetime | None = None
    otherwise: datetime | None = None
    corrected: datetime | None = None
    successor: str | None = None
    overtaker: str | None = None


def standing(timeline: Timeline, name: str, audience: Audience, instant: datetime) -> Standing | None:
    """The standing at the instant; None before the posting."""
    status = timeline.status(name, audience, instant)
    if status is None:
        return None
    root = timeline[timeline.root(name)]
    overtaker = timeline.overtaken_by(name)
    offer = timeline.offer(name, audience)
    row = [span for span in timeline.row(audience) if timeline.root(span.revision) == root.name]
    spans, otherwise = _binding(timeline, audience, root.name, row, offer)
    bound = [span for span in spans if span.revision == name]
    until = bound[-1].until if bound else None
    later = [one for one in timeline.corrections(name) if one.order > timeline[name].order]
    return Standing(
        audience,
        status,
        root.posted,
        by_acceptance=root.effects[audience].rule.needs_acceptance,
        start=bound[0].start if bound else None,
        until=until,
        joined_until=row[-1].until if row and audience is Audience.NEW_USERS else None,
        offered_from=offer.start if offer and offer.start != offer.until else None,
        offered_until=offer.until if offer else None,
        otherwise=otherwise,
        corrected=next((one.posted for one in later if one.posted <= instant), None),
        successor=next((span.revision for span in spans if span.start == until), None),
        overtaker=overtaker.name if overtaker is not None and overtaker.posted <= instant else None,
    )


def _binding(
    timeline: Timeline, audience: Audience, root: str, row: list[Span], offer: Span | None
) -> tuple[tuple[Span, ...], datetime | None]:
    """What binds the audience's person from then on, and when something binds one who does not accept."""
    if audience is Audience.CURRENT_USERS and offer is None:
        return timeline.row(audience), None
    if offer is not None and offer.start != offer.until:
        joined = offer.start if audience is Audience.NEW_USERS else datetime.min.replace(tzinfo=offer.start.tzinfo)
        without = timeline.spans_of(Person(joined))
        return timeline.spans_of(Person(joined, (Acceptance(root, offer.start),))), without[
            0
        ].start if without else None
    return (timeline.spans_of(Person(row[0].start)) if row else ()), None
