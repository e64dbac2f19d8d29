"""Judge what a person says, when nobody else can say anything: is it asked of them, now, and as it was shown?

The judge is asked within the transaction that holds the register's chain (`register_store.py`), with the person's rows
as they are then, and the instant that new rows will have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from inforce.core.acceptance import Decision
from inforce.core.asking import Answer, Given, Refusal, RefusedError, Request
from inforce.core.register import Kept, Row, Shown, Statement
from inforce.workflows.acceptance.present_record import Asked, PresentRecord


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of the connection by which an answer came, as far as the operator wants it kept."""

    ip: str | None = None
    user_agent: str | None = None


@dataclass(slots=True)
class Judge:
    """Judges the answers to one request.

    Attributes:
        present: the record.
        request: what was asked, of whom.
        answers: what they say.
        language: of the words around what was shown.
        seen: what is kept of the connection.
        stood: rows that say already what is said again, by the policy and revision.
    """

    present: PresentRecord
    request: Request
    answers: Sequence[Answer]
    language: str
    seen: Seen
    stood: dict[tuple[str, str], Row] = field(default_factory=dict)

    def statements(self, rows: Sequence[Row], instant: datetime) -> list[tuple[Statement, bytes]]:
        """What is to be added to the register, each with what was shown.

        Raises:
            RefusedError: something that is said cannot be; then nothing is added.
        """
        self.stood = {}
        asked = {
            (one.policy.slug, one.revision.name): one
            for one in self.present.asked(rows, self.request.question, instant)
        }
        said = []
        for one in self.answers:
            found = asked.get((one.policy, one.revision))
            if (row := self._standing(rows, one, found, instant)) is not None:
                self.stood[one.policy, one.revision] = row
            elif found is None:
                raise RefusedError(self._refusal(rows, one, instant), one.policy, one.revision)
            else:
                said.append((self._statement(one, found), found.presentation.data))
        answered = {(one.policy, one.revision) for one in self.answers}
        if missing := [key for key in asked if key not in answered]:
            raise RefusedError(Refusal.CHANGED, *missing[0])
        return said

    def given(self, kept: Sequence[Kept]) -> tuple[Given, ...]:
        """What was answered, and by which rows, in the order of the answers."""
        added = {(one.row.statement.shown.policy, one.row.statement.shown.revision): one.row for one in kept}
        rows = {**self.stood, **added}
        return tuple(
            Given(one.policy, one.revision, one.decision, row.instant, row.number)
            for one in self.answers
            for row in [rows[one.policy, one.revision]]
        )

    def _standing(self, rows: Sequence[Row], one: Answer, found: Asked | None, instant: datetime) -> Row | None:
        """The row that says already what is said again: accepting twice is one acceptance, declining too."""
        if one.decision is Decision.DEFERRED or (found is not None and found.open.is_asked):
            return None
        last = next((row for row in reversed(rows) if self._is_to_the_same(row, one, instant)), None)
        if last is None:
            return None
        shown = last.statement.shown
        is_same = (shown.revision, shown.digest, last.statement.decision) == (one.revision, one.digest, one.decision)
        return last if is_same else None

    def _is_to_the_same(self, row: Row, one: Answer, instant: datetime) -> bool:
        """Whether a row is an answer to that text too, or to what it corrects, or to another correction of that."""
        shown = row.statement.shown
        if shown.policy != one.policy or row.statement.decision is Decision.DEFERRED:
            return False
        if self.present.policy(one.policy, instant) is None:
            return False
        timeline = self.present.timeline(one.policy, instant)
        is_known = shown.revision in timeline and one.revision in timeline
        return is_known and timeline.root(shown.revision) == timeline.root(one.revision)

    def _statement(self, one: Answer, found: Asked) -> Statement:
        compared = None if found.compared_with is None else found.compared_with.name
        shown = (found.revision.digest, found.presentation.digest, compared)
        if (one.digest, one.presentation, one.compared_with) != shown:
            raise RefusedError(Refusal.MISMATCH, one.policy, one.revision)
        question = self.request.question
        return Statement(
            question.subject,
            question.registered,
            Shown(
                one.policy,
                one.revision,
                found.revision.digest,
                found.presentation.digest,
                found.open.audience,
                compared,
                self.language,
            ),
            one.decision,
            self.request.application,
            question.channel,
            self.request.id,
            self.seen.ip,
            self.seen.user_agent,
        )

    def _refusal(self, rows: Sequence[Row], one: Answer, instant: datetime) -> Refusal:
        """Why a revision that is not asked of the person cannot be answered."""
        question = self.request.question
        policy = self.present.policy(one.policy, instant)
        if policy is None or one.revision not in self.present.timeline(one.policy, instant):
            return Refusal.NOT_POSTED
        if one.policy not in question.policies:
            return Refusal.CHANGED
        for found in self.present.open(one.policy, rows, question.registered, instant):
            if found.revision == one.revision:
                return Refusal.NOT_ASKED if found.decision is None else Refusal.ANSWERED
        return Refusal.NOT_OPEN
