"""Git, through GitPython: the boundary beyond which there are no commits, refs and objects, only values.

What is read must not depend on anybody's configuration, and reading must not run anything. So the history is not read
*in* the repository but through a *window*: an empty bare repository of our own in a temporary folder, whose objects
are the repository's (`GIT_OBJECT_DIRECTORY`). The window has no configuration, hooks, replacements, grafts, remotes,
attributes or index, and neither the user's nor the system's configuration is read. The real repository is asked for
its branch's commit and the format of its ids alone.

The whole history costs one `git log` and one `git cat-file --batch`, however many files there are.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from git import Git
from git.exc import GitCommandError, GitCommandNotFound

from inforce.adapters.git_texts import Texts, TextSource, blob_id
from inforce.adapters.git_window import git_folders, neutral, open_window, said
from inforce.core.errors import Problem, RecordError
from inforce.core.record import FOLDER, Change, Commit, Entry

_HEADER = re.compile(rb"\n?\x01([0-9a-f]{40,64})\x02(-?\d+)\x02(.*)", re.DOTALL)
_RAW = re.compile(rb"\n?:[0-7]{6} ([0-7]{6}) [0-9a-f]+ ([0-9a-f]+) ([A-Z])\d*")
_CHUNK = 1 << 16
_LOG = (
    "log",
    "--first-parent",
    "-m",
    "--root",
    "--reverse",
    "--full-history",
    "--sparse",
    "--raw",
    "-z",
    "--no-abbrev",
    "--no-renames",
    "--no-show-signature",
    "--no-notes",
    "--no-color",
    "--no-ext-diff",
    "--encoding=UTF-8",
    "--format=%x01%H%x02%ct%x02%an",
)


@dataclass(frozen=True, slots=True)
class WorkFile:
    """A file of the record in the working tree: its path below `policy_versions/`, its mode for git, its bytes."""

    path: str
    mode: str
    data: bytes


class GitRecord:
    """The published branch of a repository, and the working tree beside it. Made by `open_record`."""

    def __init__(self, window: Git, real: Git, work_tree: Path, prefix: str, tip: str) -> None:
        """Keep the window; see `open_record`."""
        self._window = window
        self._real = real
        self._work_tree = work_tree
        self._prefix = prefix
        self._texts = Texts(window)
        self.tip = tip

    def history(self) -> Iterator[tuple[Commit, list[Change]]]:
        """Every commit of the branch's first-parent history, oldest first, with what it changed in the record.

        Raises:
            RecordError: the history cannot be read to its beginning.
        """
        commit: Commit | None = None
        changes: list[Change] = []
        tokens = self._log()
        for token in tokens:
            if header := _HEADER.fullmatch(token):
                if commit is not None:
                    yield commit, changes
                commit, changes = _commit(*header.groups()), []
            elif raw := _RAW.fullmatch(token):
                path = next(tokens).decode("utf-8", "surrogateescape")
                changes.append(Change(self._below(path), _entry(*raw.groups())))
        if commit is not None:
            yield commit, changes

    def text(self, blob: str) -> bytes:
        """The bytes of that id, and those only: their hash is checked.

        Raises:
            RecordError: they are not there (a partial clone), or damaged.
        """
        return self._texts.text(blob)

    def foresee(self, blob: str) -> None:
        """Say that this text will be wanted, after those that were foreseen before it: git may then work ahead."""
        self._texts.foresee(blob)

    def text_source(self) -> TextSource:
        """Where the texts are, for another process; good while the record is open."""
        return TextSource(str(self._window.working_dir), dict(self._window.environment()))

    def last_changed(self, files: Iterable[Path]) -> dict[Path, datetime]:
        """The commit of the published branch that gave each of these files of the working tree its bytes: its instant.

        One pass from the newest commit back, which ends when all are found. A file is left out that lies elsewhere,
        that no commit brought, or whose bytes are not those that the branch has (conversions by git count as others).
        """
        top = self._work_tree
        places = {file.resolve(): file for file in files if file.resolve().is_relative_to(top)}
        wanted = {place.relative_to(top).as_posix(): file for place, file in places.items()}
        found: dict[Path, datetime] = {}
        for commit, path, entry in self._newest_first(os.path.commonpath(wanted)) if wanted else ():
            if (file := wanted.pop(path, None)) is not None and entry is not None:
                same = blob_id(file.read_bytes(), len(entry.blob)) == entry.blob
                found |= {file: commit.instant} if same else {}
            if not wanted:
                break
        return found

    def versions(self, file: Path) -> Iterator[bytes]:
        """What the published branch had at the place of a file of the working tree, oldest first; nothing elsewhere."""
        if not (place := file.resolve()).is_relative_to(self._work_tree):
            return
        told = list(self._newest_first(place.relative_to(self._work_tree).as_posix()))
        for _, _, entry in reversed(told):
            if entry is not None and entry.is_regular:
                yield self.text(entry.blob)

    def close(self) -> None:
        """End the process that reads texts; a further text begins another."""
        self._texts.close()

    def work_files(self, posted: Mapping[str, str]) -> list[WorkFile]:
        """The files of the record in the working tree that are not, byte for byte, what the branch has there.

        A file is what the branch has if its bytes are, or if git's own conversions of line ends make them so (`git
        hash-object --path` in the window: built-in conversions, no filter programs), or if git's index, which knows
        what filters made of a checked-out text, says that it is unchanged.

        Args:
            posted: the id of what the branch has at each path.
        """
        folder = self._work_tree / (self._prefix + FOLDER)
        differing = []
        for path in sorted(_walk(folder)):
            name = path.relative_to(folder).as_posix() if path != folder else ""
            if path.is_symlink():
                differing.append(WorkFile(name, "120000", b""))
                continue
            if not path.is_file():
                differing.append(WorkFile(name, f"{stat.S_IFMT(path.stat().st_mode):06o}", b""))
                continue
            data = path.read_bytes()
            expected = posted.get(name)
            if expected is None or blob_id(data, len(expected)) != expected:
                differing.append(WorkFile(name, "100644", data))
        suspects = [file for file in differing if file.path in posted and file.mode != "120000"]
        same = self._converted(suspects, posted) if suspects else set()
        return [file for file in differing if file.path not in same]

    def removed(self, paths: Iterable[str]) -> list[str]:
        """Those of these paths of the branch that the working tree lacks, where its HEAD holds the branch's tip."""
        folder = self._work_tree / (self._prefix + FOLDER)
        missing = sorted(path for path in paths if not os.path.lexists(folder / path))
        if not missing:
            return []
        try:
            head = self._real.execute(["git", "rev-parse", "--verify", "-q", "HEAD"])
            self._window.execute(["git", "merge-base", "--is-ancestor", self.tip, str(head).strip()])
        except GitCommandError:
            return []
        return missing if folder.is_dir() else [""]

    def _log(self) -> Iterator[bytes]:
        """NUL-separated tokens of one `git log`."""
        command = ["git", *_LOG, self.tip, "--", f"{self._prefix}{FOLDER}"]
        process = self._window.execute(command, as_process=True)
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

    def _newest_first(self, place: str) -> Iterator[tuple[Commit, str, Entry | None]]:
        """What each commit changed there, until nobody asks for more; ends early where the history is damaged."""
        options = [option for option in _LOG if option not in ("--reverse", "--sparse", "--full-history")]
        command = ["git", *options, self.tip, "--", place or "."]
        process = self._window.execute(command, as_process=True)
        commit: Commit | None = None
        raw: re.Match[bytes] | None = None
        try:
            for token in _tokens(process.stdout):
                if raw is not None and commit is not None:
                    yield commit, token.decode("utf-8", "surrogateescape"), _entry(*raw.groups())
                    raw = None
                elif header := _HEADER.fullmatch(token):
                    commit = _commit(*header.groups())
                else:
                    raw = _RAW.fullmatch(token)
        finally:
            process.stdout.close()
            with suppress(GitCommandError):  # It was told to stop early.
                process.wait()

    def _below(self, path: str) -> str:
        return path.removeprefix(f"{self._prefix}{FOLDER}").removeprefix("/")

    def _converted(self, suspects: list[WorkFile], posted: Mapping[str, str]) -> set[str]:
        """The paths whose text git would store as what the branch has."""
        top = str(self._work_tree)
        keys = ("core.autocrlf", "core.eol")
        settings = [word for key in keys if (value := self._setting(key)) for word in ("-c", f"{key}={value}")]
        same = set()
        self._copy_attributes()
        with self._window.custom_environment(GIT_WORK_TREE=top):
            for file in suspects:
                path = f"{self._prefix}{FOLDER}/{file.path}"
                command = ["git", "-C", top, *settings, "hash-object", f"--path={path}", path]
                try:
                    blob = str(self._window.execute(command)).strip()
                except GitCommandError:
                    continue
                if blob == posted[file.path]:
                    same.add(file.path)
        rest = [file for file in suspects if file.path not in same]
        return same | self._unchanged_in_index(rest, posted) if rest else same

    def _copy_attributes(self) -> None:
        """The repository's own attributes say how texts are converted; programs that they name are not run."""
        own = Path(self._real.environment()["GIT_COMMON_DIR"]) / "info" / "attributes"
        if own.is_file():
            info = Path(self._window.environment()["GIT_DIR"]) / "info"
            info.mkdir(exist_ok=True)
            (info / "attributes").write_bytes(own.read_bytes())

    def _unchanged_in_index(self, files: list[WorkFile], posted: Mapping[str, str]) -> set[str]:
        """The paths that git's index holds with the branch's text, and calls unchanged by their time and size."""
        paths = [f"{self._prefix}{FOLDER}/{file.path}" for file in files]
        index = Path(self._window.environment()["GIT_INDEX_FILE"])
        try:
            # Dated later than any file in it, so that git takes its word instead of reading anew without filters.
            own = Path(self._real.environment()["GIT_INDEX_FILE"])
            for part in (own, *own.parent.glob("sharedindex.*")):
                index.with_name(part.name).write_bytes(part.read_bytes())
            os.utime(index, (later := time.time() + 60, later))
            with self._window.custom_environment(GIT_WORK_TREE=str(self._work_tree)):
                top = ["git", "-C", str(self._work_tree)]
                staged = str(self._window.execute([*top, "ls-files", "--stage", "-z", "--", *paths]))
                changed = str(self._window.execute([*top, "diff-files", "--name-only", "-z", "--", *paths]))
        except (GitCommandError, OSError):
            return set()
        held = {path: meta.split()[1] for line in staged.split("\0") if line for meta, path in [line.split("\t", 1)]}
        gone = set(changed.split("\0"))
        return {
            file.path
            for file, path in zip(files, paths, strict=True)
            if path not in gone and held.get(path) == posted[file.path]
        }

    def _setting(self, key: str) -> str | None:
        """The user's own setting for the conversion of line ends: it says what lies in the working tree."""
        try:
            with self._real.custom_environment(**_users_configuration()):
                return str(self._real.execute(["git", "config", "--get", key])).strip() or None
        except GitCommandError:
            return None


@contextmanager
def open_record(folder: Path, branch: str) -> Iterator[GitRecord]:
    """Open the published branch of the repository in which a folder lies.

    Args:
        folder: where `mkdocs.yml` and `policy_versions/` lie, in the working tree.
        branch: `main` means `refs/heads/main`, else `refs/remotes/origin/main`.

    Raises:
        RecordError: no repository, no such branch, or a history that is not whole (rule 9), all told together.
    """
    work_tree = _work_tree(folder)
    prefix = "" if folder.resolve() == work_tree else f"{folder.resolve().relative_to(work_tree).as_posix()}/"
    git_dir, common = git_folders(work_tree)
    real = Git(str(work_tree))
    real.update_environment(**neutral(git_dir, common, common / "objects", work_tree))
    try:
        id_format = str(real.execute(["git", "rev-parse", "--show-object-format"])).strip()
    except GitCommandNotFound:
        raise RecordError([Problem(".", "git is not installed", "install it: apt-get install git")]) from None
    except GitCommandError as wrong:
        what = f"git cannot read this repository: {said(wrong)}"
        raise RecordError([Problem(".", what, "mend what git says, for example in .git/config")]) from None
    problems = [*_cut_short(common)]
    tip = _tip(real, branch)
    if tip is None:
        problems.append(_no_branch(branch))
    if problems or tip is None:
        raise RecordError(problems)
    with tempfile.TemporaryDirectory(prefix="inforce-") as window_folder:
        record = GitRecord(open_window(Path(window_folder), common, id_format), real, work_tree, prefix, tip)
        try:
            yield record
        finally:
            record.close()


def tip_of(folder: Path, branch: str) -> str | None:
    """The commit of the published branch now, by which it is known whether the record has to be read again.

    Raises:
        RecordError: there is no repository, or no git.
    """
    git_dir, common = git_folders(work_tree := _work_tree(folder))
    real = Git(str(work_tree))
    real.update_environment(**neutral(git_dir, common, common / "objects", work_tree))
    try:
        return _tip(real, branch)
    except GitCommandNotFound:
        raise RecordError([Problem(".", "git is not installed", "install it: apt-get install git")]) from None


def has_commits(folder: Path) -> bool:
    """Whether there is any branch in the repository in which the folder lies; until then nothing can be posted.

    Raises:
        RecordError: there is no repository.
    """
    git_dir, common = git_folders(work_tree := _work_tree(folder))
    real = Git(str(work_tree))
    real.update_environment(**neutral(git_dir, common, common / "objects", work_tree))
    try:
        return bool(str(real.execute(["git", "for-each-ref", "--count=1"])).strip())
    except (GitCommandError, GitCommandNotFound):
        return True  # Whoever reads the record says what is wrong.


def places_of_change(folder: Path) -> list[Path]:
    """The files of git that change when something is committed, merged or fetched; for watching them."""
    git_dir, common = git_folders(_work_tree(folder))
    return [git_dir / "logs" / "HEAD", common / "logs" / "refs"]


def _work_tree(folder: Path) -> Path:
    """The nearest folder above that holds `.git`; git's own search would heed `core.worktree`."""
    for candidate in (folder.resolve(), *folder.resolve().parents):
        if (candidate / ".git").exists():
            return candidate
    what = "this folder is in no git repository: the instant of a posting is read from git"
    raise RecordError([Problem(".", what, "work in a clone of the repository; for a new one: git init -b main")])


def _users_configuration() -> dict[str, str]:
    """An environment that shows the user's own settings, for the one that is asked for."""
    xdg = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "git" / "config"
    own = Path.home() / ".gitconfig"
    files = {"GIT_CONFIG_SYSTEM": "/etc/gitconfig", "GIT_CONFIG_GLOBAL": str(own if own.is_file() else xdg)}
    return {"GIT_CONFIG_NOSYSTEM": "0", **files}


def _tip(real: Git, branch: str) -> str | None:
    for reference in (f"refs/heads/{branch}", f"refs/remotes/origin/{branch}"):
        try:
            return str(real.execute(["git", "show-ref", "--verify", "--hash", reference])).strip()
        except GitCommandError:
            continue
    return None


def _no_branch(branch: str) -> Problem:
    what = f"there is neither a branch `{branch}` nor `origin/{branch}`: nothing says what is posted"
    todo = (
        f"fetch it: `git fetch origin {branch}:refs/remotes/origin/{branch}`; if the published branch has another "
        "name, say it in mkdocs.yml (`plugins: inforce: branch:`) (rule 9)"
    )
    return Problem(".", what, todo)


def _cut_short(common: Path) -> Iterator[Problem]:
    shallow, grafts = common / "shallow", common / "info" / "grafts"
    if shallow.is_file() and shallow.stat().st_size:
        todo = "`git fetch --unshallow`; in CI clone the whole history (`fetch-depth: 0`, `GIT_DEPTH: 0`) (rule 9)"
        yield Problem(".", "this clone is shallow: it does not know when its first texts were posted", todo)
    if grafts.is_file() and grafts.read_text(errors="replace").strip():
        todo = f"remove {grafts.name}: `rm {grafts}` (rule 9)"
        yield Problem(".", "the history is grafted (.git/info/grafts): it is not the one that was recorded", todo)


def _incomplete(said: str) -> Problem:
    todo = "fetch everything (a clone without `--depth` and `--filter`), and look at `git fsck` (rule 9)"
    return Problem(FOLDER, f"the history cannot be read to its beginning: {said}", todo)


def _commit(commit: bytes, seconds: bytes, author: bytes) -> Commit:
    try:
        instant = datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError, OSError):
        instant = datetime.max.replace(tzinfo=UTC, microsecond=0, year=9000)
    return Commit(commit.decode(), instant, author.decode("utf-8", "replace").strip())


def _tokens(source: IO[bytes]) -> Iterator[bytes]:
    """The NUL-separated tokens of what git prints, without empty ones."""
    rest = b""
    while chunk := source.read(_CHUNK):
        *tokens, rest = (rest + chunk).split(b"\0")
        yield from filter(None, tokens)
    if rest:
        yield rest


def _entry(mode: bytes, blob: bytes, status: bytes) -> Entry | None:
    return None if status == b"D" else Entry(mode.decode(), blob.decode())


def _walk(folder: Path) -> Iterator[Path]:
    """The files and links below a folder; links are not followed."""
    if folder.is_symlink():
        yield folder
        return
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            yield from _walk(path)
        else:
            yield path
