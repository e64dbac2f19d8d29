"""Export: put every posted revision that the archive lacks into it, as a signed PDF; and what people are asked of it.

Everything is gathered and decided before anything is written. Worker processes render; this one signs what they have
rendered, so that the key is loaded once, and writes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from inforce.adapters.archive_store import open_store
from inforce.adapters.clock import Door
from inforce.core.archive import (
    LOCK,
    MANIFEST,
    UPGRADE,
    Archived,
    KeptPresentation,
    State,
    digest_of,
    place_of,
)
from inforce.core.archiving import Report, Request
from inforce.core.errors import ConfigurationError, InforceError, Problem, RecordError
from inforce.core.instant import format_instant
from inforce.core.policy import Revision
from inforce.core.signing import Signing
from inforce.workflows.archive_notes import archive_notes
from inforce.workflows.decide_export import EDITION, EMPTY, Ask, Decision, Export, SignerAtHand
from inforce.workflows.progress import Progress
from inforce.workflows.read_archive import Survey
from inforce.workflows.read_record import OpenRecord, opened
from inforce.workflows.settings import TEST_ARCHIVE, Settings

if TYPE_CHECKING:  # They take a second to load, which a run that finds nothing new has no use for.
    from inforce.adapters.signing.pyhanko_signing import Signer
    from inforce.workflows.write_archive import ArchiveWriter

_AHEAD = 2
"""How many documents for each worker are rendered, or waiting for it, at once."""


def export_archive(settings: Settings, door: Door, request: Request, ask: Ask, progress: Progress) -> Report:
    """Sign what is not signed yet.

    Args:
        settings: where the record and the archive lie, and with which key is signed.
        door: the clock: revisions posted by the instant asked are archived, and signed at the latest instant.
        request: what is asked for.
        ask: asks a person for a passphrase.
        progress: told of each document.

    Raises:
        RecordError: the record or the archive has errors: nothing was written; or something came between: what was
            finished is kept.
        ConfigurationError: the options do not allow for it.
    """
    if not settings.root:
        what = "`site_url` is not said, and the permanent address stands in each PDF"
        raise ConfigurationError([Problem(settings.file, what, "write `site_url: https://…`, the site's address")])
    with opened(settings, door, progress) as source, ExitStack() as held:
        if source.record.errors:
            raise RecordError(source.record.errors)
        if settings.signing is None and request.with_upgrade:
            what = "--upgrade: a throw-away key has no archive that could be upgraded"
            raise ConfigurationError([Problem(settings.file, what, "name your key: the option `signing`")])
        address = TEST_ARCHIVE if settings.signing is None else settings.archive
        store = open_store(address, settings.folder, settings.file)
        notes, signer = archive_notes(settings, store), SignerAtHand(settings, door, ask, held)
        return _Run(Export(settings, door, request, source.record, store, notes, signer), source, progress).run()


class _Run:
    """One run."""

    def __init__(self, export: Export, source: OpenRecord, progress: Progress) -> None:
        self._export, self._store = export, export.store
        self._source, self._progress = source, progress

    def run(self) -> Report:
        """Look, and go on only where there is something to do; nobody needs the lock to see that there is not."""
        if self._export.request.is_dry_run:
            _require_good_files(self._export.settings.signing, self._export.door.latest)
            return self._report(self._export.decided())
        try:
            decision = self._export.decided()
            if decision.is_idle:
                self._export.notes.keep(decision.survey.stamps, {})
                return self._report(decision)
        except RecordError:  # Another run may be writing: what is wrong is told when it is certain.
            if not self._store.stamps():
                raise  # Nothing is here, nobody's lock either; and nothing is made.
        with self._store.locked(self._progress.say, is_waiting=self._export.request.is_waiting):
            return self._locked()

    def _locked(self) -> Report:
        from inforce.workflows.write_archive import ArchiveWriter  # noqa: PLC0415 - it loads what signs

        decision = self._export.decided()
        if decision.is_anew:
            self._clear(decision.survey)
            decision = replace(decision, survey=EMPTY)
        writer = ArchiveWriter(self._store, decision.survey, decision.recovery, self._export.notes)
        writer.recover()
        faults: list[Problem] = []
        try:
            presented = tuple(self._presented(decision, writer))
            signed = tuple(self._signed_anew(decision.plan.missing, writer, faults))
            upgraded = tuple(self._upgraded(decision, writer))
        except BaseException:
            with suppress(InforceError):  # The first one is told; what is finished is found by the next run.
                self._finish(writer)
            raise
        self._finish(writer, is_behind=decision.is_signed_again)
        if decision.upgrading_since is not None:
            self._store.remove(UPGRADE)
        done = replace(self._report(decision), presented=presented, signed=signed, upgraded=upgraded)
        return replace(done, problems=tuple(faults))

    def _finish(self, writer: ArchiveWriter, *, is_behind: bool = False) -> None:
        if is_behind or writer.is_behind:
            writer.commit(self._export.signer(), self._export.door.latest)
        self._export.notes.keep(self._store.stamps(), writer.written)

    def _report(self, decision: Decision) -> Report:
        planned = tuple((one.policy, one.name) for one in decision.plan.missing)
        adopted = decision.recovery.adopted
        return Report(
            self._store.address,
            self._export.is_test,
            self._export.request.is_dry_run,
            decision.plan.kept - len(adopted),
            planned,
            adopted=adopted,
            upgraded=decision.plan.upgraded,
            is_signed_again=decision.is_signed_again,
            unpresented=tuple((one.revision.policy, one.revision.name, one.audience) for one in decision.unpresented),
        )

    def _clear(self, survey: Survey) -> None:
        for place in sorted(survey.stamps, key=lambda one: one != MANIFEST):
            if place != LOCK:
                self._store.remove(place)
        self._store.write(EDITION, self._export.edition.encode())

    def _presented(self, decision: Decision, writer: ArchiveWriter) -> Iterator[KeptPresentation]:
        """Make presentations, and have them kept: in the words of today, for ever."""
        if not decision.unpresented:
            return
        from inforce.workflows.acceptance.presentations import presentations_of  # noqa: PLC0415 - as above

        presentations = presentations_of(self._export.settings, self._source)
        self._progress.expect(len(decision.unpresented))
        for occasion in decision.unpresented:
            one = presentations.made(occasion)
            kept = KeptPresentation(one.policy, one.revision, one.audience, one.digest, len(one.data))
            writer.present(kept, one.data)
            yield kept
            self._progress.step("presentations")
            if writer.is_due():
                writer.commit(self._export.signer(), self._export.door.latest)

    def _signed_anew(
        self, missing: Sequence[Revision], writer: ArchiveWriter, faults: list[Problem]
    ) -> Iterator[Archived]:
        """Render, sign and write; what keeps some from being rendered is added to the faults."""
        if not missing:
            return
        signer, at = self._export.signer(), self._export.door.latest
        self._progress.expect(len(missing))
        for revision, unsigned in self._rendered(missing, faults):
            is_lower_allowed = self._export.request.allow_lower_level
            name = f"{self._store.address}/{place_of(revision.policy, revision.name)}"
            signed = signer.sign(unsigned, at, allow_lower_level=is_lower_allowed, name=name)
            if signed.why:
                self._progress.say(f"{name}: warning: signed at the level {signed.level} only: {signed.why}")
            state = State(digest_of(signed.data), len(signed.data), signed.level, at)
            entry = Archived(
                policy=revision.policy,
                revision=revision.name,
                source=revision.digest,
                unsigned=digest_of(unsigned),
                unsigned_size=len(unsigned),
                certificate=signer.fingerprint,
                states=(state,),
            )
            writer.add(entry, signed.data)
            yield entry
            self._progress.step("PDFs")
            if writer.is_due():
                writer.commit(signer, at)

    def _rendered(self, missing: Sequence[Revision], faults: list[Problem]) -> Iterator[tuple[Revision, bytes]]:
        """The PDFs, in the order in which they are ready; what keeps some from that is added to the faults."""
        from inforce.adapters.executors import begun, result_of  # noqa: PLC0415 - as above
        from inforce.workflows.pdf_renditions import PdfRenditions, rendered  # noqa: PLC0415 - as above
        from inforce.workflows.read_messages import languages_of  # noqa: PLC0415 - as above

        settings, jobs = self._export.settings, min(self._export.request.jobs, len(missing))
        renditions = PdfRenditions(self._source, languages_of(settings), settings.root, settings.paper, settings.fonts)
        waiting = iter(missing)
        with begun(self._export.request.executor, jobs, rendered.__module__) as workers:
            running: dict[Future[bytes], Revision] = {}
            while True:
                for revision in islice(waiting, _AHEAD * workers.number - len(running)):
                    running[workers.pool.submit(rendered, renditions.sheet(revision, is_test=self._export.is_test))] = (
                        revision
                    )
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    revision = running.pop(future)
                    try:
                        unsigned = result_of(future)
                    except RecordError as wrong:
                        faults += wrong.problems
                        continue
                    yield revision, unsigned

    def _upgraded(self, decision: Decision, writer: ArchiveWriter) -> Iterator[Archived]:
        """Add an archive timestamp to files; the bytes that they had stay their beginning."""
        entries, since = decision.plan.upgraded, decision.upgrading_since
        if since is None:
            return
        is_noted = UPGRADE in decision.survey.stamps
        self._progress.expect(len(entries))
        for entry in entries:
            signer, at = self._export.signer(), self._export.door.latest
            upgraded, data = self._with_timestamp(entry, signer, at)
            if not is_noted:
                self._store.write(UPGRADE, format_instant(since, UTC).encode())
                is_noted = True
            writer.replace(upgraded, data)
            yield upgraded
            self._progress.step("timestamps")
            if writer.is_due():
                writer.commit(signer, at)

    def _with_timestamp(self, entry: Archived, signer: Signer, at: datetime) -> tuple[Archived, bytes]:
        place = place_of(*entry.key)
        before = self._store.read(place)
        if digest_of(before) != entry.present.digest:
            todo = "run this again, and see who else writes here"
            raise RecordError([Problem(f"{self._store.address}/{place}", "this has changed just now", todo)])
        after = signer.upgrade(before, at, name=f"{self._store.address}/{place}")
        if not after.data.startswith(before) or len(after.data) == len(before):
            raise AssertionError("an archive timestamp is added after all that was there")
        state = State(digest_of(after.data), len(after.data), after.level, at)
        return replace(entry, states=(*entry.states, state)), after.data


def _require_good_files(signing: Signing | None, at: datetime) -> None:
    """See that nothing is wrong with the files that the option `signing` names.

    Raises:
        ConfigurationError: something is.
    """
    from inforce.adapters.signing.files import problems_of_files  # noqa: PLC0415 - as above

    if signing is not None and (problems := problems_of_files(signing, at)):
        raise ConfigurationError(problems)
