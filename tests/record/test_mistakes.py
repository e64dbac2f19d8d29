"""Rule 1: what cannot be read is told, publishes nothing, and is mended by a further commit, which posts it."""

import pytest
from record.mistakes import APRIL, BEFORE, GOOD, MISTAKES
from repository import FIRST, SECOND, TERMS, Executable, Link, material, revision

COUNSEL = "Kim Seo-yeon <kim@qstore.example>"
each_mistake = pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.name.replace(" ", "-"))
FOLDER = "policy_versions/"


def _told(problems):
    """What is told, by its place `path:line`."""
    told = {}
    for problem in problems:
        place = problem.path.removeprefix(FOLDER) + (f":{problem.line}" if problem.line else "")
        told[place] = f"{told.get(place, '')}{problem.what}\n{problem.todo}\n"
    return told


@each_mistake
def test_a_mistake_is_told_and_publishes_nothing_until_a_further_commit_mends_it(repo, mistake):
    repo.commit("2018-01-01T09:00:00+09:00", BEFORE)
    if mistake.before:
        repo.commit("2018-03-01T09:00:00+09:00", mistake.before)
    before = repo.postings()

    wrong = repo.commit("2018-04-10T09:00:00+09:00", mistake.files, COUNSEL)
    told = _told(repo.errors())
    assert told.keys() == mistake.told.keys()
    assert [place for place, words in mistake.told.items() if words not in told[place]] == []
    for place in told:
        if place.startswith(APRIL):
            assert f"commit {wrong[:12]} (Kim Seo-yeon, 2018-04-10)" in told[place]
    assert not repo.publishes()

    mending = repo.commit("2018-04-12T09:00:00+09:00", mistake.mend)
    posted = [path.removesuffix(".md") for path in mistake.then]
    assert repo.errors() == []
    assert repo.postings() == [*before, *(f"2018-04-12T09:00:00+09:00 {name}" for name in posted)]
    assert {one.posting.commit for one in repo.record().postings()[len(before) :]} <= {mending}


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ({"privacy-policy/policy.yml": f"{TERMS}tittle: Typo\n"}, "privacy-policy/policy.yml"),
        ({"privacy-policy/policy.yml": None}, "privacy-policy/policy.yml"),
        ({"privacy-policy/2018-04-10.ko.md": GOOD}, "privacy-policy/2018-04-10.ko.md"),
        ({"privacy-policy/2018-04-10.markdown": GOOD}, "privacy-policy/2018-04-10.markdown"),
        ({"terms": Link("privacy-policy")}, "terms"),
    ],
    ids=["terms-broken", "terms-removed", "bad-name", "other-ending", "link"],
)
def test_terms_and_places_at_fault_name_the_commit_that_is_to_blame(repo, files, path):
    repo.commit("2018-01-01T09:00:00+09:00", BEFORE)
    wrong = repo.commit("2018-04-10T09:00:00+09:00", files, COUNSEL)
    repo.commit("2018-04-11T09:00:00+09:00")

    assert [(problem.path, problem.commit) for problem in repo.errors()] == [(FOLDER + path, wrong)]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({APRIL: GOOD.replace("\n", "\r\n")}, id="line-ends-of-Windows"),
        pytest.param({APRIL: GOOD.rstrip("\n")}, id="no-line-end-at-the-end"),
        pytest.param({APRIL: Executable(GOOD)}, id="an-executable-file"),
        pytest.param({APRIL: material(text="# 개인정보\n\nمرحبا بكم\u200f، نص.\n")}, id="a-mark-that-its-script-needs"),
        pytest.param({APRIL: material(text="# Text\n\nH<sub>2</sub>O<br>and <u>so</u> on\n")}, id="short-list-of-tags"),
        pytest.param({APRIL: material(text="# Text\n\n`<div>` and 3 < 4 > 2\n")}, id="signs-in-code-and-sums"),
        pytest.param({APRIL: revision("change: no-such\nsummary: x").replace("no-such", "'material'")}, id="quoted"),
    ],
)
def test_what_is_no_mistake_is_posted(repo, files):
    repo.commit("2018-01-01T09:00:00+09:00", BEFORE)
    repo.commit("2018-04-10T09:00:00+09:00", files)

    assert repo.errors() == []
    assert repo.postings()[1:] == ["2018-04-10T09:00:00+09:00 privacy-policy/2018-04-10"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("privacy-policy/drafts/2018-04-10.md", "folder within a policy's folder"),
        ("privacy-policy/2018-04-10.md/text.md", "folder within a policy's folder"),
        ("2018-04-10.md", "beside the policies' folders"),
        ("privacy-policy/seal.png", "no part of the record"),
    ],
)
def test_what_lies_elsewhere_is_not_read_and_that_is_said(repo, path, words):
    repo.commit("2018-01-01T09:00:00+09:00", BEFORE)
    repo.commit("2018-04-10T09:00:00+09:00", {path: GOOD})

    assert [(problem.path, problem.is_error) for problem in repo.check()] == [(FOLDER + path, False)]
    assert words in repo.check()[0].what
    assert len(repo.postings()) == 1


def test_a_mistake_in_three_commits_is_mended_by_the_third(repo):
    repo.commit("2018-01-01T09:00:00+09:00", BEFORE)
    repo.commit("2018-04-10T09:00:00+09:00", {APRIL: Link("nowhere")})
    repo.commit("2018-04-11T09:00:00+09:00", {APRIL: revision("sumary: typo")})
    repo.commit("2018-04-12T09:00:00+09:00", {APRIL: GOOD})

    assert repo.check() == []
    assert repo.postings()[1:] == ["2018-04-12T09:00:00+09:00 privacy-policy/2018-04-10"]


def test_a_broken_draft_does_not_keep_others_from_being_posted(repo):
    repo.commit("2018-01-01T09:00:00+09:00", BEFORE)
    repo.commit("2018-04-10T09:00:00+09:00", {APRIL: revision("sumary: typo"), "privacy-policy/2018-04-11.md": GOOD})
    assert repo.postings()[1:] == ["2018-04-10T09:00:00+09:00 privacy-policy/2018-04-11"]

    repo.commit("2018-04-12T09:00:00+09:00", {APRIL: material(text=FIRST)})
    assert repo.errors() == []
    assert repo.postings()[1:] == [
        "2018-04-10T09:00:00+09:00 privacy-policy/2018-04-11",
        "2018-04-12T09:00:00+09:00 privacy-policy/2018-04-10",
    ]


def test_every_mistake_of_a_run_is_told_together(repo):
    repo.commit("2018-01-01T09:00:00+09:00", BEFORE)
    repo.commit(
        "2018-04-10T09:00:00+09:00",
        {
            "privacy-policy/2014-03-01.md": SECOND,
            "privacy-policy/2018-04-10.md": revision(
                "sumary: More.\nchange: materiel", "# A\n\n<b>B</b>\n\n![c](d.png)\n"
            ),
            "privacy-policy/2018-04-10.ko.md": GOOD,
            "search/policy.yml": TERMS,
            "user-agreement/policy.yml": "title: T\nlanguage: english language\ntime_zone: Soul\n",
            "user-agreement/2018-04-10.md": FIRST,
        },
    )

    assert list(_told(repo.errors())) == [
        "privacy-policy/2014-03-01.md",
        "privacy-policy/2018-04-10.ko.md",
        "privacy-policy/2018-04-10.md:2",
        "privacy-policy/2018-04-10.md:3",
        "privacy-policy/2018-04-10.md:7",
        "privacy-policy/2018-04-10.md:9",
        "search/policy.yml",
        "user-agreement/2018-04-10.md",
        "user-agreement/policy.yml:2",
        "user-agreement/policy.yml:3",
    ]
