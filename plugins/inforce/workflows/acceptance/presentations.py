"""What people are asked to accept, word for word: as it was archived, else made of the record."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import lru_cache

from inforce.core.archive import presentation_place
from inforce.core.effect import Audience
from inforce.core.errors import Problem, RecordError
from inforce.core.occasion import Occasion, Occasions
from inforce.core.policy import Revision
from inforce.core.record import Record
from inforce.formats.acceptance.presentation import Presentation, presentation_of, read_presentation
from inforce.formats.messages import Languages
from inforce.formats.text.markdown import Rendition, render
from inforce.workflows.read_messages import languages_of
from inforce.workflows.read_record import OpenRecord
from inforce.workflows.settings import Settings
from inforce.workflows.site_archive import SiteArchive

_KNOWN = 64
"""How many presentations are remembered."""
_NOT_OURS = "run `inforce verify` on the archive; is it the archive of another record?"


class Presentations:
    """The presentations of a record."""

    def __init__(
        self,
        record: Record,
        rendition: Callable[[Revision], Rendition],
        languages: Languages,
        archive: SiteArchive | None = None,
    ) -> None:
        """Begin with none made.

        Args:
            record: everything that is posted.
            rendition: gives the text of a revision as HTML.
            languages: in whose words presentations speak.
            archive: what it has goes before what would be made today.
        """
        self._occasions = {one.slug: Occasions(one.revisions, one.timeline) for one in record.policies}
        self._rendition, self._languages, self._archive = rendition, languages, archive
        self._found = lru_cache(_KNOWN)(self._find)
        self._words = lru_cache(self._digest_of_words)

    def of(self, policy: str, revision: str, audience: Audience) -> Presentation | None:
        """What the audience is asked of a posted revision; None where it is asked nothing.

        Raises:
            RecordError: the archive has it, but not as it was written.
        """
        return self._found(policy, revision, audience)

    def depends_on(self, revision: Revision) -> str:
        """Everything that the presentations of a posted revision depend on besides our own code."""
        occasions = self._occasions[revision.policy]
        found = [one for audience in Audience if (one := occasions.of(revision.name, audience)) is not None]
        if not found:
            return ""
        root = found[0].root if found[0].root is not revision else None
        named = [[_named(each) for each in (one.before, *one.keeps)] for one in found]
        kept = [*self._archive.presentations(revision)] if self._archive is not None else []
        return repr((revision, root, [one.audience for one in found], named, kept, self._words(revision.language)))

    def _digest_of_words(self, language: str) -> str:
        """A name for all words of a language."""
        return hashlib.sha256(repr(self._languages.texts_in(language)).encode()).hexdigest()

    def _find(self, policy: str, revision: str, audience: Audience) -> Presentation | None:
        occasions = self._occasions.get(policy)
        occasion = occasions.of(revision, audience) if occasions is not None else None
        if occasion is None:
            return None
        return self._archived(occasion) or self.made(occasion)

    def _archived(self, occasion: Occasion) -> Presentation | None:
        """As the archive has it: that is what is shown for ever, whatever words we would use today."""
        revision, audience = occasion.revision, occasion.audience
        data = self._archive.presentation(revision, audience) if self._archive is not None else None
        if data is None:
            return None
        place = presentation_place(revision.policy, revision.name, audience)
        try:
            found = read_presentation(revision.policy, revision.name, audience, data)
        except ValueError as wrong:
            raise RecordError([Problem(place, str(wrong), _NOT_OURS)]) from None
        if found.source != revision.digest:
            raise RecordError([Problem(place, "this shows another text than the record has", _NOT_OURS)])
        return found

    def made(self, occasion: Occasion) -> Presentation:
        """In the words of today, whatever the archive has."""
        revision = occasion.revision
        messages = self._languages.messages_in(revision.language)
        return presentation_of(occasion, self._rendition(revision), messages)


def _named(revision: Revision | None) -> object:
    """All that a presentation says of another revision."""
    return None if revision is None else (revision.name, revision.posted, revision.time_zone)


def presentations_of(settings: Settings, source: OpenRecord, archive: SiteArchive | None = None) -> Presentations:
    """The presentations of a record that is open as long as they are asked for.

    Args:
        settings: which messages there are.
        source: the record, and its texts.
        archive: what it has goes before what would be made today; None where there is none.

    Raises:
        ConfigurationError: message files are at fault.
    """
    return Presentations(source.record, lambda one: render(source.text(one)), languages_of(settings), archive)
