"""Everything that the PDF of a revision depends on, as one value.

A PDF is made as of the posting of its revision: by the terms of that commit, compared with the revision that was there
then, and without a word of whatever was posted later. So it does not matter when it is made. The value is small, can be
pickled, and holds no text that was converted: another process makes everything else of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC

from inforce.core.address import revision_address
from inforce.core.lineage import lineage_of
from inforce.core.policy import Revision
from inforce.core.record import FOLDER
from inforce.core.timeline import Timeline
from inforce.formats.messages import Messages
from inforce.formats.time_zones import time_zone

Texts = tuple[tuple[str, str], ...]
"""Messages by their keys, in order."""
_PREFIXES = ("pdf.", "redline.", "about.", "change.", "posting.", "history.rule.", "date", "time")
"""Which messages a PDF says."""
_NOT_SAID = ("redline.page.", "redline.legend")


@dataclass(frozen=True, slots=True)
class Source:
    """A posted revision, and the exact bytes that its digest is of.

    The revision's `zone` is UTC here, because no time zone can be pickled that was read from a file; `dated` has it
    with its own.
    """

    revision: Revision
    data: bytes

    @classmethod
    def of(cls, revision: Revision, data: bytes) -> Source:
        """The revision without its zone."""
        return cls(replace(revision, terms=replace(revision.terms, zone=UTC)), data)

    @property
    def dated(self) -> Revision:
        """The revision with its zone, of which it has the name."""
        terms = replace(self.revision.terms, zone=time_zone(self.revision.time_zone))
        return replace(self.revision, terms=terms)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a PDF depends on.

    Attributes:
        source: the revision.
        before: the one that it was made from, among those that were there when it joined the record; None of a first.
        calls: how sentences call the other revisions that it names, by their names.
        language: the tag of the messages.
        texts: the messages in which the PDF speaks.
        root: the site's address, with a slash at its end.
        paper: `A4` or `Letter`.
        fonts: further families of fonts, for what ours lack.
        is_test: it will be signed with a throw-away key, and says so on each page (rule 13).
    """

    source: Source
    before: Source | None
    calls: tuple[tuple[str, str], ...]
    language: str
    texts: Texts
    root: str
    paper: str = "A4"
    fonts: tuple[str, ...] = ()
    is_test: bool = False

    @property
    def path(self) -> str:
        """The file of the revision, relative to the folder of `mkdocs.yml`."""
        return f"{FOLDER}/{self.source.revision.policy}/{self.source.revision.name}.md"

    @property
    def address(self) -> str:
        """The permanent address, whole."""
        return self.root + revision_address(self.source.revision.policy, self.source.revision.name)


def said_in_pdfs(texts: Mapping[str, str]) -> Texts:
    """The messages of a language that a PDF says."""
    return tuple(
        (key, text)
        for key, text in sorted(texts.items())
        if key.startswith(_PREFIXES) and not key.startswith(_NOT_SAID)
    )


def messages_of(sheet: Sheet) -> Messages:
    """The words in which the PDF speaks."""
    return Messages(sheet.language, dict(sheet.texts))


def known_at_posting(revision: Revision, revisions: Iterable[Revision]) -> Sequence[Revision]:
    """The revisions of its policy that had joined the record when it did, itself among them, in order of posting."""
    joined = revision.posting.sequence
    return sorted((one for one in revisions if one.posting.sequence <= joined), key=lambda one: one.order)


def predecessor_at_posting(revision: Revision, revisions: Iterable[Revision]) -> Revision | None:
    """The revision from which it was made, among those that were there when it joined the record.

    That is not always the one before it today: an older text can be found, and stated, later.
    """
    known = known_at_posting(revision, revisions)
    name = lineage_of(Timeline(known)).predecessor.get(revision.name)
    return next((one for one in known if one.name == name), None)
