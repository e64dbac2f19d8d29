"""What can be wrong, and how it is told.

::

    InforceError
    ├── RecordError          the record, or another input, is at fault: exit status 1
    │   ├── NotThereError    what was asked for is not there, though the place where it should be answers
    │   ├── UnavailableError a database does not answer now, or takes nothing: later it may
    │   └── ClockError       the clock is behind what was written by it
    └── ConfigurationError   the options or the command line are at fault: exit status 2

Both carry `Problem` values, all of one run together. A `Fault` is a problem whose place is known to the line but not
yet to the file; whoever knows the file turns it into a problem.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error stops publishing; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one text, and what to do about it; `line` counts from 1."""

    what: str
    todo: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, where, and the way out.

    `path` is relative to the folder of `mkdocs.yml`, with forward slashes; `commit` the full id, where one is to blame.
    """

    path: str
    what: str
    todo: str
    line: int | None = None
    severity: Severity = Severity.ERROR
    commit: str | None = None

    def __post_init__(self) -> None:
        """Keep to one line, and to what can be seen: names of files and keys come from anywhere."""
        for name in ("path", "what", "todo"):
            object.__setattr__(self, name, visible(getattr(self, name)))

    @classmethod
    def of(cls, fault: Fault, path: str, severity: Severity = Severity.ERROR, commit: str | None = None) -> Problem:
        """The fault, now that the file is known."""
        return cls(path, fault.what, fault.todo, fault.line, severity, commit)

    @property
    def is_error(self) -> bool:
        """Whether this stops publishing."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """Two lines: `path:line: what is wrong`, then what to do, indented by two."""
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        mark = "" if self.is_error else "warning: "
        return f"{place}: {mark}{self.what}\n  {self.todo}"


class InforceError(Exception):
    """Something that a person has to mend, told in full by its problems."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, in the order in which they are to be read."""
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))

    def __reduce__(self) -> tuple[type[InforceError], tuple[tuple[Problem, ...]]]:
        """Let it travel from a worker process."""
        return type(self), (self.problems,)


class RecordError(InforceError):
    """The record, or another input, is at fault."""


class NotThereError(RecordError):
    """What was asked for is not there, though the place where it should be answers."""


class UnavailableError(RecordError):
    """A database does not answer now, or takes nothing: it is locked, full or lost. Nothing was promised to anybody."""


class ClockError(RecordError):
    """The clock is behind what was written by it: what would be written now would be dated wrongly."""


class ConfigurationError(InforceError):
    """The options or the command line are at fault."""


def visible(text: str) -> str:
    """The text with whatever would not print written as an escape: line ends, controls, bytes that are not UTF-8."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt word: ` (did you mean "summary"?)`, or nothing where none is near.

    >>> did_you_mean("sumary", ["summary", "change"])
    ' (did you mean "summary"?)'
    """
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f' (did you mean "{near[0]}"?)' if near else ""
