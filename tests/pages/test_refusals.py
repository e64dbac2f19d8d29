"""What a build refuses: with one clear error, and the site that was there untouched."""

import json

import pytest
from repository import FIRST, TERMS

WHEN = "2018-01-01T00:00:00+09:00"
GOOD = {"privacy-policy/policy.yml": TERMS, "privacy-policy/2018-01-01.md": FIRST}


@pytest.fixture
def small(repo):
    (repo.folder / "docs").mkdir()
    (repo.folder / "docs" / "index.md").write_text("# Policies\n")
    return repo


def test_a_record_with_errors_is_not_published_and_the_old_site_stays(small, build):
    small.commit(WHEN, GOOD)
    site = build(small)[0]
    before = (site / "index.html").read_bytes()
    small.commit(WHEN, {"privacy-policy/2018-02-01.md": "---\nchange: huge\n---\nText.\n", "notes/2018.md": "Text.\n"})
    _, said = build(small, status=1)
    assert "nothing is published" in said.err
    assert "policy_versions/privacy-policy/2018-02-01.md:2: `change: huge` is not understood" in said.err
    assert "policy_versions/notes/2018.md: its policy has no policy.yml" in said.err
    assert "Traceback" not in said.err
    assert (site / "index.html").read_bytes() == before


def test_every_wrong_option_is_told_together(small, build):
    small.commit(WHEN, GOOD)
    (small.folder / "mkdocs.yml").write_text("site_name: Q\nplugins: [{inforce: {branhc: main, previous: 3}}]\n")
    _, said = build(small, status=1)
    assert 'there is no option `branhc` (did you mean "branch"?)' in said.err
    assert "previous" in said.err
    told = small.inforce("check")
    assert told.status == 2
    assert told.err.startswith("mkdocs.yml: plugins: inforce: ")
    assert "branhc" in told.err
    assert "previous" in told.err


def test_addresses_are_for_ever_and_so_directory_urls_stay_on(small, build):
    small.commit(WHEN, GOOD)
    (small.folder / "mkdocs.yml").write_text("site_name: Q\nuse_directory_urls: false\nplugins: [inforce]\n")
    assert "`use_directory_urls` is off" in build(small, status=1)[1].err


def test_a_page_of_ones_own_may_not_stand_where_a_policy_is(small, build):
    small.commit(WHEN, GOOD)
    (small.folder / "docs" / "privacy-policy.md").write_text("# Mine\n")
    assert "stands where the policy `privacy-policy` is" in build(small, status=1)[1].err


def test_drafts_are_left_out_of_a_build(small, build):
    small.commit(WHEN, GOOD)
    small.write("privacy-policy/2018-02-01.md", "---\nchange: clarifying\nsummary: Clearer.\n---\nDraft text.\n")
    site = build(small)[0]
    assert not (site / "privacy-policy/2018-02-01").exists()
    assert "Draft" not in (site / "privacy-policy/index.html").read_text()


def test_the_previous_build_holds_the_next_one(small, build):
    small.commit(WHEN, GOOD)
    (small.folder / "mkdocs.yml").write_text("site_name: Q\nplugins: [{inforce: {previous: old.json}}]\n")
    assert "old.json: the previous build's postings cannot be read" in build(small, status=1)[1].err
    posting = {"policy": "privacy-policy", "revision": "2017-01-01", "posted": "2017-01-01T00:00:00+09:00"}
    line = {**posting, "digest": "0" * 64, "commit": "0" * 40}
    (small.folder / "old.json").write_text(json.dumps({"postings": [line]}))
    assert "privacy-policy/2017-01-01.md: the previous build published this revision" in build(small, status=1)[1].err


def test_without_a_posting_the_site_says_so(small, build):
    small.commit(WHEN, {})
    site = build(small)[0]
    assert "No policy is posted yet." in (site / "index.html").read_text()


def test_nothing_that_counsel_writes_becomes_markup(small, build):
    """Titles, summaries, sources and contacts are text, wherever they are shown."""
    evil = "</title><script>alert(1)</script>\"'&<b>"
    terms = (
        TERMS.replace("Privacy Policy", f"'{evil.replace(chr(39), chr(39) * 2)}'")
        + "contact: <script>alert(2)</script>\n"
    )
    small.commit(
        WHEN,
        {
            "privacy-policy/policy.yml": terms,
            "privacy-policy/2014.md": "---\nposted: 2014-01-01\nsource: <script>alert(3)</script>\n---\n"
            "## A `<b>` &lt;img src=x onerror=alert(6)&gt; B\n",
            "privacy-policy/2015.md": "---\nchange: clarifying\nsummary: <script>alert(4)</script>\n---\nText.\n",
        },
    )
    site = build(small)[0]
    for path in site.rglob("*.html"):
        source = path.read_text()
        assert "<script>alert" not in source
        assert "<img src=x" not in source
        head = source.partition("</head>")[0]
        assert head.count("<title>") == head.count("</title>") == 1
        assert source.count("<title") == source.count("</title>")  # A picture's bars have titles too.
