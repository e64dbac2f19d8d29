#!/usr/bin/env python3
"""Reading the record against the bare pass of git over the same history.

    .venv/bin/python benchmarks/record.py [--policies 400] [--revisions 100] [--runs 5]

Makes a record of so many policies with so many revisions each (40,000 in all, one commit each, some 5 KB of made-up
words), and then takes turns, after one turn that does not count:

floor    `git log --raw -z` to its end, then `git cat-file --batch` over all texts; nobody looks at either
first    `read_record.opened`: the whole record, each text read, checked and judged; no cache
again    the same with the cache that an earlier run left

Prints the medians and their ratios to the floor.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from measure import Contest, run

from inforce.adapters.clock import read_clock
from inforce.workflows.read_record import opened
from inforce.workflows.settings import Settings

LOG = ("log", "--first-parent", "-m", "--root", "--reverse", "--full-history", "--sparse", "--raw", "-z", "--no-abbrev")
START, STEP = 1_262_304_000, 600


def main() -> None:
    """Make the record, hold the contest, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--policies", type=int, default=400)
    parser.add_argument("--revisions", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        folder = Path(top) / "record"
        make_record(folder, asked.policies, asked.revisions)
        count = asked.policies * asked.revisions
        blobs = run("git", "rev-list", "--objects", "--filter=object:type=blob", "main", folder=folder)
        ids = b"".join(line.split()[0] + b"\n" for line in blobs.splitlines() if line.endswith((b".md", b".yml")))
        kept = Settings(folder, cache=Path(top) / "cache")
        contestants = {
            "floor": (lambda: None, lambda: bare_pass(folder, ids)),
            "first": (lambda: None, lambda: read(Settings(folder), count)),
            "again": (lambda: None, lambda: read(kept, count)),
        }
        Contest(1).hold(contestants)
        contest = Contest(asked.runs)
        contest.hold(contestants)
    print(f"reading a record of {count:,} revisions of {asked.policies} policies, medians of {asked.runs}:")
    for name in contestants:
        seconds = contest.median(name)
        ratio = seconds / contest.median("floor")
        print(f"  {name:6} {seconds:7.2f} s  ({contest.spread(name)})  {ratio:5.2f} x the floor")


def bare_pass(folder: Path, ids: bytes) -> None:
    """What git itself needs to say all of it."""
    devnull = subprocess.DEVNULL
    log = ["git", *LOG, "--format=%x01%H%x02%ct%x02%an", "main", "--", "policy_versions"]
    subprocess.run(log, cwd=folder, stdout=devnull, check=True)
    subprocess.run(["git", "cat-file", "--batch"], cwd=folder, input=ids, stdout=devnull, check=True)


def read(settings: Settings, count: int) -> None:
    """The record, which has to be whole and without fault."""
    with opened(settings, read_clock()) as source:
        found = sum(len(policy.revisions) for policy in source.record.policies)
        if found != count or source.record.problems:
            raise SystemExit(f"{found} revisions instead of {count}; {source.record.problems[:3]}")


def make_record(folder: Path, policies: int, revisions: int) -> None:
    """A git repository with a record: each revision changes a sentence of its predecessor."""
    run("git", "init", "--quiet", "--initial-branch", "main", folder)
    run("git", "fast-import", "--quiet", folder=folder, data=b"".join(_commits(policies, revisions)))
    run("git", "repack", "-adq", folder=folder)
    (folder / "mkdocs.yml").write_text("site_name: Benchmark\nplugins: [inforce]\n")


def _commits(policies: int, revisions: int) -> Iterator[bytes]:
    chance = random.Random(1)  # noqa: S311 - the same record each time
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 11))) for _ in range(3000)]
    texts = [[_part(chance, words, number) for number in range(5)] for _ in range(policies)]
    terms = b"title: Policy\nlanguage: en\ntime_zone: Asia/Seoul\n"
    when = START
    yield _commit(when, {f"policy-{number:04}/policy.yml": terms for number in range(policies)})
    for revision in range(revisions):
        for policy, parts in enumerate(texts):
            when += STEP
            part = chance.randrange(len(parts))
            parts[part] += f" {chance.choice(words)}"
            head = f"---\nchange: clarifying\nsummary:\n  - Part {part} says one word more.\n---\n" if revision else ""
            text = head + f"# Policy {policy}\n\n" + "\n\n".join(parts) + "\n"
            yield _commit(when, {f"policy-{policy:04}/r{revision:04}.md": text.encode()})


def _part(chance: random.Random, words: list[str], number: int) -> str:
    paragraphs = (" ".join(chance.choices(words, k=chance.randint(30, 60))).capitalize() for _ in range(3))
    return f"## Part {number}\n\n" + "\n\n".join(f"{one}." for one in paragraphs)


def _commit(when: int, files: dict[str, bytes]) -> bytes:
    lines = [b"commit refs/heads/main\ncommitter Legal <legal@qstore.example> %d +0000\ndata 4\nPost\n" % when]
    for path, data in files.items():
        lines.append(b"M 100644 inline policy_versions/%s\ndata %d\n%s\n" % (path.encode(), len(data), data))
    return b"".join(lines)


if __name__ == "__main__":
    main()
