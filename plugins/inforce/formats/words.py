"""The sentences in which pages tell a member what a revision is to them. Plain text, in the language of the messages.

Every sentence is one message, whole: languages differ in the order of their words, and in where they put a date. What
is put into a sentence is an instant, the name of a revision, or what the publisher wrote; nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from inforce.core.effect import Audience
from inforce.core.policy import ChangeClass, Revision
from inforce.core.standing import Standing
from inforce.core.timeline import Status
from inforce.formats.messages import Messages

CLASSES = {
    ChangeClass.MATERIAL: "change.material",
    ChangeClass.CLARIFYING: "change.clarifying",
    ChangeClass.EDITORIAL: "change.editorial",
    ChangeClass.IMPORTED: "change.imported",
    None: "change.none",
}
STATUSES = {
    Status.IN_FORCE: "status.in_force",
    Status.OFFERED: "status.offered",
    Status.SCHEDULED: "status.scheduled",
    Status.SUPERSEDED: "status.superseded",
    Status.OVERTAKEN: "status.overtaken",
    Status.NEVER: "status.never",
}
Titles = Callable[[str], str]
"""Gives the words by which a revision is called in a sentence, by its name."""
Cohort = tuple[datetime | None, datetime | None]
"""Who registered from the one instant on, and before the other; None is no bound."""


class Words:
    """The sentences of one language about the revisions of a site."""

    def __init__(self, messages: Messages, revisions: Iterable[Revision] = ()) -> None:
        """Note which of the revisions were posted on one day, so that sentences can tell them apart."""
        self.messages = messages
        self._postings: dict[tuple[str, date], set[datetime]] = defaultdict(set)
        for one in revisions:
            self._postings[one.policy, _local_day(one)].add(one.posted)

    # Pieces of sentences

    def moment(self, instant: datetime, zone: tzinfo, *, exactly: bool = False) -> str:
        """An instant; the time of day only where it is not midnight, seconds only where they are wanted."""
        return self.messages.moment(instant, zone, exactly=exactly)

    def calling(self, revision: Revision) -> str:
        """How a sentence calls a revision: by its day of posting, and by its name where that says something else.

        The time of day comes with it where another revision of the policy was posted on that day at another time.
        """
        day = _local_day(revision)
        others = self._postings.get((revision.policy, day), set()) - {revision.posted}
        posted = self._posted(revision, others) if others else self.messages.day(revision.posted, revision.zone)
        if revision.name == day.isoformat():
            return self.messages("revision.called", day=posted)
        return self.messages("revision.called.named", day=posted, name=revision.name)

    def _posted(self, revision: Revision, others: Iterable[datetime]) -> str:
        """The instant of a posting, exactly where the minute of another one is the same."""
        minute = revision.posted.replace(second=0, microsecond=0)
        exactly = any(one.replace(second=0, microsecond=0) == minute for one in others)
        return self.messages.moment(revision.posted, revision.zone, exactly=exactly, with_time=True)

    def posting_words(self, revision: Revision) -> str:
        """When it was posted, and how that is known (rule 8)."""
        when, posting = self.moment(revision.posted, revision.zone, exactly=True), revision.posting
        if posting.source is not None:
            return self.messages("posting.stated", instant=when, source=posting.source)
        return self.messages("posting.recorded", instant=when, commit=posting.commit[:12]) if posting.commit else when

    def change(self, change: ChangeClass | None) -> str:
        """The class of a change, and what it means."""
        return self.messages(CLASSES[change])

    def status(self, status: Status) -> str:
        """A status, as it stands within a sentence."""
        return self.messages(STATUSES[status])

    def told(self, standings: Sequence[Standing], now: datetime, zone: tzinfo, titles: Titles) -> list[tuple[str, str]]:
        """For each cohort who they are, and what the revision is to them; neighbours who are told the same, as one.

        Instants are told to the second where two of them would read alike otherwise.
        """
        instants = {instant for one in standings for instant in _instants_of(one)}
        exactly = len({self.moment(one, zone) for one in instants}) < len(instants)
        return list(_Telling(self.messages, now, zone, titles, exactly).told(standings))


@dataclass(frozen=True, slots=True)
class _Telling:
    """What is told of one revision at an instant; `exactly`: with seconds."""

    messages: Messages
    now: datetime
    zone: tzinfo
    titles: Titles
    exactly: bool

    def told(self, standings: Iterable[Standing]) -> Iterator[tuple[str, str]]:
        """For each cohort who they are, and what they are told."""
        told: list[tuple[Cohort, str]] = []
        for one in standings:
            (since, before), sentence = cohort_of(one), self.standing_words(one)
            if told and since is not None and told[-1][0][1] == since and told[-1][1] == sentence:
                (since, _), _ = told.pop()
            told.append(((since, before), sentence))
        yield from ((self.cohort_words(cohort), sentence) for cohort, sentence in told)

    def cohort_words(self, cohort: Cohort) -> str:
        """Whom a sentence means: by when they registered, or will."""
        since, before = cohort
        is_later = since is not None and since > self.now
        if since is None and before is None:
            return self.messages("cohort.anybody")
        if since is None:
            return self._with_instants("cohort.before", before=before)
        if before is None:
            return self._with_instants("cohort.since.later" if is_later else "cohort.since", since=since)
        key = "cohort.between.later" if is_later else "cohort.between"
        return self._with_instants(key, since=since, before=before)

    def standing_words(self, one: Standing) -> str:
        """What the revision is to somebody of the cohort, in a few sentences."""
        if one.status is Status.NEVER:
            return self.messages("standing.never")
        is_overtaken = one.status is Status.OVERTAKEN
        if one.corrected is not None and (one.by_acceptance or one.start is None) and not is_overtaken:
            return self._with_instants("standing.corrected", since=one.corrected)
        if one.by_acceptance and one.offered_from is not None:
            return _in_a_row(self._offer_words(one))
        if is_overtaken:
            return _in_a_row([self.messages("standing.overtaken"), self._of("standing.withdrawn", one.overtaker)])
        if one.start is None:
            return self.messages("standing.displaced")
        return _in_a_row([self._binding_words(one), self._follows(one)])

    def _binding_words(self, one: Standing) -> str:
        """Of a revision that binds without acceptance."""
        if one.from_joining:
            is_to_come = one.joined_from is not None and one.joined_from > self.now
            return self._with_instants(_FROM_JOINING[self._tense(one, is_to_come=is_to_come)], until=one.until)
        is_to_come = one.start is not None and one.start > self.now
        return self._with_instants(
            _FROM_START[self._tense(one, is_to_come=is_to_come)], start=one.start, until=one.until
        )

    def _tense(self, one: Standing, *, is_to_come: bool) -> tuple[str, bool]:
        """Whether a stretch is to come, is now, or is past; and whether its end is known."""
        is_past = one.until is not None and one.until <= self.now
        return "later" if is_to_come else "past" if is_past else "now", one.until is not None

    def _offer_words(self, one: Standing) -> list[str]:
        """Of a revision that binds whoever accepts it, while it is offered."""
        without, follows = self._without(one), self._follows(one) if one.until else ""
        if one.status is Status.OFFERED:
            key = (
                "standing.offered.past" if one.until is not None and one.until <= self.now else "standing.offered.until"
            )
            then = self._with_instants(key, until=one.until) if one.until else ""
            return [self.messages("standing.offered"), then, follows, without]
        withdrawn = ""
        if one.status is Status.OVERTAKEN:
            withdrawn = self._of("standing.offer.withdrawn", one.overtaker)
        if one.start is None:
            key = "standing.offer.displaced"
            return [self._with_instants(key, since=one.offered_from, before=one.offered_until), withdrawn]
        return [self._accepted(one), follows, withdrawn, without]

    def _accepted(self, one: Standing) -> str:
        """From when until when it bound who accepted it while it was offered."""
        when = "" if one.until is None else "past" if one.until <= self.now else "now"
        instants = {"since": one.offered_from, "before": one.offered_until, "until": one.until}
        if one.start == one.offered_from:
            return self._with_instants(_ACCEPTED[when], **instants)
        return self._with_instants(_ACCEPTED_BEFORE_START[when], start=one.start, **instants)

    def _without(self, one: Standing) -> str:
        """What becomes of somebody who does not accept."""
        is_offered = one.status is Status.OFFERED
        if one.audience is Audience.CURRENT_USERS:
            return self.messages("without.goes_on" if is_offered else "without.went_on")
        if one.otherwise is None:
            return self.messages("without.nothing" if is_offered else "without.nothing.past")
        if one.otherwise <= self.now:
            return self._with_instants("without.bound", instant=one.otherwise)
        return self._with_instants("without.binds" if is_offered else "without.binds.past", instant=one.otherwise)

    def _follows(self, one: Standing) -> str:
        return self._of("standing.followed", one.successor)

    def _of(self, key: str, name: str | None) -> str:
        """A sentence about another revision; nothing where there is none."""
        return capital(self.messages(key, revision=self.titles(name))) if name is not None else ""

    def _with_instants(self, key: str, **instants: datetime | None) -> str:
        given = {name: one for name, one in instants.items() if one is not None}
        moments = {name: self.messages.moment(one, self.zone, exactly=self.exactly) for name, one in given.items()}
        return self.messages(key, **moments)


_FROM_JOINING = {
    ("later", False): "binds.joining.later",
    ("later", True): "binds.joining.later.until",
    ("now", False): "binds.joining",
    ("now", True): "binds.joining.until",
    ("past", True): "bound.joining.until",
}
_FROM_START = {
    ("later", False): "binds.later",
    ("later", True): "binds.later.until",
    ("now", False): "binds",
    ("now", True): "binds.until",
    ("past", True): "bound.until",
}
_ACCEPTED = {"": "accepted", "now": "accepted.until", "past": "accepted.past"}
_ACCEPTED_BEFORE_START = {"": "accepted.start", "now": "accepted.start.until", "past": "accepted.start.past"}


def cohort_of(one: Standing) -> Cohort:
    """Who is meant by a standing."""
    if one.audience is Audience.NEW_USERS:
        return one.joined_from or one.posted, one.joined_until
    return one.joined_from, one.joined_until or one.posted


def _instants_of(one: Standing) -> Iterator[datetime]:
    """Every instant that may be told of a standing."""
    told = (*cohort_of(one), one.start, one.until, one.offered_from, one.offered_until, one.otherwise, one.corrected)
    yield from (instant for instant in told if instant is not None)


def capital(words: str) -> str:
    """The words at the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def _in_a_row(sentences: Iterable[str]) -> str:
    return " ".join(filter(None, sentences))


def _local_day(revision: Revision) -> date:
    return revision.posted.astimezone(revision.zone).date()
