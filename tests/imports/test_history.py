"""Which commits of a foreign file become which revisions: the history drawn, and what lies in the folder after."""

import pytest
from repository import Link

from inforce.core.file_names import matching, slug_of

ONE, TWO, THREE = "# Terms\n\nOne.\n", "# Terms\n\nTwo.\n", "# Terms\n\nThree.\n"


def test_a_policy_is_written_whole(foreign, site):
    first = foreign.commit("2018-04-10T09:00:00+09:00", {"Policies/privacy.md": "# Privacy *Policy*\n\nWe keep it.\n"})
    report = site.imports(foreign.top, "Policies/privacy.md", "--policy", "privacy-policy", "--time-zone", "Asia/Seoul")
    assert site.drawn() == {
        "privacy-policy/2018-04-10.md": (
            "---\n"
            "change: imported\n"
            "posted: 2018-04-10T09:00:00+09:00\n"
            f"source: commit {first[:12]} of Policies/privacy.md in site-policy\n"
            "---\n"
            "# Privacy *Policy*\n\nWe keep it.\n"
        ),
        "privacy-policy/policy.yml": "title: Privacy Policy\nlanguage: en\ntime_zone: Asia/Seoul\n",
    }
    assert report["policies"][0]["assumed"] == ["title", "language"]
    assert report["policies"][0]["revisions"] == [
        {
            "commit": first,
            "dated": None,
            "path": "Policies/privacy.md",
            "posted": "2018-04-10T09:00:00+09:00",
            "revision": "2018-04-10",
        }
    ]


def test_what_was_imported_is_posted_by_a_commit_of_ones_own(foreign, site):
    foreign.commit("2018-04-10T09:00:00+00:00", {"a.md": ONE})
    foreign.commit("2018-05-10T09:00:00+00:00", {"a.md": TWO})
    site.imports(foreign.top, "a.md", "--policy", "terms")
    assert site.errors(as_if_posted="2019-12-01T00:00:00+00:00") == []
    site.commit_all("2019-12-01T00:00:00+00:00")
    assert site.check() == []
    assert site.postings() == [
        "2018-04-10T09:00:00+00:00 terms/2018-04-10",
        "2018-05-10T09:00:00+00:00 terms/2018-05-10",
    ]
    assert "imported" in site.inforce("history", "terms").out


def test_white_space_and_front_matter_alone_are_no_change(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE})
    foreign.commit("2018-01-02T00:00:00+00:00", {"a.md": ONE.replace("\n", "\r\n") + "\n\n"})
    foreign.commit("2018-01-03T00:00:00+00:00", {"a.md": f"---\ntitle: Terms\ntags: [a, b]\n---\n\n{ONE}"})
    foreign.commit("2018-01-04T00:00:00+00:00", {"b.md": "other\n"})
    foreign.commit("2018-01-05T00:00:00+00:00", {"a.md": TWO})
    report = site.imports(foreign.top, "a.md", "--policy", "terms")
    assert site.texts("terms") == {"2018-01-01": ONE, "2018-01-05": TWO}
    assert [one["is_dropped"] for one in report["policies"][0]["left_out"]] == [False, False]


def test_a_text_that_returns_is_a_revision(foreign, site):
    for day, text in enumerate([ONE, TWO, ONE], start=1):
        foreign.commit(f"2018-01-0{day}T00:00:00+00:00", {"a.md": text})
    site.imports(foreign.top, "a.md", "--policy", "terms")
    assert site.texts("terms") == {"2018-01-01": ONE, "2018-01-02": TWO, "2018-01-03": ONE}


def test_what_is_not_taken_over_makes_no_revision_and_is_listed(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": f"{ONE}![Logo](a.png)\n"})
    changed = foreign.commit("2018-01-02T00:00:00+00:00", {"a.md": f"{ONE}![Logo](b.png)\n"})
    report = site.imports(foreign.top, "a.md", "--policy", "terms")
    assert site.texts("terms") == {"2018-01-01": f"{ONE}Logo\n"}
    (left_out,) = report["policies"][0]["left_out"]
    assert (left_out["commit"], left_out["is_dropped"]) == (changed, True)
    assert "not taken over" in left_out["reason"]


def test_several_on_one_day_are_numbered_by_the_day_in_the_policys_zone(foreign, site):
    for hour, text in ((1, ONE), (2, TWO), (14, THREE), (16, ONE)):
        foreign.commit(f"2018-01-01T{hour:02}:00:00+00:00", {"a.md": text})
    site.imports(foreign.top, "a.md", "--policy", "terms", "--time-zone", "Asia/Seoul")
    assert site.texts("terms") == {"2018-01-01": ONE, "2018-01-01-2": TWO, "2018-01-01-3": THREE, "2018-01-02": ONE}
    assert site.keys("terms", "posted")[-1] == "2018-01-02T01:00:00+09:00"


def test_of_several_at_one_instant_the_last_counts(foreign, site):
    for text in (ONE, TWO, THREE):
        foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": text})
    report = site.imports(foreign.top, "a.md", "--policy", "terms")
    assert site.texts("terms") == {"2018-01-01": THREE}
    assert len(report["policies"][0]["left_out"]) == 2
    assert all("of the same instant counts" in one["reason"] for one in report["policies"][0]["left_out"])


def test_a_commit_dated_earlier_than_its_predecessor_comes_a_second_after_it(foreign, site):
    foreign.commit("2018-03-01T12:00:00+00:00", {"a.md": ONE})
    foreign.commit("2018-02-01T12:00:00+00:00", {"a.md": TWO})
    foreign.commit("2018-02-02T12:00:00+00:00", {"a.md": ONE})
    foreign.commit("2018-03-01T12:00:01+00:00", {"a.md": TWO})
    site.imports(foreign.top, "a.md", "--policy", "terms")
    assert site.keys("terms", "posted") == [f"2018-03-01T12:00:0{second}+00:00" for second in range(4)]
    first, second, _, fourth = site.keys("terms", "source")
    assert "dated" not in first
    assert second.endswith('; dated 2018-02-01T12:00:00+00:00 there, not later than the commit before it"')
    assert "dated 2018-03-01T12:00:01+00:00" in fourth


def test_renames_are_followed(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"old.md": ONE * 9})
    foreign.git("mv", "old.md", "middle.md")
    foreign.commit("2018-01-02T00:00:00+00:00")
    foreign.git("mv", "middle.md", "new.md")
    foreign.commit("2018-01-03T00:00:00+00:00", {"new.md": ONE * 8 + TWO})
    site.imports(foreign.top, "new.md", "--policy", "terms")
    assert list(site.texts("terms")) == ["2018-01-01", "2018-01-03"]
    old, new = site.keys("terms", "source")
    assert " of old.md in " in old
    assert " of new.md in " in new
    said = site.refused(foreign.top, "old.md", "--policy", "other")
    assert said == (
        "PATH: `old.md` was renamed to `middle.md` in the other repository\n"
        "  import it by its new name: its history is followed through that\n"
    )


def test_a_name_that_was_used_before_belongs_to_the_file_that_was_renamed(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"terms.md": ONE * 9})
    foreign.git("mv", "terms.md", "old-terms.md")
    foreign.commit("2018-01-02T00:00:00+00:00")
    foreign.commit("2018-01-03T00:00:00+00:00", {"terms.md": "# Something else\n"})
    site.imports(foreign.top, "--all", "*.md")
    assert site.texts("terms") == {"2018-01-03": "# Something else\n"}
    assert list(site.texts("old-terms")) == ["2018-01-01"]


def test_a_copy_begins_its_own_history(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE * 9})
    foreign.commit("2018-01-02T00:00:00+00:00", {"b.md": ONE * 9})
    site.imports(foreign.top, "b.md", "--policy", "terms")
    assert list(site.texts("terms")) == ["2018-01-02"]


def test_a_file_that_goes_and_returns_is_one(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE})
    foreign.commit("2018-01-02T00:00:00+00:00", {"a.md": None})
    foreign.commit("2018-01-03T00:00:00+00:00", {"a.md": TWO})
    foreign.commit("2018-01-04T00:00:00+00:00", {"a.md": None})
    site.imports(foreign.top, "a.md", "--policy", "terms")
    assert site.texts("terms") == {"2018-01-01": ONE, "2018-01-03": TWO}


def test_a_merge_counts_as_one_commit(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE})
    foreign.switch("next", "main")
    foreign.commit("2018-01-02T00:00:00+00:00", {"a.md": TWO})
    foreign.commit("2018-01-03T00:00:00+00:00", {"a.md": THREE})
    foreign.switch("main")
    foreign.merge("2018-01-04T00:00:00+00:00", "next")
    site.imports(foreign.top, "a.md", "--policy", "terms")
    assert site.texts("terms") == {"2018-01-01": ONE, "2018-01-04": THREE}


@pytest.mark.parametrize("ref", ["next", "v1", "refs/heads/next"])
def test_another_branch_can_be_named(foreign, site, ref):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE})
    foreign.switch("next", "main")
    foreign.commit("2018-01-02T00:00:00+00:00", {"a.md": TWO})
    foreign.git("tag", "v1")
    foreign.switch("main")
    site.imports(foreign.top, "a.md", "--policy", "terms", "--branch", ref)
    assert list(site.texts("terms")) == ["2018-01-01", "2018-01-02"]


def test_a_bare_repository_a_worktree_and_a_packed_one_are_read_alike(foreign, site, tmp_path):
    foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE})
    foreign.git("clone", "-q", "--bare", str(foreign.top), str(tmp_path / "bare" / "site-policy.git"))
    foreign.git("worktree", "add", "-q", str(tmp_path / "elsewhere"), "-b", "side")
    foreign.git("pack-refs", "--all")
    places = [foreign.top, foreign.top / ".git", tmp_path / "bare" / "site-policy.git", tmp_path / "elsewhere"]
    for number, place in enumerate(places):
        site.imports(place, "a.md", "--policy", f"terms-{number}")
    assert len({site.drawn(f"terms-{number}")[f"terms-{number}/2018-01-01.md"] for number in range(4)}) == 1


def test_nothing_of_the_foreign_repositorys_configuration_counts_or_is_run(foreign, site, tmp_path):
    first = foreign.commit("2018-01-01T00:00:00+00:00", {"a.md": ONE})
    second = foreign.commit("2018-01-02T00:00:00+00:00", {"a.md": TWO})
    ran = tmp_path / "ran"
    for key in ("core.fsmonitor", "core.sshCommand", "diff.external", "core.pager", "uploadpack.packObjectsHook"):
        foreign.git("config", key, f"touch {ran}")
    foreign.git("config", "diff.renames", "false")
    foreign.git("config", "log.showSignature", "true")
    foreign.git("replace", second, first)
    (foreign.top / ".git/info/grafts").write_text(f"{second}\n")
    (foreign.top / ".git/hooks").mkdir(exist_ok=True)
    (foreign.top / ".git/hooks/post-checkout").write_text(f"#!/bin/sh\ntouch {ran}\n")
    site.imports(foreign.top, "a.md", "--policy", "terms")
    assert list(site.texts("terms")) == ["2018-01-01", "2018-01-02"]
    assert not ran.exists()


def test_all_files_that_a_pattern_means_become_policies(foreign, site):
    foreign.commit(
        "2018-01-01T00:00:00+00:00",
        {
            "P/Terms of Use.md": ONE,
            "P/eu/terms-of-use.md": TWO,
            "P/eu terms of use.md": THREE,
            "P/logo.png": b"\x89PNG\x00",
            "x.md": ONE,
        },
    )
    report = site.imports(foreign.top, "--all", "P/**")
    assert [(one["policy"], one["path"]) for one in report["policies"]] == [
        ("terms-of-use", "P/Terms of Use.md"),
        ("eu-terms-of-use", "P/eu terms of use.md"),
        ("eu-terms-of-use-2", "P/eu/terms-of-use.md"),
    ]
    assert report["left_out"] == [{"path": "P/logo.png", "reason": "it is no text: it holds zero bytes"}]


def test_what_is_no_text_is_left_out_and_listed(foreign, site):
    def commit(day, content):
        return foreign.commit(f"2018-01-0{day}T00:00:00+00:00", {"a.md": content})

    commit(1, ONE)
    wrong = {
        commit(2, "Größe\n".encode("latin-1")): "it is not UTF-8",
        commit(3, "<!-- nothing -->\n![](x.png)\n"): "the text is empty",
        commit(4, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n"): "Git LFS",
    }
    foreign.write("a.md", None)
    wrong[commit(5, Link("b.md"))] = "symbolic link"
    foreign.write("a.md", None)
    commit(6, "Zwei\n".encode("utf-16"))
    foreign.write("a.md", TWO)
    wrong[foreign.commit_all("2030-01-01T00:00:00+00:00")] = "dated 2030-01-01"
    report = site.imports(foreign.top, "a.md", "--policy", "terms")
    assert site.texts("terms") == {"2018-01-01": ONE, "2018-01-06": "Zwei\n"}
    told = {one["commit"]: one["reason"] for one in report["policies"][0]["left_out"]}
    assert told.keys() == wrong.keys()
    assert all(wrong[commit] in told[commit] for commit in wrong)


def test_an_encoding_that_somebody_knows_is_taken(foreign, site):
    foreign.commit("2018-01-02T00:00:00+00:00", {"a.md": "Größe\n".encode("latin-1")})
    site.imports(foreign.top, "a.md", "--policy", "terms", "--encoding", "latin-1")
    assert site.texts("terms") == {"2018-01-02": "Größe\n"}


def test_the_title_is_the_texts_first_heading_or_what_stands_for_it(foreign, site):
    texts = {
        "a.md": "Intro\n\nUser `Agreement` &amp; *more*\n=====\n\n# Other\n",
        "b.md": "---\ntitle: 'Terms: the rest'\n---\n## Part\n",
        "c.md": "## Part\n\nText\n",
        "privacy_policy-EU.md": "Text\n",
    }
    foreign.commit("2018-01-01T00:00:00+00:00", texts)
    titles = [one["title"] for one in site.imports(foreign.top, "--all", "*.md")["policies"]]
    assert titles == ["User Agreement & more", "Terms: the rest", "Part", "Privacy policy EU"]


def test_names_of_any_kind_are_shown_as_they_can_be(foreign, site):
    foreign.commit("2018-01-01T00:00:00+00:00", {"Ä \u202e'\"#: x.md": ONE, "약관.md": TWO})
    report = site.imports(foreign.top, "--all", "*")
    site.commit_all("2019-12-01T00:00:00+00:00")
    assert site.check() == []
    assert [one["policy"] for one in report["policies"]] == ["a-x", "policy-5d13b797"]
    assert "of Ä \\u202e'" in site.record().policy("a-x").revisions[0].posting.source
    assert site.imports(foreign.top, "--all", "*")["policies"][0]["already"] == 1


@pytest.mark.parametrize(
    ("pattern", "paths"),
    [
        ("*.md", ["a.md"]),
        ("**/*.md", ["a.md", "b/c.md", "b/d/e.md"]),
        ("b/*", ["b/c.md"]),
        ("b/**", ["b/c.md", "b/d/e.md"]),
        ("?.md", ["a.md"]),
        ("[!b]/*", []),
        ("[a-c]*/*.md", ["b/c.md"]),
        ("**/[ce].md", ["b/c.md", "b/d/e.md"]),
    ],
)
def test_patterns(pattern, paths):
    assert matching(["a.md", "b/c.md", "b/d/e.md", "b.txt/x"][:3], pattern) == paths


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("P/Datenschutzerklärung.md", "datenschutzerklarung"),
        ("P/history.md", "policy-history"),
        ("P/.hidden/v1.2.md", "hidden-v1.2"),
        ("P/" + "x" * 200 + ".md", "x" * 80 + "-bff9c5ee"),
    ],
)
def test_slugs(path, slug):
    assert slug_of(path, "P/**", []) == slug
