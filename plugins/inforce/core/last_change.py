"""Since when pages say what they say: the last posting or effect that changed something on them."""

from __future__ import annotations

from datetime import datetime, timedelta

from inforce.core.effect import Audience
from inforce.core.standing import standings
from inforce.core.timeline import Timeline

_JUST = timedelta(microseconds=1)


def last_change(timeline: Timeline, instant: datetime) -> datetime | None:
    """The last instant, up to this one, at which a policy's texts or their statuses changed; None before all."""
    return max((change for change in timeline.changes() if change <= instant), default=None)


def last_change_of(timeline: Timeline, name: str, instant: datetime) -> datetime:
    """The last instant, up to this one, at which something changed that is to be said of one posted revision.

    Later postings and effects are looked at from the newest back, until one is found that made a difference to it.
    """
    posted = timeline[name].posted
    then = instant
    standing_then = _standing(timeline.as_of(then), name, then)
    for change in reversed(timeline.changes()):
        if posted < change <= then:
            before = change - _JUST
            standing_before = _standing(timeline.as_of(before), name, before)
            if standing_before != standing_then:
                return change
            then, standing_then = before, standing_before
    return posted


def _standing(timeline: Timeline, name: str, instant: datetime) -> list[tuple[object, ...]]:
    """What is to be said, and whether each instant in it is past by now."""
    found = [one for audience in Audience for one in standings(timeline, name, audience, instant)]
    return [
        (one, *(moment is not None and moment <= instant for moment in (one.start, one.until, one.otherwise)))
        for one in found
    ]
