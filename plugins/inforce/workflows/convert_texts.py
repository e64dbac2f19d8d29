"""The texts of a site as HTML: kept from build to build, and converted by worker processes where they are new.

Revisions of one policy repeat each other, and so their texts are converted and kept together, a batch in one entry of
the cache. Its name is that of all texts in it, in order of posting. A posting continues the last batch of its policy:
what the batch had before is taken over, and of the new text only what is new in it is converted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from inforce.adapters.cache import Cache
from inforce.adapters.git_texts import TextSource
from inforce.adapters.workers import dealt
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.formats.revision_file import body
from inforce.formats.text.markdown import Passage, Rendition
from inforce.formats.text.renditions import Renditions
from inforce.workflows.progress import Progress

Batch = Sequence[Revision]
"""Revisions of one policy, in order of posting, whose texts are kept together."""
_MOST = 150
"""How many texts make a batch, so that a large policy does not keep one worker alone."""
_FEW = 60
"""Below this many texts, workers would take longer to begin than the texts to convert."""


class SiteTexts:
    """The texts of posted revisions as HTML."""

    def __init__(self, policies: Iterable[PolicyRecord], source: TextSource, cache: Cache) -> None:
        """Take texts from the source, and keep them in the cache."""
        batches = [(_name(batch), batch) for policy in policies for batch in _batches(policy.revisions)]
        self._batches = dict(batches)  # Those of two policies may have the same texts, and then are one.
        self._name_of = {(one.policy, one.name): name for name, batch in batches for one in batch}
        self._source = source
        self._cache = cache
        self._last = lru_cache(1)(self._kept)

    def convert(self, progress: Progress, workers: int) -> None:
        """Convert what is not kept.

        Args:
            progress: told of each batch.
            workers: how many processes may work at once.
        """
        new = sorted(
            (one for name, one in self._batches.items() if not self._cache.keep([name])), key=len, reverse=True
        )
        for count in dealt(self._convert, new, workers if sum(map(len, new)) >= _FEW else 1):
            progress.step("texts converted", count)

    def rendition(self, revision: Revision) -> Rendition:
        """The revision's text."""
        return self._of(revision)[revision.digest]

    def passages(self, revision: Revision) -> list[Passage]:
        """The passages of the revision's text, in order."""
        return self._of(revision).passages(revision.digest)

    def _of(self, revision: Revision) -> Renditions:
        return self._last(self._name_of[revision.policy, revision.name])

    def _kept(self, name: str) -> Renditions:
        kept = self._cache.get(name)
        return Renditions.load(kept) if kept is not None else self._converted(self._batches[name])

    def _convert(self, batch: Batch) -> int:
        self._converted(batch)
        return len(batch)

    def _converted(self, batch: Batch) -> Renditions:
        renditions = self._begun(batch)
        new = [one for one in batch if one.digest not in renditions]
        with self._source.opened() as texts:
            for one in new:
                texts.foresee(one.blob)
            for one in new:
                renditions.add(one.digest, body(texts.text(one.blob)))
        self._cache.put(_name(batch), renditions.dump())
        return renditions

    def _begun(self, batch: Batch) -> Renditions:
        """What an earlier build has of the batch."""
        for end in range(len(batch) - 1, 0, -1):
            name = _name(batch[:end])
            if name in self._cache and (kept := self._cache.get(name)) is not None:
                return Renditions.load(kept)
        return Renditions()


def _batches(revisions: Sequence[Revision]) -> Iterator[Batch]:
    return (revisions[start : start + _MOST] for start in range(0, len(revisions), _MOST))


def _name(batch: Batch) -> str:
    return hashlib.sha256(" ".join(one.digest for one in batch).encode()).hexdigest()
