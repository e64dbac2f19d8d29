"""A record of histories that are hard to draw: one revision and hundreds, minutes beside years, a century, the future.

Each policy is called by what it shows. Postings are stated, so that one commit brings them all.
"""

from datetime import datetime, timedelta, timezone

import pytest
from qstore_site import CONFIG
from repository import TERMS, Repository, material, revision

SEOUL = timezone(timedelta(hours=9))
NOW = "2020-01-02T00:00:00+09:00"
PALETTE = (
    "palette: [{media: '(prefers-color-scheme: light)', scheme: default}, "
    "{media: '(prefers-color-scheme: dark)', scheme: slate}]"
)
OFFERED = "effective: {current_users: 10 days after posting, new_users: on acceptance}"


def _often(year, count):
    """Instants a month apart, nearly."""
    days = (33 * number + number * 37 % 20 for number in range(count))
    return [f"{datetime(year, 1, 1, tzinfo=SEOUL) + timedelta(days=one):%Y-%m-%dT%H:%M}" for one in days]


HISTORIES = {
    "one": [("2019-06-01T09:00", "")],
    "century": [("1898-05-01T09:00", ""), ("1954-01-01T09:00", ""), ("2019-01-01T09:00", ""), ("2019-01-02T09:00", "")],
    "minutes": [("2010-01-01T09:00", ""), *((f"2019-05-01T10:0{minute}", "") for minute in (0, 3, 7))],
    "not-yet": [("2019-12-25T09:00", "effective: 2020-03-01")],
    "offers": [
        ("2014-03-01T09:00", ""),
        ("2018-03-01T09:00", "effective: {current_users: on acceptance, new_users: on posting}"),
        ("2019-03-01T09:00", "effective: {current_users: on acceptance, new_users: on acceptance}"),
        ("2019-11-01T09:00", "effective: {current_users: never, new_users: on posting}"),
        ("2019-12-20T09:00", "effective: 2020-02-01"),
    ],
    "overtaken": [
        ("2014-03-01T09:00", ""),
        ("2017-01-01T09:00", "effective: 2017-09-01"),
        ("2017-07-01T09:00", "overtakes: r002"),
        ("2018-07-01T09:00", "change: editorial\ncorrects: r003"),
    ],
    "sixty": [(when, OFFERED) for when in _often(2014, 60)],
    "hundreds": [(when, "") for when in _often(2006, 150)],
}


def _files(policy, postings):
    yield f"{policy}/policy.yml", TERMS.replace("Privacy Policy", policy.capitalize())
    for number, (when, rule) in enumerate(postings, 1):
        said = f"posted: {when}:00+09:00\nsource: Log, entry {number}\n{rule}"
        change = "change: material\n" if number > 1 and "change:" not in rule else ""
        summary = f"summary: Something changed, number {number}.\n" if number > 1 else ""
        yield f"{policy}/r{number:03}.md", revision(f"{change}{summary}{said}", f"# Text\n\nBody {number}.\n")


@pytest.fixture(scope="session")
def timelines(tmp_path_factory, build):
    """The site of these histories on 2 January 2020. The policy `century` has moved from Seoul to Berlin by then."""
    top = tmp_path_factory.mktemp("timelines")
    repo = Repository(top / "repo", top / "home")
    (repo.folder / "mkdocs.yml").write_text(CONFIG.replace("font: false", f"font: false, {PALETTE}"))
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Histories\n")
    repo.commit("2019-12-30T09:00:00+09:00", dict(pair for one in HISTORIES.items() for pair in _files(*one)))
    moved = TERMS.replace("Privacy Policy", "Century").replace("Asia/Seoul", "Europe/Berlin")
    repo.commit("2019-12-31T09:00:00+09:00", {"century/policy.yml": moved})
    posted = material("effective: 30 days after posting")
    repo.commit("2019-12-31T10:00:00+09:00", {"century/2019-12-31.md": posted})
    return build(repo, now=NOW)[0]
