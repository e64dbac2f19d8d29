"""Acceptance: who is to answer what, and what the answers come to (rules 3 and 5).

The words:

*open*
    a substantive revision that a person can answer at an instant: it is offered to them, it is scheduled to take effect
    for them, or it is what binds them. Its newest correction stands for it.
*asked*
    open, and not answered yet, and the person has a reason to answer it: it binds only who accepts it; the policy asks
    whoever registers, and they never answered; or the policy asks anew after material changes, and there was one since
    they registered or last answered.
*answered*
    accepted or declined. Who decides later has not answered: the question stays. An answer to a correction is one to
    what it corrects, and no correction asks anything.

An answer never changes what takes effect by a date or by posting: it is evidence of what a person was shown and said.
Only where the rule is `on acceptance` it makes the beginning (rule 3). Nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inforce.core.effect import Audience
from inforce.core.policy import ChangeClass, Revision
from inforce.core.timeline import Acceptance, Basis, Person, Timeline


class Decision(StrEnum):
    """What a person said to a text that was shown to them."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    DEFERRED = "deferred"


class Reason(StrEnum):
    """Why a person is asked to accept a revision."""

    OFFER = "offer"
    """It binds only who accepts it."""
    REGISTRATION = "registration"
    """The policy asks whoever registers, and nothing was ever answered."""
    CHANGE = "change"
    """The policy asks anew after material changes, and there was one."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a person said to one revision of a policy, and when."""

    revision: str
    decision: Decision
    instant: datetime


@dataclass(frozen=True, slots=True)
class Open:
    """A revision that a person can answer at an instant.

    Attributes:
        revision: the text that is shown: the newest correction of the root, or the root itself.
        root: the substantive revision that it stands for.
        audience: as which the person meets it.
        start: when it takes effect for them, whatever they answer; None where it does by their acceptance alone.
        accept_by: until when current users are asked to answer; None where nothing is said, or it is for the others.
        reason: why the person is asked; None where nobody asks them, or they answered.
        decision: what they said to it last.
    """

    revision: str
    root: str
    audience: Audience
    start: datetime | None
    accept_by: datetime | None
    reason: Reason | None
    decision: Decision | None

    @property
    def is_asked(self) -> bool:
        """Whether an answer is waited for."""
        return self.reason is not None


def accepted_of(answers: Iterable[Answered]) -> tuple[Acceptance, ...]:
    """What was accepted, as the timeline takes it: of answers, those that say yes."""
    return tuple(Acceptance(one.revision, one.instant) for one in answers if one.decision is Decision.ACCEPTED)


def asks_current_users(revision: Revision, *, is_first: bool) -> bool:
    """Whether a posting asks current users for their acceptance: of this text alone, or anew by the policy's terms.

    Args:
        revision: the posted revision.
        is_first: no revision of the policy was there before.
    """
    current = revision.effects.get(Audience.CURRENT_USERS)
    if current is None:
        return False
    is_anew = revision.terms.acceptance_asked and revision.change is ChangeClass.MATERIAL and current.start is not None
    return current.rule.needs_acceptance or (is_anew and not is_first)


def open_to(
    timeline: Timeline, joined: datetime | None, answers: Sequence[Answered], instant: datetime
) -> tuple[Open, ...]:
    """Every revision that a person can answer at the instant, in order of posting.

    Args:
        timeline: the policy's; what was posted later than the instant is not looked at.
        joined: when the person registered; None: they are about to, at the instant.
        answers: what they said before, to revisions of this policy.
        instant: the present.
    """
    known = timeline.as_of(instant)
    return tuple(_Asking(known, joined, answers, instant).found())


class _Asking:
    """One person, one policy, one instant."""

    def __init__(
        self, timeline: Timeline, joined: datetime | None, answers: Sequence[Answered], instant: datetime
    ) -> None:
        """Look at what was answered."""
        self._timeline, self._instant = timeline, instant
        self._joined = instant if joined is None else joined
        self._decisions: dict[str, Decision] = {}
        for one in sorted(answers, key=lambda each: each.instant):
            if one.instant <= instant and one.revision in timeline:
                self._decide(timeline.root(one.revision), one.decision)
        answered = [root for root, decision in self._decisions.items() if decision is not Decision.DEFERRED]
        self._last = max((timeline[root].order for root in answered), default=None)
        person = Person(self._joined, accepted_of(answers))
        bound = timeline.binding(person, instant)
        self._bound = timeline.root(bound.revision) if bound.revision and bound.basis is Basis.BINDS else None

    def found(self) -> Iterator[Open]:
        """What is open."""
        roots = [one for one in self._timeline.revisions if one.corrects is None]
        opened = [one for one in roots if self._is_open(one)]
        first = next((one for one in reversed(opened) if self._is_present(one)), None)
        for root in opened:
            audience = self._audience(root)
            yield Open(
                self._timeline.standing(root.name, self._instant),
                root.name,
                audience,
                self._timeline.start(root.name, audience),
                root.accept_by if audience is Audience.CURRENT_USERS else None,
                self._reason(root, first),
                self._decisions.get(root.name),
            )

    def _decide(self, root: str, decision: Decision) -> None:
        """Take an answer in; whoever once answered and then puts it off has answered all the same."""
        if decision is not Decision.DEFERRED or root not in self._decisions:
            self._decisions[root] = decision

    def _audience(self, root: Revision) -> Audience:
        return Audience.CURRENT_USERS if self._joined < root.posted else Audience.NEW_USERS

    def _is_open(self, root: Revision) -> bool:
        audience = self._audience(root)
        if root.effects[audience].rule.needs_acceptance:
            return self._is_offered(root)
        start = self._timeline.start(root.name, audience)
        return start is not None and (start > self._instant or self._bound == root.name)

    def _is_offered(self, root: Revision) -> bool:
        offer = self._timeline.offer(root.name, self._audience(root))
        return offer is not None and offer.contains(self._instant)

    def _is_present(self, root: Revision) -> bool:
        """Whether it binds the person, or is offered to them, now: what whoever registers answers first."""
        return self._bound == root.name or (
            root.effects[self._audience(root)].rule.needs_acceptance and self._is_offered(root)
        )

    def _reason(self, root: Revision, first: Revision | None) -> Reason | None:
        if self._decisions.get(root.name, Decision.DEFERRED) is not Decision.DEFERRED:
            return None
        if root.effects[self._audience(root)].rule.needs_acceptance:
            return Reason.OFFER
        if not root.terms.acceptance_asked:
            return None
        if self._last is None and self._audience(root) is Audience.NEW_USERS and root is first:
            return Reason.REGISTRATION
        return Reason.CHANGE if self._has_changed(root, first) else None

    def _has_changed(self, root: Revision, first: Revision | None) -> bool:
        """Whether a material change lies between what the person last answered, or met when registering, and this."""
        since = self._last
        if since is None and first is not None and self._audience(root) is Audience.NEW_USERS:
            since = first.order
        return any(
            one.change is ChangeClass.MATERIAL and self._has_an_effect(one)
            for one in self._timeline.revisions
            if one.order <= root.order and (one.order > since if since is not None else one.posted > self._joined)
        )

    def _has_an_effect(self, root: Revision) -> bool:
        """Whether it takes effect for the person, or did, or was to by their acceptance; not what was overtaken."""
        audience = self._audience(root)
        is_overtaken = self._timeline.overtaken_by(root.name) is not None
        is_offer = root.effects[audience].rule.needs_acceptance and not is_overtaken
        return is_offer or self._timeline.start(root.name, audience) is not None
