"""Acceptance: who is to answer what, and what the answers come to (rules 3 and 5).

The words:

*open*
    a substantive revision that a person can answer at an instant: it is offered to them, it is scheduled to take effect
    for them, or it binds them without their acceptance. Its newest correction stands for it.
*answered*
    accepted or declined. Who decides later has not answered: the question stays. An answer to a correction is one to
    what it corrects, and no correction asks anything. An answer that is older than the posting of what it answers is
    none.
*asked*
    open, not answered, and for one of these reasons:

    *offer*: it binds only who accepts it.

    *change*: it is a material change that came for them after they had registered, of a policy that asks; or such a
    change came before it, has had its turn, and neither it nor anything since was answered. What was withdrawn before
    it took effect for them neither asks nor answers for anything else.

    *registration*: the policy asked whoever registered when they did, they never answered anything, and this is what
    binds them, with nothing offered to them in its place.

    What a posting asks, its own terms say (rule 7): a policy that begins to ask does so from its next posting on. The
    day by which current users are to answer ends no question: whoever lets it pass has not answered, and is still
    asked.

Whoever is about to register is asked for the text that new users are offered, or are bound by, until they accept it:
a registration that was declined once asks the next time as well.

An answer never changes what takes effect by a date or by posting: it is evidence of what a person was shown and said.
Only where the rule is `on acceptance` it makes the beginning (rule 3), and no later answer takes that back. Nothing
here reads a clock.
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
    """The policy asked whoever registered when they did, and nothing was ever answered."""
    CHANGE = "change"
    """The policy asks anew after material changes, and there was one that they have not answered."""


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
        accept_by: until when current users are to answer; None where nothing is said, or it is for the others.
        reason: why the person is asked; None where nobody asks them, or they answered.
        decision: what they answered last, or that they put it off where they never answered.
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
        joined: when the person registered; None, or later than the instant: they are about to, at the instant.
        answers: what they said before, to revisions of this policy, in order.
        instant: the present.
    """
    known = timeline.as_of(instant) if timeline.posted_within(instant, None) else timeline
    is_registered = joined is not None and joined <= instant
    return tuple(_Asking(known, joined if is_registered else None, answers, instant).found())


class _Asking:
    """One person, one policy, one instant."""

    def __init__(
        self, timeline: Timeline, registered: datetime | None, answers: Sequence[Answered], instant: datetime
    ) -> None:
        """Look at what was answered, and at what binds the person."""
        self._timeline, self._instant = timeline, instant
        self._is_registering = registered is None
        self._joined = instant if registered is None else registered
        counted = [one for one in answers if self._counts(one)]
        self._person = Person(self._joined, accepted_of(counted))
        self._decisions: dict[str, Decision] = {}
        for one in sorted(counted, key=lambda each: each.instant):
            self._decide(timeline.root(one.revision), one.decision)
        self._answered = [timeline[root] for root in self._decisions if self._is_answered(root)]
        self._bound = self._binding()

    def found(self) -> Iterator[Open]:
        """What is open."""
        for root in filter(self._is_open, self._substantive()):
            audience = self._audience(root)
            yield Open(
                self._timeline.standing(root.name, self._instant),
                root.name,
                audience,
                self._timeline.start(root.name, audience),
                root.accept_by if audience is Audience.CURRENT_USERS else None,
                self._reason(root) if self._is_waited_for(root) else None,
                self._decisions.get(root.name),
            )

    # What was answered

    def _counts(self, one: Answered) -> bool:
        """Whether it was given by now, to a text that was there."""
        return one.revision in self._timeline and self._timeline[one.revision].posted <= one.instant <= self._instant

    def _decide(self, root: str, decision: Decision) -> None:
        """Take an answer in; whoever once answered and then puts it off has answered all the same."""
        if decision is not Decision.DEFERRED or root not in self._decisions:
            self._decisions[root] = decision

    def _is_answered(self, root: str) -> bool:
        return self._decisions.get(root, Decision.DEFERRED) is not Decision.DEFERRED

    # What is there

    def _substantive(self) -> Iterator[Revision]:
        return (one for one in self._timeline.revisions if one.corrects is None)

    def _audience(self, root: Revision) -> Audience:
        return Audience.CURRENT_USERS if self._joined < root.posted else Audience.NEW_USERS

    def _needs_acceptance(self, root: Revision) -> bool:
        return root.effects[self._audience(root)].rule.needs_acceptance

    def _start(self, root: Revision) -> datetime | None:
        return self._timeline.start(root.name, self._audience(root))

    def _binding(self) -> str | None:
        """The root that binds them; of whoever is about to register, what then will where they accept nothing."""
        if self._is_registering:
            bound = self._timeline.on(Audience.NEW_USERS, self._instant)
        else:
            bound = self._timeline.binding(self._person, self._instant)
        return self._timeline.root(bound.revision) if bound.revision and bound.basis is Basis.BINDS else None

    def _is_open(self, root: Revision) -> bool:
        if self._needs_acceptance(root):
            return self._is_offered(root, self._instant)
        start = self._start(root)
        return start is not None and (start > self._instant or self._bound == root.name)

    def _is_offered(self, root: Revision, instant: datetime) -> bool:
        offer = self._timeline.offer(root.name, self._audience(root))
        return offer is not None and offer.contains(instant)

    # What is asked

    def _is_waited_for(self, root: Revision) -> bool:
        """Whether an answer is still missing."""
        if self._is_registering and (self._bound == root.name or self._needs_acceptance(root)):
            return self._decisions.get(root.name) is not Decision.ACCEPTED
        return not self._is_answered(root.name)

    def _reason(self, root: Revision) -> Reason | None:
        """Why they are asked for what is open and waited for."""
        if self._needs_acceptance(root):
            return Reason.OFFER
        if not root.terms.acceptance_asked:
            return None
        if any(self._asks_here(one, root) for one in self._substantive() if self._is_change(one)):
            return Reason.CHANGE
        return Reason.REGISTRATION if self._is_asked_at_registration(root) else None

    def _is_change(self, one: Revision) -> bool:
        """Whether it is a material change that came for them after they had registered, of a policy that asks."""
        if one.change is not ChangeClass.MATERIAL or not one.terms.acceptance_asked or not self._had_effect(one):
            return False
        start = self._start(one)
        return self._audience(one) is Audience.CURRENT_USERS or (start is not None and start > self._joined)

    def _asks_here(self, change: Revision, root: Revision) -> bool:
        """Whether the change asks for an answer to this root: it is its own, or one that was left unanswered."""
        if change is root:
            return True
        return (
            change.order < root.order
            and not self._is_open(change)
            and not any(change.order <= one.order < root.order and self._had_effect(one) for one in self._answered)
        )

    def _had_effect(self, root: Revision) -> bool:
        """Whether it takes effect for them, did, or could have by their acceptance: not what was withdrawn before."""
        if not self._needs_acceptance(root):
            return self._start(root) is not None
        return self._timeline.overtaken_by(root.name) is None or any(
            self._timeline.root(one.revision) == root.name and self._is_offered(root, one.instant)
            for one in self._person.accepted
        )

    def _is_asked_at_registration(self, root: Revision) -> bool:
        """Whether the policy asked them when they registered, they never answered, and this is what they live with."""
        if self._bound != root.name or (self._answered and not self._is_registering):
            return False
        if any(self._needs_acceptance(one) and self._is_offered(one, self._instant) for one in self._substantive()):
            return False
        met = self._timeline.on(Audience.NEW_USERS, self._joined).revision
        return met is not None and self._timeline[self._timeline.root(met)].terms.acceptance_asked
