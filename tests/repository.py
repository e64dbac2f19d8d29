"""A legal team's repository, with real git and nothing of the machine's configuration.

A test draws what is committed, and reads what the record then says::

    repo.commit("2018-04-10T09:00:00+09:00", {"terms/policy.yml": TERMS, "terms/2018-04-10.md": FIRST})
    assert repo.postings() == ["2018-04-10T09:00:00+09:00 terms/2018-04-10"]

Paths of files are relative to `policy_versions/`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import dedent

from inforce.adapters.clock import Door
from inforce.core.errors import Problem, RecordError
from inforce.core.instant import format_instant
from inforce.core.record import Record
from inforce.formats.messages import Languages
from inforce.workflows.check import check
from inforce.workflows.publish_site import gathered
from inforce.workflows.read_record import opened
from inforce.workflows.settings import Settings

NOW = "2020-01-01T00:00:00+09:00"
TERMS = "title: Privacy Policy\nlanguage: en\ntime_zone: Asia/Seoul\n"
FIRST = "# Privacy Policy\n\nWe keep what you tell us.\n"
SECOND = "# Privacy Policy\n\nWe keep what you tell us, and your orders.\n"
COUNSEL = "Counsel <counsel@qstore.example>"
_AT_ONCE = ("-c", "maintenance.auto=false")
MKDOCS = "site_name: Qstore\nplugins: [search, inforce: {archive: ''}]\n"


@dataclass(frozen=True)
class Link:
    """A symbolic link, in the place of a file's text."""

    target: str


@dataclass(frozen=True)
class Submodule:
    """Another repository, in the place of a file's text."""


@dataclass(frozen=True)
class Executable:
    """A file that may be run."""

    text: str


Content = str | bytes | Link | Submodule | Executable | None
"""What a test puts at a path; None takes away what lies there."""


@dataclass(frozen=True)
class Said:
    """What a command said, and how it ended."""

    status: int
    out: str
    err: str


def revision(front_matter: str, text: str = SECOND) -> str:
    """A revision file: its front matter, drawn with any indentation, and its text."""
    return f"---\n{dedent(front_matter).strip()}\n---\n{text}"


def material(rest: str = "", text: str = SECOND) -> str:
    """A revision as most are: a material change, and further keys."""
    return revision(f"change: material\nsummary: We now keep your orders.\n{dedent(rest)}", text)


def instant(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


class Repository:
    """A repository in a folder, and the record that lies in it (in `below`, where that is not the whole).

    Nothing of the machine's configuration is read, and `home` is the home folder of whoever works here.
    """

    def __init__(self, top: Path, home: Path, below: str = "", object_format: str = "sha1") -> None:
        """Begin with an empty repository with the branch `main`."""
        self.top, self.home = top, home
        self.folder = top / below
        self.folder.mkdir(parents=True, exist_ok=True)
        home.mkdir(parents=True, exist_ok=True)
        self.branch, self.previous = "main", ""
        self._format = object_format
        self._submodules: set[Path] = set()
        self.git("-C", str(top), "init", "-q", "-b", "main", "--template=", f"--object-format={object_format}")
        (top / ".git/info").mkdir()
        (self.folder / "mkdocs.yml").write_text(MKDOCS)

    def copy(self, top: Path) -> Repository:
        """The whole repository once more, in another folder."""
        shutil.copytree(self.top, top, symlinks=True)
        return self.looked_at_from(top)

    def looked_at_from(self, top: Path, below: str = "") -> Repository:
        """The same history, as it lies in another clone or working tree."""
        other = object.__new__(Repository)
        other.__dict__ = {**self.__dict__, "top": top, "folder": top / below}
        return other

    # What counsel does

    def git(self, *arguments: str, when: str = NOW, author: str = COUNSEL, status: int = 0) -> str:
        """Run git as `author` at an instant; what it prints."""
        return self.run("git", *arguments, env=_signed(author, when), status=status).out.strip()

    def run(self, *command: str, env: Mapping[str, str] | None = None, status: int | None = 0) -> Said:
        """Run a command in the folder of `mkdocs.yml`; it has to end with that status, if one is given."""
        done = subprocess.run(
            command, cwd=self.folder, env={**self._environment(), **(env or {})}, capture_output=True, check=False
        )
        said = Said(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert status in (None, said.status), said
        return said

    def shell(self, line: str, when: str = NOW, author: str = COUNSEL) -> Said:
        """Type a line into a shell."""
        return self.run("sh", "-euc", line, env=_signed(author, when))

    def write(self, path: str, content: Content) -> None:
        """Put something at a path of the record, in the place of whatever lies there."""
        place = self.folder / "policy_versions" / path
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place)
        place.unlink(missing_ok=True)
        if content is None:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case str():
                place.write_bytes(content.encode())
            case bytes():
                place.write_bytes(content)
            case Executable(text):
                place.write_bytes(text.encode())
                place.chmod(0o755)
            case Link(target):
                place.symlink_to(target)
            case Submodule():
                place.mkdir()
                self._submodules.add(place)

    def commit(
        self, when: str, files: Mapping[str, Content] | None = None, author: str = COUNSEL, message: str = "Texts"
    ) -> str:
        """Write the files, and commit everything in the working tree; the id of the commit."""
        for path, content in (files or {}).items():
            self.write(path, content)
        return self.commit_all(when, author, message)

    def commit_all(self, when: str, author: str = COUNSEL, message: str = "Texts") -> str:
        """Commit everything in the working tree, be it nothing; the id of the commit."""
        if self._submodules:
            self.git("read-tree", "--empty")
        self.git("-C", str(self.top), "add", "-A")
        no_commit = "1" * (64 if self._format == "sha256" else 40)
        for place in self._submodules:
            if place.is_dir() and not any(place.iterdir()):
                path = place.relative_to(self.top).as_posix()
                self.git("-C", str(self.top), "update-index", "--add", "--cacheinfo", f"160000,{no_commit},{path}")
        self.git(*_AT_ONCE, "commit", "-q", "--allow-empty", "-m", message, when=when, author=author)
        return self.git("rev-parse", "HEAD")

    def switch(self, branch: str, begin: str = "") -> None:
        """Go to a branch; with `begin`, to a new one that begins there."""
        self.git("checkout", "-q", *(["-b", branch, begin] if begin else [branch]))

    def merge(self, when: str, *branches: str, author: str = COUNSEL, how: tuple[str, ...] = ("--no-ff",)) -> str:
        """Merge branches into the one that is checked out; the id of the commit."""
        self.git("merge", "-q", *how, "-m", "Merge", *branches, when=when, author=author)
        return self.git("rev-parse", "HEAD")

    # What the record says

    @property
    def settings(self) -> Settings:
        """Where the record lies."""
        return Settings(self.folder, self.branch, self.previous)

    def record(self, now: str = NOW) -> Record:
        """The published record, whatever is wrong with it."""
        with opened(self.settings, _door(now)) as source:
            return source.record

    def postings(self, now: str = NOW) -> list[str]:
        """Every posting, in order: the instant in the policy's zone, and `policy/revision`."""
        revisions = self.record(now).postings()
        return [f"{format_instant(one.posted, one.zone)} {one.policy}/{one.name}" for one in revisions]

    def posted_by(self) -> dict[str, str]:
        """The commit that posted each revision."""
        return {f"{one.policy}/{one.name}": one.posting.commit for one in self.record().postings()}

    def check(self, now: str = NOW, as_if_posted: str | None = None) -> list[Problem]:
        """Everything that is wrong, as `inforce check` tells it."""
        try:
            moment = instant(as_if_posted) if as_if_posted else None
            return list(check(self.settings, _door(now), moment).problems)
        except RecordError as wrong:
            return list(wrong.problems)

    def errors(self, now: str = NOW, as_if_posted: str | None = None) -> list[Problem]:
        """What stops publishing."""
        return [problem for problem in self.check(now, as_if_posted) if problem.is_error]

    def warnings(self, now: str = NOW) -> list[Problem]:
        """What does not stop publishing."""
        return [problem for problem in self.check(now) if not problem.is_error]

    def drafts(self, now: str = NOW) -> list[str]:
        """The drafts in the working tree."""
        found = check(self.settings, _door(now))
        return [f"{draft.policy}/{draft.name}" for draft in found.drafts]

    def publishes(self, now: str = NOW) -> bool:
        """Whether a build would publish anything."""
        try:
            with gathered(self.settings, _door(now), Languages(), with_drafts=False):
                return True
        except RecordError:
            return False

    @property
    def command(self) -> Path:
        """Where the command `inforce` lies."""
        return Path(sys.executable).with_name("inforce")

    def inforce(self, *arguments: str, now: str = NOW, env: Mapping[str, str] | None = None) -> Said:
        """Run the command `inforce` itself."""
        clock = {"SOURCE_DATE_EPOCH": str(int(instant(now).timestamp()))}
        return self.run(str(self.command), *arguments, env={**clock, **(env or {})}, status=None)

    def _environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TEST_FSYNC": "0",  # These repositories need not outlive a power cut.
        }


def _door(now: str) -> Door:
    return Door(instant(now), instant(now))


def _signed(author: str, when: str) -> dict[str, str]:
    """Who works, and when. Git takes seconds since 1970, and the offset."""
    name, _, address = author.removesuffix(">").partition(" <")
    moment = datetime.fromisoformat(when)
    date = f"@{int(moment.timestamp())} {moment:%z}"
    return {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": address,
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": address,
        "GIT_COMMITTER_DATE": date,
    }
