#!/usr/bin/env python3
"""Building the site of real histories against plain MkDocs with Material.

    .venv/bin/python benchmarks/site.py REPO --all 'Policies/*.md' [--revisions 200 1148] [--runs 5]

Imports the Markdown files of another git repository as policies (`inforce import`; a project that has a record already
is taken as it is), and for each number N takes whole policies until there are N revisions. In one run, after one turn
that does not count (unless one is all that is asked for), these take turns:

empty    plain MkDocs with Material, and one short page
plain    the same, and the same N texts as ordinary pages: not in the navigation, without search
cold     our site of them, without a cache
same     our site again, nothing changed
posted   our site again, one posting added

Prints medians, and what is claimed of them: cold as a share of plain; what a revision costs with a cache (same and
posted, less empty); the time for a megabyte of text; the peak memory of a cold build, all processes together.
"""

from __future__ import annotations

import argparse
import itertools
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from measure import BIN, Contest, peak_memory, run
from projects import OURS, commit, new_project, record_of

from inforce.formats.revision_file import body

MKDOCS = BIN / "mkdocs"
DAYS = itertools.count(1)


def main() -> None:
    """Import, hold a contest for each number of revisions, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", type=Path, help="a git repository with Markdown files, or a project with a record")
    parser.add_argument("--all", default="**/*.md", help="which files, as `inforce import --all` takes it")
    parser.add_argument("--revisions", type=int, nargs="+", help="how many; all there are, if nothing is said")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        imported = record_of(asked.repo, asked.all, Path(top) / "imported")
        numbers = asked.revisions or [len(list(imported.glob("*/*.md")))]
        per_megabyte = [measured(Path(top) / str(number), imported, number, asked.runs) for number in numbers]
    for number, rate in zip(numbers[1:], per_megabyte[1:], strict=True):
        print(f"\ntime per megabyte at {number:,}: {rate / per_megabyte[0]:.2f} x that at {numbers[0]:,}")


def measured(top: Path, imported: Path, number: int, runs: int) -> float:
    """Hold the contest for so many revisions; the seconds that a megabyte of text takes in a cold build."""
    ours, plain, empty = top / "ours", top / "plain", top / "empty"
    new_project(ours, OURS)
    new_project(plain, "")
    new_project(empty, "")
    chosen = take(imported, ours / "policy_versions", number)
    commit(ours, "Import")
    megabytes = 0.0
    for path in chosen:
        text = body(path.read_bytes())
        page = plain / "docs" / path.parent.name / path.name
        page.parent.mkdir(exist_ok=True)
        page.write_text(text)
        megabytes += len(text.encode()) / 1e6
    contestants: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "empty": (nothing, lambda: build(empty)),
        "plain": (nothing, lambda: build(plain)),
        "cold": (lambda: shutil.rmtree(ours / ".cache", ignore_errors=True), lambda: build(ours)),
        "same": (nothing, lambda: build(ours)),
        "posted": (lambda: post(ours, chosen[-1].parent.name), lambda: build(ours)),
    }
    if runs > 1:
        Contest(1).hold(contestants)
    contest = Contest(runs)
    contest.hold(contestants)
    shutil.rmtree(ours / ".cache")
    memory = peak_memory(MKDOCS, "build", "-q", "-d", ours / "site", folder=ours)
    policies = len({path.parent for path in chosen})
    print(f"\n{len(chosen):,} revisions of {policies} policies, {megabytes:.1f} MB of text, medians of {runs}:")
    for name in contestants:
        print(f"  {name:6} {contest.median(name):8.2f} s  ({contest.spread(name)})")
    net = {name: contest.median(name) - contest.median("empty") for name in contestants}
    print(f"  cold / plain:        {contest.median('cold') / contest.median('plain'):.2f}")
    print(f"  same, less empty:    {net['same'] / len(chosen) * 1000:.2f} ms for each revision")
    print(f"  posted, less empty:  {net['posted'] / len(chosen) * 1000:.2f} ms for each revision")
    print(f"  peak memory, cold:   {memory:.0f} MB")
    print(f"  cold, less empty:    {net['cold'] / megabytes:.3f} s for each megabyte of text")
    return net["cold"] / megabytes


def take(imported: Path, to: Path, number: int) -> list[Path]:
    """Copy whole policies, and of the last one as many revisions as are still wanted; the revisions, in order."""
    chosen: list[Path] = []
    for policy in sorted(imported.iterdir()):
        wanted = sorted(policy.glob("*.md"))[: number - len(chosen)]
        if wanted:
            (to / policy.name).mkdir(parents=True)
            shutil.copy(policy / "policy.yml", to / policy.name)
            chosen += [Path(shutil.copy(path, to / policy.name)) for path in wanted]
    return chosen


def post(folder: Path, policy: str) -> None:
    """One posting more: the newest text of the policy, with a sentence added."""
    newest = max((folder / "policy_versions" / policy).glob("*.md"), key=lambda path: path.stat().st_mtime_ns)
    day = next(DAYS)
    text = (
        f"---\nchange: clarifying\nsummary: A sentence was added.\n---\n{body(newest.read_bytes())}\nSentence {day}.\n"
    )
    (folder / "policy_versions" / policy / f"posted-{day}.md").write_text(text)
    commit(folder, "Post")


def nothing() -> None:
    """What has to be prepared where nothing has."""


def build(folder: Path) -> None:
    """One build of the site, from the command to its end."""
    run(MKDOCS, "build", "-q", "-d", folder / "site", folder=folder)


if __name__ == "__main__":
    main()
