"""Revisions as PDFs: what each depends on is gathered here, and the PDF made of that alone, in any process."""

from __future__ import annotations

from inforce.adapters.weasyprint_pdf import printed
from inforce.core.errors import ConfigurationError, Problem
from inforce.core.policy import Revision
from inforce.core.record import Record
from inforce.formats.messages import Languages
from inforce.formats.pdf.document import document_of
from inforce.formats.pdf.sheet import Sheet, Source, known_at_posting, predecessor_at_posting, said_in_pdfs
from inforce.formats.words import Words
from inforce.workflows.read_record import OpenRecord


class PdfRenditions:
    """The PDFs of a record's revisions."""

    def __init__(
        self, record: OpenRecord, languages: Languages, root: str, paper: str = "A4", fonts: tuple[str, ...] = ()
    ) -> None:
        """Take texts from the record, and words from the languages.

        Args:
            record: open as long as sheets are wanted.
            languages: what PDFs speak.
            root: the site's address, with a slash at its end.
            paper: `A4` or `Letter`.
            fonts: further families of fonts, for what ours lack.

        Raises:
            ConfigurationError: there is no such address.
        """
        if not root:
            what = "`site_url` is not said: a PDF names the permanent address of its revision"
            raise ConfigurationError([Problem("mkdocs.yml", what, "write `site_url: https://…`, the site's address")])
        self._record, self._languages = record, languages
        self._root, self._paper, self._fonts = root, paper, fonts

    def sheet(self, revision: Revision, *, is_test: bool = False) -> Sheet:
        """What the PDF of a posted revision depends on."""
        revisions = _revisions(self._record.record, revision)
        known = known_at_posting(revision, revisions)
        before = predecessor_at_posting(revision, revisions)
        messages = self._languages.messages_in(revision.language)
        words = Words(messages, known)
        named = {*revision.overtakes, *revision.keeps, revision.corrects, before.name if before else None}
        return Sheet(
            source=Source.of(revision, self._record.data(revision)),
            before=Source.of(before, self._record.data(before)) if before is not None else None,
            calls=tuple((one.name, words.calling(one)) for one in known if one.name in named),
            language=messages.language,
            texts=said_in_pdfs(self._languages.texts_in(revision.language)[1]),
            root=self._root,
            paper=self._paper,
            fonts=self._fonts,
            is_test=is_test,
        )


def rendered(sheet: Sheet) -> bytes:
    """The PDF, not signed: the same bytes for the same sheet, with the same fonts and packages.

    Raises:
        RecordError: the text cannot be set; the problem names the revision's file.
    """
    return printed(document_of(sheet))


def _revisions(record: Record, revision: Revision) -> tuple[Revision, ...]:
    policy = record.policy(revision.policy)
    return policy.revisions if policy is not None else (revision,)
