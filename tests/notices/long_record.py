"""A record of which more is told than a subscription document has: two policies, two languages, hostile words."""

from dataclasses import replace

import pytest
from qstore_site import CONFIG, FIRST, POSTED
from repository import TERMS, Repository, instant, material, revision

from inforce.adapters.clock import Door
from inforce.core.notice import Authority
from inforce.workflows.export_notices import export_notices

WITH_NOTICES = CONFIG.replace("archive: ''", "archive: '', notices: {authority: qstore.example, year: 2014}")
LONG_NOW = "2018-05-20T00:00:00+09:00"
KOREAN = "title: '이용약관 <&\">'\nlanguage: ko\ntime_zone: Asia/Seoul\nreminders: [7 days]\n"
HOSTILE = 'summary: "5 < 6 & ]]> \\"quoted\\" </div>"'


def stated(day, number):
    summary = HOSTILE if number % 7 == 3 else f"summary: Change {number}."
    head = "" if number == 0 else f"change: clarifying\n{summary}\n"
    return revision(f"{head}posted: {day}\nsource: 'Log <{number}> & \"more\"'", f"# Policy\n\nText {number}.\n")


def days(count, year):
    return [f"{year + number // 84}-{number % 84 // 7 + 1:02}-{number % 7 + 1:02}" for number in range(count)]


@pytest.fixture(scope="session")
def long_record(tmp_path_factory):
    """75 and 60 stated postings join at once; later one is scheduled, and withdrawn in Korean."""
    top = tmp_path_factory.mktemp("long")
    repo = Repository(top / "repo", top / "home")
    (repo.folder / "mkdocs.yml").write_text(WITH_NOTICES)
    files = {"privacy-policy/policy.yml": TERMS, "terms/policy.yml": KOREAN}
    files |= {f"privacy-policy/{day}.md": stated(day, place) for place, day in enumerate(days(75, 2014))}
    files |= {f"terms/{day}.md": stated(day, place) for place, day in enumerate(days(60, 2015))}
    repo.commit("2018-04-01T09:00:00+09:00", files)
    repo.commit(POSTED, {"privacy-policy/2018-04-10.md": material("effective: 2018-05-10", FIRST.split("---\n")[2])})
    repo.commit("2018-04-12T09:00:00+09:00", {"terms/2018-04-12.md": material("effective: 2018-06-01")})
    repo.commit("2018-05-03T09:00:00+09:00", {"terms/2018-05-03.md": material("overtakes: 2018-04-12", "# T\n\nNo.\n")})
    return repo


def files_of(repo, now=LONG_NOW, host="policies.qstore.example"):
    """What the site of a repository has of notices at an instant: each file's bytes, by its place. None ever goes."""
    at, out = instant(now), repo.top / "feeds"
    authority = Authority("qstore.example", 2014)
    settings = replace(repo.settings, root=f"https://{host}/", name="Qstore", notices=authority)
    report = export_notices(settings, Door(at, at), at, out)
    files = {one.relative_to(out).as_posix(): one.read_bytes() for one in out.rglob("*.*") if one.is_file()}
    assert len(files) == report.files
    return files


@pytest.fixture(scope="session")
def long_files(long_record):
    """The files of that record."""
    return files_of(long_record)
