"""What a copy says of itself has to agree: the attached source, the attached facts, the metadata, its name."""

from hashlib import sha256

import pytest
from checking_by_hand import against, checked, told
from signed_samples import SIGNED, SOURCE, authorities, signed, unsigned, upgraded

from inforce.core.archive import Archived, Level, State
from inforce.core.verdict import Manifested


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


@pytest.mark.parametrize("name", ["privacy-policy-2014-03-01.pdf", "terms-2018-04-10.pdf"])
def test_but_not_that_of_another_revision(name):
    found = checked(signed(), name=name)
    assert found.verdict == "cannot tell"


# What a manifest says -------------------------------------------------------------------------------------------------


def manifested(pdf, *, is_vouched_for=True):
    """What a manifest says that was made when the file was this one."""
    state = State(sha256(pdf).hexdigest(), len(pdf), Level.B_T, SIGNED)
    digest, signer = sha256(SOURCE).hexdigest(), authorities().signer.fingerprint
    entry = Archived("privacy-policy", "2018-04-10", digest, "0" * 64, 1, signer, (state,))
    return (Manifested("the manifest", entry, is_vouched_for),)


def test_a_manifest_that_is_older_than_the_copy():
    pdf = signed("B-T")
    found = checked(upgraded(pdf), manifests=manifested(pdf))
    assert found.verdict == "cannot tell"
    assert against(found) == ["the manifest may be older than this copy: it tells of it without its last timestamps"]


def test_a_manifest_of_another_file():
    assert checked(upgraded(signed("B-T")), manifests=manifested(b"another file")).verdict == "altered"


@pytest.mark.parametrize("other", [lambda: signed("B-T"), lambda: b"another file"], ids=["older", "other"])
def test_a_manifest_that_nobody_vouches_for_condemns_nothing(other):
    found = checked(upgraded(signed("B-T")), manifests=manifested(other(), is_vouched_for=False))
    assert found.verdict == "authentic", told(found)
    assert "which proves nothing by itself" in told(found)
