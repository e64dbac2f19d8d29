"""Read the record: git's commits and texts, walked by the core's rules; and the drafts beside it."""

from __future__ import annotations

import gc
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import TypeVar
from unicodedata import unidata_version

from inforce.adapters.cache import Cache, edition, open_cache
from inforce.adapters.clock import Door
from inforce.adapters.git_record import GitRecord, WorkFile, open_record
from inforce.adapters.git_texts import TextSource
from inforce.adapters.previous_build import read_previous
from inforce.core.address import slug_fault
from inforce.core.errors import Fault, InforceError, Problem, RecordError, Severity
from inforce.core.history import History, Step
from inforce.core.instant import first_instant
from inforce.core.layout import layout_problems, no_file
from inforce.core.policy import Declaration, Posting, Revision, Terms
from inforce.core.posting import Candidate, Posted, judge
from inforce.core.record import FOLDER, TERMS, Entry, Reading, Record
from inforce.formats import examined_json
from inforce.formats.policy_file import parse_terms
from inforce.formats.revision_file import Examined, body, declaration_of, examine, parse_revision
from inforce.formats.text.markdown import CONFIGURATION
from inforce.workflows.progress import Progress, silent
from inforce.workflows.settings import Settings

T = TypeVar("T")
_AHEAD = 256
"""How many commits of the history are known before one is judged."""
_PENDING = 256
"""How many readings are remembered: a pending file is tried again at each commit."""
_EXAMINED = "examined"
"""The name under which the cache keeps what is known of texts."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A revision file that is not posted: judged as if it were posted at an instant, or what keeps it from that.

    `data` is the file as it lies in the working tree.
    """

    policy: str
    name: str
    data: bytes
    revision: Revision | None
    faults: tuple[Fault, ...]
    terms: Terms | None

    @property
    def path(self) -> str:
        """Where it lies, relative to the folder of `mkdocs.yml`."""
        return f"{FOLDER}/{self.policy}/{self.name}.md"


class OpenRecord:
    """The record, with its texts at hand. Made by `opened`."""

    def __init__(self, repository: GitRecord, record: Record, door: Door) -> None:
        """Keep the repository open for reading texts."""
        self._repository = repository
        self.record = record
        self.door = door

    def data(self, revision: Revision) -> bytes:
        """The exact bytes that the revision's digest is of."""
        return self._repository.text(revision.blob)

    def text(self, revision: Revision) -> str:
        """The revision's Markdown."""
        return body(self.data(revision))

    def text_source(self) -> TextSource:
        """Where the texts are, for another process; good while the record is open."""
        return self._repository.text_source()

    def rest(self) -> None:
        """Let go of the process that reads texts, before this one is copied: the copies could not share it."""
        self._repository.close()

    def last_changed(self, files: Iterable[Path]) -> dict[Path, datetime]:
        """When files beside the record got the bytes that they have, by the published branch; not all are known."""
        return self._repository.last_changed(files)

    def versions(self, file: Path) -> Iterator[bytes]:
        """What the published branch had at the place of a file beside the record, oldest first."""
        return self._repository.versions(file)

    def working_tree(self, as_if_posted: date | datetime) -> tuple[list[Draft], list[Problem]]:
        """The drafts in the working tree, judged as if posted then, and what is wrong there besides.

        A day means its first instant in the policy's time zone. What is done in the working tree to posted files is a
        warning: it is not committed to the branch yet.
        """
        entries = self.record.entries
        blobs = {f"{one.policy}/{one.name}.md": one.blob for policy in self.record.policies for one in policy.revisions}
        intact = {path for path, blob in blobs.items() if path in entries and entries[path].blob == blob}
        files = self._repository.work_files({path: entry.blob for path, entry in entries.items()} | blobs)
        by_path = {file.path: file for file in files}
        problems = [_altered(path, "differs from what was posted") for path in sorted(intact & by_path.keys())]
        problems += [_altered(path, "is gone") for path in self._repository.removed(intact)]
        drafts: dict[str, list[WorkFile]] = {}
        for file in files:
            if file.path not in blobs:
                problems += layout_problems(file.path, file.mode)
            policy, _, name = file.path.partition("/")
            if slug_fault(policy, "policy"):
                continue
            if name == TERMS:
                problems += [Problem.of(one, f"{FOLDER}/{file.path}") for one in _terms_of(file).faults]
            is_revision = name.endswith(".md") and not slug_fault(name.removesuffix(".md"), "revision")
            if is_revision and file.path not in blobs:
                drafts.setdefault(policy, []).append(file)
        judged = [
            draft
            for policy, texts in sorted(drafts.items())
            for draft in self._judged(policy, texts, self._terms(policy, by_path), as_if_posted)
        ]
        return judged, problems

    def _terms(self, policy: str, files: Mapping[str, WorkFile]) -> Reading[Terms] | None:
        path = f"{policy}/{TERMS}"
        if path in files:
            return _terms_of(files[path])
        entry = self.record.entries.get(path)
        return parse_terms(self._repository.text(entry.blob)) if entry is not None and entry.is_regular else None

    def _judged(
        self, policy: str, files: list[WorkFile], terms: Reading[Terms] | None, moment: date | datetime
    ) -> Iterator[Draft]:
        known = self.record.policy(policy)
        posted = Posted(known.revisions if known else ())
        for file in sorted(files, key=lambda one: one.path.removesuffix(".md")):
            name = file.path.partition("/")[2].removesuffix(".md")
            entry = Entry(file.mode, "")
            reading = parse_revision(file.data) if entry.is_regular else Reading(None, (no_file(entry),))
            if terms is None:
                todo = f"write {FOLDER}/{policy}/{TERMS}, with `title`, `language` and `time_zone`"
                faults: tuple[Fault, ...] = (*reading.faults, Fault(f"its policy has no {TERMS}", todo))
                yield Draft(policy, name, file.data, None, faults, None)
            elif reading.value is None or terms.value is None:
                yield Draft(policy, name, file.data, None, reading.faults, terms.value)
            else:
                candidate = Candidate(policy, name, "", reading.value)
                instant = moment if isinstance(moment, datetime) else first_instant(moment, terms.value.zone)
                judgement = judge(candidate, terms.value, Posting(instant, "", sequence=sys.maxsize), posted)
                if judgement.revision is not None:
                    posted.add(judgement.revision)
                yield Draft(policy, name, file.data, judgement.revision, judgement.faults, terms.value)


@contextmanager
def opened(settings: Settings, door: Door, progress: Progress | None = None) -> Iterator[OpenRecord]:
    """The published record of a repository, with whatever is wrong with it among its `problems`.

    Raises:
        RecordError: it cannot be read at all; everything that keeps it from that, together.
    """
    faults: list[Problem] = []
    try:
        previous = read_previous(settings.previous, settings.folder)
    except InforceError as wrong:
        previous = ()
        faults += wrong.problems
    try:
        with open_record(settings.folder, settings.branch) as repository:
            texts = _Texts(repository, settings.cache)
            history = History(cache(texts.terms), lru_cache(_PENDING)(texts.declaration), previous)
            progress = progress or silent()
            with _uncollected():
                history.walk(_counted(_foreseeing(repository, texts), progress))
                record = history.record(door.latest)
            texts.keep()
            record = replace(record, problems=(*faults, *record.problems))
            yield OpenRecord(repository, record, door)
    except RecordError as wrong:
        raise RecordError([*faults, *wrong.problems]) if faults else wrong from None


def _terms_of(file: WorkFile) -> Reading[Terms]:
    entry = Entry(file.mode, "")
    return parse_terms(file.data) if entry.is_regular else Reading(None, (no_file(entry),))


class _Texts:
    """The texts of a record, as they are read; those that an earlier run has examined are not read again."""

    def __init__(self, repository: GitRecord, folder: Path | None) -> None:
        """Begin with what is known; `folder` keeps that from run to run, if there is one."""
        self._repository = repository
        self._cache: Cache | None = None
        self._known: dict[str, Examined] = {}
        self._used: dict[str, Examined] = {}
        if folder is not None:
            with suppress(OSError):
                self._cache = open_cache(folder, "examined", f"{edition()} {CONFIGURATION} {unidata_version}")
        if self._cache is not None and (kept := self._cache.get(_EXAMINED)) is not None:
            self._known = examined_json.load(kept)
        self._foreseen = set(self._known)

    def terms(self, blob: str) -> Reading[Terms]:
        """The terms of that id."""
        return parse_terms(self._repository.text(blob))

    def declaration(self, blob: str) -> Reading[Declaration]:
        """What the revision file of that id declares."""
        known = self._known.get(blob)
        if known is None:
            data = self._repository.text(blob)
            examined = examine(data)
            if examined.value is None or examined.faults:
                return parse_revision(data)
            known = examined.value
        self._used[blob] = known
        return declaration_of(known)

    def foresee(self, blob: str) -> None:
        """Say that this text will be wanted soon."""
        if blob not in self._foreseen:
            self._foreseen.add(blob)
            self._repository.foresee(blob)

    def keep(self) -> None:
        """Leave for the next run what was examined."""
        if self._cache is not None and self._used.keys() != self._known.keys():
            self._cache.put(_EXAMINED, examined_json.dump(self._used))


def _foreseeing(repository: GitRecord, texts: _Texts) -> Iterator[Step]:
    """The history, some commits behind: git reads the texts of those to come while the present one is judged."""
    ahead: deque[Step] = deque()
    for commit, changes in repository.history():
        for change in changes:
            if change.entry is not None and change.path.endswith((".md", TERMS)):
                texts.foresee(change.entry.blob)
        ahead.append((commit, changes))
        if len(ahead) > _AHEAD:
            yield ahead.popleft()
    yield from ahead


@contextmanager
def _uncollected() -> Iterator[None]:
    """Python looks for garbage each time that some thousand values are there; here all of them are wanted."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _counted(steps: Iterable[T], progress: Progress) -> Iterator[T]:
    for step in steps:
        yield step
        progress.step("commits read")


def _altered(path: str, what: str) -> Problem:
    place = f"{FOLDER}/{path}".rstrip("/")
    return Problem(
        place,
        f"this posted revision {what}, here in the working tree",
        f"do not commit that: `git checkout HEAD -- {place}`; post a new revision instead (`inforce new`) (rule 7)",
        severity=Severity.WARNING,
    )
