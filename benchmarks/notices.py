#!/usr/bin/env python3
"""Writing the feeds of a real history against feedgen, what a subscription costs as the history grows, and a poll.

    .venv/bin/pip install feedgen    # by hand: it comes as source alone, which `scripts/lock` takes no hashes of
    .venv/bin/python benchmarks/notices.py REPO --all '**/*.md' [--runs 5]

Imports the Markdown files of another git repository as policies (a project that has a record already is taken as it
is). The notices' facts and words are made before. Then, after one turn that does not count, these take turns:

ours     every Atom document: the feed of all policies with its archive, and that of each with its
feedgen  the same entries, without our facts, each once: as one document, which is what it makes of them
both     every Atom document and every document in JSON

Prints medians and ratios; the size of the feed of all with a tenth, half and the whole of
the notices told; the time and the size of all files of the notices; and what a poll costs of a site where nothing is
new.
"""

from __future__ import annotations

import argparse
import gzip
import sys
import tempfile
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from time import perf_counter

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "notify"))

from feedgen.feed import FeedGenerator
from measure import Contest
from projects import commit, record_of
from pulled_site import serving

from inforce.adapters.clock import read_clock
from inforce.adapters.notify.notices_source import open_source
from inforce.core.instant import format_instant
from inforce.core.notice import Authority
from inforce.formats.notices.atom import atom, entry_xml
from inforce.formats.notices.feed import Entry
from inforce.formats.notices.json_feed import item_json, json_feed
from inforce.workflows.read_messages import languages_of
from inforce.workflows.read_record import opened
from inforce.workflows.settings import Settings
from inforce.workflows.site_archive import SiteArchive
from inforce.workflows.site_notices import SiteNotices, site_notices

AUTHORITY = Authority("qstore.example", 2014)
ROOT = "https://policies.qstore.example/"


def main() -> None:
    """Import, hold the contest, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", type=Path, help="a git repository with Markdown files, or a project with a record")
    parser.add_argument("--all", default="**/*.md", help="which files, as `inforce import --all` takes it")
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as top:
        project = record_of(asked.repo, asked.all, Path(top) / "imported").parent
        if project != asked.repo:
            commit(project, "Import")
        notices = notices_of(project)
        entries = list(notices.entries.values())
        print(f"{len(entries):,} notices of {len(notices.record.policies)} policies")
        write_contest(notices, entries, asked.runs)
        subscription(notices)
        poll(notices, Path(top) / "site")


def notices_of(project: Path) -> SiteNotices:
    """The notices of a project's record, now."""
    settings, door = Settings(project, root=ROOT, name="Benchmark", notices=AUTHORITY), read_clock()
    with opened(settings, door) as source:
        languages = languages_of(settings)
        return site_notices(settings, AUTHORITY, source.record, SiteArchive(), as_of=door.asked, languages=languages)


def write_contest(notices: SiteNotices, entries: list[Entry], runs: int) -> None:
    """Let us and feedgen write the feeds, in turns."""
    contestants = {
        "ours": (lambda: None, lambda: write_atom(notices)),
        "feedgen": (lambda: None, lambda: write_feedgen(entries)),
        "both": (lambda: None, lambda: (write_atom(notices), write_json(notices))),
    }
    Contest(1).hold(contestants)
    contest = Contest(runs)
    contest.hold(contestants)
    print(f"writing their feeds, medians of {runs}:")
    for name in contestants:
        ratio = contest.median(name) / contest.median("feedgen")
        print(f"  {name:8} {contest.median(name):6.2f} s  ({contest.spread(name)})  {ratio:.2f} x feedgen")


def write_atom(notices: SiteNotices) -> int:
    """Every Atom document; how many bytes."""
    written = {path: entry_xml(one, ROOT) for path, one in notices.entries.items()}
    return sum(len(data) for feed, told in notices.feeds for _, data in atom(feed, told, written))


def write_json(notices: SiteNotices) -> int:
    """Every document in JSON; how many bytes."""
    items = {path: item_json(one, ROOT) for path, one in notices.entries.items()}
    return sum(len(data) for feed, told in notices.feeds for _, data in json_feed(feed, told, items))


def write_feedgen(entries: list[Entry]) -> int:
    """One Atom document with all of them; how many bytes."""
    feed = FeedGenerator()
    feed.id(AUTHORITY.id_of("feeds/notices"))
    feed.title("Benchmark: change notices")
    feed.author(name="Benchmark")
    feed.link(href=f"{ROOT}notices.atom", rel="self")
    for one in entries:
        links = one.facts["links"]
        made = feed.add_entry(order="append")
        made.id(one.facts["id"])
        made.title(one.message.subject)
        made.updated(format_instant(one.notice.told_from, UTC))
        made.published(format_instant(one.notice.due, UTC))
        made.link(href=ROOT + one.page, rel="alternate", type="text/html")
        for name in ("text", "changes", "redline"):
            if links[name] is not None:
                made.link(href=ROOT + links[name], rel="related", type="text/html", title=name)
        for term in filter(None, (one.facts["event"], one.facts["change"])):
            made.category(term=term)
        made.content(one.message.html, type="xhtml")
    return len(feed.atom_str())


def subscription(notices: SiteNotices) -> None:
    """How large what a reader fetches again and again is, as the history grows."""
    feed, told = notices.feeds[0]
    print("the feed of all, bytes (gzip), with so many of its notices told:")
    for share in (10, 50, 100):
        some = told[: len(told) * share // 100]
        written = {one.notice.path: entry_xml(one, ROOT) for one in some}
        items = {one.notice.path: item_json(one, ROOT) for one in some}
        newest = list(atom(feed, some, written))[-1], list(json_feed(feed, some, items))[-1]
        sizes = [f"{place} {len(data):,} ({len(gzip.compress(data)):,})" for place, data in newest]
        print(f"  {len(some):6,}  {', '.join(sizes)}")


def poll(notices: SiteNotices, folder: Path) -> None:
    """Write every file, serve them, and pull twice."""
    begun = perf_counter()
    made = list(replace(notices).files())
    print(f"all {len(made):,} files: {perf_counter() - begun:.2f} s, {sum(len(data) for _, data in made) / 1e6:.1f} MB")
    for place, data in made:
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    state = ""
    with serving(folder) as web:
        for called in ("the first", "one with nothing new"):
            web.asked.clear()
            web.statuses.clear()
            begun = perf_counter()
            with open_source(web.root) as source:
                pulled = source.pull(state)
            taken = perf_counter() - begun
            state = pulled.state if pulled else ""
            what = f"{len(web.asked)} requests, {', '.join(sorted(set(map(str, web.statuses))))}"
            print(f"poll, {called}: {what}; {taken * 1000:.0f} ms")


if __name__ == "__main__":
    main()
