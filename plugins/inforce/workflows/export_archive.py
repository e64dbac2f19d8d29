"""Export: put every posted revision that the archive lacks into it, as a signed PDF.

Everything is gathered and decided before anything is written. Worker processes render; this one signs what they have
rendered, so that the key is loaded once, and writes it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING

from inforce.adapters.archive_store import open_store
from inforce.adapters.cache import edition
from inforce.adapters.clock import Door
from inforce.adapters.previous_build import read_previous_manifest
from inforce.core.archive import (
    CERTIFICATES,
    LOCK,
    MANIFEST,
    MANIFEST_SIGNATURE,
    PENDING,
    UPGRADE,
    Archived,
    Manifest,
    State,
    digest_of,
    facts_place,
    place_of,
)
from inforce.core.archive_plan import Contents, Plan, Recovery, plan, recovered
from inforce.core.archiving import Report, Request
from inforce.core.errors import ConfigurationError, InforceError, Problem, RecordError
from inforce.core.instant import format_instant, parse_instant
from inforce.core.policy import Revision
from inforce.core.signing import Signing
from inforce.workflows.archive_notes import archive_notes
from inforce.workflows.progress import Progress
from inforce.workflows.read_archive import Survey, surveyed
from inforce.workflows.read_record import OpenRecord, opened
from inforce.workflows.settings import TEST_ARCHIVE, Settings

if TYPE_CHECKING:  # They take a second to load, which a run that finds nothing new has no use for.
    from inforce.adapters.pyhanko_signing import Signer
    from inforce.adapters.signature_reading import SignedDocument
    from inforce.workflows.write_archive import ArchiveWriter

_AHEAD = 2
"""How many documents for each worker are rendered, or waiting for it, at once."""
_EDITION = ".edition"
"""In a folder of test-signed PDFs: what they were made by, and for."""
Ask = Callable[[str], str]


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
        return _Export(settings, door, request, source, progress, _SignerAtHand(settings, door, ask, held)).run()


class _SignerAtHand:
    """The signer, loaded when it is needed for the first time."""

    def __init__(self, settings: Settings, door: Door, ask: Ask, held: ExitStack) -> None:
        self._settings, self._door, self._ask, self._held = settings, door, ask, held
        self._signer: Signer | None = None

    def __call__(self) -> Signer:
        if self._signer is None:
            if self._settings.signing is None:
                from inforce.adapters.throwaway_key import test_signer  # noqa: PLC0415 - as above

                self._signer = test_signer(self._door.latest)
            else:
                from inforce.adapters.pyhanko_signing import open_signer  # noqa: PLC0415 - as above

                self._signer = self._held.enter_context(open_signer(self._settings.signing, self._ask))
        return self._signer


@dataclass(frozen=True, slots=True)
class _Decision:
    """What a look at the archive led to; with `is_anew`, what lies there goes first."""

    survey: Survey
    recovery: Recovery
    plan: Plan
    is_anew: bool = False
    is_signed_again: bool = False
    upgrading_since: datetime | None = None

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do at all."""
        is_upgrading = self.upgrading_since is not None and (self.plan.upgraded or UPGRADE in self.survey.stamps)
        is_behind = self.is_anew or self.is_signed_again or self.survey.left
        return not (is_behind or self.plan.missing or is_upgrading)


class _Export:
    """One run."""

    def __init__(  # noqa: PLR0913, PLR0917 - everything that one run has at hand
        self,
        settings: Settings,
        door: Door,
        request: Request,
        source: OpenRecord,
        progress: Progress,
        signer: _SignerAtHand,
    ) -> None:
        self._settings, self._door, self._request = settings, door, request
        self._source, self._progress, self._signer = source, progress, signer
        self._is_test = settings.signing is None
        self._store = open_store(TEST_ARCHIVE if self._is_test else settings.archive, settings.folder, settings.file)
        self._notes = archive_notes(settings, self._store)

    def run(self) -> Report:
        """Look, and go on only where there is something to do; nobody needs the lock to see that there is not."""
        if self._request.is_dry_run:
            _require_good_files(self._settings.signing, self._door.latest)
            return self._report(self._decided())
        try:
            decision = self._decided()
            if decision.is_idle:
                self._notes.keep(decision.survey.stamps, {})
                return self._report(decision)
        except RecordError:  # Another run may be writing: what is wrong is told when it is certain.
            if not self._store.stamps():
                raise  # Nothing is here, nobody's lock either; and nothing is made.
        with self._store.locked(self._progress.say, is_waiting=self._request.is_waiting):
            return self._locked()

    def _locked(self) -> Report:
        from inforce.workflows.write_archive import ArchiveWriter  # noqa: PLC0415 - it loads what signs

        decision = self._decided()
        if decision.is_anew:
            self._clear(decision.survey)
            decision = replace(decision, survey=_EMPTY)
        writer = ArchiveWriter(self._store, decision.survey, decision.recovery, self._notes)
        writer.recover()
        faults: list[Problem] = []
        try:
            signed = tuple(self._signed_anew(decision.plan.missing, writer, faults))
            upgraded = tuple(self._upgraded(decision, writer))
        except BaseException:
            with suppress(InforceError):  # The first one is told; what is finished is found by the next run.
                self._finish(writer)
            raise
        self._finish(writer, is_behind=decision.is_signed_again)
        if decision.upgrading_since is not None:
            self._store.remove(UPGRADE)
        return replace(self._report(decision), signed=signed, upgraded=upgraded, problems=tuple(faults))

    def _finish(self, writer: ArchiveWriter, *, is_behind: bool = False) -> None:
        if is_behind or writer.is_behind:
            writer.commit(self._signer(), self._door.latest)
        self._notes.keep(self._store.stamps(), writer.written)

    def _report(self, decision: _Decision) -> Report:
        planned = tuple((one.policy, one.name) for one in decision.plan.missing)
        adopted = decision.recovery.adopted
        return Report(
            self._store.address,
            self._is_test,
            self._request.is_dry_run,
            decision.plan.kept - len(adopted),
            planned,
            adopted=adopted,
            upgraded=decision.plan.upgraded,
            is_signed_again=decision.is_signed_again,
        )

    # Deciding

    def _decided(self) -> _Decision:
        """Everything that there is to do.

        Raises:
            RecordError: something is wrong with the archive.
        """
        survey = surveyed(self._store, self._notes, is_test=self._is_test)
        decision, problems = self._judged(survey)
        if self._is_test and (problems or self._edition() != self._edition_there(survey)):
            return replace(self._judged(_EMPTY)[0], survey=survey, is_anew=True)
        if problems:
            raise RecordError(problems)
        self._notes.entries = len(survey.contents.manifest.files)
        return replace(decision, is_signed_again=self._is_of_earlier_signer(survey))

    def _judged(self, survey: Survey) -> tuple[_Decision, list[Problem]]:
        recovery = recovered(survey.contents)
        since = self._upgrading_since(survey) if self._request.with_upgrade else None
        record, where = self._source.record, self._store.address
        planned, problems = plan(record, self._door.asked, recovery.contents, where, with_upgrade=since)
        decision = _Decision(survey, recovery, planned, upgrading_since=since)
        if not survey.is_readable:
            return decision, list(survey.problems)
        found = [*survey.problems, *self._signature_problems(survey), *self._loss_problems(survey), *problems]
        return decision, found or list(self._adoption_problems(recovery))

    def _loss_problems(self, survey: Survey) -> Iterator[Problem]:
        """An archive that was here is gone, or has come back as it once was: nothing may be signed a second time."""
        if self._is_test or self._request.is_new_archive:
            return
        where, there, known = self._store.address, len(survey.contents.manifest.files), self._notes.entries
        todo = (
            "mount or name the right place (option `archive`); if it is lost, bring it back from a backup; "
            "to begin a new archive on purpose: --new-archive"
        )
        if MANIFEST in survey.own:
            if there < known:
                what = f"an older manifest was brought back: it has {_files(there)}, and there were {known}"
                todo = "bring the newest back from a backup; to go on with this one on purpose: --new-archive"
                yield Problem(f"{where}/{MANIFEST}", what, todo)
        elif not survey.own and known:
            yield Problem(where, f"no archive is here, and there was one with {_files(known)}", todo)
        elif not survey.own:
            published = read_previous_manifest(self._settings.previous, self._settings.folder)
            if published is not None and published.files and not published.is_test:
                what = (
                    f"no archive is here, and the site was published with one that had {_files(len(published.files))}"
                )
                yield Problem(where, what, todo)

    def _is_of_earlier_signer(self, survey: Survey) -> bool:
        """Whether the manifest was signed by the earlier signer who is named, so that it is to be signed again."""
        earlier = self._request.earlier_signer
        return bool(earlier) and MANIFEST in survey.own and self._notes.signer == earlier != self._signer().fingerprint

    def _signature_problems(self, survey: Survey) -> Iterator[Problem]:
        """What is wrong with the signature of the manifest."""
        manifest, signature = survey.own.get(MANIFEST), survey.own.get(MANIFEST_SIGNATURE)
        if manifest is None or signature is None or self._notes.is_well_signed(manifest, signature):
            return
        from inforce.adapters.signature_reading import NotSignedError, detached_signer  # noqa: PLC0415 - as above

        place = f"{self._store.address}/{MANIFEST}"
        try:
            certificate = detached_signer(manifest, signature)
        except NotSignedError as wrong:
            todo = f"bring it and {MANIFEST_SIGNATURE} back as a run wrote them, from a backup"
            yield Problem(place, f"this was changed after it was signed; or {MANIFEST_SIGNATURE} was: {wrong}", todo)
            return
        fingerprint = sha256(certificate).hexdigest()
        if fingerprint not in self._known_signers():
            what = f"this was signed with another certificate than the present one, its SHA-256 is {fingerprint}"
            todo = f"if that certificate was yours before, say so once: --earlier-signer {fingerprint}"
            yield Problem(place, what, todo)
        elif CERTIFICATES in survey.own and certificate not in survey.certificates:
            todo = "bring it back as a run wrote it, from a backup"
            yield Problem(f"{self._store.address}/{CERTIFICATES}", "the manifest's signer is not in it", todo)
        else:
            self._notes.note_signed(manifest, signature, fingerprint)

    def _adoption_problems(self, recovery: Recovery) -> Iterator[Problem]:
        """What an interrupted run left is not in a signed manifest yet: whether we signed it."""
        for entry in recovery.adopted:
            from inforce.adapters.signature_reading import NotSignedError, signed_document  # noqa: PLC0415 - as above

            place = recovery.contents.manifest.place(entry)
            lies = f"{PENDING}{place}" if entry in recovery.moved else place
            data = self._store.read(lies)
            try:
                wrong = _foreign(entry, data, signed_document(data)) or (
                    "" if entry.certificate in self._known_signers() else "another key signed it"
                )
            except NotSignedError as found:
                wrong = str(found)
            if wrong:
                what = f"this is not what an interrupted run of this project has left: {wrong}"
                todo = f"move it away, and {self._store.address}/{facts_place(*entry.key)}"
                yield Problem(f"{self._store.address}/{lies}", what, todo)

    def _known_signers(self) -> set[str]:
        return {self._signer().fingerprint, self._notes.signer, self._request.earlier_signer}

    def _upgrading_since(self, survey: Survey) -> datetime:
        """Since when archive timestamps are being added: an interrupted run is gone on with."""
        if UPGRADE in survey.stamps:
            with suppress(ValueError):
                return parse_instant(self._store.read(UPGRADE).decode().strip()) or self._door.latest
        return self._door.latest

    # Of PDFs that a test key signed: they prove nothing, and are made anew whenever something is not as it should be.

    def _edition(self) -> str:
        return sha256(
            f"{edition()} {self._settings.root} {self._settings.paper} {self._settings.fonts}".encode()
        ).hexdigest()

    def _edition_there(self, survey: Survey) -> str:
        return self._store.read(_EDITION).decode("ascii", "replace") if _EDITION in survey.stamps else ""

    def _clear(self, survey: Survey) -> None:
        for place in sorted(survey.stamps, key=lambda one: one != MANIFEST):
            if place != LOCK:
                self._store.remove(place)
        self._store.write(_EDITION, self._edition().encode())

    # Doing

    def _signed_anew(
        self, missing: Sequence[Revision], writer: ArchiveWriter, faults: list[Problem]
    ) -> Iterator[Archived]:
        """Render, sign and write; what keeps some from being rendered is added to the faults."""
        if not missing:
            return
        signer, at = self._signer(), self._door.latest
        self._progress.expect(len(missing))
        for revision, unsigned in self._rendered(missing, faults):
            is_lower_allowed = self._request.allow_lower_level
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

        settings, jobs = self._settings, min(self._request.jobs, len(missing))
        renditions = PdfRenditions(self._source, languages_of(settings), settings.root, settings.paper, settings.fonts)
        waiting = iter(missing)
        with begun(self._request.executor, jobs, rendered.__module__) as workers:
            running: dict[Future[bytes], Revision] = {}
            while True:
                for revision in islice(waiting, _AHEAD * workers.number - len(running)):
                    running[workers.pool.submit(rendered, renditions.sheet(revision, is_test=self._is_test))] = revision
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

    def _upgraded(self, decision: _Decision, writer: ArchiveWriter) -> Iterator[Archived]:
        """Add an archive timestamp to files; the bytes that they had stay their beginning."""
        entries, since = decision.plan.upgraded, decision.upgrading_since
        if since is None:
            return
        is_noted = UPGRADE in decision.survey.stamps
        self._progress.expect(len(entries))
        for entry in entries:
            signer, at = self._signer(), self._door.latest
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


_EMPTY = Survey({}, {}, False, Contents(Manifest(is_test=True)), (), (), True)  # noqa: FBT003 - see its fields


def _files(number: int) -> str:
    return f"{number} file{'' if number == 1 else 's'}"


def _require_good_files(signing: Signing | None, at: datetime) -> None:
    """See that nothing is wrong with the files that the option `signing` names.

    Raises:
        ConfigurationError: something is.
    """
    from inforce.adapters.signing_files import problems_of_files  # noqa: PLC0415 - as above

    if signing is not None and (problems := problems_of_files(signing, at)):
        raise ConfigurationError(problems)


def _foreign(entry: Archived, data: bytes, document: SignedDocument) -> str:
    """Why this signed document is not the one of which these facts are; nothing, if it is."""
    if document.certificate != entry.certificate:
        return "another key signed it"
    if digest_of(document.attachments.get("source.md", b"")) != entry.source:
        return "the text that is attached to it is another"
    try:
        facts = json.loads(document.attachments.get("record.json", b""))
        named = facts["policy"], facts["revision"]
    except (ValueError, TypeError, KeyError):
        named = "", ""
    if named != entry.key:
        return "it is of another revision"
    beginnings = {entry.unsigned_size: entry.unsigned, **{state.size: state.digest for state in entry.states}}
    if any(digest_of(data[:size]) != digest for size, digest in beginnings.items()):
        return "it does not begin as its facts say"
    return ""
