"""How one revision stands towards each audience: everything that its page has to say of whom it binds, and when.

An audience is not of one kind: a later posting meets part of a revision's new users as its current users, and an
earlier one did so with its current users. So everybody is asked about by *cohorts*: those who registered between two
neighbouring postings (or turns of an offer) are bound alike, and neighbours of whom the same is to be said are told of
together.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

from inforce.core.effect import Audience
from inforce.core.policy import Revision
from inforce.core.timeline import Acceptance, Person, Span, Status, Timeline

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """A revision's standing towards one cohort of an audience at an instant.

    The cohort registered from `joined_from` on and before `joined_until`. `start` and `until` bound the stretch in
    which the revision binds its first member, who accepts it at once where that is asked (`by_acceptance`); `start` is
    None where it never does, and `from_joining` says that it begins with the registration or acceptance itself.
    `offered_from` and `offered_until` bound the offer to the audience, where there is one. `otherwise` is when another
    text first binds who did not accept (new users), `corrected` when a correction began to stand for this revision,
    `successor` the revision that follows at `until`, `overtaker` the one that withdrew this one. None stands for no
    such instant, or none that is known.
    """

    audience: Audience
    status: Status
    posted: datetime
    joined_from: datetime | None = None
    joined_until: datetime | None = None
    by_acceptance: bool = False
    from_joining: bool = False
    start: datetime | None = None
    until: datetime | None = None
    offered_from: datetime | None = None
    offered_until: datetime | None = None
    otherwise: datetime | None = None
    corrected: datetime | None = None
    successor: str | None = None
    overtaker: str | None = None


def standings(timeline: Timeline, name: str, audience: Audience, instant: datetime) -> tuple[Standing, ...]:
    """The standings towards the audience's cohorts, in order of registration; none before the posting.

    Cohorts that the revision never binds are left out where there are others.
    """
    status = timeline.status(name, audience, instant)
    if status is None:
        return ()
    root = timeline[timeline.root(name)]
    overtaker = timeline.overtaken_by(name)
    offer = timeline.offer(name, audience)
    later = [one for one in timeline.corrections(name) if one.order > timeline[name].order]
    frame = Standing(
        audience,
        status,
        root.posted,
        by_acceptance=root.effects[audience].rule.needs_acceptance,
        offered_from=offer.start if offer and offer.start != offer.until else None,
        offered_until=offer.until if offer else None,
        corrected=next((one.posted for one in later if one.posted <= instant), None),
        overtaker=overtaker.name if overtaker is not None and overtaker.posted <= instant else None,
    )
    cohorts = [_of_cohort(timeline, name, frame, *cohort) for cohort in _cohorts(timeline, root, audience)]
    bound = [one for one in cohorts if one.start is not None] or cohorts[:1] or [frame]
    return tuple(_joined(bound))


def turn_of(timeline: Timeline, audience: Audience, instant: datetime) -> datetime | None:
    """When the turn came of what an audience's row has at the instant; a correction of it takes no turn of its own.

    None where the row has nothing then.
    """
    now = timeline.on(audience, instant)
    if now.revision is None:
        return None
    turn: Span | None = None
    for span in reversed([one for one in timeline.row_of(now.revision, audience) if one.start <= instant]):
        if turn is not None and span.until != turn.start:
            break
        turn = span
    return turn.start if turn else None


def _cohorts(
    timeline: Timeline, root: Revision, audience: Audience
) -> Iterator[tuple[datetime | None, datetime | None]]:
    """The stretches of registration in which everybody of the audience is bound alike, as far as the root goes.

    Of its current users, those differ for whom an earlier revision still took effect after its posting; of its new
    users, those for whom a later one was posted while they still met it.
    """
    if audience is Audience.CURRENT_USERS:
        late = {one.posted for one in timeline.late_for(root)}
        yield from pairwise([None, *sorted(late), root.posted])
        return
    spans = timeline.row_of(root.name, audience)
    end = spans[-1].until if spans else timeline.start(root.name, audience) or root.posted
    others = {one.posted for one in timeline.posted_within(root.posted, end) if one.corrects is None}
    turns = others | {span.start for span in spans} | ({end} if end else set())
    inside = sorted(turn for turn in turns if root.posted < turn and (end is None or turn <= end))
    yield from pairwise([root.posted, *inside, *([None] if end is None or not inside else [])])


def _of_cohort(
    timeline: Timeline, name: str, frame: Standing, joined_from: datetime | None, joined_until: datetime | None
) -> Standing:
    joined = joined_from or _BEFORE_ALL
    accepted_at = max(joined, frame.offered_from) if frame.offered_from else joined
    accepted = (Acceptance(timeline.root(name), accepted_at),) if frame.by_acceptance else ()
    spans = timeline.spans_about(Person(joined, accepted), name)
    bound = [span for span in spans if span.revision == name]
    until = bound[-1].until if bound else None
    return replace(
        frame,
        joined_from=joined_from,
        joined_until=joined_until,
        from_joining=bool(bound) and bound[0].start == accepted_at,
        start=bound[0].start if bound else None,
        until=until,
        otherwise=timeline.first_bound(Person(joined)) if frame.by_acceptance else None,
        successor=next((span.revision for span in spans if span.start == until), None),
    )


def _joined(cohorts: list[Standing]) -> Iterator[Standing]:
    """Neighbours of whom the same is to be said, as one."""
    told: Standing | None = None
    for one in cohorts:
        if told is not None and told.joined_until == one.joined_from and _is_alike(told, one):
            told = replace(told, joined_until=one.joined_until)
        else:
            if told is not None:
                yield told
            told = one
    if told is not None:
        yield told


def _is_alike(one: Standing, other: Standing) -> bool:
    begin = one.from_joining == other.from_joining and (one.from_joining or one.start == other.start)
    return begin and (one.until, one.successor, one.otherwise) == (other.until, other.successor, other.otherwise)
