"""The record as the register of acceptances reads it: who is asked what at an instant, and what it looks like.

It is read as a whole, and stays as it is: for a new posting it is read again, beside the one that is in use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock

from inforce.adapters.clock import Door
from inforce.core.acceptance import Answered, Decision, Open, accepted_of, open_to
from inforce.core.asking import Question
from inforce.core.clause import Clause
from inforce.core.effect import Audience
from inforce.core.errors import Problem, RecordError, UnavailableError
from inforce.core.instant import format_instant
from inforce.core.occasion import asked_of, is_asked
from inforce.core.policy import Revision
from inforce.core.record import FOLDER, PolicyRecord, Record
from inforce.core.register import Row, Shown, answers_of, is_of
from inforce.core.timeline import Basis, Person, Timeline
from inforce.formats.acceptance.presentation import Presentation
from inforce.formats.messages import Languages, Messages
from inforce.formats.redline.html import change_list, redline_marks
from inforce.formats.redline.words import Comparison, Text
from inforce.formats.text.clauses import read_clauses
from inforce.workflows.acceptance.presentations import Presentations, presentations_of
from inforce.workflows.caches import cache_folder, html_cache, redlines_cache
from inforce.workflows.convert_texts import SiteTexts
from inforce.workflows.name_clauses import ClauseHistory
from inforce.workflows.progress import Progress
from inforce.workflows.read_messages import languages_of
from inforce.workflows.read_record import OpenRecord, opened
from inforce.workflows.settings import Settings
from inforce.workflows.site_archive import site_archive

_KNOWN = 16
"""How many texts are remembered as clauses."""
_KNOWN_CHANGES = 256
"""Of how many pairs of revisions it is remembered what changed."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A text to which an answer is asked of a person.

    Attributes:
        policy: the policy.
        open: why, as which audience, and since when it counts.
        revision: the text.
        presentation: what is shown, word for word.
        compared_with: the revision since which the changes are shown: that which the person accepted last, else that
            which binds them; None where there is none, or it is this one.
        earlier: what they said to it before, corrections included, in order.
        is_bound: whether it binds them because they accepted it: no later answer takes that back (rule 3).
    """

    policy: PolicyRecord
    open: Open
    revision: Revision
    presentation: Presentation
    compared_with: Revision | None
    earlier: tuple[Answered, ...] = ()
    is_bound: bool = False


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed from one revision to another: the list, and the text with its changes marked. Both are HTML."""

    entries: str
    marked: str


class PresentRecord:
    """The record as it was read. Made by `read_present`; threads may share it."""

    def __init__(
        self, settings: Settings, source: OpenRecord, presentations: Presentations, folder: Path, languages: Languages
    ) -> None:
        """Keep what was read; `folder` is where caches are."""
        self.record, self.settings, self.languages = source.record, settings, languages
        self._source, self._presentations, self._folder = source, presentations, folder
        self._policies = {one.slug: one for one in self.record.policies}
        self._known: dict[tuple[str, int], Timeline] = {}
        self._shown: dict[tuple[str, str, Audience], Presentation] = {}
        self._histories: dict[str, ClauseHistory] = {}
        self._clauses: dict[str, Callable[[Revision], Sequence[Clause]]] = {}
        self._changed = lru_cache(_KNOWN_CHANGES)(self._change)
        self._showing, self._comparing = Lock(), Lock()

    @property
    def policies(self) -> Sequence[str]:
        """Every policy, by name."""
        return tuple(self._policies)

    def policy(self, slug: str, instant: datetime) -> PolicyRecord | None:
        """The policy of that name, if something of it is posted by then."""
        found = self._policies.get(slug)
        return found if found is not None and found.timeline.revisions[0].posted <= instant else None

    def timeline(self, slug: str, instant: datetime) -> Timeline:
        """The policy's timeline as it is known then."""
        whole = self._policies[slug].timeline
        count = sum(one.posted <= instant for one in whole.revisions)
        if (slug, count) not in self._known:
            self._known[slug, count] = whole.as_of(instant)
        return self._known[slug, count]

    def revision(self, shown: Shown, instant: datetime) -> Revision | None:
        """The text that was shown at the instant; None where the record has it no more."""
        if self.policy(shown.policy, instant) is None:
            return None
        timeline = self.timeline(shown.policy, instant)
        return timeline[shown.revision] if is_of(shown, timeline) else None

    def open(self, slug: str, rows: Sequence[Row], registered: datetime | None, instant: datetime) -> tuple[Open, ...]:
        """What a person can answer of a policy."""
        if self.policy(slug, instant) is None:
            return ()
        timeline = self.timeline(slug, instant)
        return open_to(timeline, registered, answers_of(rows, slug, timeline), instant)

    def asked(self, rows: Sequence[Row], question: Question, instant: datetime) -> tuple[Asked, ...]:
        """What a person is asked, in the order of the question's policies.

        Args:
            rows: what the person said before.
            question: what is said of them.
            instant: the present.
        """
        return tuple(
            self._asked(slug, one, rows, question, instant)
            for slug in question.policies
            for one in self.open(slug, rows, question.registered, instant)
            if one.is_asked or (question.reconsider and self._is_answered(slug, one, instant))
        )

    def _is_answered(self, slug: str, one: Open, instant: datetime) -> bool:
        """Whether it was answered, and is asked of people who meet it as this person does.

        It may not be: the application said otherwise then of when the person registered.
        """
        return one.decision is not None and is_asked(self.timeline(slug, instant)[one.root], one.audience)

    def _asked(self, slug: str, one: Open, rows: Sequence[Row], question: Question, instant: datetime) -> Asked:
        timeline = self.timeline(slug, instant)
        answers = answers_of(rows, slug, timeline)
        bound = _bound(timeline, Person(question.registered or instant, accepted_of(answers)), instant)
        accepted = [timeline[each.revision] for each in answers if each.decision is Decision.ACCEPTED]
        before = accepted[-1] if accepted else bound
        if before is not None and timeline.root(before.name) == one.root:
            before = None
        return Asked(
            self._policies[slug],
            one,
            timeline[one.revision],
            self.presentation(slug, one.revision, one.audience),
            before,
            tuple(each for each in answers if timeline.root(each.revision) == one.root),
            one.start is None and bound is not None and timeline.root(bound.name) == one.root,
        )

    def presentation(self, slug: str, revision: str, audience: Audience) -> Presentation:
        """What an audience is asked of a revision.

        Raises:
            LookupError: it is asked nothing.
            UnavailableError: the archive does not give what it has of it.
        """
        found = self._presented(slug, revision, audience)
        if found is None:
            raise LookupError(f"there is no presentation of {slug}/{revision} for {audience}")
        return found

    def fetch(self, slug: str, revision: str) -> None:
        """Have what is asked of a revision at hand, if anything is: the archive may be far away.

        Raises:
            UnavailableError: the archive does not give what it has of it.
        """
        for audience in Audience:
            self._presented(slug, revision, audience)

    def _presented(self, slug: str, revision: str, audience: Audience) -> Presentation | None:
        key = (slug, revision, audience)
        with self._showing:
            if key not in self._shown:
                try:
                    found = self._presentations.of(slug, revision, audience)
                except RecordError as wrong:
                    raise UnavailableError(wrong.problems) from None
                if found is None:
                    return None
                self._shown[key] = found
            return self._shown[key]

    def changes(self, slug: str, old: Revision, new: Revision, messages: Messages) -> Changes:
        """What changed from the one revision to the other, in the words of the messages."""
        with self._comparing:
            return self._changed(slug, old.name, new.name, messages.language)

    def prepare(self, instant: datetime, progress: Progress) -> None:
        """Do for policies that ask for acceptance what takes long, before anybody waits for that.

        Their clauses get their identities, and what is asked at the instant is fetched.

        Raises:
            UnavailableError: the archive does not give what it has of it.
        """
        for slug, policy in self._policies.items():
            for audience in Audience:
                for one in asked_of(policy.timeline, audience, instant):
                    self.fetch(slug, one.revision)
            if len(policy.revisions) > 1 and any(map(_may_ask, policy.revisions)):
                self._history(policy).account(policy.timeline.revisions[-1])
                progress.step("policies compared")

    def _change(self, slug: str, old: str, new: str, language: str) -> Changes:
        policy, messages = self._policies[slug], self.languages.messages_in(language)
        comparison = self._comparison(policy, policy.timeline[old], policy.timeline[new])
        marked = redline_marks(comparison, messages, top=4, language=policy.timeline[new].language)
        return Changes(change_list(comparison, messages), marked)

    def _history(self, policy: PolicyRecord) -> ClauseHistory:
        """What is known of the clauses of a policy."""
        if policy.slug not in self._histories:
            texts = SiteTexts([policy], self._source.text_source(), html_cache(self._folder))
            by_name = lru_cache(_KNOWN)(lambda name: read_clauses(texts.passages(policy.timeline[name])))
            self._clauses[policy.slug] = lambda one: by_name(one.name)
            caches = redlines_cache(self._folder)
            self._histories[policy.slug] = ClauseHistory(policy, self._clauses[policy.slug], caches)
        return self._histories[policy.slug]

    def _comparison(self, policy: PolicyRecord, old: Revision, new: Revision) -> Comparison:
        """The redline by the identities of clauses: the one that the site shows for any two revisions."""
        history, clauses = self._history(policy), self._clauses[policy.slug]
        sides = (
            Text(
                f"{policy.slug}/{one.name}",
                one.digest,
                tuple(clauses(one)),
                format_instant(one.posted, one.zone),
                history.account(one).identified.names,
            )
            for one in (old, new)
        )
        return Comparison(next(sides), next(sides), history.between(old, new), policy.terms.language)


@contextmanager
def read_present(
    settings: Settings, now: datetime, progress: Progress, before: Record | None = None
) -> Iterator[PresentRecord]:
    """Read the record.

    Args:
        settings: where it is.
        now: the present.
        progress: told of what takes long.
        before: the record that was in use; what it has posted has to be there still. None where none was.

    Raises:
        RecordError: everything that is wrong with it, or with the archive beside it.
        UnavailableError: the archive does not give what it has of what is asked.
    """
    with ExitStack() as stack:
        source = stack.enter_context(opened(settings, Door(now, now), progress))
        problems = [*source.record.errors, *(_lost(before, source.record) if before is not None else ())]
        if problems:
            raise RecordError(problems)
        folder = stack.enter_context(cache_folder(settings, progress))
        archive = site_archive(settings, source.record, now) if settings.archive else None
        presentations = presentations_of(settings, source, archive)
        present = PresentRecord(settings, source, presentations, folder, languages_of(settings))
        present.prepare(now, progress)
        yield present


def _lost(before: Record, record: Record) -> Iterator[Problem]:
    """What was posted, and people may have answered, and is gone or another text now."""
    for policy in before.policies:
        known = record.policy(policy.slug)
        digests = {one.name: one.digest for one in known.revisions} if known is not None else {}
        for revision in policy.revisions:
            if digests.get(revision.name) != revision.digest:
                now = "another text" if revision.name in digests else "gone"
                what = f"this revision was posted with the digest {revision.digest}, and is {now} now"
                todo = "bring back the history that holds it: what was posted stays (rule 7)"
                yield Problem(f"{FOLDER}/{policy.slug}/{revision.name}.md", what, todo)


def _bound(timeline: Timeline, person: Person, instant: datetime) -> Revision | None:
    """The revision that binds a person; None where none does."""
    bound = timeline.binding(person, instant)
    return timeline[bound.revision] if bound.revision is not None and bound.basis is Basis.BINDS else None


def _may_ask(revision: Revision) -> bool:
    """Whether somebody may be asked for this text, or for another one after it."""
    return revision.terms.acceptance_asked or any(one.rule.needs_acceptance for one in revision.effects.values())
