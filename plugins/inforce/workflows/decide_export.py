"""Decide what an export has to do: from the record and the archive as they are, before anything is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from inforce.adapters.archive_store import Store
from inforce.adapters.cache import edition
from inforce.adapters.clock import Door
from inforce.adapters.previous_build import read_previous_manifest
from inforce.core.archive import (
    CERTIFICATES,
    MANIFEST,
    MANIFEST_SIGNATURE,
    PENDING,
    UPGRADE,
    Archived,
    Manifest,
    digest_of,
    facts_place,
)
from inforce.core.archive_plan import Contents, Plan, Recovery, plan, recovered, unpresented
from inforce.core.archiving import Request
from inforce.core.errors import Problem, RecordError
from inforce.core.instant import parse_instant
from inforce.core.occasion import Occasion
from inforce.core.record import Record
from inforce.workflows.archive_notes import ArchiveNotes
from inforce.workflows.read_archive import Survey, manifest_signer, surveyed
from inforce.workflows.settings import Settings

if TYPE_CHECKING:  # They take a second to load, which a run that finds nothing new has no use for.
    from inforce.adapters.checking.signature_reading import SignedDocument
    from inforce.adapters.signing.pyhanko_signing import Signer

EDITION = ".edition"
"""In a folder of test-signed PDFs: what they were made by, and for."""
Ask = Callable[[str], str]


class SignerAtHand:
    """The signer, loaded when it is needed for the first time."""

    def __init__(self, settings: Settings, door: Door, ask: Ask, held: ExitStack) -> None:
        self._settings, self._door, self._ask, self._held = settings, door, ask, held
        self._signer: Signer | None = None

    def __call__(self) -> Signer:
        """The signer.

        Raises:
            InforceError: the key cannot be loaded.
        """
        if self._signer is None:
            if self._settings.signing is None:
                from inforce.adapters.signing.throwaway_key import test_signer  # noqa: PLC0415 - as above

                self._signer = test_signer(self._door.latest)
            else:
                from inforce.adapters.signing.pyhanko_signing import open_signer  # noqa: PLC0415 - as above

                self._signer = self._held.enter_context(open_signer(self._settings.signing, self._ask))
        return self._signer


@dataclass(frozen=True, slots=True)
class Decision:
    """What a look at the archive led to; with `is_anew`, what lies there goes first.

    `unpresented` are the occasions of which there is no presentation yet.
    """

    survey: Survey
    recovery: Recovery
    plan: Plan
    is_anew: bool = False
    is_signed_again: bool = False
    upgrading_since: datetime | None = None
    unpresented: tuple[Occasion, ...] = ()

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to do at all."""
        is_upgrading = self.upgrading_since is not None and (self.plan.upgraded or UPGRADE in self.survey.stamps)
        is_behind = self.is_anew or self.is_signed_again or self.survey.left
        return not (is_behind or self.plan.missing or self.unpresented or is_upgrading)


@dataclass(frozen=True, slots=True)
class Export:
    """An archive that is to be brought up to date: where it lies, what is asked for, and who signs."""

    settings: Settings
    door: Door
    request: Request
    record: Record
    store: Store
    notes: ArchiveNotes
    signer: SignerAtHand

    @property
    def is_test(self) -> bool:
        """Whether a throw-away key signs. Such PDFs prove nothing, and are made anew when anything is amiss."""
        return self.settings.signing is None

    @property
    def edition(self) -> str:
        """A name for what test-signed PDFs are made by, and for."""
        settings = self.settings
        return sha256(f"{edition()} {settings.root} {settings.paper} {settings.fonts}".encode()).hexdigest()

    def decided(self) -> Decision:
        """Everything that there is to do.

        Raises:
            RecordError: something is wrong with the archive.
        """
        survey = surveyed(self.store, self.notes, is_test=self.is_test)
        decision, problems = self._judged(survey)
        if self.is_test and (problems or self.edition != self._edition_there(survey)):
            return replace(self._judged(EMPTY)[0], survey=survey, is_anew=True)
        if problems:
            raise RecordError(problems)
        self.notes.entries = survey.contents.manifest.count
        return replace(decision, is_signed_again=self._is_of_earlier_signer(survey))

    def _judged(self, survey: Survey) -> tuple[Decision, list[Problem]]:
        recovery = recovered(survey.contents)
        since = self._upgrading_since(survey) if self.request.with_upgrade else None
        record, where = self.record, self.store.address
        planned, problems = plan(record, self.door.asked, recovery.contents, where, with_upgrade=since)
        asked = tuple(unpresented(record, self.door.asked, recovery.contents.manifest))
        decision = Decision(survey, recovery, planned, upgrading_since=since, unpresented=asked)
        if not survey.is_readable:
            return decision, list(survey.problems)
        found = [*survey.problems, *self._signature_problems(survey), *self._loss_problems(survey), *problems]
        return decision, found or list(self._adoption_problems(recovery))

    def _loss_problems(self, survey: Survey) -> Iterator[Problem]:
        """An archive that was here is gone, or has come back as it once was: nothing may be signed a second time."""
        if self.is_test or self.request.is_new_archive:
            return
        where, there, known = self.store.address, survey.contents.manifest.count, self.notes.entries
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
            published = read_previous_manifest(self.settings.previous, self.settings.folder)
            if published is not None and published.files and not published.is_test:
                what = (
                    f"no archive is here, and the site was published with one that had {_files(len(published.files))}"
                )
                yield Problem(where, what, todo)

    def _is_of_earlier_signer(self, survey: Survey) -> bool:
        """Whether the manifest was signed by the earlier signer who is named, so that it is to be signed again."""
        earlier = self.request.earlier_signer
        return bool(earlier) and MANIFEST in survey.own and self.notes.signer == earlier != self.signer().fingerprint

    def _signature_problems(self, survey: Survey) -> Iterator[Problem]:
        """What is wrong with the signature of the manifest."""
        manifest, signature = survey.own.get(MANIFEST), survey.own.get(MANIFEST_SIGNATURE)
        if manifest is None or signature is None or self.notes.is_well_signed(manifest, signature):
            return
        place = f"{self.store.address}/{MANIFEST}"
        try:
            certificate = manifest_signer(survey.own, self.store.address)
        except RecordError as wrong:
            yield from wrong.problems
            return
        fingerprint = sha256(certificate).hexdigest()
        if fingerprint not in self._known_signers():
            what = f"this was signed with another certificate than the present one, its SHA-256 is {fingerprint}"
            todo = f"if that certificate was yours before, say so once: --earlier-signer {fingerprint}"
            yield Problem(place, what, todo)
        elif CERTIFICATES in survey.own and certificate not in survey.certificates:
            todo = "bring it back as a run wrote it, from a backup"
            yield Problem(f"{self.store.address}/{CERTIFICATES}", "the manifest's signer is not in it", todo)
        else:
            self.notes.note_signed(manifest, signature, fingerprint)

    def _adoption_problems(self, recovery: Recovery) -> Iterator[Problem]:
        """What an interrupted run left is not in a signed manifest yet: whether we signed it."""
        for entry in recovery.adopted:
            from inforce.adapters.checking.signature_reading import NotSignedError, signed_document  # noqa: PLC0415 - as above

            place = recovery.contents.manifest.place(entry)
            lies = f"{PENDING}{place}" if entry in recovery.moved else place
            data = self.store.read(lies)
            try:
                wrong = _foreign(entry, data, signed_document(data)) or (
                    "" if entry.certificate in self._known_signers() else "another key signed it"
                )
            except NotSignedError as found:
                wrong = str(found)
            if wrong:
                what = f"this is not what an interrupted run of this project has left: {wrong}"
                todo = f"move it away, and {self.store.address}/{facts_place(*entry.key)}"
                yield Problem(f"{self.store.address}/{lies}", what, todo)

    def _known_signers(self) -> set[str]:
        return {self.signer().fingerprint, self.notes.signer, self.request.earlier_signer}

    def _upgrading_since(self, survey: Survey) -> datetime:
        """Since when archive timestamps are being added: an interrupted run is gone on with."""
        if UPGRADE in survey.stamps:
            with suppress(ValueError):
                return parse_instant(self.store.read(UPGRADE).decode().strip()) or self.door.latest
        return self.door.latest

    def _edition_there(self, survey: Survey) -> str:
        return self.store.read(EDITION).decode("ascii", "replace") if EDITION in survey.stamps else ""


EMPTY = Survey({}, {}, False, Contents(Manifest(is_test=True)), (), (), True)  # noqa: FBT003 - see its fields


def _files(number: int) -> str:
    return f"{number} file{'' if number == 1 else 's'}"


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
