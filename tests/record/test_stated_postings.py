"""Rule 8: a revision published before this record existed states when, and whence that is known."""

from repository import FIRST, TERMS, material, revision

YML = {"privacy-policy/policy.yml": TERMS}
LOG = "source: Publication log of the legal department"


def _stated(posted, more=""):
    return revision(f"posted: {posted}\n{LOG}\n{more}", FIRST)


def test_stated_postings_stand_at_their_instants_and_say_whence(repo):
    commit = repo.commit(
        "2020-01-01T09:00:00+09:00",
        {
            **YML,
            "privacy-policy/first.md": _stated("2014-03-01"),
            "privacy-policy/second.md": _stated("2016-03-01T12:00:00Z", "change: imported"),
            "privacy-policy/third.md": _stated("2018-04-10T09:00:00+09:00", "change: material\nsummary: More."),
        },
    )

    assert repo.check(now="2020-02-01T00:00:00+09:00") == []
    assert repo.postings() == [
        "2014-03-01T00:00:00+09:00 privacy-policy/first",
        "2016-03-01T21:00:00+09:00 privacy-policy/second",
        "2018-04-10T09:00:00+09:00 privacy-policy/third",
    ]
    postings = [one.posting for one in repo.record().postings()]
    assert {(one.is_stated, one.source, one.commit) for one in postings} == {
        (True, "Publication log of the legal department", commit)
    }


def test_stated_postings_stand_by_their_instants_whatever_they_are_called(repo):
    repo.commit(
        "2019-01-01T09:00:00+09:00",
        {
            **YML,
            "privacy-policy/a.md": _stated("2016-03-01", "change: imported"),
            "privacy-policy/b.md": _stated("2014-03-01"),
        },
    )

    assert repo.check() == []
    assert [line.split("/")[1] for line in repo.postings()] == ["b", "a"]


def test_a_stated_posting_may_come_with_the_first_recorded_one(repo):
    repo.commit(
        "2019-01-01T09:00:00+09:00",
        {**YML, "privacy-policy/z.md": _stated("2014-03-01"), "privacy-policy/a.md": material()},
    )

    assert repo.check() == []
    assert repo.postings() == [
        "2014-03-01T00:00:00+09:00 privacy-policy/z",
        "2019-01-01T09:00:00+09:00 privacy-policy/a",
    ]


def test_older_ones_may_be_stated_later_as_long_as_nothing_is_recorded(repo):
    repo.commit("2019-01-01T09:00:00+09:00", {**YML, "privacy-policy/b.md": _stated("2016-03-01")})
    repo.commit("2019-01-02T09:00:00+09:00", {"privacy-policy/a.md": _stated("2014-03-01")})

    assert repo.check() == []
    assert [line.split("/")[1] for line in repo.postings()] == ["a", "b"]


def test_nothing_is_stated_after_the_first_recorded_posting(repo):
    repo.commit("2019-01-01T09:00:00+09:00", {**YML, "privacy-policy/2019-01-01.md": FIRST})
    recorded = repo.posted_by()["privacy-policy/2019-01-01"]
    repo.commit("2019-02-01T09:00:00+09:00", {"privacy-policy/a.md": _stated("2014-03-01")})

    (problem,) = repo.errors()
    assert f"comes after 2019-01-01, which git recorded in commit {recorded[:12]}" in problem.what
    assert len(repo.postings()) == 1


def test_another_policys_recorded_postings_are_no_hindrance(repo):
    repo.commit("2019-01-01T09:00:00+09:00", {**YML, "privacy-policy/2019-01-01.md": FIRST})
    repo.commit(
        "2019-02-01T09:00:00+09:00",
        {"user-agreement/policy.yml": TERMS, "user-agreement/2014-03-01.md": _stated("2014-03-01")},
    )

    assert repo.check() == []
    assert repo.postings()[0] == "2014-03-01T00:00:00+09:00 user-agreement/2014-03-01"


def test_what_is_stated_lies_before_the_commit_that_brings_it(repo):
    repo.commit("2019-01-01T09:00:00+09:00", {**YML, "privacy-policy/a.md": _stated("2019-01-01T09:00:00+09:00")})
    assert ["not before the commit" in problem.what for problem in repo.errors()] == [True]

    repo.commit("2019-01-02T09:00:00+09:00", {"privacy-policy/a.md": _stated("2019-01-01T09:00:01+09:00")})
    assert repo.errors() == []


def test_a_day_stated_lies_in_the_zone_of_the_terms_of_that_commit(repo):
    repo.commit("2019-01-01T09:00:00+09:00", {**YML, "privacy-policy/a.md": _stated("2014-03-01")})
    repo.commit("2019-02-01T09:00:00+09:00", {"privacy-policy/policy.yml": TERMS.replace("Asia/Seoul", "UTC")})

    assert repo.check() == []
    assert repo.postings() == ["2014-03-01T00:00:00+09:00 privacy-policy/a"]


def test_an_older_one_that_would_have_been_scheduled_at_a_younger_posting_is_refused_and_mended(repo):
    repo.commit("2019-01-01T09:00:00+09:00", {**YML, "privacy-policy/b.md": _stated("2016-03-01")})
    wrong = _stated("2014-03-01", "effective: 2017-01-01")
    repo.commit("2019-01-02T09:00:00+09:00", {"privacy-policy/a.md": wrong})
    assert ["would still be scheduled at the posting of b" in problem.what for problem in repo.errors()] == [True]

    repo.commit("2019-01-03T09:00:00+09:00", {"privacy-policy/a.md": _stated("2014-03-01", "effective: 2015-01-01")})
    assert repo.errors() == []
