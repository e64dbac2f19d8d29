"""Rule 7: a posted revision's bytes never change, its file never moves and never goes."""

import re

import pytest
from record.test_nothing_bricks import DAMAGES
from repository import FIRST, SECOND, TERMS, Executable, Link, Submodule, material

from inforce.core.effect import Audience
from inforce.core.instant import format_instant

COUNSEL = "Kim Seo-yeon <kim@qstore.example>"
START = {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST}
POSTED = "privacy-policy/2014-03-01.md"
PATH = f"policy_versions/{POSTED}"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({POSTED: SECOND}, "altered"),
        ({POSTED: b"\xff\xfe"}, "altered"),
        ({POSTED: FIRST.replace("\n", "\r\n")}, "altered"),
        ({POSTED: Link("elsewhere.md")}, "altered"),
        ({POSTED: Submodule()}, "altered"),
        ({POSTED: None}, "removed"),
        ({POSTED: None, f"{POSTED}/text.md": FIRST}, "removed"),
        ({"privacy-policy": None}, "removed"),
        ({"": None}, "removed"),
    ],
    ids=["edited", "bytes", "line-ends", "link", "submodule", "removed", "folder", "policy", "everything"],
)
def test_a_damage_names_who_did_it_and_the_way_out_mends_it_to_the_letter(repo, files, words):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    before = repo.record().policies
    breaking = repo.commit("2018-04-10T09:00:00+09:00", files, COUNSEL)
    repo.commit("2018-04-11T09:00:00+09:00")

    (damage,) = [problem for problem in repo.errors() if problem.path == PATH]
    assert damage.what == f"this posted revision was {words} by commit {breaking[:12]} (Kim Seo-yeon, 2018-04-10)"
    assert damage.commit == breaking
    assert "post a new revision" in damage.todo
    assert not repo.publishes()

    for path in ("", "privacy-policy", POSTED):
        repo.write(path, None) if (repo.folder / "policy_versions" / path).is_file() else None
    repo.write(f"{POSTED}/text.md", None)
    repo.shell(re.search(r"`(git checkout .*?)`", damage.todo)[1])
    repo.write("privacy-policy/policy.yml", TERMS)
    restoring = repo.commit_all("2018-04-12T09:00:00+09:00", "Lee Do-yun <lee@qstore.example>")

    (warning,) = [problem for problem in repo.check() if problem.path == PATH]
    assert not warning.is_error
    assert f"commit {breaking[:12]} (Kim Seo-yeon, 2018-04-10)" in warning.what
    assert f"commit {restoring[:12]} (Lee Do-yun, 2018-04-12)" in warning.what
    assert repo.errors() == []
    assert repo.record().policies == before
    assert repo.publishes()


def test_the_damage_of_a_series_is_the_firsts(repo):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    first = repo.commit("2018-04-10T09:00:00+09:00", {POSTED: SECOND})
    repo.commit("2018-04-11T09:00:00+09:00", {POSTED: None})
    repo.commit("2018-04-12T09:00:00+09:00", {POSTED: material()})

    assert [problem.commit for problem in repo.errors()] == [first]


def test_each_damage_that_was_restored_is_a_warning_of_its_own(repo):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    one = repo.commit("2018-04-10T09:00:00+09:00", {POSTED: SECOND})
    repo.commit("2018-04-11T09:00:00+09:00", {POSTED: FIRST})
    two = repo.commit("2018-04-12T09:00:00+09:00", {POSTED: None})
    repo.commit("2018-04-13T09:00:00+09:00", {POSTED: FIRST})

    assert repo.errors() == []
    assert {problem.commit for problem in repo.warnings()} == {one, two}


def test_a_change_of_mode_is_no_damage(repo):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", {POSTED: Executable(FIRST)})

    assert repo.git("ls-files", "-s", PATH).startswith("100755")
    assert repo.check() == []


@pytest.mark.parametrize("damage", ["renamed", "moved-to-another-policy", "policy-renamed"])
def test_a_moved_file_is_told_at_both_places_and_moving_it_back_mends_it(repo, damage):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    before = repo.record().policies
    repo.commit("2018-04-10T09:00:00+09:00", DAMAGES[damage], COUNSEL)

    (moved,) = [problem for problem in repo.errors() if "moved here" in problem.what]
    assert f"the posted {POSTED}" in moved.what
    (repo.folder / PATH).parent.mkdir(exist_ok=True)
    repo.git("mv", moved.path, PATH)
    repo.commit("2018-04-11T09:00:00+09:00", START)

    repo.write("privacy", None)
    repo.commit_all("2018-04-11T09:00:00+09:00")
    assert repo.errors() == []
    assert repo.record().policies == before


def test_a_copy_of_a_moved_policy_is_not_posted_by_restoring_the_original(repo):
    """Whoever follows the first half of the way out must not publish one text under two names for ever."""
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", DAMAGES["policy-renamed"])
    repo.commit("2018-04-11T09:00:00+09:00", START)

    assert repo.postings() == ["2018-01-01T09:00:00+09:00 privacy-policy/2014-03-01"]


def test_the_same_text_again_is_another_revision(repo):
    """Going back to an older text is a posting like any other."""
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": material(text=SECOND)})
    repo.commit("2018-05-01T09:00:00+09:00", {"privacy-policy/2018-05-01.md": material(text=FIRST)})
    repo.commit("2018-05-02T09:00:00+09:00", {"user-agreement/policy.yml": TERMS, "user-agreement/2014.md": FIRST})

    assert repo.check() == []
    assert len(repo.postings()) == 4


def test_a_revert_of_a_posting_is_a_damage(repo):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": material()})
    repo.git("revert", "--no-edit", "HEAD", when="2018-04-11T09:00:00+09:00")

    assert ["removed by" in problem.what for problem in repo.errors()] == [True]
    repo.git("revert", "--no-edit", "HEAD", when="2018-04-12T09:00:00+09:00")
    assert repo.errors() == []
    assert len(repo.postings()) == 2


def test_later_terms_speak_for_later_postings_only(repo):
    new_york = TERMS.replace("Asia/Seoul", "America/New_York").replace("Privacy Policy", "Privacy Notice")
    april, may = "privacy-policy/2018-04-10.md", "privacy-policy/2018-05-01.md"
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", {april: material("effective:\n  current_users: 2018-04-20")})
    repo.commit("2018-04-25T09:00:00+09:00", {"privacy-policy/policy.yml": f"{new_york}effective: on acceptance\n"})
    repo.commit("2018-05-01T09:00:00+09:00", {may: material("effective:\n  current_users: 2018-06-01")})

    def effects(revision):
        starts = {audience: revision.effects[audience].start for audience in Audience}
        return [start and format_instant(start, revision.zone) for start in starts.values()]

    assert repo.errors() == []
    assert [(one.title, one.time_zone, effects(one)) for one in repo.record().postings()] == [
        ("Privacy Policy", "Asia/Seoul", ["2018-01-01T09:00:00+09:00", "2018-01-01T09:00:00+09:00"]),
        ("Privacy Policy", "Asia/Seoul", ["2018-04-20T00:00:00+09:00", "2018-04-10T09:00:00+09:00"]),
        ("Privacy Notice", "America/New_York", ["2018-06-01T00:00:00-04:00", None]),
    ]


def test_terms_changed_by_the_commit_that_posts_speak_for_its_postings(repo):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit(
        "2018-04-10T09:00:00+09:00",
        {"privacy-policy/policy.yml": f"{TERMS}effective: never\n", "privacy-policy/2018-04-10.md": material()},
    )

    assert [one.effects[Audience.NEW_USERS].rule.text for one in repo.record().postings()] == ["on posting", "never"]
