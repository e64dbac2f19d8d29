"""The window through which a repository is read, so that nobody's configuration counts and nothing of it is run.

A window is an empty bare repository of our own in a temporary folder, whose objects are those of the real repository
(`GIT_OBJECT_DIRECTORY`). It has no configuration, hooks, replacements, grafts, remotes, attributes or index, and
neither the user's nor the system's configuration is read in it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from git import Git
from git.exc import GitCommandError

from inforce.core.errors import Problem, RecordError


def neutral(git_dir: Path, common: Path, objects: Path, work_tree: Path) -> dict[str, str]:
    """An environment in which git heeds nothing of the user's: every `GIT_…` variable is emptied, or is ours."""
    kept = ("GIT_EXEC_PATH", "GIT_PYTHON")
    emptied = {name: "" for name in os.environ if name.startswith("GIT_") and not name.startswith(kept)}
    return {
        **emptied,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_COUNT": "0",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_GRAFT_FILE": os.devnull,
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_GLOB_PATHSPECS": "0",
        "GIT_NOGLOB_PATHSPECS": "0",
        "GIT_ICASE_PATHSPECS": "0",
        "GIT_DIR": str(git_dir),
        "GIT_COMMON_DIR": str(common),
        "GIT_OBJECT_DIRECTORY": str(objects),
        "GIT_WORK_TREE": str(work_tree),
        "GIT_INDEX_FILE": str(git_dir / "index"),
    }


def git_folders(work_tree: Path) -> tuple[Path, Path]:
    """The repository's folder, and the one that linked working trees share."""
    git_dir = work_tree / ".git"
    try:
        if git_dir.is_file():
            git_dir = work_tree / git_dir.read_text().removeprefix("gitdir:").strip()
        shared = git_dir / "commondir"
        common = git_dir / shared.read_text().strip() if shared.is_file() else git_dir
        return git_dir.resolve(), common.resolve()
    except (OSError, ValueError) as wrong:
        what = f"the file .git leads to no repository: {wrong}"
        raise RecordError([Problem(".git", what, "work in a clone of the repository")]) from None


def open_window(folder: Path, common: Path, id_format: str, refs_of: Path | None = None) -> Git:
    """An empty bare repository that sees these objects.

    Args:
        folder: where it is made; empty.
        common: the folder of the real repository that its working trees share.
        id_format: `sha1` or `sha256`.
        refs_of: the real repository's own folder, to see its branches, tags and HEAD too; without it there are none.
    """
    (folder / "objects").mkdir()
    if refs_of is None:
        (folder / "refs").mkdir()
        (folder / "HEAD").write_text("ref: refs/heads/none\n")
    else:
        (folder / "refs").symlink_to(common / "refs")
        (folder / "packed-refs").symlink_to(common / "packed-refs")
        (folder / "HEAD").write_bytes((refs_of / "HEAD").read_bytes())
    settings = {"core.bare": "false", "core.commitGraph": "false", "core.repositoryFormatVersion": "0"}
    if id_format != "sha1":
        settings |= {"core.repositoryFormatVersion": "1", "extensions.objectFormat": id_format}
    lines = (
        f"[{section}]\n\t{key} = {value}\n"
        for name, value in settings.items()
        for section, _, key in [name.partition(".")]
    )
    (folder / "config").write_text("".join(lines))
    window = Git(str(folder))
    window.update_environment(**neutral(folder, folder, common / "objects", folder))
    return window


def said(wrong: GitCommandError) -> str:
    """What git said when it failed."""
    return re.sub(r"^\s*stderr: '|'$", "", str(wrong.stderr).strip()).strip() or f"exit status {wrong.status}"
