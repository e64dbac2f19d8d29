#!/usr/bin/env python3
"""The redline of two texts against what else compares texts by words.

    .venv/bin/python benchmarks/redline.py REPO [REPO …] [--all 'Policies/*.md'] [--adjacent 60] [--far 10] [--runs 5]

Takes the Markdown files of another git repository as policies, each commit of a file a revision (`inforce import`; a
project that has a record already is taken as it is), and of these some pairs of revisions that follow on each other,
by chance but the same ones every time, and the first and the last revision of the policies with the longest histories.
All peers are given what a reader reads: the words, a clause on each line. These take turns on each pair:

ours            our redline of clauses that are read already, as the site makes it
from Markdown   the same, and Markdown converted and read before it, nothing remembered
git             `git diff --no-index --word-diff=porcelain --histogram` of two files, its start included
git by words    the same, words cut by `--word-diff-regex` nearly as we cut them
wdiff           GNU wdiff of two files, its start included
redlines        redlines of PyPI
htmldiff        lxml.html.diff.htmldiff of the two texts as HTML
difflib         Python's own, of our words, as it comes
LCS             the whole texts as one sequence of our words, and what is least to be marked (RapidFuzz)

A peer that is not installed is left out, and it is said how to install it. For each: milliseconds a pair; how many
words are marked as inserted or deleted, and the ratio to the least; runs of change (words that follow on each other,
of one kind) for each thousand words of the newer texts. Words that ours shows as moved are not marked; they are counted
by themselves. "Astray" is by how many words the texts that whoever accepts or rejects everything gets are too long or
too short: some drop words, and some say words twice.

    .venv/bin/python benchmarks/redline.py REPO --rendered

makes all redlines of the history as a build does, against python-markdown converting all texts. And

    .venv/bin/python benchmarks/redline.py --hostile

measures time and memory of our redline of texts that nobody means, each in a process of its own.
"""

from __future__ import annotations

import argparse
import difflib
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from lxml.html.diff import htmldiff
from measure import greatest_memory, run
from projects import commit, record_of
from rapidfuzz.distance import LCSseq
from rendered import render_all

from inforce.core.alignment import Alphabet
from inforce.core.clause import Clause, plain
from inforce.core.redline import Redline, redline
from inforce.core.wording import Fate
from inforce.core.words import cut
from inforce.formats.revision_file import body
from inforce.formats.text.clauses import clauses_of
from inforce.formats.text.markdown import render, renderer

GIT = ("git", "diff", "--no-index", "--word-diff=porcelain", "--histogram")
WORD = r"--word-diff-regex=[$]?[[:alnum:]]+([.,:/'’-][[:alnum:]]+)*%?|[^[:space:]]"
WDIFF = ("wdiff", "-w", "\x01", "-x", "\x02", "-y", "\x03", "-z", "\x04")
PATIENCE = 60.0
"""After so many seconds of a turn, a peer has no further pairs in it, and no further turns."""


class Run(NamedTuple):
    """Words that follow on each other with one sign: `=`, `-` or `+`."""

    sign: str
    words: int


@dataclass(frozen=True)
class Side:
    """A text in all the shapes in which a contestant wants it."""

    markdown: str
    clauses: tuple[Clause, ...]
    plain: str
    html: str
    file: Path
    words: list[str]


@dataclass(frozen=True)
class Pair:
    """Two revisions of one policy."""

    old: Side
    new: Side
    is_far: bool


@dataclass
class Contestant:
    """One who compares: what is timed, and how its answer is read; its times in milliseconds, pair by pair."""

    name: str
    compare: Callable[[Pair], Any]
    read: Callable[[Any], Iterable[Run]]
    missing: str = ""
    times: dict[int, list[float]] = field(default_factory=dict)
    runs: dict[int, list[Run]] = field(default_factory=dict)
    is_tired: bool = False


def main() -> None:
    """Measure what is asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", type=Path, nargs="*", help="a git repository with Markdown files, or a project")
    parser.add_argument("--all", default="**/*.md", help="which files, as `inforce import --all` takes it")
    parser.add_argument("--adjacent", type=int, default=60, help="how many pairs of neighbours")
    parser.add_argument("--far", type=int, default=10, help="how many pairs of a first and a last revision")
    parser.add_argument("--runs", type=int, default=5, help="how many turns")
    parser.add_argument("--only", nargs="+", help="these contestants alone")
    parser.add_argument("--rendered", action="store_true", help="all redlines of the history instead of some pairs")
    parser.add_argument("--hostile", nargs="?", const="", metavar="NAME", help="texts that nobody means")
    asked = parser.parse_args()
    if asked.hostile is not None:
        hostile(asked.hostile)
    for repo in asked.repo:
        with tempfile.TemporaryDirectory() as top:
            record = record_of(repo, asked.all, Path(top) / "imported")
            print(f"\n{repo}", flush=True)
            if asked.rendered:
                if record.parent != repo:
                    commit(record.parent, "Import")
                render_all(record.parent, asked.runs)
            else:
                compare_pairs(pairs_of(record, Path(top), asked.adjacent, asked.far), asked.runs, asked.only)


# The pairs


def pairs_of(record: Path, top: Path, adjacent: int, far: int) -> list[Pair]:
    """The pairs of a record; `top` is where files may be written."""
    histories = [posted for policy in sorted(record.iterdir()) if len(posted := revisions(policy)) > 1]
    near = [two for history in histories for two in pairwise(history)]
    chosen = random.Random(4).sample(near, min(adjacent, len(near)))  # noqa: S311 - the same ones each time
    longest = sorted(histories, key=len, reverse=True)[:far]
    sides: dict[Path, Side] = {}
    for path in {path for two in (*chosen, *((one[0], one[-1]) for one in longest)) for path in two}:
        sides[path] = side_of(body(path.read_bytes()), top / f"text-{len(sides)}")
    return [
        *(Pair(sides[old], sides[new], is_far=False) for old, new in chosen),
        *(Pair(sides[one[0]], sides[one[-1]], is_far=True) for one in longest),
    ]


def revisions(policy: Path) -> list[Path]:
    """The revisions of a policy in order: by when they say that they were posted, others by their names."""

    def order(path: Path) -> tuple[float, str]:
        posted = re.search(r"^posted: (\S+)", path.read_text(), re.MULTILINE)
        return (datetime.fromisoformat(posted[1]).timestamp() if posted else 0, path.name)

    return sorted(policy.glob("*.md"), key=order)


def side_of(markdown: str, file: Path) -> Side:
    """A text in all its shapes."""
    clauses = clauses_of(markdown)
    shown = "".join(f"{plain(one.words)}\n" for one in clauses if one.words)
    file.write_text(shown)
    words = [word.text for clause in clauses for word in clause.words]
    unlinked = re.sub(r"</?a\b[^>]*>", "", render(markdown).html)  # htmldiff would say the targets as words.
    return Side(markdown, clauses, shown, unlinked, file, words)


# The contestants


def contestants() -> list[Contestant]:
    """Everybody, those who are missing too."""
    no_redlines = "" if find_spec("redlines") else "pip install --target PEERS redlines, and PYTHONPATH=PEERS"
    no_wdiff = "" if shutil.which("wdiff") else "apt-get install wdiff"
    return [
        Contestant("ours", lambda two: redline(two.old.clauses, two.new.clauses), runs_of_ours),
        Contestant("from Markdown", from_markdown, runs_of_ours),
        Contestant("git", lambda two: differing(*GIT, two.old.file, two.new.file), runs_of_git),
        Contestant("git by words", lambda two: differing(*GIT, WORD, two.old.file, two.new.file), runs_of_git),
        Contestant("wdiff", lambda two: differing(*WDIFF, two.old.file, two.new.file), runs_of_wdiff, no_wdiff),
        Contestant("redlines", by_redlines, runs_of_redlines, no_redlines),
        Contestant("htmldiff", lambda two: htmldiff(two.old.html, two.new.html), runs_of_htmldiff),
        Contestant("difflib", by_difflib, runs_of_opcodes),
        Contestant("LCS", by_lcs, runs_of_opcodes),
    ]


def from_markdown(two: Pair) -> Redline:
    """Ours, from the texts."""
    renderer.cache_clear()
    return redline(clauses_of(two.old.markdown), clauses_of(two.new.markdown))


def runs_of_ours(made: Redline) -> Iterator[Run]:
    """What is marked in reading order."""
    for change in made.changes:
        for stretch in change.stretches:
            sign = {Fate.DELETED: "-", Fate.INSERTED: "+"}.get(stretch.fate, "=")
            yield Run(sign, len(stretch.new or stretch.old))


def differing(*command: str | Path) -> str:
    """What a program prints that fails where texts differ."""
    return subprocess.run([*map(str, command)], capture_output=True, check=False, text=True).stdout


def runs_of_git(printed: str) -> Iterator[Run]:
    """Of porcelain: a sign at the beginning of each line, and `~` where a line of the text ends."""
    for line in printed.partition("\n@@")[2].split("\n"):
        sign = "=" if line[:1] in " @" else line[:1]
        if sign in ("-", "+", "="):
            yield Run(sign, count(line[1:]))


def runs_of_wdiff(printed: str) -> Iterator[Run]:
    """Of its own signs, which we have chosen."""
    for piece in re.split("(\x01[^\x02]*\x02|\x03[^\x04]*\x04)", printed):
        yield Run({"\x01": "-", "\x03": "+"}.get(piece[:1], "="), count(piece.strip("\x01\x02\x03\x04")))


def by_redlines(two: Pair) -> str:
    """What redlines found, as JSON."""
    from redlines import Redlines  # noqa: PLC0415 - it may be missing

    return str(Redlines(two.old.plain, two.new.plain).output_json())


def runs_of_redlines(found: str) -> Iterator[Run]:
    """Of its changes."""
    for change in json.loads(found)["changes"]:
        if change["type"] == "replace":
            yield Run("-", count(change["source_text"]))
            yield Run("+", count(change["test_text"]))
        else:
            yield Run({"delete": "-", "insert": "+"}.get(change["type"], "="), count(change["text"]))


def runs_of_htmldiff(source: str) -> Iterator[Run]:
    """Of `<ins>` and `<del>`."""
    for piece in re.split(r"(<ins.*?</ins>|<del.*?</del>)", source, flags=re.DOTALL):
        sign = {"<ins": "+", "<del": "-"}.get(piece[:4], "=")
        yield Run(sign, count(re.sub(r"<[^>]*>", " ", piece)))


def by_difflib(two: Pair) -> Any:
    """Its opcodes."""
    return difflib.SequenceMatcher(None, two.old.words, two.new.words).get_opcodes()


def by_lcs(two: Pair) -> Any:
    """The opcodes of a longest common subsequence."""
    alphabet = Alphabet()
    return LCSseq.opcodes(alphabet.spell(two.old.words), alphabet.spell(two.new.words)).as_list()


def runs_of_opcodes(codes: Any) -> Iterator[Run]:
    """What difflib and RapidFuzz agree on."""
    for tag, old_start, old_end, new_start, new_end in codes:
        if tag == "equal":
            yield Run("=", new_end - new_start)
        else:
            yield Run("-", old_end - old_start)
            yield Run("+", new_end - new_start)


def count(text: str) -> int:
    """How many of our words these are."""
    return len(cut(text))


# The contest


def compare_pairs(pairs: list[Pair], turns: int, only: list[str] | None) -> None:
    """Let the contestants take turns on each pair; print what came of it."""
    everybody = [one for one in contestants() if not only or one.name in (*only, "LCS")]
    present = [one for one in everybody if not one.missing]
    for turn in range(turns):
        for one in present:
            take_turn(one, pairs)
        print(f"  turn {turn + 1} of {turns} done", file=sys.stderr, flush=True)
    report(present, pairs, turns)
    for one in everybody:
        if one.missing:
            print(f"  {one.name} is not installed: {one.missing}")


def take_turn(one: Contestant, pairs: list[Pair]) -> None:
    """Let a contestant compare each pair once; its answers are read the first time."""
    begin = time.perf_counter()
    for number, pair in enumerate(pairs):
        if one.is_tired:
            break
        start = time.perf_counter()
        answer = one.compare(pair)
        end = time.perf_counter()
        one.times.setdefault(number, []).append((end - start) * 1000)
        one.is_tired = end - begin > PATIENCE
        if number not in one.runs:
            one.runs[number] = merged(one.read(answer))


def merged(runs: Iterable[Run]) -> list[Run]:
    """Runs without empty ones, those of one sign that follow on each other in one."""
    found: list[Run] = []
    for run_found in runs:
        if run_found.words and found and found[-1].sign == run_found.sign:
            found[-1] = Run(run_found.sign, found[-1].words + run_found.words)
        elif run_found.words:
            found.append(run_found)
    return found


def report(present: list[Contestant], pairs: list[Pair], turns: int) -> None:
    """A line for each contestant."""
    least = present[-1]
    far = sum(pair.is_far for pair in pairs)
    size = statistics.median(len(pair.new.words) for pair in pairs)
    print(f"{len(pairs) - far} pairs of neighbours, {far} far apart, {size:,.0f} words; medians of {turns} turns")
    print(f"  {'':14} {'ms a pair':^25}   {'neighbours':^32}   {'far apart':^32}")
    columns = f"{'words':>9} {'ratio':>7} {'runs/1,000':>14}"
    print(f"  {'':14} {'median':>7} {'mean':>8} {'worst':>8}   {columns}   {columns}   astray")
    for one in present:
        times = [statistics.median(own) for own in one.times.values()]
        spent = f"{statistics.median(times):7.2f} {statistics.mean(times):8.2f} {max(times):8.1f}"
        marked = "   ".join(marks(one, least, pairs, is_far=is_far) for is_far in (False, True))
        note = "" if len(times) == len(pairs) else f"   {len(times)} pairs alone: it took too long"
        print(f"  {one.name:14} {spent}   {marked}   {astray(one, pairs):>6}{note}")
    ours = next((one for one in present if one.name == "ours"), None)
    if ours:
        moved = sum(moved_words(redline(pair.old.clauses, pair.new.clauses)) for pair in pairs)
        print(f"  words that ours shows as moved: {moved:,}")


def marks(one: Contestant, least: Contestant, pairs: list[Pair], *, is_far: bool) -> str:
    """How many words a contestant marks, as a ratio to the least, and in how many runs."""
    own = [number for number, pair in enumerate(pairs) if pair.is_far == is_far and number in one.runs]
    words = marked_words(one, own)
    runs = sum(run_found.sign != "=" for number in own for run_found in one.runs[number])
    thousands = sum(len(pairs[number].new.words) for number in own) / 1000
    ratio = words / max(1, marked_words(least, own))
    return f"{words:9,} {ratio:7.3f} {runs / max(thousands, 0.001):14.2f}"


def astray(one: Contestant, pairs: list[Pair]) -> str:
    """The share of words by which what a contestant says is not the old text, nor the new; git says only a part."""
    if one.name.startswith("git"):
        return "-"
    lost = sum(
        abs(sum(found.words for found in runs if found.sign in signs) - len(side.words))
        for number, runs in one.runs.items()
        for side, signs in ((pairs[number].old, "=-"), (pairs[number].new, "=+"))
    )
    said = sum(len(pairs[number].old.words) + len(pairs[number].new.words) for number in one.runs)
    return f"{lost / said:.2%}"


def marked_words(one: Contestant, numbers: Iterable[int]) -> int:
    """How many words a contestant marks in these pairs."""
    return sum(found.words for number in numbers for found in one.runs[number] if found.sign != "=")


def moved_words(made: Redline) -> int:
    """How many words stand in clauses that moved."""
    return sum(len(one.clause.words) for change in made.changes if change.is_moved for one in change.new)


# What nobody means


def hostile(name: str) -> None:
    """Measure one of them in this process; each in its own, if none is named."""
    if name:
        old, new = HOSTILE[name]()
        start = time.perf_counter()
        sides = clauses_of(old), clauses_of(new)
        read = time.perf_counter()
        made = redline(*sides)
        end = time.perf_counter()
        memory = greatest_memory()
        coarse = ", coarser than it could be" if made.is_coarse else ""
        print(f"  {name:22} read {read - start:6.2f} s, redline {end - read:6.2f} s, {memory:5.0f} MB{coarse}")
        return
    for one in HOSTILE:
        print(run(sys.executable, __file__, "--hostile", one).decode(), end="", flush=True)


def megabytes(size: int, paragraph: int) -> tuple[str, str]:
    """Paragraphs of words by chance, one in ten edited."""
    chance = random.Random(4)  # noqa: S311 - the same text each time
    words = [f"{chance.choice('bcdfg')}{chance.choice('aeiou')}{number % 4000}" for number in range(20_000)]
    old = [chance.choices(words, k=paragraph) for _ in range(size // (6 * paragraph))]
    new = [[chance.choice(words) if chance.randrange(10) == 0 else word for word in one] for one in old]
    return "\n\n".join(map(" ".join, old)), "\n\n".join(map(" ".join, new))


def nested(depth: int) -> str:
    """A list in a list in a list …"""
    return "\n".join(f"{'    ' * level}- level {level}" for level in range(depth))


HOSTILE: dict[str, Callable[[], tuple[str, str]]] = {
    "5 MB of paragraphs": lambda: megabytes(5_000_000, 60),
    "a line of 1 MB": lambda: megabytes(1_000_000, 166_666),
    "10,000 equal items": lambda: ("- we keep data\n" * 10_000, "- we keep data\n" * 10_001),
    "10,000 alike items": lambda: ("- we keep data\n" * 10_000, "- we share data\n" * 10_001),
    "20 lists in lists": lambda: (nested(20), nested(19)),
    "1 MB, nothing alike": lambda: (megabytes(1_000_000, 60)[0], "\n\n".join(["x y z " * 20] * 8_000)),
}


if __name__ == "__main__":
    main()
