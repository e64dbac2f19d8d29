"""Importing again adds what is new and nothing else; what cannot be imported is refused, with nothing written."""

import pytest
from repository import FIRST, material

ONE, TWO, THREE = "# Terms\n\nOne.\n", "# Terms\n\nTwo.\n", "# Terms\n\nThree.\n"


@pytest.fixture
def imported(foreign, site):
    """A policy with two revisions, imported and not committed."""
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE})
    foreign.commit("2018-01-02T00:00:00+00:00", {"a.md": TWO})
    site.imports(foreign.top, "a.md", "--policy", "terms")
    return site


def again(site, foreign, **options):
    return site.imports(foreign.top, "a.md", "--policy", "terms", **options)["policies"][0]


@pytest.mark.parametrize("is_committed", [False, True])
def test_only_what_is_new_is_added(foreign, imported, is_committed):
    imported.write("terms/policy.yml", "title: Our Terms\nlanguage: en\ntime_zone: Asia/Seoul\nacceptance: asked\n")
    if is_committed:
        imported.commit_all("2019-01-01T00:00:00+00:00")
    before = imported.drawn()
    assert again(imported, foreign)["revisions"] == []
    assert imported.drawn() == before
    foreign.commit("2018-01-02T20:00:00+00:00", {"a.md": THREE})
    made = again(imported, foreign)
    assert [one["revision"] for one in made["revisions"]] == ["2018-01-03"]
    assert (made["already"], made["title"]) == (2, "Our Terms")
    assert imported.drawn() == before | {"terms/2018-01-03.md": imported.drawn()["terms/2018-01-03.md"]}
    assert imported.keys("terms", "posted")[-1] == "2018-01-03T05:00:00+09:00"
    imported.commit_all("2019-02-01T00:00:00+00:00")
    assert imported.check() == []


def test_a_revision_that_is_missing_is_brought_back(foreign, imported):
    before = imported.drawn()
    imported.write("terms/2018-01-01.md", None)
    assert [one["revision"] for one in again(imported, foreign)["revisions"]] == ["2018-01-01"]
    assert imported.drawn() == before


def test_what_counsel_wrote_into_an_imported_file_stays(foreign, imported):
    path = "terms/2018-01-02.md"
    own = imported.drawn()[path].replace("change: imported", "change: clarifying\nsummary: It is two now.")
    imported.write(path, own.replace("posted: 2018-01-02T00:00:00+00:00", "posted: 2018-01-02"))
    before = imported.drawn()
    assert again(imported, foreign)["already"] == 2
    assert imported.drawn() == before


def test_a_new_commit_of_an_instant_that_is_there_comes_a_second_later(foreign, imported):
    foreign.commit("2018-01-02T00:00:00+00:00", {"a.md": THREE})
    assert [one["posted"] for one in again(imported, foreign)["revisions"]] == ["2018-01-02T00:00:01+00:00"]


def test_wherever_the_other_repository_lies_its_name_stays(foreign, imported, tmp_path):
    foreign.commit("2018-01-03T00:00:00+00:00", {"a.md": THREE})
    moved = foreign.copy(tmp_path / "moved")
    imported.imports(moved.top, "a.md", "--policy", "terms")
    assert {source.rpartition(" in ")[2] for source in imported.keys("terms", "source")} == {"site-policy"}


def test_the_other_repository_can_be_called_otherwise(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE})
    site.imports(foreign.top, "a.md", "--policy", "terms", "--source-name", "github.com/qstore: policies")
    (source,) = site.keys("terms", "source")
    assert source.endswith(' of a.md in github.com/qstore: policies"')
    assert again(site, foreign)["already"] == 1


def test_all_finds_its_policies_again_by_their_sources(foreign, imported):
    foreign.commit("2018-01-03T00:00:00+00:00", {"a.md": THREE, "b.md": ONE, "terms.md": TWO})
    report = imported.imports(foreign.top, "--all", "*.md")
    assert [(one["policy"], one["already"], len(one["revisions"])) for one in report["policies"]] == [
        ("terms", 2, 1),
        ("b", 0, 1),
        ("terms-2", 0, 1),
    ]
    assert imported.imports(foreign.top, "--all", "*.md")["policies"][1]["already"] == 1


def test_a_dry_run_writes_nothing(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE})

    def files():
        """All but what reading the record leaves for the next reading."""
        return sorted(path for path in site.folder.rglob("*") if ".cache" not in path.parts)

    before = files()
    report = site.imports(foreign.top, "a.md", "--policy", "terms", "--dry-run")
    assert (report["written"], len(report["policies"][0]["revisions"])) == (False, 1)
    assert files() == before


def test_a_site_without_a_commit_can_begin_by_importing(foreign, tmp_path, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE})
    empty = type(site)(tmp_path / "empty", tmp_path / "home")
    empty.imports(foreign.top, "a.md", "--policy", "terms")
    empty.commit_all("2019-01-01T00:00:00+00:00")
    assert empty.check() == []


def test_a_policy_that_was_not_imported_is_refused(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE, "b.md": TWO})
    site.write("terms/policy.yml", "title: T\nlanguage: en\ntime_zone: UTC\n")
    said = site.refused(foreign.top, "a.md", "--policy", "terms")
    assert said == (
        "policy_versions/terms: this policy is there already, and was not imported from `a.md` of that repository\n"
        "  give another name with --policy\n"
    )
    site.imports(foreign.top, "a.md", "--policy", "other")
    assert "was not imported from `b.md`" in site.refused(foreign.top, "b.md", "--policy", "other")


def test_a_history_that_was_rewritten_is_refused(foreign, imported):
    foreign.git("reset", "-q", "--hard", "HEAD^")
    foreign.commit("2018-01-02T00:00:00+00:00", {"a.md": THREE})
    said = imported.refused(foreign.top, "a.md", "--policy", "terms")
    assert said.startswith(
        "policy_versions/terms/2018-01-02.md: it was imported from a commit that is not in the history"
    )


def test_nothing_can_be_added_before_a_recorded_revision(foreign, imported):
    imported.commit_all("2019-01-01T00:00:00+00:00")
    imported.commit("2019-02-01T00:00:00+00:00", {"terms/2019-02-01.md": material()})
    assert again(imported, foreign)["revisions"] == []
    new = foreign.commit("2019-03-01T00:00:00+00:00", {"a.md": THREE})[:12]
    assert imported.refused(foreign.top, "a.md", "--policy", "terms") == (
        f"policy_versions/terms: 1 more of `a.md` cannot be added, the first of them from commit {new}: 2019-02-01 "
        "of this policy is recorded by git already\n"
        "  stated revisions come before the first recorded one (rule 8); post the text with `inforce new` instead\n"
    )


def test_a_record_with_errors_is_mended_first(foreign, imported):
    imported.write("terms/2018-01-01.md", FIRST)
    imported.write("other/2018-01-01.md", FIRST)
    imported.commit_all("2019-01-01T00:00:00+00:00")
    assert "the policy's terms are missing" in imported.refused(foreign.top, "a.md", "--policy", "new")


def test_options_cannot_alter_a_policy_that_is_there(foreign, imported):
    said = imported.refused(foreign.top, "a.md", "--policy", "terms", "--time-zone", "Asia/Seoul", status=2)
    assert said == (
        "--time-zone: `Asia/Seoul`, but policy_versions/terms/policy.yml says `time_zone: UTC`, and is not altered\n"
        "  leave out --time-zone\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["REPO", "A.md", "--policy", "terms"], 1, 'that repository has no file `A.md` (did you mean "a.md"?)'),
        (["REPO", "sub", "--policy", "terms"], 1, "`sub` is a folder of that repository"),
        (["REPO", "--all", "*.txt"], 1, "no file of that repository is meant by `*.txt`"),
        (["REPO", "--all", "[z-a]"], 2, "this is no pattern"),
        (["REPO", "empty.md", "--policy", "terms"], 1, "empty.md: nothing of it can be imported: the text is empty"),
        (["REPO/sub", "b.md", "--policy", "terms"], 1, "this is a folder within the repository"),
        (["REPO/nowhere", "a.md", "--policy", "terms"], 1, "there is no such folder"),
        (["https://git.example/x", "a.md", "--policy", "terms"], 1, "this is an address, not a folder"),
        (["REPO/..", "a.md", "--policy", "terms"], 1, "this is no git repository"),
        (["REPO", "a.md", "--policy", "terms", "--branch", "nxt"], 2, "there is no branch, tag or commit `nxt`"),
        (["REPO", "a.md", "--policy", "terms", "--time-zone", "Seoul"], 2, "`Seoul` is no time zone"),
        (["REPO", "a.md", "--policy", "terms", "--language", "?"], 2, "`language: ?` is no language tag"),
        (["REPO", "a.md", "--policy", "terms", "--encoding", "x"], 2, "`x` is no encoding"),
        (["REPO", "a.md"], 2, "say --policy SLUG"),
        (["REPO"], 2, "say either PATH, for one file, or --all GLOB"),
        (["REPO", "a.md", "--policy", "Terms"], 2, "Try terms."),
        (["REPO", "--all", "*", "--policy", "terms"], 2, "leave out --policy"),
        (["REPO", "--all", "*", "--title", "T"], 2, "leave out --title"),
    ],
)
def test_what_makes_no_sense_is_refused(foreign, site, arguments, status, said):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE, "sub/b.md": TWO, "empty.md": "<!-- -->\n"})
    arguments = [argument.replace("REPO", str(foreign.top)) for argument in arguments]
    assert said in site.refused(*arguments, status=status)


def test_a_history_that_is_not_whole_is_refused(foreign, site, tmp_path):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE})
    foreign.commit("2018-01-02T00:00:00+00:00", {"a.md": TWO})
    foreign.git("clone", "-q", "--depth=1", foreign.top.as_uri(), str(tmp_path / "shallow"))
    assert "this clone is shallow" in site.refused(tmp_path / "shallow", "a.md", "--policy", "terms")
    empty = foreign.git("rev-parse", "HEAD~1:a.md")
    (foreign.top / ".git/objects" / empty[:2] / empty[2:]).unlink()
    assert "not there, or damaged" in site.refused(foreign.top, "a.md", "--policy", "terms")


def test_a_write_that_fails_leaves_nothing(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE, "b.md": TWO})
    site.write("b", None)
    (site.folder / "policy_versions").mkdir()
    (site.folder / "policy_versions/b").write_text("in the way\n")
    said = site.refused(foreign.top, "--all", "*.md")
    told, todo = said.splitlines()
    assert told == "policy_versions/b: the files cannot be written: File exists"
    assert todo == "  nothing was written; mend that, and try again"
    assert sorted(path.name for path in (site.folder / "policy_versions").iterdir()) == ["b"]


def test_all_problems_are_told_together(foreign, imported):
    foreign.commit("2018-01-03T00:00:00+00:00", {"b.md": ONE})
    imported.imports(foreign.top, "--all", "*.md")
    imported.commit_all("2019-01-01T00:00:00+00:00")
    imported.commit("2019-02-01T00:00:00+00:00", {"terms/x.md": material(), "b/x.md": material()})
    foreign.commit("2019-03-01T00:00:00+00:00", {"a.md": THREE, "b.md": THREE, "c.md": ONE})
    said = imported.refused(foreign.top, "--all", "*.md")
    assert "policy_versions/terms: 1 more" in said
    assert "policy_versions/b: 1 more" in said
