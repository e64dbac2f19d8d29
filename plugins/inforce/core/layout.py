"""What may lie where in `policy_versions/`: a folder for each policy, with `policy.yml` and revision files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from inforce.core.address import near_slug, slug_fault
from inforce.core.errors import Fault, Problem, Severity, did_you_mean
from inforce.core.record import FOLDER, TERMS, Entry

_DEPTH = 2
KINDS = {"120000": "a symbolic link", "160000": "a submodule"}


def layout_problems(path: str, mode: str, root: str = FOLDER) -> Iterator[Problem]:
    """What is wrong with there being something at this path of the record.

    Args:
        path: relative to `policy_versions/`; empty for that folder itself.
        mode: git's file mode.
        root: where the record lies, for telling.
    """
    parts = path.split("/") if path else []
    place = "/".join([root, *parts])
    if not Entry(mode, "").is_regular and not _is_told_by_posting(parts):
        yield Problem.of(no_file(Entry(mode, "")), place)
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


def _is_told_by_posting(parts: Sequence[str]) -> bool:
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
    if ending.lower() in ("yml", "yaml") and did_you_mean(file.lower(), [TERMS]):
        return Problem(place, f"`{file}` is not read: the policy's terms are in {TERMS}", f"name it {TERMS}")
    if ending.lower() in ("txt", "doc", "docx", "odt", "rtf") and re.match(r"\d{4}-\d", stem):
        todo = f"write the text as Markdown, in {near_slug(stem)}.md"
        return Problem(place, f"`{file}` is named as a revision is, but a revision is a `.md` file", todo)
    what = f"`{file}` is no part of the record, and is not read"
    return Problem(
        place, what, "a revision is a `.md` file; move this one elsewhere, or leave it", severity=Severity.WARNING
    )


def no_file(entry: Entry) -> Fault:
    """That something else than an ordinary file lies where a file should."""
    kind = KINDS.get(entry.mode, f"no ordinary file (mode {entry.mode})")
    return Fault(f"this is {kind}: the record holds files alone", "put the file itself here")
