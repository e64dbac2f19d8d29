"""The record, decided commit by commit: what is posted, when, and what has been done to it since (rules 1, 7, 8, 9).

`History` is fed the published branch's first-parent history, oldest first, and knows neither git nor files: it gets
commits and the changes of paths as values, and two functions that read a text by its id. It answers with a `Record`.

The rules of state, in short. A revision file is *pending* from the commit that brings it until a commit at which it
can be read: that one posts it. Pending files are tried again at each commit, since what makes them unreadable may lie
elsewhere (a missing `policy.yml`, a revision not there yet). Once posted, a file is only watched: while its text
differs from what was posted the record is *damaged*, an error; once restored, a warning stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

from inforce.core.address import near_slug, slug_fault
from inforce.core.errors import Fault, Problem, Severity, did_you_mean
from inforce.core.instant import format_instant
from inforce.core.policy import Declaration, Posting, Revision, Terms
from inforce.core.posting import Candidate, Posted, judge, stated_instant
from inforce.core.timeline import Timeline

FOLDER = "policy_versions"
"""The folder of the record, beside `mkdocs.yml`."""
TERMS = "policy.yml"
_DEPTH = 2
CLOCK_TOLERANCE = timedelta(minutes=5)
_REGULAR = ("100644", "100755", "100664")
_KINDS = {"120000": "a symbolic link", "160000": "a submodule"}

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Reading(Generic[T]):
    """A text that was read: its value, or the faults for which it has none."""

    value: T | None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the published branch; `instant` is the committer's date."""

    id: str
    instant: datetime
    author: str

    def __str__(self) -> str:
        return f"commit {self.id[:12]} ({self.author}, {self.instant.date()})"


@dataclass(frozen=True, slots=True)
class Entry:
    """What lies at a path: git's file mode, and the id of the text."""

    mode: str
    blob: str

    @property
    def is_regular(self) -> bool:
        """Whether this is a file; executable or not is no difference."""
        return self.mode in _REGULAR


@dataclass(frozen=True, slots=True)
class Change:
    """That a commit changed what lies at a path (relative to `policy_versions/`); `entry` is None where it went."""

    path: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Published:
    """One line of the previous build's `postings.json` (rule 7); `source` is given for stated postings."""

    policy: str
    revision: str
    digest: str
    posted: datetime
    source: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """A policy with its terms as the branch has them now, and its posted revisions in order."""

    slug: str
    terms: Terms
    revisions: tuple[Revision, ...]

    @property
    def timeline(self) -> Timeline:
        """The timeline of these revisions."""
        return Timeline(self.revisions)


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that the repository says, and everything that is wrong with it.

    `tip` is the commit that was read (None: the branch has none); `entries` what lies at each path there.
    """

    policies: tuple[PolicyRecord, ...]
    problems: tuple[Problem, ...]
    tip: str | None
    entries: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that stop publishing."""
        return tuple(problem for problem in self.problems if problem.is_error)

    def as_of(self, instant: datetime) -> Record:
        """The record as it was known then; policies without a posting by then are not there (rule 9)."""
        policies = (
            PolicyRecord(one.slug, one.terms, tuple(each for each in one.revisions if each.posted <= instant))
            for one in self.policies
        )
        return Record(tuple(one for one in policies if one.revisions), self.problems, self.tip, self.entries)

    def policy(self, slug: str) -> PolicyRecord | None:
        """The policy of that name, if there is one."""
        return next((one for one in self.policies if one.slug == slug), None)

    def postings(self) -> list[Revision]:
        """Every posted revision of every policy, in order of posting."""
        revisions = [revision for policy in self.policies for revision in policy.revisions]
        return sorted(revisions, key=lambda one: (one.posted, one.policy, one.order))


@dataclass
class _Folder:
    """A policy's folder as the walk goes: what lies there, what is posted, what waits."""

    slug: str
    files: dict[str, Entry] = field(default_factory=dict)
    posted: dict[str, Revision] = field(default_factory=dict)
    in_order: Posted = field(default_factory=Posted)
    pending: dict[str, tuple[Fault, ...]] = field(default_factory=dict)
    brought_by: dict[str, Commit] = field(default_factory=dict)
    damaged_by: dict[str, Commit] = field(default_factory=dict)


class History:
    """The walk over the published branch.

    Args:
        read_terms: reads the `policy.yml` of that id.
        read_revision: reads the revision file of that id.
        previous: what the previous build published, where it is given.
        root: where the record lies, for telling problems (relative to the folder of `mkdocs.yml`).
    """

    def __init__(
        self,
        read_terms: Callable[[str], Reading[Terms]],
        read_revision: Callable[[str], Reading[Declaration]],
        previous: Iterable[Published] = (),
        root: str = FOLDER,
    ) -> None:
        """Begin with an empty record."""
        self._read_terms = read_terms
        self._read_revision = read_revision
        self._previous = {(line.policy, line.revision): line for line in previous}
        self._root = root
        self._entries: dict[str, Entry] = {}
        self._folders: dict[str, _Folder] = {}
        self._warnings: list[Problem] = []
        self._git_instants: dict[tuple[str, str], datetime] = {}
        self._instant = datetime.min.replace(tzinfo=UTC)
        self._tip: Commit | None = None
        self._sequence = 0

    def take(self, commit: Commit, changes: Sequence[Change]) -> None:
        """Go on to the next commit."""
        self._tip = commit
        self._sequence += 1
        self._instant = max(self._instant, commit.instant)
        for change in changes:
            self._apply(change, commit)
        self._watch(changes, commit)
        for folder in self._folders.values():
            if folder.pending:
                self._post(folder, commit)

    def record(self, clock: datetime) -> Record:
        """What the walk has found.

        Args:
            clock: the present instant; a posting more than five minutes later is an error (rule 9).
        """
        problems = [*self._layout_problems(), *self._warnings]
        policies = []
        for folder in sorted(self._folders.values(), key=lambda one: one.slug):
            problems += self._folder_problems(folder, clock)
            terms = self._terms(folder)
            if folder.posted and terms is not None and terms.value is not None:
                policies.append(PolicyRecord(folder.slug, terms.value, tuple(folder.in_order)))
        problems += self._lost_problems()
        problems.sort(key=lambda one: (one.path, one.line or 0))
        return Record(tuple(policies), tuple(problems), self._tip.id if self._tip else None, dict(self._entries))

    # One commit

    def _apply(self, change: Change, commit: Commit) -> None:
        if change.entry is None:
            self._entries.pop(change.path, None)
        else:
            self._entries[change.path] = change.entry
        slug, _, file = change.path.partition("/")
        if not file or "/" in file or slug_fault(slug, "policy"):
            return
        folder = self._folders.setdefault(slug, _Folder(slug))
        if change.entry is None:
            folder.files.pop(file, None)
        else:
            folder.files[file] = change.entry
        name = file.removesuffix(".md")
        if name == file or slug_fault(name, "revision") or name in folder.posted:
            return
        if change.entry is None:
            folder.pending.pop(name, None)
        else:
            folder.pending[name] = ()
            folder.brought_by[name] = commit

    def _watch(self, changes: Sequence[Change], commit: Commit) -> None:
        """Posted is posted: note what this commit did to posted files (rule 7)."""
        for change in changes:
            slug, _, file = change.path.partition("/")
            folder = self._folders.get(slug)
            revision = folder.posted.get(file.removesuffix(".md")) if folder and file.endswith(".md") else None
            if folder is None or revision is None:
                continue
            intact = change.entry is not None and change.entry.is_regular and change.entry.blob == revision.blob
            if not intact:
                folder.damaged_by.setdefault(revision.name, commit)
            elif breaker := folder.damaged_by.pop(revision.name, None):
                self._warnings.append(
                    Problem(
                        self._path(change.path),
                        f"this posted revision was altered by {breaker} and restored by {commit}",
                        "nothing is to be done; whoever published in between should know",
                        severity=Severity.WARNING,
                        commit=breaker.id,
                    )
                )

    def _post(self, folder: _Folder, commit: Commit) -> None:
        """Post whatever of the folder can be read at this commit: stated ones by their instants, then by name."""
        moved = {
            one.posted[name].blob: f"{one.slug}/{name}.md"
            for one in self._folders.values()
            for name in one.damaged_by
            if f"{name}.md" not in one.files
        }
        readable: list[tuple[Candidate, Terms]] = []
        for name in sorted(folder.pending):
            read, faults = self._read(folder, name, moved)
            folder.pending[name] = faults
            if read is not None:
                readable.append(read)
        for candidate, terms in sorted(readable, key=lambda one: _order_of(*one)):
            judgement = judge(candidate, terms, self._posting(candidate, commit), folder.in_order)
            folder.pending[candidate.name] = judgement.faults
            if judgement.revision is not None:
                del folder.pending[candidate.name]
                folder.posted[candidate.name] = judgement.revision
                folder.in_order.add(judgement.revision)
                self._git_instants[folder.slug, candidate.name] = self._instant

    def _read(
        self, folder: _Folder, name: str, moved: Mapping[str, str]
    ) -> tuple[tuple[Candidate, Terms] | None, tuple[Fault, ...]]:
        entry = folder.files[f"{name}.md"]
        if not entry.is_regular:
            return None, (_no_file(entry),)
        if entry.blob in moved:
            todo = "move it back with `git mv`: a posted revision keeps its place for ever (rule 7)"
            return None, (Fault(f"this is the posted {moved[entry.blob]}, moved here", todo),)
        reading = self._read_revision(entry.blob)
        terms = self._terms(folder)
        if terms is None:
            todo = f"write {self._path(folder.slug)}/{TERMS}, with `title`, `language` and `time_zone`"
            return None, (*reading.faults, Fault(f"its policy has no {TERMS}", todo))
        if terms.value is None:
            todo = f"mend {self._path(folder.slug)}/{TERMS}; the next commit then posts this revision"
            return None, (*reading.faults, Fault(f"its policy's {TERMS} cannot be read", todo))
        if reading.value is None:
            return None, reading.faults
        return (Candidate(folder.slug, name, entry.blob, reading.value), terms.value), ()

    def _terms(self, folder: _Folder) -> Reading[Terms] | None:
        entry = folder.files.get(TERMS)
        if entry is None:
            return None
        return self._read_terms(entry.blob) if entry.is_regular else Reading(None, (_no_file(entry),))

    def _posting(self, candidate: Candidate, commit: Commit) -> Posting:
        """The recorded posting: at git's instant, or at the published one where that was another (rules 1 and 7)."""
        line = self._previous.get((candidate.policy, candidate.name))
        is_known = line is not None and not line.source and line.digest == candidate.declaration.digest
        return Posting(line.posted if line and is_known else self._instant, commit.id, sequence=self._sequence)

    # What is wrong, in the end

    def _folder_problems(self, folder: _Folder, clock: datetime) -> Iterator[Problem]:
        terms = self._terms(folder)
        path = self._path(f"{folder.slug}/{TERMS}")
        if terms is None and (folder.posted or folder.pending):
            yield Problem(path, "the policy's terms are missing", "restore the file; its revisions need it")
        elif terms is not None:
            yield from (Problem.of(fault, path) for fault in terms.faults)
        for name, faults in sorted(folder.pending.items()):
            commit = folder.brought_by[name]
            for fault in faults:
                told = Fault(f"{fault.what} (not posted: {commit})", fault.todo, fault.line)
                yield Problem.of(told, self._path(f"{folder.slug}/{name}.md"), commit=commit.id)
        for name, breaker in sorted(folder.damaged_by.items()):
            yield self._damage(folder, name, breaker)
        for revision in folder.in_order:
            yield from self._posting_problems(revision, clock)

    def _damage(self, folder: _Folder, name: str, breaker: Commit) -> Problem:
        path = self._path(f"{folder.slug}/{name}.md")
        is_gone = f"{name}.md" not in folder.files
        commit = folder.posted[name].posting.commit
        return Problem(
            path,
            f"this posted revision was {'removed' if is_gone else 'altered'} by {breaker}",
            f"restore it: `git checkout {commit[:12]} -- {path}`, then commit; to change the text, post a new revision "
            "(`inforce new`) (rule 7)",
            commit=breaker.id,
        )

    def _posting_problems(self, revision: Revision, clock: datetime) -> Iterator[Problem]:
        path = self._path(f"{revision.policy}/{revision.name}.md")
        if revision.posted > clock + CLOCK_TOLERANCE:
            when = format_instant(revision.posted, revision.zone)
            yield Problem(
                path,
                f"posted at {when}, which lies in the future: commit {revision.posting.commit[:12]} or one before it "
                "has a wrong date",
                "set the clock right; if the commit's date is wrong, nothing can have been published from it: date it "
                "anew (`git commit --amend --no-edit --reset-author`, or `git rebase` from before it) (rule 9)",
                commit=revision.posting.commit,
            )
        line = self._previous.get((revision.policy, revision.name))
        if line is None:
            return
        if line.digest != revision.digest:
            yield Problem(
                path,
                f"the previous build published this revision with the digest {line.digest}, not {revision.digest}",
                "restore the text that was published; to change it, post a new revision (rule 7)",
                commit=revision.posting.commit,
            )
        elif not revision.posting.is_stated and self._moved(revision) is not None:
            yield Problem(
                path,
                f"git now dates this posting {self._moved(revision)}; the published instant, "
                f"{format_instant(line.posted, revision.zone)}, is kept",
                "nothing is to be done if you know why the history was rewritten or its merge turned round (rule 7)",
                severity=Severity.WARNING,
                commit=revision.posting.commit,
            )

    def _moved(self, revision: Revision) -> str | None:
        instant = self._git_instants.get((revision.policy, revision.name))
        return None if instant is None or instant == revision.posted else format_instant(instant, revision.zone)

    def _lost_problems(self) -> Iterator[Problem]:
        for (policy, name), line in sorted(self._previous.items()):
            folder = self._folders.get(policy)
            if folder is None or name not in folder.posted:
                yield Problem(
                    self._path(f"{policy}/{name}.md"),
                    f"the previous build published this revision (digest {line.digest}); it is not posted any more",
                    "bring back the history that holds it: what was published stays (rule 7)",
                )

    def _layout_problems(self) -> Iterator[Problem]:
        for path, entry in sorted(self._entries.items()):
            yield from layout_problems(path, entry.mode, self._root)

    def _path(self, path: str) -> str:
        return f"{self._root}/{path}" if path else self._root


def layout_problems(path: str, mode: str, root: str = FOLDER) -> Iterator[Problem]:
    """What is wrong with there being something at this path of the record.

    Args:
        path: relative to `policy_versions/`; empty for that folder itself.
        mode: git's file mode.
        root: where the record lies, for telling.
    """
    parts = path.split("/") if path else []
    place = "/".join([root, *parts])
    if mode in _KINDS and not _may_be_revision(parts):
        yield Problem.of(_no_file(Entry(mode, "")), place)
    elif any(part.startswith(".") for part in parts):
        return
    elif len(parts) > _DEPTH:
        what = "a folder within a policy's folder is no part of the record, and is not read"
        yield Problem(place, what, "move the file, or leave it", severity=Severity.WARNING)
    elif len(parts) == _DEPTH:
        yield from _name_problems(place, *parts)
    elif not place.startswith(f"{root}/README"):
        what = "a file beside the policies' folders is no part of the record, and is not read"
        yield Problem(place, what, "a revision lies in its policy's folder: move it there", severity=Severity.WARNING)


def _may_be_revision(parts: Sequence[str]) -> bool:
    """Whether a revision or its policy's terms could lie there: what is wrong with those is told by their posting."""
    return (
        len(parts) == _DEPTH and parts[1].endswith(".md") and not slug_fault(parts[1].removesuffix(".md"), "revision")
    )


def _name_problems(place: str, policy: str, file: str) -> Iterator[Problem]:
    if fault := slug_fault(policy, "policy"):
        yield Problem(place, fault, f"name the folder otherwise, for example {near_slug(policy)}")
    elif file.endswith(".md"):
        if fault := slug_fault(file.removesuffix(".md"), "revision"):
            todo = f"name the file otherwise, for example {near_slug(file.removesuffix('.md'))}.md"
            yield Problem(place, fault, todo)
    elif file != TERMS:
        yield _stray(place, file)


def _stray(place: str, file: str) -> Problem:
    stem, _, ending = file.rpartition(".")
    if ending.lower() in ("md", "markdown", "mdown", "mkd"):
        return Problem(place, f"`{file}` is no revision: its name ends otherwise", f"name it {near_slug(stem)}.md")
    if did_you_mean(file.lower(), [TERMS, "policy.yaml"]):
        return Problem(place, f"`{file}` is not read: the policy's terms are in {TERMS}", f"name it {TERMS}")
    what = f"`{file}` is no part of the record, and is not read"
    return Problem(
        place, what, "a revision is a `.md` file; move this one elsewhere, or leave it", severity=Severity.WARNING
    )


def _no_file(entry: Entry) -> Fault:
    kind = _KINDS.get(entry.mode, f"no ordinary file (mode {entry.mode})")
    return Fault(f"this is {kind}: the record holds files alone", "put the file itself here")


def _order_of(candidate: Candidate, terms: Terms) -> tuple[bool, datetime | None, str]:
    stated = stated_instant(candidate.declaration, terms)
    return stated is None, stated, candidate.name
