"""Occasions on which somebody is asked to accept a revision: for whom there is something to be presented, and what.

An occasion is as of the posting of its revision: whatever was posted later, or found later to have been there before,
changes nothing of it. So what is presented stays the same for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

from inforce.core.acceptance import Open, open_to
from inforce.core.effect import Audience
from inforce.core.policy import Revision
from inforce.core.timeline import Timeline

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Occasion:
    """A revision and an audience that is asked to accept it.

    Attributes:
        revision: whose text is shown.
        root: the substantive revision that it stands for: itself, unless it corrects another (rule 5).
        audience: who is asked.
        before: what bound current users who had accepted nothing, when the root was posted; None where nothing did, or
            where the root itself did at once.
        keeps: the revisions that the root leaves scheduled (rule 4).
    """

    revision: Revision
    root: Revision
    audience: Audience
    before: Revision | None = None
    keeps: tuple[Revision, ...] = ()


class Occasions:
    """The occasions of one policy."""

    def __init__(self, revisions: Iterable[Revision], timeline: Timeline | None = None) -> None:
        """Lay out what is known.

        Args:
            revisions: all that are posted.
            timeline: theirs, if it is there.
        """
        self._timeline = timeline or Timeline(revisions)
        self._revisions: Sequence[Revision] = self._timeline.revisions
        self._latest = list(accumulate((one.posting.sequence for one in self._revisions), max))
        self._place = {one.name: place for place, one in enumerate(self._revisions)}

    def of(self, name: str, audience: Audience) -> Occasion | None:
        """The occasion on which the audience is asked to accept a posted revision; None where it never is."""
        if name not in self._timeline:
            return None
        revision, root = self._timeline[name], self._timeline[self._timeline.root(name)]
        if not is_asked(root, audience):
            return None
        keeps = tuple(self._timeline[one] for one in root.keeps if one in self._timeline)
        return Occasion(revision, root, audience, self._before(root), keeps)

    def all(self) -> Iterator[Occasion]:
        """Every occasion, in order of posting."""
        found = (self.of(one.name, audience) for one in self._revisions for audience in Audience)
        return (one for one in found if one is not None)

    def _before(self, root: Revision) -> Revision | None:
        """What bound current users when the root was posted."""
        current = root.effects.get(Audience.CURRENT_USERS)
        if current is None or current.start == root.posted:
            return None
        known = self._timeline
        if self._is_out_of_order(root):
            joined = root.posting.sequence
            known = Timeline(
                one for one in self._revisions if one.posting.sequence <= joined and one.order < root.order
            )
        name = known.on(Audience.CURRENT_USERS, root.posted).revision
        return known[name] if name is not None else None

    def _is_out_of_order(self, root: Revision) -> bool:
        """Whether something stands before it that joined the record later, or something was posted at its instant."""
        place = self._place[root.name]
        around = self._revisions[max(place - 1, 0) : place + 2]
        is_alone = sum(one.posted == root.posted for one in around) == 1
        return self._latest[place] > root.posting.sequence or not is_alone


def is_asked(root: Revision, audience: Audience) -> bool:
    """Whether anybody of the audience is ever asked to accept this substantive revision, or what corrects it."""
    effect = root.effects.get(audience)
    if effect is None:
        return False
    return effect.rule.needs_acceptance or (effect.start is not None and root.terms.acceptance_asked)


def has_any(revisions: Iterable[Revision]) -> bool:
    """Whether anybody is ever asked to accept any of these revisions."""
    return any(is_asked(one, audience) for one in revisions if one.corrects is None for audience in Audience)


def asked_of(timeline: Timeline, audience: Audience, instant: datetime) -> tuple[Open, ...]:
    """What is asked at an instant of somebody who never answered anything, in order of posting.

    Args:
        timeline: the policy's.
        audience: who is meant: new users register at that instant, current users did before every posting.
        instant: the present.
    """
    joined = None if audience is Audience.NEW_USERS else _BEFORE_ALL
    return tuple(one for one in open_to(timeline, joined, (), instant) if one.is_asked)
