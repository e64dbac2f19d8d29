"""All redlines of a history, made and written as a site needs them, against what converting its Markdown takes."""

from __future__ import annotations

import tempfile
from pathlib import Path

from markdown import Markdown
from measure import Contest

from inforce.adapters.cache import open_cache
from inforce.adapters.clock import read_clock
from inforce.core.record import PolicyRecord
from inforce.formats.messages import Languages
from inforce.formats.text.markdown import EXTENSIONS
from inforce.workflows.convert_texts import SiteTexts
from inforce.workflows.progress import silent
from inforce.workflows.read_record import OpenRecord, opened
from inforce.workflows.redline_texts import SiteRedlines
from inforce.workflows.settings import Settings


def render_all(project: Path, runs: int) -> None:
    """Let both take turns, each in one process and with nothing kept, and print what it took.

    Ours is everything that a build does for redlines: clauses read from HTML that is there already, identities, the
    redline of each revision with its list in words, the notes beside clauses, and `clauses.json`. The peer is
    python-markdown, which converts every text anew.
    """
    with tempfile.TemporaryDirectory() as top, opened(Settings(project), read_clock()) as source:
        policies = source.record.policies
        texts = SiteTexts(policies, source.text_source(), open_cache(Path(top), "html", ""))
        texts.convert(silent(), 1)
        number = iter(range(1_000))
        contest = Contest(runs)
        contest.hold(
            {
                "python-markdown": (lambda: None, lambda: convert_all(policies, source)),
                "redlines": (lambda: None, lambda: redline_all(policies, texts, Path(top) / str(next(number)))),
            }
        )
        count = sum(len(one.revisions) for one in policies)
        print(f"all {count:,} revisions, {count - len(policies):,} redlines; medians of {runs} turns")
        for name in contest.seconds:
            median = contest.median(name)
            print(f"  {name:15} {median:8.2f} s  ({contest.spread(name)})  {median / count * 1000:6.2f} ms a revision")
        print(f"  redlines / python-markdown: {contest.median('redlines') / contest.median('python-markdown'):.2f}")


def convert_all(policies: tuple[PolicyRecord, ...], source: OpenRecord) -> None:
    """Every text as HTML, by python-markdown with the extensions that the site has."""
    markdown = Markdown(extensions=list(EXTENSIONS), output_format="html")
    for policy in policies:
        for revision in policy.revisions:
            markdown.reset().convert(source.text(revision))


def redline_all(policies: tuple[PolicyRecord, ...], texts: SiteTexts, cache: Path) -> None:
    """Every redline, and what goes with it."""
    SiteRedlines(policies, texts, open_cache(cache, "redlines", ""), Languages()).make(silent(), 1)
