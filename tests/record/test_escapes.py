"""Rule 10 for what counsel writes in YAML: an escape brings in no character that a file may not have as it stands."""

import pytest
from qstore_site import BEFORE, CONFIG, FIRST, build  # noqa: F401 - a fixture
from repository import TERMS, material

from inforce.formats.policy_file import parse_terms
from inforce.formats.revision_file import parse_revision
from inforce.formats.strict_yaml import parse_mapping

NOTICES = CONFIG.replace("archive: ''", "archive: '', notices: {authority: qstore.example, year: 2014}")
HIDDEN = [
    (r"Ring \a bell", "U+0007 a control character cannot be seen, and is not allowed"),
    (r"A\x7fB", "U+007F a control character cannot be seen"),
    (r"A\x9bB", "U+009B a control character cannot be seen"),
    (r"A\uFFFFB", "U+FFFF a control character cannot be seen"),
    (r"A\U000E0041B", "U+E0041 TAG LATIN CAPITAL LETTER A cannot be seen"),
    (r"A\u200BB", "U+200B ZERO WIDTH SPACE cannot be seen"),
    (r"A\u202EB", "U+202E RIGHT-TO-LEFT OVERRIDE turns the direction of the text round it"),
    (r"A\u2066B", "U+2066 LEFT-TO-RIGHT ISOLATE turns the direction"),
    (r"A\u200CB", "U+200C ZERO WIDTH NON-JOINER cannot be seen"),
    (r"Cafe\u0301", "letters and their accents are written apart"),
]
NEEDED = [
    (r"می\u200Cخواهیم", "می\u200cخواهیم"),
    (r"क्\u200Dष", "क्\u200dष"),
    (r"سياسة Qstore\u200F", "سياسة Qstore\u200f"),
    (r"葛\U000E0100", "葛\U000e0100"),
    (r"Caf\u00E9 \u2014 \U0001F512", "Café — 🔒"),
]
each_hidden = pytest.mark.parametrize(("escaped", "told"), HIDDEN, ids=[escaped for escaped, _ in HIDDEN])


@each_hidden
@pytest.mark.parametrize("key", ["title", "summary", "source"])
def test_front_matter_with_it_is_refused_where_it_stands(key, escaped, told):
    written = material("", "# Policy\n").replace("summary: We now keep your orders.\n", "")
    data = written.replace("---\n# ", f'{key}: "{escaped}"\n---\n# ').encode()

    faults = parse_revision(data).faults
    assert [fault.line for fault in faults] == [3]
    assert told in faults[0].what


@each_hidden
@pytest.mark.parametrize("key", ["title", "contact"])
def test_terms_with_it_are_refused_where_it_stands(key, escaped, told):
    others = [line for line in TERMS.splitlines() if not line.startswith(key)]

    [fault] = parse_terms("\n".join([*others, f'{key}: "{escaped}"']).encode()).faults
    assert told in fault.what
    assert fault.line == len(others) + 1


def test_each_item_of_a_list_is_told_with_its_line():
    data = material().replace("summary: We", 'summary:\n  - "A\\u200BB"\n  - "C\\aD"\n  - We').encode()

    assert [(fault.line, fault.what[:6]) for fault in parse_revision(data).faults] == [(4, "U+200B"), (5, "U+0007")]


@pytest.mark.parametrize(("escaped", "meant"), NEEDED)
def test_what_its_script_needs_may_be_escaped_as_it_may_stand_there(escaped, meant):
    as_it_stands, by_escapes = (parse_mapping(f'summary: "{words}"').values["summary"] for words in (meant, escaped))
    assert by_escapes == as_it_stands
    assert by_escapes.text == meant


def test_a_revision_with_it_is_a_broken_draft(repo):
    repo.commit(BEFORE, {"terms/policy.yml": TERMS, "terms/2014-03-01.md": FIRST})
    repo.commit(
        "2018-04-10T09:00:00+09:00",
        {"terms/2018-04-10.md": material().replace("We now keep your orders.", r'"Ring \a bell"')},
    )

    [error] = repo.errors()
    assert (error.path, error.line) == ("policy_versions/terms/2018-04-10.md", 3)
    assert error.what.startswith("U+0007 a control character cannot be seen")
    assert not repo.publishes()


@pytest.mark.parametrize("key", ["site_name", "site_url"])
def test_a_site_that_tells_of_changes_is_called_by_what_can_be_seen(repo, build, key):  # noqa: F811 - the fixture
    good = {"site_name": "Qstore", "site_url": "https://policies.qstore.example/"}[key]
    (repo.folder / "mkdocs.yml").write_text(NOTICES.replace(f"{key}: {good}", f'{key}: "{good}\\x07"'))
    (repo.folder / "docs").mkdir()
    repo.commit(BEFORE, {"terms/policy.yml": TERMS, "terms/2014-03-01.md": FIRST})
    told = f"mkdocs.yml: {key}: U+0007 a control character cannot be seen, and is not allowed\n  delete it\n"

    said = repo.inforce("export-feed", now=BEFORE)
    assert (said.status, said.out, said.err) == (2, "", told)
    assert told.strip() in build(repo, now=BEFORE, status=1)[1].err


def test_a_site_without_notices_is_called_as_it_was(repo):
    (repo.folder / "mkdocs.yml").write_text(CONFIG.replace("site_name: Qstore", r'site_name: "Q\astore"'))
    repo.commit(BEFORE, {"terms/policy.yml": TERMS, "terms/2014-03-01.md": FIRST})

    assert repo.inforce("check", now=BEFORE).status == 0
