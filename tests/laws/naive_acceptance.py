"""Acceptance once more, slowly: who is asked what, by the definitions of the words read aloud, for one instant.

What binds, is offered and is scheduled says `NaiveTimeline`, which is given only what was posted by the instant. The
questions are gone through from the other side than the program does: not "why is this text asked?", but "where does
this change's question lie now?".
"""

from laws.naive_timeline import NaiveTimeline

from inforce.core.acceptance import Decision
from inforce.core.effect import Audience
from inforce.core.policy import ChangeClass


class NaiveAsking:
    """One person at one instant.

    `joined` is None for whoever is about to register; `said` has (revision, decision, instant) in order.
    """

    def __init__(self, revisions, joined, said, t):
        self.t = t
        self.timeline = NaiveTimeline([one for one in revisions if one.posted <= t])
        self.is_registering = joined is None or joined > t
        self.joined = t if self.is_registering else joined
        texts = {one.name: one for one in self.timeline.revisions}
        self.said = [
            (self.timeline.corrected(texts[name]), decision, instant)
            for name, decision, instant in said
            if name in texts and texts[name].posted <= instant <= t
        ]
        self.accepted = [(name, instant) for name, decision, instant in said if decision is Decision.ACCEPTED]

    def open(self):
        """The open texts in order of posting, each with why it is asked, if it is."""
        for one in self.roots():
            if self.is_open(one):
                audience = self.audience(one)
                dated = self.timeline.takes_effect(one, audience, one.effects[audience].start or self.t)
                yield (
                    self.timeline.standing(one, self.t),
                    one.name,
                    audience,
                    one.effects[audience].start if dated else None,
                    one.accept_by if audience is Audience.CURRENT_USERS else None,
                    self.reason(one),
                    self.decision(one),
                )

    def roots(self):
        return self.timeline.substantive()

    def audience(self, one):
        return Audience.CURRENT_USERS if self.joined < one.posted else Audience.NEW_USERS

    def asks(self, one):
        return self.timeline.asks(one, self.audience(one))

    def is_offered(self, one, t):
        return self.timeline.is_offered(one, self.audience(one), t)

    def bound_by(self):
        if self.is_registering:
            name, basis = self.timeline.row(Audience.NEW_USERS, self.t)
        else:
            name, basis = self.timeline.binding(self.joined, self.accepted, self.t)
        return self.timeline.corrected(self.timeline.named(name)) if basis == "binds" else None

    def is_open(self, one):
        if self.asks(one):
            return self.is_offered(one, self.t)
        return self.timeline.is_scheduled(one, self.audience(one), self.t) or self.bound_by() == one

    def decision(self, one):
        """What was answered last; a deferral only where nothing was answered."""
        decisions = [decision for root, decision, _ in self.said if root == one]
        answers = [decision for decision in decisions if decision is not Decision.DEFERRED]
        return (answers or decisions or [None])[-1]

    def is_answered(self, one):
        return self.decision(one) in {Decision.ACCEPTED, Decision.DECLINED}

    def reason(self, one):
        if self.is_registering and (one == self.bound_by() or self.asks(one)):
            if self.decision(one) is Decision.ACCEPTED:
                return None
        elif self.is_answered(one):
            return None
        if self.asks(one):
            return "offer"
        if not one.terms.acceptance_asked:
            return None
        if any(one in self.where_it_is_asked(change) for change in self.roots()):
            return "change"
        return "registration" if self.was_asked_when_registering() and one == self.bound_by() else None

    def where_it_is_asked(self, change):
        """The texts that a material change asks to be answered: itself while it is open; then what came after it."""
        if change.change is not ChangeClass.MATERIAL or not change.terms.acceptance_asked:
            return []
        if not self.has_effect(change) or not self.came_later(change):
            return []
        if self.is_open(change):
            return [change]
        after = []
        for one in self.roots()[self.roots().index(change) :]:
            if one != change:
                after.append(one)
            if self.is_answered(one) and self.has_effect(one):
                break
        return after

    def came_later(self, change):
        """For those who had registered: posted since, or scheduled when they did."""
        start = change.effects[self.audience(change)].start
        return change.posted > self.joined or (start is not None and start > self.joined)

    def has_effect(self, one):
        """Not what was withdrawn before it took effect for them."""
        audience = self.audience(one)
        if self.asks(one):
            taken = any(
                root == one and decision is Decision.ACCEPTED and self.is_offered(one, instant)
                for root, decision, instant in self.said
            )
            return taken or not self.timeline.is_overtaken(one, self.t)
        start = one.effects[audience].start
        return start is not None and self.timeline.takes_effect(one, audience, start)

    def was_asked_when_registering(self):
        """And never answered, and has no other choice: nothing is offered to them."""
        if not self.is_registering and any(map(self.is_answered, self.roots())):
            return False
        if any(self.asks(one) and self.is_offered(one, self.t) for one in self.roots()):
            return False
        name, _ = NaiveTimeline([one for one in self.timeline.revisions if one.posted <= self.joined]).row(
            Audience.NEW_USERS, self.joined
        )
        return name is not None and self.timeline.corrected(self.timeline.named(name)).terms.acceptance_asked
