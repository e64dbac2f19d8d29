"""Bring in the history of files of another repository, as policies with stated revisions (rule 8).

Everything is read, cleaned and decided, policy by policy; texts are written aside as they come, so that no more than
one is held at a time. Only when nothing is wrong anywhere do the files move to their places.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from inforce.adapters.clock import Door
from inforce.adapters.files import Staging, staged
from inforce.adapters.foreign_history import ForeignRepository, History, open_foreign
from inforce.adapters.git_record import has_commits
from inforce.core.errors import ConfigurationError, Problem, RecordError, did_you_mean
from inforce.core.file_names import matching, slug_of
from inforce.core.importing import Course, Imported, LeftOut, Stated, Text, Version
from inforce.core.policy import Terms
from inforce.core.record import FOLDER, TERMS, PolicyRecord, Record
from inforce.formats.foreign.markdown import Cleaned, begin_file, clean, title_of
from inforce.formats.import_json import ImportReport, PolicyImport
from inforce.formats.imported_file import (
    commit_of,
    imported_revision,
    imported_terms,
    repository_of,
    short_id,
    stated_source,
)
from inforce.formats.policy_file import parse_terms
from inforce.formats.time_zones import time_zone
from inforce.workflows.progress import Progress, silent
from inforce.workflows.read_record import opened
from inforce.workflows.settings import Settings

LANGUAGE, TIME_ZONE = "en", "UTC"
"""What a new policy has where nothing else is said."""
_NOTHING = "a policy needs one text at least that can be read"


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be imported, and how.

    Either `path` and `policy` are given or `pattern`. `ref` is a branch of the other repository (its HEAD if None),
    `encoding` that of texts that are not UTF-8, `source_name` what the other repository is called in sources.
    """

    repository: Path
    path: str | None = None
    policy: str | None = None
    pattern: str | None = None
    title: str | None = None
    language: str | None = None
    time_zone: str | None = None
    ref: str | None = None
    encoding: str | None = None
    source_name: str | None = None
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True)
class _Folder:
    """A policy's folder as it is: its terms (None: there are none yet), and the sources of its stated revisions.

    `taken` are the names that are not free, `recorded` one revision that git recorded.
    """

    slug: str
    terms: Terms | None
    sources: tuple[tuple[str, str, datetime], ...] = ()
    taken: tuple[str, ...] = ()
    recorded: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def is_there(self) -> bool:
        """Whether there is anything of that policy."""
        return self.terms is not None or bool(self.taken) or bool(self.problems)

    def imported(self, versions: Sequence[Version]) -> tuple[dict[tuple[str, str], Imported], str | None]:
        """What was imported from these versions, by commit and path; and what the other repository was called."""
        by_id: dict[str, list[Version]] = {}
        for version in versions:
            by_id.setdefault(short_id(version.commit), []).append(version)
        found: dict[tuple[str, str], Imported] = {}
        called = None
        for name, source, posted in self.sources:
            for version in by_id.get(commit_of(source) or "", ()):
                repository = repository_of(source, version)
                if repository is not None:
                    called = repository
                    found[version.commit, version.path] = Imported(name, posted)
        return found, called


def import_history(settings: Settings, door: Door, request: Request, progress: Progress | None = None) -> ImportReport:
    """Write the folders of the policies, or with `is_dry_run` only tell what would be written.

    Raises:
        ConfigurationError: what was asked for makes no sense.
        RecordError: the record, the other repository or a folder is at fault; all problems together, nothing written.
    """
    progress = progress or silent()
    _refuse_unknown(request)
    record = _record(settings, door, progress)
    folders = _folders(settings.folder / FOLDER, record)
    with open_foreign(request.repository, request.ref) as foreign, _place(settings, request) as place:
        histories = foreign.histories(_wanted(foreign, request), lambda: progress.step("foreign commits read"))
        problems: list[Problem] = []
        policies: list[PolicyImport] = []
        left_out: list[tuple[str, str]] = []
        for history in histories:
            one = _Importing(foreign, request, door, history, progress)
            try:
                made = one.run(_folder_of(history, request, folders), place)
            except RecordError as wrong:
                problems += wrong.problems
                continue
            if isinstance(made, str):
                left_out.append((history.path, made))
                continue
            policies.append(made)
            folders[made.policy] = replace(folders.get(made.policy) or _Folder(made.policy, None), taken=("-",))
        if problems:
            raise RecordError(problems)
        if not policies:
            raise RecordError(
                [Problem(path, f"nothing of it can be imported: {why}", _NOTHING) for path, why in left_out]
            )
        if place is not None:
            place.publish()
    return ImportReport(request.source_name or foreign.name, foreign.tip, policies, left_out, place is not None)


class _Importing:
    """One file on its way to a policy."""

    def __init__(
        self, foreign: ForeignRepository, request: Request, door: Door, history: History, progress: Progress
    ) -> None:
        self._foreign = foreign
        self._request = request
        self._door = door
        self._history = history
        self._progress = progress
        self._counts: Counter[str] = Counter()
        self._newest: Cleaned | None = None

    def run(self, folder: _Folder, place: Staging | None) -> PolicyImport | str:
        """Decide over every version and write the new revisions aside; or why the file is no policy."""
        begin_file()
        known, called = folder.imported(self._history.versions)
        self._refuse(folder, known)
        name = self._request.source_name or called or self._foreign.name
        zone_name = folder.terms.time_zone if folder.terms else self._request.time_zone or TIME_ZONE
        zone = folder.terms.zone if folder.terms else time_zone(zone_name)
        course = Course(zone, self._door.latest, known, folder.taken)
        revisions: list[Stated] = []
        left_out: list[LeftOut] = []
        for version in course.readable(self._history.versions):
            decided, cleaned = (version, None) if isinstance(version, LeftOut) else self._decide(course, version)
            if isinstance(decided, LeftOut):
                left_out.append(decided)
                continue
            revisions.append(decided)
            if cleaned is not None and decided.is_new:
                self._counts += Counter(cleaned.counts)
                if place is not None:
                    data = imported_revision(decided, name, zone, cleaned.text)
                    place.write(f"{folder.slug}/{decided.name}.md", data)
        if not revisions:
            return "; ".join(dict.fromkeys(one.reason for one in left_out if one.is_dropped)) or "it has no text"
        self._refuse_late(folder, revisions)
        return self._made(folder, place, revisions, left_out)

    def _decide(self, course: Course, version: Version) -> tuple[Stated | LeftOut, Cleaned | None]:
        self._progress.step("foreign texts read")
        entry = version.entry
        if entry is None or not entry.is_regular:
            return LeftOut(version, "it is no file, but a symbolic link or a submodule"), None
        try:
            cleaned = clean(self._foreign.text(entry.blob), self._request.encoding)
        except ValueError as wrong:
            return LeftOut(version, str(wrong)), None
        decided = course.take(version, Text(_what_counts(cleaned.original), _what_counts(cleaned.text)))
        if isinstance(decided, Stated):
            self._newest = cleaned
        return decided, cleaned

    def _made(
        self, folder: _Folder, place: Staging | None, revisions: Sequence[Stated], left_out: Sequence[LeftOut]
    ) -> PolicyImport:
        terms, assumed = (folder.terms, ()) if folder.terms else self._new_terms(folder.slug, place)
        return PolicyImport(
            policy=folder.slug,
            path=self._history.path,
            title=terms.title,
            language=terms.language,
            time_zone=terms.time_zone,
            zone=terms.zone,
            is_new=folder.terms is None,
            assumed=assumed,
            revisions=revisions,
            left_out=left_out,
            cleaned=dict(sorted((+self._counts).items())),
        )

    def _new_terms(self, slug: str, place: Staging | None) -> tuple[Terms, tuple[str, ...]]:
        """The terms of a policy that is not there yet, written aside; and the keys that nobody gave."""
        given = {"title": self._request.title, "language": self._request.language, "time_zone": self._request.time_zone}
        language, zone = given["language"] or LANGUAGE, given["time_zone"] or TIME_ZONE
        titles = [given["title"]] if given["title"] else [self._title(), self._file_name(), slug]
        for title in titles:
            data, faults = imported_terms(title, language, zone)
            terms = parse_terms(data).value
            if terms is not None:
                if place is not None:
                    place.write(f"{slug}/{TERMS}", data)
                return terms, tuple(key for key, value in given.items() if value is None)
        raise ConfigurationError([Problem.of(fault, f"{FOLDER}/{slug}/{TERMS}") for fault in faults])

    def _title(self) -> str:
        """The newest text's heading, or its front matter's title, or the name of the file."""
        return (title_of(self._newest) if self._newest else None) or self._file_name()

    def _file_name(self) -> str:
        stem = re.sub(r"\.[A-Za-z0-9]+$", "", self._history.path.rpartition("/")[2])
        words = " ".join(re.sub(r"[-_]+", " ", stem).split()) or "Policy"
        return words[0].upper() + words[1:]

    def _refuse(self, folder: _Folder, known: dict[tuple[str, str], Imported]) -> None:
        """What is there has to be from this file, and what is asked for has to be what is there."""
        path, place = self._history.path, f"{FOLDER}/{folder.slug}"
        if self._history.moved_to is not None:
            what = f"`{path}` was renamed to `{self._history.moved_to}` in the other repository"
            raise RecordError(
                [Problem("PATH", what, "import it by its new name: its history is followed through that")]
            )
        if not self._history.versions:
            raise RecordError([_no_file(self._foreign, path)])
        if folder.problems:
            raise RecordError(folder.problems)
        if folder.is_there and not known:
            what = f"this policy is there already, and was not imported from `{path}` of that repository"
            raise RecordError([Problem(place, what, "give another name with --policy")])
        if folder.is_there and folder.terms is None:
            raise RecordError([Problem(f"{place}/{TERMS}", "the policy's terms are missing", "restore the file")])
        lost = [name for name, source, _ in folder.sources if commit_of(source)]
        lost = [name for name in lost if name not in {one.name for one in known.values()}]
        if known and lost:
            what = f"it was imported from a commit that is not in the history of `{path}`"
            todo = "import from the branch that it came from (--branch); if that was rewritten, nothing can be added"
            raise RecordError([Problem(f"{place}/{lost[0]}.md", what, todo)])
        self._refuse_other_terms(folder)

    def _refuse_other_terms(self, folder: _Folder) -> None:
        if folder.terms is None:
            return
        said = {
            "title": (self._request.title, folder.terms.title),
            "language": (self._request.language, folder.terms.language),
            "time_zone": (self._request.time_zone, folder.terms.time_zone),
        }
        for key, (asked, there) in said.items():
            if asked is not None and asked != there:
                option = f"--{key.replace('_', '-')}"
                what = f"`{asked}`, but {FOLDER}/{folder.slug}/{TERMS} says `{key}: {there}`, and is not altered"
                raise ConfigurationError([Problem(option, what, f"leave out {option}")])

    def _refuse_late(self, folder: _Folder, revisions: Sequence[Stated]) -> None:
        """Stated revisions come before the first recorded one (rule 8)."""
        added = [one for one in revisions if one.is_new]
        if folder.recorded is None or not added:
            return
        what = (
            f"{len(added)} more of `{self._history.path}` cannot be added, the first of them from commit "
            f"{short_id(added[0].version.commit)}: {folder.recorded} of this policy is recorded by git already"
        )
        todo = "stated revisions come before the first recorded one (rule 8); post the text with `inforce new` instead"
        raise RecordError([Problem(f"{FOLDER}/{folder.slug}", what, todo)])


def _refuse_unknown(request: Request) -> None:
    """What nobody can mean, told before anything is read."""
    problems = []
    if request.time_zone is not None:
        try:
            time_zone(request.time_zone)
        except ValueError as wrong:
            problems.append(Problem("--time-zone", str(wrong), "write an IANA name: Asia/Seoul, Europe/Berlin, UTC"))
    if request.encoding is not None:
        try:
            codecs.lookup(request.encoding)
            b"".decode(request.encoding)
        except (LookupError, ValueError):
            what = f"`{request.encoding}` is no encoding that is known here"
            problems.append(Problem("--encoding", what, "write its name: latin-1, cp1252, shift_jis"))
    _, faults = imported_terms(request.title or "Policy", request.language or LANGUAGE, TIME_ZONE)
    problems += [Problem("--title" if "title" in one.what else "--language", one.what, one.todo) for one in faults]
    if problems:
        raise ConfigurationError(problems)


def _record(settings: Settings, door: Door, progress: Progress) -> Record:
    """The record as it is; an empty one where nothing is committed yet."""
    if not has_commits(settings.folder):
        return Record((), (), None)
    with opened(settings, door, progress) as source:
        if source.record.errors:
            raise RecordError(source.record.errors)
        return source.record


def _folders(place: Path, record: Record) -> dict[str, _Folder]:
    """Every policy's folder, in the working tree and in the record."""
    names = {one.name for one in place.iterdir() if one.is_dir()} if place.is_dir() else set()
    names = {name for name in names if not name.startswith(".")} | {path.split("/")[0] for path in record.entries}
    return {name: _folder(place / name, record.policy(name)) for name in sorted(names)}


def _folder(place: Path, policy: PolicyRecord | None) -> _Folder:
    found: dict[str, tuple[str, datetime] | None] = {}
    for path in sorted(place.glob("*.md")) if place.is_dir() else ():
        found[path.stem] = stated_source(path.read_bytes()) if path.is_file() else None
    recorded = None
    for revision in policy.revisions if policy else ():
        found[revision.name] = (revision.posting.source, revision.posted) if revision.posting.source else None
        recorded = recorded or (None if revision.posting.is_stated else revision.name)
    sources = tuple((name, *said) for name, said in found.items() if said is not None)
    file = place / TERMS
    if not file.is_file():
        return _Folder(place.name, policy.terms if policy else None, sources, tuple(found), recorded)
    reading = parse_terms(file.read_bytes())
    problems = tuple(Problem.of(fault, f"{FOLDER}/{place.name}/{TERMS}") for fault in reading.faults)
    return _Folder(place.name, reading.value, sources, tuple(found), recorded, problems)


def _folder_of(history: History, request: Request, folders: dict[str, _Folder]) -> _Folder:
    """The folder that a file's history goes to: the one that was imported from it, or a new one."""
    if request.policy is not None:
        return folders.get(request.policy) or _Folder(request.policy, None)
    for folder in folders.values():
        if folder.sources and folder.imported(history.versions)[0]:
            return folder
    return _Folder(slug_of(history.path, request.pattern or "", folders), None)


def _wanted(foreign: ForeignRepository, request: Request) -> list[str]:
    if request.pattern is None:
        return [(request.path or "").removeprefix("./")]
    try:
        found = matching(foreign.paths(), request.pattern.removeprefix("./"))
    except re.error as wrong:
        raise ConfigurationError(
            [Problem("--all", f"this is no pattern: {wrong}", "write 'Policies/**/*.md'")]
        ) from None
    if not found:
        what = f"no file of that repository is meant by `{request.pattern}`"
        todo = "`*` stands for signs within a name, `**` for folders: '**/*.md' means every Markdown file"
        raise RecordError([Problem("--all", what, todo)])
    return found


def _no_file(foreign: ForeignRepository, path: str) -> Problem:
    paths = foreign.paths()
    below = [one for one in paths if one.startswith(f"{path.rstrip('/')}/")]
    if below:
        todo = f"name a file, for example {below[0]}; or import all: --all '{path.rstrip('/')}/**/*.md'"
        return Problem("PATH", f"`{path}` is a folder of that repository", todo)
    same = [one for one in paths if one.rpartition("/")[2].lower() == path.rpartition("/")[2].lower()]
    near = f' (did you mean "{same[0]}"?)' if same else did_you_mean(path, paths)
    return Problem("PATH", f"that repository has no file `{path}`{near}", "name it as seen from that repository's top")


@contextmanager
def _place(settings: Settings, request: Request) -> Iterator[Staging | None]:
    """Where the files are written aside; nowhere in a dry run."""
    if request.is_dry_run:
        yield None
        return
    try:
        with staged(settings.folder / FOLDER) as place:
            yield place
    except OSError as wrong:
        what = f"the files cannot be written: {wrong.strerror}"
        todo = "nothing was written; mend that, and try again"
        raise RecordError([Problem(_below(wrong, settings), what, todo)]) from None


def _below(wrong: OSError, settings: Settings) -> str:
    path = Path(str(wrong.filename or FOLDER))
    return path.relative_to(settings.folder).as_posix() if path.is_relative_to(settings.folder) else str(path)


def _what_counts(text: str) -> str:
    """A digest of a text without its white space."""
    return hashlib.sha256("".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()
