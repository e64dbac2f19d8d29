"""Publish: what the site consists of, computed whole before anything is written.

A `Site` is what a build shows at one instant: the record as it was known then, and in a preview the drafts. The
permanent data files come from here; the HTML pages from whoever knows the theme.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from inforce.adapters.cache import Cache, edition, open_cache
from inforce.adapters.clock import Door
from inforce.core import address
from inforce.core.errors import Problem, RecordError
from inforce.core.record import PolicyRecord, Record
from inforce.formats.in_force_json import in_force_table
from inforce.formats.json_text import to_json
from inforce.formats.messages import Languages
from inforce.formats.policies_json import policies_table
from inforce.formats.postings_json import postings_table
from inforce.formats.revision_file import split
from inforce.formats.schemas import NAMES, schema
from inforce.formats.text.markdown import Rendition, render
from inforce.formats.timemap import timemap
from inforce.workflows.acceptance.presentations import Presentations
from inforce.workflows.acceptance.site_acceptance import SiteAcceptance, register_keys
from inforce.workflows.caches import cache_folder, html_cache, presentations_cache, redlines_cache
from inforce.workflows.convert_texts import SiteTexts
from inforce.workflows.notice_authority import settled_authority
from inforce.workflows.progress import Progress, silent
from inforce.workflows.read_record import Draft, OpenRecord, opened
from inforce.workflows.redline_texts import SiteRedlines
from inforce.workflows.settings import Settings
from inforce.workflows.site_archive import SiteArchive, missing_pdfs, missing_presentations, site_archive
from inforce.workflows.site_notices import SiteNotices, site_notices


@dataclass(frozen=True, slots=True)
class Site:
    """What one build shows: the record as of an instant, the drafts of a preview, and the warnings to be told.

    `lacking` are warnings too, of what the archive lacks: whoever publishes has to hear of them, a preview need not.
    `texts` has the revisions as HTML, `redlines` what changed in them, `archive` their signed PDFs, `notices` what is
    to be told of them, if anything is, `acceptance` what people are asked to accept. `pages` has what whoever makes the
    pages keeps from build to build, `written` the notes on what was written; `workers` says how many processes may work
    at once.
    """

    record: Record
    as_of: datetime
    drafts: Sequence[Draft]
    warnings: Sequence[Problem]
    lacking: Sequence[Problem]
    source: OpenRecord
    texts: SiteTexts
    redlines: SiteRedlines
    archive: SiteArchive
    notices: SiteNotices | None
    acceptance: SiteAcceptance
    pages: Cache
    written: Cache
    workers: int

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file that is no page and speaks of all policies, by its address."""
        archived = [one.slug for one in self.record.policies if self.archive.has(one)]
        asked, option = self.acceptance.all_digests, self.acceptance.option
        yield address.POLICIES, to_json(policies_table(self.record, self.as_of, archived, asked, option))
        if self.acceptance.keys:
            yield address.KEYS, self.acceptance.keys
        yield address.POSTINGS, to_json(postings_table(self.record))
        for name in NAMES:
            yield f"{address.SCHEMAS}{name}.schema.json", schema(name)
        for name, data in self.archive.companions():
            yield f"{address.ARCHIVE}{name}", data
        yield from self.notices.files() if self.notices is not None else ()

    def files_of(self, policy: PolicyRecord, root: str = "") -> Iterator[tuple[str, bytes]]:
        """Every file that is no page and speaks of a policy, but for the sources; `root` is the site's address."""
        yield (
            address.in_force_address(policy.slug),
            to_json(in_force_table(policy, self.as_of, self.acceptance.digests(policy.slug))),
        )
        yield address.timemap_address(policy.slug), timemap(policy, root)

    def drafts_of(self, policy: PolicyRecord) -> list[Draft]:
        """The drafts of a policy."""
        return [draft for draft in self.drafts if draft.policy == policy.slug]


def draft_rendition(draft: Draft) -> Rendition:
    """A draft's text as HTML; what rule 10 refuses is shown as plain text, and so is a draft that has no body yet."""
    try:
        return render(draft_text(draft))
    except RecursionError:
        return Rendition("", ())


def draft_text(draft: Draft) -> str:
    """A draft's Markdown, as far as there is any."""
    text = draft.data.decode("utf-8", "replace")
    with suppress(ValueError):
        text = split(text)[1]
    return text


@contextmanager
def gathered(
    settings: Settings, door: Door, languages: Languages, *, with_drafts: bool, progress: Progress | None = None
) -> Iterator[Site]:
    """Everything that a build needs, read and judged.

    Args:
        settings: where the record lies.
        door: the clock; the site is as of the instant asked.
        languages: those that pages can be written in.
        with_drafts: a preview, which shows drafts as well.
        progress: told of each commit.

    Raises:
        RecordError: the record has errors: nothing is published (rule 9).
    """
    with opened(settings, door, progress) as source:
        drafts: Sequence[Draft] = ()
        beside: Sequence[Problem] = ()
        if with_drafts:
            drafts, beside = source.working_tree(door.latest)
        if source.record.errors:
            raise RecordError(source.record.problems)
        record = source.record.as_of(door.asked)
        authority = settled_authority(settings, source, door.asked)
        keys = register_keys(settings)
        archive = site_archive(settings, source.record, door.asked)
        lacking = [*missing_pdfs(archive, record), *missing_presentations(archive, record, door.asked)]
        notices = None
        if authority is not None:
            notices = site_notices(settings, authority, record, archive, as_of=door.asked, languages=languages)
        progress = progress or silent()
        with cache_folder(settings, progress) as folder:
            texts = SiteTexts(record.policies, source.text_source(), html_cache(folder))
            source.rest()
            texts.convert(progress, settings.workers)
            redlines = SiteRedlines(record.policies, texts, redlines_cache(folder), languages)
            redlines.make(progress, settings.workers)
            presentations = Presentations(record, texts.rendition, languages, archive)
            kept = presentations_cache(folder)
            acceptance = SiteAcceptance(record, presentations, kept, settings.acceptance, keys)
            acceptance.make(progress, settings.workers)
            pages, written = (open_cache(folder, kind, edition()) for kind in ("pages", "written"))
            warnings = (*source.record.problems, *beside)
            yield Site(
                record=record,
                as_of=door.asked,
                drafts=drafts,
                warnings=warnings,
                lacking=lacking,
                source=source,
                texts=texts,
                redlines=redlines,
                archive=archive,
                notices=notices,
                acceptance=acceptance,
                pages=pages,
                written=written,
                workers=settings.workers,
            )
