"""Rule 1: a revision is posted by the first commit of the published branch's first-parent history that has it."""

from repository import FIRST, SECOND, TERMS, material, revision

START = {"privacy-policy/policy.yml": TERMS, "privacy-policy/2014-03-01.md": FIRST}
APRIL = {"privacy-policy/2018-04-10.md": material()}
MAY = {"privacy-policy/2018-05-01.md": material(text=FIRST)}


def test_the_root_commit_posts(repo):
    root = repo.commit("2014-03-01T09:00:00+09:00", START)

    assert repo.check() == []
    assert repo.postings() == ["2014-03-01T09:00:00+09:00 privacy-policy/2014-03-01"]
    assert repo.posted_by() == {"privacy-policy/2014-03-01": root}


def test_the_committers_date_counts_and_not_the_authors(repo):
    repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.commit("2018-04-01T12:00:00+09:00", APRIL)
    repo.shell(
        "GIT_COMMITTER_DATE='@1523318400 +0900' git commit -q --amend --no-edit"  # 2018-04-10T09:00:00+09:00
    )

    assert repo.git("log", "-1", "--format=%aI %cI") == "2018-04-01T12:00:00+09:00 2018-04-10T09:00:00+09:00"
    assert repo.postings()[1:] == ["2018-04-10T09:00:00+09:00 privacy-policy/2018-04-10"]


def test_a_merge_posts_what_was_written_on_its_branch(repo):
    """
    main   o-------M
            \\     /
    counsel  o---o
    """
    start = repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.switch("counsel", start)
    repo.commit("2018-04-01T09:00:00+09:00", {"privacy-policy/2018-04-10.md": "to be written"})
    repo.commit("2018-04-02T09:00:00+09:00", APRIL)
    repo.switch("main")
    merge = repo.merge("2018-04-10T09:00:00+09:00", "counsel")

    assert repo.check() == []
    assert repo.postings()[1:] == ["2018-04-10T09:00:00+09:00 privacy-policy/2018-04-10"]
    assert repo.posted_by()["privacy-policy/2018-04-10"] == merge


def test_a_fast_forward_posts_with_the_commits_of_the_branch(repo):
    start = repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.switch("counsel", start)
    written = repo.commit("2018-04-02T09:00:00+09:00", APRIL)
    repo.commit("2018-04-03T09:00:00+09:00")
    repo.switch("main")
    repo.git("merge", "-q", "--ff-only", "counsel")

    assert repo.postings()[1:] == ["2018-04-02T09:00:00+09:00 privacy-policy/2018-04-10"]
    assert repo.posted_by()["privacy-policy/2018-04-10"] == written


def test_a_squash_posts_with_its_one_commit(repo):
    start = repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.switch("counsel", start)
    repo.commit("2018-04-01T09:00:00+09:00", {"privacy-policy/2018-04-10.md": "to be written"})
    repo.commit("2018-04-02T09:00:00+09:00", APRIL)
    repo.switch("main")
    repo.git("merge", "-q", "--squash", "counsel")
    squash = repo.commit("2018-04-10T09:00:00+09:00")

    assert repo.postings()[1:] == ["2018-04-10T09:00:00+09:00 privacy-policy/2018-04-10"]
    assert repo.posted_by()["privacy-policy/2018-04-10"] == squash


def test_a_rebase_posts_at_the_instant_of_the_rebase(repo):
    start = repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.switch("counsel", start)
    repo.commit("2018-04-02T09:00:00+09:00", APRIL)
    repo.switch("main")
    repo.commit("2018-04-05T09:00:00+09:00")
    repo.switch("counsel")
    repo.git("rebase", "-q", "main", when="2018-04-10T09:00:00+09:00")
    repo.switch("main")
    repo.git("merge", "-q", "--ff-only", "counsel")

    assert repo.postings()[1:] == ["2018-04-10T09:00:00+09:00 privacy-policy/2018-04-10"]


def test_a_foxtrot_merge_posts_the_others_work_at_its_own_instant(repo):
    """Counsel pulls into her own main and pushes: her commits are the first parents now.

    origin  o---A---
             \\      \\
    main      B------M
    """
    start = repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.switch("origin", start)
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)
    repo.switch("main")
    mine = repo.commit("2018-05-01T09:00:00+09:00", MAY)
    merge = repo.merge("2018-05-02T09:00:00+09:00", "origin")

    assert repo.check() == []
    assert repo.postings()[1:] == [
        "2018-05-01T09:00:00+09:00 privacy-policy/2018-05-01",
        "2018-05-02T09:00:00+09:00 privacy-policy/2018-04-10",
    ]
    posted_by = repo.posted_by()
    assert (posted_by["privacy-policy/2018-05-01"], posted_by["privacy-policy/2018-04-10"]) == (mine, merge)


def test_an_octopus_posts_the_work_of_every_arm_by_name(repo):
    start = repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.switch("one", start)
    repo.commit("2018-05-01T09:00:00+09:00", MAY)
    repo.switch("two", start)
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)
    repo.switch("main")
    repo.commit("2018-05-02T09:00:00+09:00")
    octopus = repo.merge("2018-05-03T09:00:00+09:00", "one", "two")

    assert repo.git("rev-list", "--parents", "-1", octopus).count(" ") == 3
    assert repo.postings()[1:] == [
        "2018-05-03T09:00:00+09:00 privacy-policy/2018-04-10",
        "2018-05-03T09:00:00+09:00 privacy-policy/2018-05-01",
    ]


def test_a_merge_posts_a_file_that_came_with_none_of_its_parents(repo):
    start = repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.switch("counsel", start)
    repo.commit("2018-04-02T09:00:00+09:00")
    repo.switch("main")
    repo.git("merge", "-q", "--no-ff", "--no-commit", "counsel")
    evil = repo.commit("2018-04-10T09:00:00+09:00", APRIL)

    assert repo.git("rev-list", "--parents", "-1", evil).count(" ") == 2
    assert repo.posted_by()["privacy-policy/2018-04-10"] == evil


def test_a_merge_that_itself_alters_a_posted_text_is_the_one_to_blame(repo):
    start = repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.switch("counsel", start)
    repo.commit("2018-04-02T09:00:00+09:00")
    repo.switch("main")
    repo.git("merge", "-q", "--no-ff", "--no-commit", "counsel")
    evil = repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2014-03-01.md": SECOND})

    assert [(problem.path, problem.commit) for problem in repo.errors()] == [
        ("policy_versions/privacy-policy/2014-03-01.md", evil)
    ]


def test_what_a_merge_leaves_out_is_not_posted(repo):
    start = repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.switch("counsel", start)
    repo.commit("2018-04-02T09:00:00+09:00", APRIL)
    repo.switch("main")
    repo.merge("2018-04-10T09:00:00+09:00", "counsel", how=("--no-ff", "-s", "ours"))

    assert repo.check() == []
    assert repo.postings() == ["2014-03-01T09:00:00+09:00 privacy-policy/2014-03-01"]


def test_a_text_altered_and_restored_on_a_branch_was_never_altered(repo):
    start = repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.switch("counsel", start)
    repo.commit("2018-04-02T09:00:00+09:00", {"privacy-policy/2014-03-01.md": SECOND})
    repo.commit("2018-04-03T09:00:00+09:00", START)
    repo.switch("main")
    repo.merge("2018-04-10T09:00:00+09:00", "counsel")

    assert repo.check() == []


def test_a_history_with_another_beginning_can_be_merged(repo):
    repo.commit("2014-03-01T09:00:00+09:00", START)
    repo.git("checkout", "-q", "--orphan", "elsewhere")
    repo.git("rm", "-rfq", ".")
    repo.commit(
        "2013-01-01T09:00:00+09:00", {"user-agreement/policy.yml": TERMS, "user-agreement/2013-01-01.md": FIRST}
    )
    repo.switch("main")
    repo.merge("2018-04-10T09:00:00+09:00", "elsewhere", how=("--no-ff", "--allow-unrelated-histories"))

    assert repo.check() == []
    assert repo.postings() == [
        "2014-03-01T09:00:00+09:00 privacy-policy/2014-03-01",
        "2018-04-10T09:00:00+09:00 user-agreement/2013-01-01",
    ]


def test_a_commit_dated_before_its_predecessor_takes_the_predecessors_instant(repo):
    repo.commit("2018-04-10T09:00:00+09:00", START)
    repo.commit("2018-04-09T09:00:00+09:00", APRIL)

    assert repo.postings() == [
        "2018-04-10T09:00:00+09:00 privacy-policy/2014-03-01",
        "2018-04-10T09:00:00+09:00 privacy-policy/2018-04-10",
    ]


def test_the_record_never_runs_backwards_even_by_a_commit_that_is_about_something_else(repo):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    (repo.folder / "README.md").write_text("About the site.\n")
    repo.commit("2018-04-20T09:00:00+09:00")
    repo.commit("2018-04-10T09:00:00+09:00", APRIL)
    repo.commit("2018-04-11T09:00:00+09:00", MAY)
    repo.commit("2018-06-01T09:00:00+09:00", {"privacy-policy/2018-06-01.md": material()})

    assert repo.postings() == [
        "2018-01-01T09:00:00+09:00 privacy-policy/2014-03-01",
        "2018-04-20T09:00:00+09:00 privacy-policy/2018-04-10",
        "2018-04-20T09:00:00+09:00 privacy-policy/2018-05-01",
        "2018-06-01T09:00:00+09:00 privacy-policy/2018-06-01",
    ]


def test_the_date_of_a_commit_on_a_merged_branch_is_no_earlier_commit_of_the_history(repo):
    start = repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.switch("counsel", start)
    repo.commit("2018-06-01T09:00:00+09:00", APRIL)
    repo.switch("main")
    repo.merge("2018-04-10T09:00:00+09:00", "counsel")

    assert repo.postings()[1:] == ["2018-04-10T09:00:00+09:00 privacy-policy/2018-04-10"]


def test_revisions_of_one_commit_stand_in_the_order_of_their_names(repo):
    repo.commit(
        "2018-04-10T09:00:00+09:00",
        {
            "privacy-policy/policy.yml": TERMS,
            "privacy-policy/c.md": material("effective: 2018-06-01\nkeeps: [b]"),
            "privacy-policy/a.md": FIRST,
            "privacy-policy/b.md": material("effective: 2018-05-10"),
        },
    )

    assert repo.errors() == []
    assert [line.split("/")[1] for line in repo.postings()] == ["a", "b", "c"]


def test_a_name_that_begins_another_name_comes_first(repo):
    repo.commit(
        "2018-04-10T09:00:00+09:00",
        {
            "privacy-policy/policy.yml": TERMS,
            "privacy-policy/2018.md": FIRST,
            "privacy-policy/2018-2.md": material(),
            "privacy-policy/2018.1.md": material(),
        },
    )

    assert [line.split("/")[1] for line in repo.postings()] == ["2018", "2018-2", "2018.1"]


def test_terms_that_come_later_post_the_revisions_that_waited_for_them(repo):
    repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2014-03-01.md": FIRST})
    assert [problem.path for problem in repo.errors()] == [
        "policy_versions/privacy-policy/2014-03-01.md",
        "policy_versions/privacy-policy/policy.yml",
    ]

    terms = repo.commit("2018-04-11T09:00:00+09:00", {"privacy-policy/policy.yml": TERMS})
    assert repo.check() == []
    assert repo.posted_by() == {"privacy-policy/2014-03-01": terms}


def test_a_draft_removed_before_it_could_be_read_leaves_nothing_behind(repo):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2018-04-10.md": revision("sumary: typo")})
    repo.commit("2018-04-11T09:00:00+09:00", {"privacy-policy/2018-04-10.md": None})

    assert repo.check() == []
    assert repo.postings() == ["2018-01-01T09:00:00+09:00 privacy-policy/2014-03-01"]


def test_policies_are_posted_apart_from_each_other(repo):
    repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.commit(
        "2018-02-01T09:00:00-05:00",
        {
            "user-agreement/policy.yml": TERMS.replace("Asia/Seoul", "America/New_York"),
            "user-agreement/2018-02-01.md": FIRST,
        },
    )

    assert repo.check() == []
    assert repo.postings() == [
        "2018-01-01T09:00:00+09:00 privacy-policy/2014-03-01",
        "2018-02-01T09:00:00-05:00 user-agreement/2018-02-01",
    ]


def test_what_happens_on_other_branches_is_not_published(repo):
    start = repo.commit("2018-01-01T09:00:00+09:00", START)
    repo.switch("counsel", start)
    repo.commit("2018-04-10T09:00:00+09:00", {"privacy-policy/2014-03-01.md": SECOND, **APRIL})
    repo.switch("main")

    assert repo.check() == []
    assert repo.postings() == ["2018-01-01T09:00:00+09:00 privacy-policy/2014-03-01"]
