"""A draft is what the working tree has and the published branch has not, by git's id of the text."""

import os
import shutil

import pytest
from repository import FIRST, SECOND, TERMS, Link, material, revision

START = {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST}
APRIL = "privacy-policy/2018-04-10.md"
POSTED = "policy_versions/privacy-policy/2014-03-01.md"


@pytest.fixture
def published(repo):
    """Two posted revisions."""
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-02-01T09:00:00+09:00", {"privacy-policy/2018-02-01.md": material()})
    return repo


def _checked_out_anew(repo, git="git"):
    """Have git write every file again, by the attributes and settings of now."""
    for path in (repo.folder / "policy_versions").glob("*/*"):
        path.unlink()
    repo.shell(f"{git} checkout -q HEAD -- $({git} ls-tree -r --name-only HEAD policy_versions)")


def _looked_at(repo):
    """Have git look at the files again when they are no longer new, as any `git status` does."""
    for path in (repo.folder / "policy_versions").rglob("*"):
        os.utime(path, (1_500_000_000, 1_500_000_000))
    repo.git("status")


# What is none


@pytest.mark.parametrize("where", ["--local", "--global"])
@pytest.mark.parametrize(
    "setting", [("core.autocrlf", "true"), ("core.autocrlf", "input"), ("core.eol", "crlf")], ids=str
)
def test_line_ends_by_the_settings_of_the_repository_or_the_user(published, monkeypatch, where, setting):
    monkeypatch.setenv("HOME", str(published.home))
    published.shell(f"env -u GIT_CONFIG_GLOBAL git config {where} {setting[0]} {setting[1]}")
    if setting[0] == "core.eol":
        (published.top / ".git/info/attributes").write_text("* text\n")
    _checked_out_anew(published, "env -u GIT_CONFIG_GLOBAL git")

    assert (b"\r\n" in (published.folder / POSTED).read_bytes()) is (setting[1] != "input")
    assert published.check() == []
    assert published.drafts() == []


@pytest.mark.parametrize(
    "attributes",
    ["* text eol=crlf", "*.md text eol=crlf\n*.yml -text", "* text=auto eol=crlf", "*.md working-tree-encoding=UTF-16"],
    ids=["crlf", "crlf-for-some", "crlf-if-text", "UTF-16"],
)
@pytest.mark.parametrize("place", [".gitattributes", "policy_versions/.gitattributes", ".git/info/attributes"])
def test_line_ends_and_encodings_by_attributes(published, place, attributes):
    (published.top / place).write_text(f"{attributes}\n")
    _checked_out_anew(published)

    assert (published.folder / POSTED).read_bytes() != FIRST.encode()
    assert published.check() == []
    assert published.drafts() == []


def test_idents(repo):
    repo.commit("2018-01-01T09:00:00+09:00", {**START, "privacy-policy/2014-03-01.md": f"{FIRST}\n$Id$\n"})
    (repo.top / ".gitattributes").write_text("*.md ident\n")
    _checked_out_anew(repo)

    assert b"$Id: " in (repo.folder / POSTED).read_bytes()
    assert repo.check() == []
    assert repo.drafts() == []


@pytest.fixture
def filtered(published):
    """Git itself runs the filter's programs on checkout; whoever reads the record does not."""
    (published.top / ".gitattributes").write_text("*.md filter=law\n")
    published.git("config", "filter.law.smudge", "sed s/keep/KEEP/")
    published.git("config", "filter.law.clean", "sed s/KEEP/keep/")
    _checked_out_anew(published)
    assert (published.folder / POSTED).read_text() == FIRST.replace("keep", "KEEP")
    return published


def test_a_filter_program(filtered):
    assert filtered.check() == []
    assert filtered.drafts() == []


def test_a_filter_program_when_git_has_looked_at_the_files_again(filtered):
    _looked_at(filtered)

    assert filtered.check() == []
    assert filtered.drafts() == []


def test_a_filter_program_with_an_index_in_two_files(filtered):
    filtered.git("update-index", "--split-index")
    _looked_at(filtered)

    assert list((filtered.top / ".git").glob("sharedindex.*"))
    assert filtered.check() == []


def test_a_text_that_a_filter_wrote_and_somebody_edited(filtered):
    _looked_at(filtered)
    filtered.write("privacy-policy/2014-03-01.md", SECOND)

    assert [problem.path for problem in filtered.warnings()] == [POSTED]


def test_modes_times_and_ignored_files(published):
    (published.folder / POSTED).chmod(0o755)
    (published.folder / POSTED).touch()
    (published.top / ".gitignore").write_text("*~\n.DS_Store\n")
    published.write("privacy-policy/.DS_Store", b"\0")
    published.write(".2018.md.swp", b"\0")

    assert published.drafts() == []
    assert published.check() == []


# What is one


def test_an_untracked_file(published):
    published.write(APRIL, material())

    assert published.drafts() == ["privacy-policy/2018-04-10"]
    assert published.check() == []
    assert len(published.postings()) == 2


def test_a_staged_file(published):
    published.write(APRIL, material())
    published.git("add", "-A")

    assert published.drafts() == ["privacy-policy/2018-04-10"]


def test_a_file_committed_to_another_branch(published):
    published.switch("counsel", "main")
    published.commit("2018-04-10T09:00:00+09:00", {APRIL: material()})
    assert published.drafts() == ["privacy-policy/2018-04-10"]

    published.switch("main")
    assert published.drafts() == []


def test_a_file_that_is_ignored(published):
    (published.top / ".gitignore").write_text("2018*\n")
    published.write(APRIL, material())

    assert published.drafts() == ["privacy-policy/2018-04-10"]


def test_the_first_draft_of_a_new_policy(published):
    published.write("user-agreement/policy.yml", TERMS)
    published.write("user-agreement/2018-04-10.md", FIRST)

    assert published.drafts() == ["user-agreement/2018-04-10"]
    assert published.check() == []


def test_a_draft_after_another_draft(published):
    published.write(APRIL, material("effective: 2020-06-01"))
    published.write("privacy-policy/2018-05-01.md", material("overtakes: [2018-04-10]"))

    assert published.drafts() == ["privacy-policy/2018-04-10", "privacy-policy/2018-05-01"]
    assert published.check() == []


def test_a_broken_draft_of_the_branch_mended_in_the_working_tree(published):
    published.commit("2018-04-10T09:00:00+09:00", {APRIL: revision("sumary: typo")})
    published.write(APRIL, material())

    assert published.drafts() == ["privacy-policy/2018-04-10"]
    assert [problem.path for problem in published.errors()][:1] == [f"policy_versions/{APRIL}"]


# Posted files in the working tree


@pytest.mark.parametrize(
    "content", [SECOND, b"\xff", "", None, Link("elsewhere"), FIRST.replace("\n", "\r\n")], ids=repr
)
def test_a_posted_file_altered_in_the_working_tree_is_a_warning(published, content):
    before = published.record()
    published.write("privacy-policy/2014-03-01.md", content)

    warnings = [problem for problem in published.warnings() if problem.path == POSTED]
    assert len(warnings) == 1
    assert "post a new revision" in warnings[0].todo
    assert published.record() == before
    assert published.drafts() == []

    published.shell(warnings[0].todo.split("`")[1])
    assert published.check() == []


def test_a_link_in_the_place_of_a_posted_file_is_no_error_until_it_is_committed(published):
    published.write("privacy-policy/2014-03-01.md", Link("elsewhere"))

    assert published.errors() == []
    assert published.publishes()


def test_a_working_tree_that_lies_before_a_posting_lacks_nothing(published):
    published.commit("2018-04-10T09:00:00+09:00", {APRIL: material()})
    published.git("checkout", "-q", "--detach", "HEAD~")

    assert published.check() == []
    assert published.drafts() == []


def test_everything_removed_from_the_working_tree(published):
    shutil.rmtree(published.folder / "policy_versions")

    warnings = published.check()
    assert {problem.is_error for problem in warnings} == {False}
    published.shell(warnings[0].todo.split("`")[1])
    assert published.check() == []


def test_the_only_posted_file_removed_is_told_by_its_name(repo):
    """The way out must not sweep away what else is being worked on."""
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.write("privacy-policy/2014-03-01.md", None)
    repo.write("privacy-policy/policy.yml", f"{TERMS}contact: Somebody\n")

    assert [problem.path for problem in repo.warnings()] == [POSTED]


# Mistakes in drafts


WRONG = {
    "key": (revision("change: material\nsumary: More."), f"policy_versions/{APRIL}:3"),
    "day": (material("effective: 2019-12-31"), f"policy_versions/{APRIL}:4"),
    "text": (material(text="![a](b.png)\n"), f"policy_versions/{APRIL}:5"),
    "bytes": (b"\xff", f"policy_versions/{APRIL}:1"),
}


@pytest.mark.parametrize(("content", "place"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_in_a_draft_is_a_warning_and_judged_as_if_posted_an_error(published, content, place):
    published.write(APRIL, content)

    as_it_is = published.check()
    assert {(f"{one.path}:{one.line}", one.is_error) for one in as_it_is} == {(place, False)}
    assert published.publishes()
    as_if_posted = published.check(as_if_posted="2020-01-01T00:00:00+09:00")
    assert {(f"{one.path}:{one.line}", one.is_error) for one in as_if_posted} == {(place, True)}


def test_a_draft_is_judged_at_the_instant_that_is_given(published):
    published.write(APRIL, material("effective: 2020-06-01"))

    assert published.errors(as_if_posted="2020-06-01T23:59:59+09:00") == []
    late = published.errors(as_if_posted="2020-06-02T00:00:00+09:00")
    assert late
    assert all("2020-06-01, before the day of its posting, 2020-06-02" in one.what for one in late)


def test_a_bare_day_is_its_first_instant_in_the_policys_time_zone(repo):
    new_york = TERMS.replace("Asia/Seoul", "America/New_York")
    repo.commit("2018-01-01T09:00:00-05:00", {**START, "privacy-policy/policy.yml": new_york})
    repo.write(APRIL, material("effective: 2020-05-31"))

    said = repo.inforce("check", "--as-if-posted", "2020-06-01")
    assert said.status == 1
    assert "takes effect on 2020-05-31, before the day of its posting, 2020-06-01" in said.err


def test_mistakes_in_places_and_terms_of_the_working_tree_are_no_errors_of_the_record(published):
    """What is not on the branch stops no publishing: a warning, and an error only as if posted."""
    published.write("privacy-policy/April.md", material())
    published.write("privacy-policy/policy.yml", f"{TERMS}tittle: Typo\n")
    published.write("terms", Link("privacy-policy"))

    assert published.publishes()
    assert [problem.path for problem in published.errors()] == []
    assert [problem.path for problem in published.errors(as_if_posted="2020-01-01T00:00:00+09:00")] == [
        "policy_versions/privacy-policy/April.md",
        "policy_versions/privacy-policy/policy.yml",
        "policy_versions/terms",
    ]


def test_a_link_in_the_place_of_terms_is_told_as_what_it_is(published):
    published.write("user-agreement/policy.yml", Link("../privacy-policy/policy.yml"))

    assert [problem.line for problem in published.check() if problem.path.endswith("policy.yml")] == [None]


def test_a_dead_link_in_a_draft_is_told_before_it_is_posted_for_ever(published):
    text = "# Policy\n\n## Fees\n\n[a](2014-3-1.md) [b](#fees) [c](#nix) [d](../members/) [e](2014-03-01.md) [f](https://a.b/)\n"
    published.write("privacy-policy/next.md", material(text=text))

    found = published.errors(as_if_posted="2019-01-01T00:00:00+09:00")
    assert sorted(problem.what.split(", which")[0] for problem in found) == [
        "a link leads to #nix",
        "a link leads to privacy-policy/2014-3-1/",
    ]
    assert published.errors() == []


def test_a_character_for_which_no_font_is_there_is_told_before_it_is_posted(published):
    """Once posted, it could be archived with a further font alone."""
    published.write(APRIL, material("", "# Privacy Policy\n\nWe 🫠 keep\n𒀀 what you tell us: 🍾.\n"))
    options = "{archive: archive}"
    (published.folder / "mkdocs.yml").write_text(f"site_name: Q\nplugins: [{{inforce: {options}}}]\n")
    said = published.run(str(published.command), "check", "--as-if-posted", "now", status=1)
    assert said.err.splitlines()[::2] == [
        "policy_versions/privacy-policy/2018-04-10.md:7: no font for PDFs has the character U+1FAE0 (MELTING FACE)",
        "policy_versions/privacy-policy/2018-04-10.md:8: no font for PDFs has the character U+12000 (CUNEIFORM SIGN A)",
    ]
    options = "{archive: archive, fonts: [Noto Sans Cuneiform]}"
    (published.folder / "mkdocs.yml").write_text(f"site_name: Q\nplugins: [{{inforce: {options}}}]\n")
    said = published.run(str(published.command), "check", status=0)
    assert said.err.startswith("policy_versions/privacy-policy/2018-04-10.md:7: warning: no font for PDFs has ")
    assert "CUNEIFORM" not in said.err


def test_such_a_character_in_the_newest_posted_revision_is_told_once(published):
    """It is told before the archive is made: by a warning, because a posted text cannot be mended."""
    text = "# Privacy Policy\n\nWe 🫠 keep\n𒀀 what you tell us.\n"
    published.commit("2018-04-10T09:00:00+09:00", {APRIL: material("", text)})
    (published.folder / "mkdocs.yml").write_text("site_name: Q\nplugins: [{inforce: {archive: archive}}]\n")
    said = published.run(str(published.command), "check", status=0)
    named = "U+1FAE0 (MELTING FACE), U+12000 (CUNEIFORM SIGN A)"
    assert said.err.splitlines() == [
        f"policy_versions/privacy-policy/2018-04-10.md:7: warning: no font for PDFs has {named}",
        "  install fonts that have them and name their families in the option `fonts`: else it is not archived",
    ]
    (published.folder / "mkdocs.yml").write_text("site_name: Q\nplugins: [{inforce: {archive: ''}}]\n")
    assert published.run(str(published.command), "check", status=0).err == ""
