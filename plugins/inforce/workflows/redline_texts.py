"""The redlines of a site's revisions, and their texts with anchors and notes: kept, and made by worker processes.

Everything that is kept of a revision has a name that says on which history, and on which of our words, it rests. A
posting changes nothing of what is kept of earlier revisions, and costs one redline.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from hashlib import sha256

from inforce.adapters.cache import Cache
from inforce.adapters.workers import dealt
from inforce.core.clause import Clause
from inforce.core.identity import Identities
from inforce.core.instant import format_instant
from inforce.core.lineage import lineage_of
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.core.redline import Measure
from inforce.core.timeline import Timeline
from inforce.formats.clause_accounts import Account
from inforce.formats.clause_notes import notes
from inforce.formats.clauses_json import ClauseTexts, clauses_json
from inforce.formats.messages import Languages, Messages
from inforce.formats.redline.html import change_list, clause_changes, redline_body
from inforce.formats.redline.words import Comparison, Text
from inforce.formats.text.clauses import read_clauses, read_passage
from inforce.formats.text.markdown import Heading, Passage, Rendition, joined, renderer
from inforce.formats.text.marked import marked
from inforce.formats.text.passages import passages
from inforce.workflows.convert_texts import SiteTexts
from inforce.workflows.name_clauses import ClauseHistory
from inforce.workflows.progress import Progress

_FEW = 60
"""Below this many revisions, workers would take longer to begin than the redlines to make."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a revision changed, as HTML: the list in words, and the redline; and how much that is."""

    measure: Measure
    listed: str
    redline: str


class SiteRedlines:
    """What redlines say of posted revisions."""

    def __init__(self, policies: Sequence[PolicyRecord], texts: SiteTexts, cache: Cache, languages: Languages) -> None:
        """Compare texts, and keep what comes of it in the cache, in the words of these languages."""
        self._policies = {one.slug: one for one in policies}
        self._texts, self._cache, self._languages = texts, cache, languages
        self.history = lru_cache(1)(self._history)
        self._clauses_of = lru_cache(4)(self._read_clauses)
        self._written: Callable[[str], ClauseTexts] = lru_cache(1)(lambda _: ClauseTexts())
        self._words = lru_cache(8)(self._words_in)

    def make(self, progress: Progress, workers: int) -> None:
        """Make what is not kept.

        Args:
            progress: told of each policy.
            workers: how many processes may work at once.
        """
        slugs = (slug for slug, policy in self._policies.items() if not self._is_kept(policy))
        new = sorted(slugs, key=lambda slug: len(self._policies[slug].revisions), reverse=True)
        revisions = sum(len(self._policies[slug].revisions) for slug in new)
        for count in dealt(self._make, new, workers if revisions >= _FEW else 1):
            progress.step("revisions compared", count)

    def text(self, revision: Revision) -> Rendition:
        """A revision's text with anchors and notes; see `clause_notes.placed_notes`."""
        headings, _, source = self._kept(revision, "text").partition(b"\n")
        return Rendition(source.decode(), tuple(Heading(*one) for one in json.loads(headings)))

    def changes(self, revision: Revision) -> Changes | None:
        """What a revision changed; None of a first one."""
        kept = self._kept(revision, "changes")
        return _load(kept) if kept else None

    def clauses(self, revision: Revision) -> bytes:
        """The revision's `clauses.json`."""
        return self._kept(revision, "clauses")

    def of_draft(self, draft: Revision, text: str, language: str) -> tuple[Rendition, Changes | None]:
        """A draft's text with anchors and notes, and what it would change in its predecessor.

        Args:
            draft: as it would be posted.
            text: its Markdown.
            language: that of the text.
        """
        converted = list(map(renderer().convert, passages(text)))
        clauses = read_clauses(converted)
        say = self._languages.messages_in(language)
        policy = self._policies.get(draft.policy)
        if policy is None:
            return annotated(converted, Account(Identities().begin(clauses)), None, say, language), None
        history = self.history(draft.policy)
        timeline = Timeline([*policy.revisions, draft])
        before = next(one for one in policy.revisions if one.name == lineage_of(timeline).predecessor[draft.name])
        account, changes = history.of_draft(before, clauses, draft.name)
        new = Text(f"{draft.policy}/{draft.name}", draft.digest, clauses, None, account.identified.names)
        comparison = Comparison(self._compared(before, history), new, changes, language)
        return annotated(converted, account, comparison, say, language), _changes(comparison, say)

    def name(self, revision: Revision) -> str:
        """A name for everything on which what is said here of a revision rests."""
        history = self.history(revision.policy)
        before = history.predecessors.get(revision.name)
        names = [history.name(one) for one in (revision, before) if one is not None]
        return sha256(" ".join([*names, self._words(self._language(revision))]).encode()).hexdigest()

    def _words_in(self, language: str) -> str:
        """A digest of our words in a language."""
        return sha256(repr(self._languages.texts_in(language)).encode()).hexdigest()

    def _is_kept(self, policy: PolicyRecord) -> bool:
        return self._cache.keep([*map(self.name, policy.revisions), *self.history(policy.slug).names])

    def _make(self, slug: str) -> int:
        policy, history = self._policies[slug], self.history(slug)
        made = set()
        for revision in history.walk():
            self._made(revision)
            made.add(revision.name)
        for revision in policy.revisions:
            if revision.name not in made and self.name(revision) not in self._cache:
                self._made(revision)
        return len(policy.revisions)

    def _kept(self, revision: Revision, part: str) -> bytes:
        kept = self._cache.get_part(self.name(revision), part)
        return self._made(revision)[part] if kept is None else kept

    def _made(self, revision: Revision) -> dict[str, bytes]:
        """Everything about a revision, and kept."""
        account = self.history(revision.policy).account(revision)
        comparison, say, language = self._comparison(revision), self._messages(revision), self._language(revision)
        rendition = annotated(self._texts.passages(revision), account, comparison, say, language)
        headings = [[one.level, one.anchor, one.words] for one in rendition.headings]
        clauses = self._clauses(revision)
        parts = {
            "text": f"{json.dumps(headings, ensure_ascii=False)}\n{rendition.html}".encode(),
            "changes": _dump(_changes(comparison, say)) if comparison is not None else b"",
            "clauses": clauses_json(revision, clauses, account.identified, self._written(revision.policy)),
        }
        self._cache.put_parts(self.name(revision), parts)
        return parts

    def _comparison(self, revision: Revision) -> Comparison | None:
        """The comparison of a revision with its predecessor; None of a first one."""
        history = self.history(revision.policy)
        before, changes = history.predecessors.get(revision.name), history.redline(revision)
        if before is None or changes is None:
            return None
        sides = (self._compared(one, history) for one in (before, revision))
        return Comparison(next(sides), next(sides), changes, self._language(revision))

    def _compared(self, revision: Revision, history: ClauseHistory) -> Text:
        posted = format_instant(revision.posted, revision.zone)
        name = f"{revision.policy}/{revision.name}"
        names = history.account(revision).identified.names
        return Text(name, revision.digest, self._clauses(revision), posted, names)

    def _history(self, slug: str) -> ClauseHistory:
        return ClauseHistory(self._policies[slug], self._clauses, self._cache)

    def _clauses(self, revision: Revision) -> tuple[Clause, ...]:
        return self._clauses_of(revision.policy, revision.name)

    def _read_clauses(self, slug: str, name: str) -> tuple[Clause, ...]:
        return read_clauses(self._texts.passages(self._policies[slug].timeline[name]))

    def _messages(self, revision: Revision) -> Messages:
        return self._languages.messages_in(self._language(revision))

    def _language(self, revision: Revision) -> str:
        return self._policies[revision.policy].terms.language


def annotated(
    text: Sequence[Passage],
    account: Account,
    comparison: Comparison | None,
    say: Messages,
    language: str,
) -> Rendition:
    """A text with its clauses' anchors, and notes beside those that it or an earlier revision changed.

    Args:
        text: its passages.
        account: what is known of its clauses.
        comparison: that with its predecessor.
        say: our words.
        language: that of the text.
    """
    names = account.identified.names
    changes = clause_changes(comparison, say) if comparison is not None else []
    beside = dict(notes(changes, names, account.touches, say, language))
    rendition = joined(marked(text, list(map(read_passage, text)), names, beside), names)
    return Rendition(f"{rendition.html}{beside.get(len(names), '')}", rendition.headings)


def _changes(comparison: Comparison, say: Messages) -> Changes:
    return Changes(
        comparison.redline.measure(),
        change_list(comparison, say),
        redline_body(comparison, say, language=comparison.language),
    )


def _dump(changes: Changes) -> bytes:
    """A line each for the measure and the list, as JSON, and the redline as it is."""
    return "\n".join([json.dumps(astuple(changes.measure)), json.dumps(changes.listed), changes.redline]).encode()


def _load(kept: bytes) -> Changes:
    measure, listed, body = kept.decode().split("\n", 2)
    return Changes(Measure(*json.loads(measure)), json.loads(listed), body)
