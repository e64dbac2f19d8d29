"""The history, decided commit by commit: what is posted, when, and what has been done to it since (rules 1, 7, 8, 9).

`History` walks over the published branch's first-parent history, oldest first, and knows neither git nor files: it gets
commits and the changes of paths as values, and two functions that read a text by its id. It answers with a `Record`.

The rules of state, in short. A revision file is *pending* from the commit that brings it until a commit at which it
can be read: that one posts it. Pending files are tried again at each commit, since what makes them unreadable may lie
elsewhere (a missing `policy.yml`, a revision not there yet). Once posted, a file is only watched: while its text
differs from what was posted the record is *damaged*, an error; once restored, a warning stays. A file that brings a
posted text by taking it away from its place is no posting, but a part of that damage.

What the previous build published is *foreseen*: it is posted as published, wherever history now has it, and all else
is judged beside it. So a history that was turned round or rewritten cannot take back what readers have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from inforce.core.address import slug_fault
from inforce.core.errors import Fault, Problem, Severity
from inforce.core.instant import format_instant
from inforce.core.layout import layout_problems, no_file
from inforce.core.policy import Declaration, Posting, Revision, Terms
from inforce.core.posting import Candidate, Posted, judge, stated_instant
from inforce.core.record import FOLDER, TERMS, Change, Commit, Entry, PolicyRecord, Published, Reading, Record

CLOCK_TOLERANCE = timedelta(minutes=5)
Step = tuple[Commit, Sequence[Change]]
"""A commit, and what it changed in the record."""


@dataclass
class _Folder:
    """A policy's folder as the walk goes: what lies there, what is posted, what waits."""

    slug: str
    files: dict[str, Entry] = field(default_factory=dict)
    posted: dict[str, Revision] = field(default_factory=dict)
    in_order: Posted = field(default_factory=Posted)
    pending: dict[str, tuple[Fault, ...]] = field(default_factory=dict)
    moved_from: dict[str, str] = field(default_factory=dict)
    damaged_by: dict[str, Commit] = field(default_factory=dict)

    def post(self, revision: Revision) -> None:
        """Take a further revision in."""
        self.posted[revision.name] = revision
        self.in_order.add(revision)
        self.pending.pop(revision.name, None)


class History:
    """The walk over the published branch.

    Args:
        read_terms: reads the `policy.yml` of that id.
        read_revision: reads the revision file of that id.
        previous: what the previous build published, where it is given.
    """

    def __init__(
        self,
        read_terms: Callable[[str], Reading[Terms]],
        read_revision: Callable[[str], Reading[Declaration]],
        previous: Iterable[Published] = (),
    ) -> None:
        """Begin with an empty record."""
        self._read_terms = read_terms
        self._read_revision = read_revision
        self._previous = {(line.policy, line.revision): line for line in previous}
        self._last_published = max((line.posted for line in self._previous.values()), default=None)
        self._entries: dict[str, Entry] = {}
        self._changed_by: dict[str, Commit] = {}
        self._folders: dict[str, _Folder] = {}
        self._waiting: dict[str, _Folder] = {}
        self._damaged: dict[str, _Folder] = {}
        self._warnings: list[Problem] = []
        self._dated_by: dict[tuple[str, str], Commit] = {}
        self._foreseen: dict[int, list[Revision]] = {}
        self._latest: Commit | None = None
        self._tip: Commit | None = None
        self._sequence = 0

    def walk(self, steps: Iterable[Step]) -> None:
        """Go through the history, oldest commit first."""
        if self._previous:
            steps = list(steps)
            self._foresee(steps)
        for commit, changes in steps:
            self._take(commit, changes)

    def record(self, clock: datetime) -> Record:
        """What the walk has found.

        Args:
            clock: the present instant; a posting more than five minutes later is an error (rule 9).
        """
        problems = [*self._layout_problems(), *self._warnings]
        policies = []
        for folder in sorted(self._folders.values(), key=lambda one: one.slug):
            problems += self._folder_problems(folder, clock)
            terms = self._terms(folder.files.get(TERMS))
            if folder.posted and terms is not None and terms.value is not None:
                policies.append(PolicyRecord(folder.slug, terms.value, tuple(folder.in_order)))
        problems += self._lost_problems()
        problems.sort(key=lambda one: (one.path, one.line or 0))
        return Record(tuple(policies), tuple(problems), self._tip.id if self._tip else None, dict(self._entries))

    # What the previous build published

    def _foresee(self, steps: Sequence[Step]) -> None:
        """Post what was published, at the first commit that has its bytes and its policy's terms (rule 7)."""
        found: dict[tuple[str, str], tuple[Candidate, Terms, Posting]] = {}
        wanted: dict[str, dict[str, Published]] = {}
        for line in self._previous.values():
            wanted.setdefault(line.policy, {})[f"{line.policy}/{line.revision}.md"] = line
        there: dict[str, Entry | None] = {}
        joined = datetime.min.replace(tzinfo=UTC)
        for sequence, (commit, changes) in enumerate(steps, start=1):
            joined = max(joined, commit.instant)
            there |= {change.path: change.entry for change in changes}
            for path, line in _concerned(changes, wanted).items():
                if (candidate := self._as_published(there.get(path), line)) is not None:
                    terms = self._terms(there.get(f"{line.policy}/{TERMS}"))
                    if terms is not None and terms.value is not None:
                        posting = Posting(line.posted, commit.id, sequence=sequence, joined=joined)
                        found[line.policy, line.revision] = candidate, terms.value, posting
                        del wanted[line.policy][path]
        for candidate, terms_then, posting in sorted(found.values(), key=lambda one: (one[2].instant, one[0].name)):
            folder = self._folders.setdefault(candidate.policy, _Folder(candidate.policy))
            recorded = replace(posting, joined=None)
            if candidate.declaration.is_stated:
                recorded = replace(posting, instant=datetime.max.replace(tzinfo=UTC))
            if (revision := judge(candidate, terms_then, recorded, folder.in_order).revision) is not None:
                folder.post(revision)
                self._foreseen.setdefault(posting.sequence, []).append(revision)

    def _as_published(self, entry: Entry | None, line: Published) -> Candidate | None:
        if entry is None or not entry.is_regular:
            return None
        reading = self._read_revision(entry.blob)
        if reading.value is None or reading.value.digest != line.digest:
            return None
        return Candidate(line.policy, line.revision, entry.blob, reading.value)

    # One commit

    def _take(self, commit: Commit, changes: Sequence[Change]) -> None:
        self._tip = commit
        self._sequence += 1
        if self._latest is None or commit.instant > self._latest.instant:
            self._latest = commit
        for revision in self._foreseen.get(self._sequence, ()):
            self._compare_instants(revision, self._latest)
        for change in changes:
            self._apply(change, commit)
        slugs = {change.path.partition("/")[0] for change in changes}
        touched = {slug: self._folders[slug] for slug in sorted(slugs) if slug in self._folders}
        self._watch(changes, commit)
        self._damaged = _those(lambda folder: folder.damaged_by, self._damaged, touched)
        self._note_moves(changes)
        for folder in ({**self._waiting, **touched}).values():
            if folder.pending:
                self._post(folder, commit)
        self._waiting = _those(lambda folder: folder.pending, self._waiting, touched)

    def _compare_instants(self, revision: Revision, dated_by: Commit) -> None:
        """Git may date what was published otherwise now; the published instant is kept (rule 7)."""
        self._dated_by[revision.policy, revision.name] = dated_by
        if not revision.posting.is_stated and dated_by.instant != revision.posted:
            now, then = (format_instant(one, revision.zone) for one in (dated_by.instant, revision.posted))
            what = f"git now dates this posting {now}, by {dated_by}; the published instant, {then}, is kept"
            todo = "nothing is to be done if you know why the history was rewritten or its merge turned round (rule 7)"
            path = _path(f"{revision.policy}/{revision.name}.md")
            commit = revision.posting.commit
            self._warnings.append(Problem(path, what, todo, severity=Severity.WARNING, commit=commit))

    def _apply(self, change: Change, commit: Commit) -> None:
        self._changed_by[change.path] = commit
        if change.entry is None:
            self._entries.pop(change.path, None)
        else:
            self._entries[change.path] = change.entry
        slug, _, file = change.path.partition("/")
        if not file or "/" in file or slug_fault(slug, "policy"):
            return
        folder = self._folders.get(slug) or self._folders.setdefault(slug, _Folder(slug))
        if change.entry is None:
            folder.files.pop(file, None)
        else:
            folder.files[file] = change.entry
        name = file.removesuffix(".md")
        if name == file or slug_fault(name, "revision") or name in folder.posted:
            return
        folder.moved_from.pop(name, None)
        if change.entry is None:
            folder.pending.pop(name, None)
        else:
            folder.pending[name] = ()

    def _watch(self, changes: Sequence[Change], commit: Commit) -> None:
        """Posted is posted: note what this commit did to posted files (rule 7)."""
        for change in changes:
            slug, _, file = change.path.partition("/")
            folder = self._folders.get(slug)
            revision = folder.posted.get(file.removesuffix(".md")) if folder and file.endswith(".md") else None
            if folder is None or revision is None or self._sequence <= revision.posting.sequence:
                continue
            intact = change.entry is not None and change.entry.is_regular and change.entry.blob == revision.blob
            if not intact:
                folder.damaged_by.setdefault(revision.name, commit)
            elif breaker := folder.damaged_by.pop(revision.name, None):
                what = f"this posted revision was altered by {breaker} and restored by {commit}"
                todo = "nothing is to be done; whoever published in between should know"
                self._warnings.append(
                    Problem(_path(change.path), what, todo, severity=Severity.WARNING, commit=breaker.id)
                )

    def _note_moves(self, changes: Sequence[Change]) -> None:
        """Which of the files that this commit brings are posted ones that it took from their places."""
        gone = {
            folder.posted[name].blob: f"{folder.slug}/{name}.md"
            for folder in self._damaged.values()
            for name in folder.damaged_by
            if f"{name}.md" not in folder.files
        }
        for change in changes if gone else ():
            slug, _, file = change.path.partition("/")
            folder, name = self._folders.get(slug), file.removesuffix(".md")
            if folder is not None and name in folder.pending and (origin := gone.get(folder.files[file].blob)):
                folder.moved_from[name] = origin

    def _post(self, folder: _Folder, commit: Commit) -> None:
        """Post whatever of the folder can be read at this commit: stated ones by their instants, then by name."""
        readable: list[tuple[Candidate, Terms]] = []
        for name in sorted(folder.pending):
            read, folder.pending[name] = self._read(folder, name)
            if read is not None:
                readable.append(read)
        for candidate, terms in sorted(readable, key=lambda one: _order_of(*one)):
            judgement = judge(candidate, terms, self._posting(candidate, commit), folder.in_order)
            folder.pending[candidate.name] = judgement.faults
            if judgement.revision is not None:
                folder.post(judgement.revision)

    def _read(self, folder: _Folder, name: str) -> tuple[tuple[Candidate, Terms] | None, tuple[Fault, ...]]:
        entry = folder.files[f"{name}.md"]
        if not entry.is_regular:
            return None, (no_file(entry),)
        if name in folder.moved_from:
            todo = "remove it here and restore it there: a posted revision keeps its place for ever (rule 7)"
            return None, (Fault(f"this is the posted {folder.moved_from[name]}, moved here", todo),)
        reading = self._read_revision(entry.blob)
        terms = self._terms(folder.files.get(TERMS))
        if terms is None:
            todo = f"write {_path(folder.slug)}/{TERMS}, with `title`, `language` and `time_zone`"
            return None, (*reading.faults, Fault(f"its policy has no {TERMS}", todo))
        if terms.value is None:
            todo = f"mend {_path(folder.slug)}/{TERMS}; the next commit then posts this revision"
            return None, (*reading.faults, Fault(f"its policy's {TERMS} cannot be read", todo))
        if reading.value is None:
            return None, reading.faults
        return (Candidate(folder.slug, name, entry.blob, reading.value), terms.value), ()

    def _terms(self, entry: Entry | None) -> Reading[Terms] | None:
        if entry is None:
            return None
        return self._read_terms(entry.blob) if entry.is_regular else Reading(None, (no_file(entry),))

    def _posting(self, candidate: Candidate, commit: Commit) -> Posting:
        """The posting that git records (rule 1)."""
        latest = self._latest or commit
        self._dated_by[candidate.policy, candidate.name] = latest
        return Posting(latest.instant, commit.id, sequence=self._sequence)

    # What is wrong, in the end

    def _folder_problems(self, folder: _Folder, clock: datetime) -> Iterator[Problem]:
        path = f"{folder.slug}/{TERMS}"
        terms = self._terms(folder.files.get(TERMS))
        if terms is None and (folder.posted or folder.pending):
            yield self._blamed(path, Fault("the policy's terms are missing", "restore the file; its revisions need it"))
        elif terms is not None:
            yield from (self._blamed(path, fault) for fault in terms.faults)
        for name, faults in sorted(folder.pending.items()):
            yield from (self._blamed(f"{folder.slug}/{name}.md", fault, "not posted: ") for fault in faults)
        for name, breaker in sorted(folder.damaged_by.items()):
            yield self._damage(folder, name, breaker)
        for revision in folder.in_order:
            yield from self._posting_problems(revision, clock)

    def _blamed(self, path: str, fault: Fault, what_follows: str = "") -> Problem:
        """The fault of a path, with the commit that brought what lies there."""
        commit = self._changed_by.get(path)
        by = f" ({what_follows}{commit})" if commit else ""
        told = Fault(f"{fault.what}{by}", fault.todo, fault.line)
        return Problem.of(told, _path(path), commit=commit.id if commit else None)

    def _damage(self, folder: _Folder, name: str, breaker: Commit) -> Problem:
        path = _path(f"{folder.slug}/{name}.md")
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
        path = _path(f"{revision.policy}/{revision.name}.md")
        dated_by = self._dated_by.get((revision.policy, revision.name))
        if revision.posted > clock + CLOCK_TOLERANCE:
            when = format_instant(revision.posted, revision.zone)
            by = dated_by or revision.posting.commit[:12]
            yield Problem(
                path,
                f"posted at {when}, which lies in the future, by the date of {by}",
                "set the clock right; if the commit's date is wrong, nothing can have been published from it: date it "
                "anew (`git commit --amend --no-edit --reset-author`, or `git rebase` from before it) (rule 9)",
                commit=dated_by.id if dated_by else revision.posting.commit,
            )
        line = self._previous.get((revision.policy, revision.name))
        last = self._last_published
        if line is None and last is not None and not revision.posting.is_stated and revision.posted < last:
            yield Problem(
                path,
                f"posted at {format_instant(revision.posted, revision.zone)}, before the last posting of the previous "
                f"build, which did not have it: readers cannot have seen it then ({dated_by})",
                "merge with `git merge --no-ff`, so that the merge's date counts; here, if this was not published yet, "
                "undo the fast-forward and merge anew",
                severity=Severity.WARNING,
                commit=revision.posting.commit,
            )
        if line is not None and line.digest != revision.digest:
            yield Problem(
                path,
                f"the previous build published this revision with the digest {line.digest}, not {revision.digest}",
                "restore the text that was published; to change it, post a new revision (rule 7)",
                commit=revision.posting.commit,
            )

    def _lost_problems(self) -> Iterator[Problem]:
        for (policy, name), line in sorted(self._previous.items()):
            folder = self._folders.get(policy)
            if folder is None or name not in folder.posted:
                yield Problem(
                    _path(f"{policy}/{name}.md"),
                    f"the previous build published this revision (digest {line.digest}); it is not posted any more",
                    "bring back the history that holds it: what was published stays (rule 7)",
                )

    def _layout_problems(self) -> Iterator[Problem]:
        for path, entry in sorted(self._entries.items()):
            for problem in layout_problems(path, entry.mode):
                commit = self._changed_by[path]
                what = f"{problem.what} ({commit})" if problem.is_error else problem.what
                yield Problem(problem.path, what, problem.todo, problem.line, problem.severity, commit.id)


def _those(has: Callable[[_Folder], object], *folders: dict[str, _Folder]) -> dict[str, _Folder]:
    return {slug: folder for some in folders for slug, folder in some.items() if has(folder)}


def _concerned(changes: Iterable[Change], wanted: Mapping[str, Mapping[str, Published]]) -> dict[str, Published]:
    """Of what is wanted, by policies and paths, that for which a change counts: its own, or one of its policy's terms.

    Only these are looked at: however long the history is, each commit costs what it changes.
    """
    concerned: dict[str, Published] = {}
    for change in changes:
        policy, _, file = change.path.partition("/")
        of_policy = wanted.get(policy, {})
        if file == TERMS:
            concerned |= of_policy
        elif change.path in of_policy:
            concerned[change.path] = of_policy[change.path]
    return concerned


def _path(path: str) -> str:
    return f"{FOLDER}/{path}" if path else FOLDER


def _order_of(candidate: Candidate, terms: Terms) -> tuple[bool, datetime | None, str]:
    stated = stated_instant(candidate.declaration, terms)
    return stated is None, stated, candidate.name
