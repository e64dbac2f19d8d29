"""The record as values: what git tells of it, and what it comes to once `core.history` has walked through that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Generic, TypeVar

from inforce.core.errors import Fault, Problem
from inforce.core.policy import Revision, Terms
from inforce.core.timeline import Timeline

FOLDER = "policy_versions"
"""The folder of the record, beside `mkdocs.yml`."""
TERMS = "policy.yml"
_REGULAR = ("100644", "100755", "100664")

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


@dataclass(frozen=True)
class PolicyRecord:
    """A policy with its terms as the branch has them now, and its posted revisions in order."""

    slug: str
    terms: Terms
    revisions: tuple[Revision, ...]

    @cached_property
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
