"""The timeline once more, slowly: rules 2 to 6 read aloud, one instant at a time.

Nothing is laid out, sorted into turns or kept. Each question is put to the list of revisions anew, by the definitions
of the words. Only the question "from when until when?" looks further: it asks the same thing at every instant at which
anything could change, and joins equal neighbours.

The revisions are given in the order of their posting. A revision's place in that list decides where two instants are
equal: "of equal instants the later posted counts as after".
"""

from datetime import UTC, datetime

from inforce.core.effect import Audience, Kind

BINDS, OFFERED = "binds", "offered"
NOTHING = (None, None)
BEFORE_ALL = datetime(1, 1, 2, tzinfo=UTC)


class NaiveTimeline:
    def __init__(self, revisions):
        self.revisions = list(revisions)

    # Who is who

    def named(self, name):
        return next((one for one in self.revisions if one.name == name), None)

    def place(self, revision):
        return self.revisions.index(revision)

    def substantive(self):
        return [one for one in self.revisions if one.corrects is None]

    def corrected(self, revision):
        """Rule 5: the revision that this one corrects, or that is corrected by what it corrects; else itself."""
        return revision if revision.corrects is None else self.corrected(self.named(revision.corrects))

    def standing(self, revision, t):
        """Rule 5: it stands for R from its posting on. Of several, the one posted last."""
        family = [one for one in self.revisions if one.posted <= t and self.corrected(one) == revision]
        return family[-1].name

    # Rule 4

    def overtakers(self, revision):
        return [
            one for one in self.revisions if any(self.corrected(self.named(name)) == revision for name in one.overtakes)
        ]

    def is_overtaken(self, revision, t):
        return any(one.posted <= t for one in self.overtakers(revision))

    def takes_effect(self, revision, audience, t):
        """Whether it has taken effect by t for everybody of the audience, without being asked.

        "R never takes effect for anyone for whom it has not by then; what it has already done stays done."
        """
        start = revision.effects[audience].start
        if start is None or start > t:
            return False
        return not any(one.posted < start for one in self.overtakers(revision))

    def asks(self, revision, audience):
        return revision.effects[audience].rule.kind is Kind.ON_ACCEPTANCE

    def is_scheduled(self, revision, audience, t):
        start = revision.effects[audience].start
        return revision.posted <= t and start is not None and start > t and not self.is_overtaken(revision, t)

    def scheduled(self, t):
        return [one for one in self.substantive() if any(self.is_scheduled(one, each, t) for each in Audience)]

    # Offered: "from its posting until it is overtaken, or until another revision is offered to or takes effect for the
    # same audience after it"

    def is_offered(self, revision, audience, t):
        if not self.asks(revision, audience) or revision.posted > t or self.is_overtaken(revision, t):
            return False
        return not any(self.follows(one, revision, audience, t) for one in self.substantive() if one != revision)

    def follows(self, other, offered, audience, t):
        if self.asks(other, audience):
            begins, has_begun = other.posted, other.posted <= t
        else:
            begins, has_begun = other.effects[audience].start, self.takes_effect(other, audience, t)
        return has_begun and (begins, self.place(other)) > (offered.posted, self.place(offered))

    def offered(self, audience, t):
        return next((one for one in self.substantive() if self.is_offered(one, audience, t)), None)

    # Rule 3

    def beginning(self, revision, joined, accepted):
        """When it begins for this person, with the rule of the audience that the person is for this revision."""
        audience = Audience.CURRENT_USERS if joined < revision.posted else Audience.NEW_USERS
        if self.asks(revision, audience):
            return min(self.assents(revision, audience, accepted), default=None)
        start = revision.effects[audience].start
        if start is None or not self.takes_effect(revision, audience, start):
            return None
        # The decision on the worked case's last row: an offer to new users, open at the registration, has displaced
        # what bound new users before.
        if audience is Audience.NEW_USERS and start <= joined and self.offered(audience, joined):
            return None
        return start

    def assents(self, revision, audience, accepted):
        for name, instant in accepted:
            text = self.named(name)
            is_assent = text is not None and self.corrected(text) == revision and text.posted <= instant
            if is_assent and self.is_offered(revision, audience, instant):
                yield instant

    def binding(self, joined, accepted, t):
        """The revision that binds the person at t, and on which basis."""
        if t < joined:
            return NOTHING
        begun = [
            (beginning, self.place(one), one)
            for one in self.substantive()
            if one.posted <= t and (beginning := self.beginning(one, joined, accepted)) is not None and beginning <= t
        ]
        return (self.standing(max(begun, key=lambda each: each[:2])[2], t), BINDS) if begun else NOTHING

    # The rows of in-force.json

    def row(self, audience, t):
        if audience is Audience.CURRENT_USERS:
            return self.binding(BEFORE_ALL, (), t)
        offered = self.offered(audience, t)
        return (self.standing(offered, t), OFFERED) if offered else self.binding(t, (), t)

    def status(self, name, audience, t):
        revision = self.named(name)
        if revision.posted > t:
            return None
        root = self.corrected(revision)
        effect = root.effects[audience]
        if effect.rule.kind is Kind.NEVER:
            return "never"
        if any(one.posted <= t and self.was_withdrawn(root, audience, one) for one in self.overtakers(root)):
            return "overtaken"
        if self.standing(root, t) != name:
            return "superseded"
        if self.is_offered(root, audience, t):
            return "offered"
        if self.is_scheduled(root, audience, t):
            return "scheduled"
        return "in force" if self.row(audience, t) == (name, BINDS) else "superseded"

    def was_withdrawn(self, revision, audience, overtaker):
        """Overtaken is "withdrawn by a later posting before it took effect": still scheduled or offered just then."""
        before, then = NaiveTimeline(self.revisions[: self.place(overtaker)]), overtaker.posted
        return before.is_scheduled(revision, audience, then) or before.is_offered(revision, audience, then)

    # From when until when

    def boundaries(self):
        """Every instant at which anything could change."""
        starts = {one.effects[each].start for one in self.substantive() for each in Audience}
        return sorted({one.posted for one in self.revisions} | (starts - {None}))

    def stretch(self, question, t, boundaries):
        """The answer at t with the first instant of the stretch that has it, and the first one after."""
        answer = question(t)
        since = until = None
        for instant in reversed([one for one in boundaries if one <= t]):
            if question(instant) != answer:
                break
            since = instant
        else:
            if answer == NOTHING:
                since = None  # Nothing binds before the first instant of all, either.
        for instant in (one for one in boundaries if one > t):
            if question(instant) != answer:
                until = instant
                break
        return (*answer, since, until)

    def row_stretch(self, audience, t):
        return self.stretch(lambda instant: self.row(audience, instant), t, self.boundaries())

    def binding_stretch(self, joined, accepted, t):
        boundaries = sorted({*self.boundaries(), joined, *(instant for _, instant in accepted)})
        return self.stretch(lambda instant: self.binding(joined, accepted, instant), t, boundaries)
