"""Another repository, read for the history of its files: their names, followed through renames, and their texts.

It is read through a window (`git_window`): its configuration, hooks, replacements and grafts count for nothing, and
nothing is fetched. Branches and tags are read from its files.

All files' histories cost one `git log` and one `git cat-file --batch`. Only the first-parent history counts, and the
committers' dates (rule 1).
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from git import Git
from git.exc import GitCommandError, GitCommandNotFound

from inforce.adapters.git_texts import Texts
from inforce.adapters.git_window import git_folders, open_window, said
from inforce.core.errors import ConfigurationError, Problem, RecordError
from inforce.core.importing import Version
from inforce.core.record import Entry

_HEADER = re.compile(rb"\n?\x01([0-9a-f]{40,64})\x02(-?\d+)")
_RAW = re.compile(rb"\n?:[0-7]{6} ([0-7]{6}) [0-9a-f]+ ([0-9a-f]+) ([A-Z])\d*")
_CHUNK = 1 << 16
_LOG = (
    "log",
    "--first-parent",
    "-m",
    "--root",
    "--full-history",
    "--raw",
    "-z",
    "--no-abbrev",
    "--find-renames=50%",
    "-l1000",
    "--diff-algorithm=default",
    "--no-show-signature",
    "--no-notes",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--format=%x01%H%x02%ct",
)


@dataclass(slots=True)
class History:
    """One file's history: `path` is its name at the tip, or the last one that it had.

    `versions` stand oldest first. `moved_to` is given where the file at this path is no more, having been renamed.
    """

    path: str
    versions: list[Version] = field(default_factory=list)
    moved_to: str | None = None


class ForeignRepository:
    """A branch of another repository. Made by `open_foreign`."""

    def __init__(self, window: Git, name: str, tip: str) -> None:
        """Keep the window; see `open_foreign`."""
        self._window = window
        self._texts = Texts(window)
        self.name = name
        self.tip = tip

    def paths(self) -> list[str]:
        """The paths of all files at the tip, in order."""
        listed = self._window.execute(
            ["git", "ls-tree", "-r", "-z", "--full-tree", "--name-only", self.tip], stdout_as_string=False
        )
        return sorted(_path(one) for one in bytes(listed).split(b"\0") if one)

    def histories(self, paths: Iterable[str], step: Callable[[], None] = lambda: None) -> list[History]:
        """The histories of these files, in one pass over the commits.

        A file that was taken away and came back is one file; a copy begins its own history. An older name belongs to
        the file that was renamed from it.

        Args:
            paths: names at the tip, or names that a file had until it was taken away.
            step: called for each commit.

        Raises:
            RecordError: the history cannot be read to its beginning.
        """
        histories = [History(path) for path in paths]
        trails = {one.path: one for one in histories}
        for commit, instant, changes in self._commits():
            step()
            _into_the_past(trails, commit, instant, changes)
        for history in histories:
            history.versions.reverse()
        return histories

    def text(self, blob: str) -> bytes:
        """The bytes of that id.

        Raises:
            RecordError: they are not there (a partial clone), or damaged.
        """
        data = self._texts.read(blob)
        if data is None:
            raise RecordError([_incomplete(f"the text {blob[:12]} is not there, or damaged")])
        return data

    def close(self) -> None:
        """End the process that reads texts."""
        self._texts.close()

    def _commits(self) -> Iterator[tuple[str, datetime, list[_Changed]]]:
        """Each commit of the first-parent history, newest first, with what it changed."""
        commit, instant, changes = "", datetime.min.replace(tzinfo=UTC), list[_Changed]()
        tokens = self._log()
        for token in tokens:
            if header := _HEADER.fullmatch(token):
                if commit:
                    yield commit, instant, changes
                commit, instant, changes = header[1].decode(), _instant(header[2]), []
            elif raw := _RAW.fullmatch(token):
                status = raw[3]
                source = _path(next(tokens)) if status in (b"R", b"C") else None
                path = _path(next(tokens))
                entry = None if status == b"D" else Entry(raw[1].decode(), raw[2].decode())
                changes.append((status.decode(), path, source if status == b"R" else None, entry))
        if commit:
            yield commit, instant, changes

    def _log(self) -> Iterator[bytes]:
        """NUL-separated tokens of one `git log`."""
        process = self._window.execute(["git", *_LOG, self.tip], as_process=True)
        rest = b""
        while chunk := process.stdout.read(_CHUNK):
            *tokens, rest = (rest + chunk).split(b"\0")
            yield from (token for token in tokens if token)
        if rest:
            yield rest
        try:
            process.wait()
        except GitCommandError as wrong:
            raise RecordError([_incomplete(said(wrong))]) from None


_Changed = tuple[str, str, str | None, Entry | None]
"""A change: git's letter for it, the path, the former path of what was renamed, and what lies there then."""


@contextmanager
def open_foreign(repository: Path, ref: str | None = None) -> Iterator[ForeignRepository]:
    """Open a branch of another repository.

    Args:
        repository: its folder, be it bare or a working tree.
        ref: a branch, a tag or a commit; by default what HEAD is.

    Raises:
        ConfigurationError: there is no repository in that place, or no such branch.
        RecordError: its history is not whole.
    """
    git_dir, common = _folders(repository)
    shallow = common / "shallow"
    if shallow.is_file() and shallow.stat().st_size:
        what = "this clone is shallow: it does not know when its first texts were published"
        raise RecordError([Problem(str(repository), what, f"`git -C {repository} fetch --unshallow`")])
    with tempfile.TemporaryDirectory(prefix="inforce-") as folder:
        window = open_window(Path(folder), common, _id_format(common), git_dir)
        foreign = ForeignRepository(window, _name(common), _tip(window, repository, ref))
        try:
            yield foreign
        finally:
            foreign.close()


def _into_the_past(trails: dict[str, History], commit: str, instant: datetime, changes: list[_Changed]) -> None:
    """Go back over a commit: note what it did to each file that is followed, and what the file was called before.

    A trail stays under its name before the commit that made the file: one of that name may have been taken away.
    """
    older: list[tuple[str, History]] = []
    for _, path, source, entry in changes:
        if (trail := trails.get(path)) is not None:
            trail.versions.append(Version(commit, instant, path, entry))
            if source is not None:
                older.append((source, trails.pop(path)))
    for _, path, source, _ in changes:
        # What waits under a former name for a file that was taken away waits in vain: that one was renamed.
        if source is not None and (waiting := trails.pop(source, None)) is not None and not waiting.versions:
            waiting.moved_to = path
    trails.update(older)


def _folders(repository: Path) -> tuple[Path, Path]:
    """The repository's own folder, and the one that its working trees share."""
    place = repository.resolve()
    if not place.is_dir():
        is_address = re.match(r"[a-z+]+:/|[^/\\]+@[^/\\]+:", str(repository))
        what = "this is an address, not a folder" if is_address else "there is no such folder"
        raise _no_repository(repository, what, "`git clone --bare` it first" if is_address else "name a git repository")
    if (place / ".git").exists():
        return git_folders(place)
    if (place / "HEAD").is_file() and ((place / "objects").is_dir() or (place / "commondir").is_file()):
        shared = place / "commondir"
        common = place / shared.read_text().strip() if shared.is_file() else place
        return place, common.resolve()
    top = next((folder for folder in place.parents if (folder / ".git").exists()), None)
    if top is None:
        raise _no_repository(repository, "this is no git repository", "name the folder of one, bare or with its files")
    below = place.relative_to(top).as_posix()
    todo = f"name the repository, and the file as from there: {top} {below}/…"
    raise _no_repository(repository, f"this is a folder within the repository {top}", todo)


def _no_repository(repository: Path, what: str, todo: str) -> RecordError:
    return RecordError([Problem(str(repository), what, todo)])


def _id_format(common: Path) -> str:
    """The format of the ids, from the repository's configuration, which is read as a text and heeded in nothing."""
    try:
        text = (common / "config").read_text("utf-8", "replace")
    except OSError:
        return "sha1"
    found = re.search(r"^\s*objectformat\s*=\s*\"?(\w+)", text, re.MULTILINE | re.IGNORECASE)
    return found[1].lower() if found else "sha1"


def _name(common: Path) -> str:
    """What the repository is called, whatever path it lies at: its last component."""
    folder = common.parent if common.name == ".git" else common
    return folder.name.removesuffix(".git") or "repository"


def _tip(window: Git, repository: Path, ref: str | None) -> str:
    """The commit that a branch, a tag or an id means."""
    try:
        return str(
            window.execute(["git", "rev-parse", "--verify", "-q", "--end-of-options", f"{ref or 'HEAD'}^{{commit}}"])
        ).strip()
    except GitCommandNotFound:
        raise RecordError([Problem(".", "git is not installed", "install it: apt-get install git")]) from None
    except GitCommandError:
        listed = window.execute(["git", "for-each-ref", "--format=%(refname:short)", "refs/heads", "refs/remotes"])
        names = ", ".join(str(listed).split()) or "none: nothing is committed"
        if ref is None:
            what = "HEAD leads to no commit"
            raise RecordError(
                [Problem(str(repository), what, f"name a branch with --branch; there are: {names}")]
            ) from None
        what = f"there is no branch, tag or commit `{ref}` in {repository}"
        raise ConfigurationError([Problem("--branch", what, f"the branches are: {names}")]) from None


def _instant(seconds: bytes) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC, microsecond=0, year=9000)


def _path(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _incomplete(what: str) -> Problem:
    todo = "fetch everything (a clone without `--depth` and `--filter`), and look at `git fsck` there"
    return Problem("REPO", f"the foreign history cannot be read to its beginning: {what}", todo)
