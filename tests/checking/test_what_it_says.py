"""What a copy says of itself has to agree: the attached source, the attached facts, the metadata, its name."""

import pytest
from checking_by_hand import against, checked, told
from signed_samples import signed, unsigned


def copy_with(*attached, described=()):
    return signed(pdf=unsigned(attached=attached, described=described))


def test_another_source_than_the_facts_say():
    found = checked(copy_with(("source.md", b"# Other\n")))
    assert found.verdict == "altered"
    assert "the attached source.md has the digest" in against(found)[0]


@pytest.mark.parametrize("name", ["source.md", "record.json"])
def test_without_an_attachment(name):
    found = checked(copy_with((name, None)))
    assert found.verdict == "altered"
    assert f"no {name} is attached to it" in against(found)


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[1]", b"{" * 100_000, b"\xff", b'{"policy": 1}', b'{"policy": "../etc", "revision": "x"}']
)
def test_facts_that_are_none(data):
    found = checked(copy_with(("record.json", data)))
    assert found.verdict == "altered"
    assert "the attached record.json is not what Inforce writes" in told(found)


@pytest.mark.parametrize(
    ("key", "value"), [("revision", "2014-03-01"), ("policy", "user-agreement"), ("digest", "0" * 64)]
)
def test_metadata_of_another_revision(key, value):
    found = checked(copy_with(described=((key, value),)))
    assert (found.verdict, against(found)) == (
        "altered",
        ["its metadata and the attached record.json speak of different revisions"],
    )


def test_without_metadata_of_ours():
    assert checked(copy_with(described=(("policy", ""),))).verdict == "altered"


@pytest.mark.parametrize("name", ["copy.pdf", "privacy-policy-2018-04-10 (1).pdf", "Privacy.PDF"])
def test_a_copy_may_have_any_name(name):
    found = checked(signed(), name=name)
    assert found.verdict == "authentic"
    assert f"it is privacy-policy/2018-04-10, though its name is {name}" in told(found)


def test_but_not_that_of_another_revision():
    found = checked(signed(), name="privacy-policy-2014-03-01.pdf")
    assert found.verdict == "cannot tell"
