"""`--upgrade` adds an archive timestamp to each file: every earlier byte stays, and the manifest keeps every digest."""

import json
import signal
import subprocess
from hashlib import sha256

import pytest
from repository import material
from signing_keys import serving_pki

A, B = "privacy-policy/privacy-policy-2014-03-01.pdf", "privacy-policy/privacy-policy-2018-04-10.pdf"


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A certification authority whose services answer."""
    with serving_pki(tmp_path_factory.mktemp("authority")) as pki:
        yield pki


@pytest.fixture
def stamped(posted, authority):
    """A project whose files are at B-T, and which an authority can raise."""
    posted.pki = authority
    key = {"key": str(authority.key()), "certificate": str(authority.certificate())}
    chain = {"chain": [str(authority.certificate("intermediate"))], "trust": [str(authority.root)]}
    posted.signing = {**key, **chain, "level": "B-T", "timestamps": authority.timestamps}
    posted.configure(signing=posted.signing)
    posted.export()
    return posted


def entries(project):
    return {one["file"]: one for one in json.loads(project.files()["manifest.json"])["files"]}


def test_every_earlier_byte_stays(stamped):
    before, listed = stamped.files(), entries(stamped)
    said = stamped.export("--upgrade")
    assert said.out == (
        "privacy-policy/2014-03-01: now B-LTA\n"
        "privacy-policy/2018-04-10: now B-LTA\n"
        "archive: 2 upgraded, 2 there already\n"
    )
    after = stamped.files()
    for place, entry in entries(stamped).items():
        assert after[place].startswith(before[place])
        assert entry["states"][:1] == listed[place]["states"]
        for state in entry["states"]:
            assert sha256(after[place][: state["size"]]).hexdigest() == state["digest"]
        assert [state["level"] for state in entry["states"]] == ["B-T", "B-LTA"]
        assert entry["states"][-1]["size"] == len(after[place])
    done = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=stamped.folder, check=False)
    assert done.returncode == 0
    assert sorted(after) == sorted(before)
    assert stamped.export().out == "archive: nothing new, 2 there already\n"


def test_it_signs_what_is_missing_first(stamped):
    stamped.repo.commit("2019-01-01T09:00:00+09:00", {"privacy-policy/2019-01-01.md": material()})
    dry = stamped.export("--upgrade", "--dry-run")
    assert dry.out.splitlines()[-1] == "archive: 1 would be signed, 2 would be upgraded, 2 there already"
    assert stamped.export("--upgrade").out.splitlines()[-1] == "archive: 1 signed, 2 upgraded, 2 there already"


def test_the_file_as_it_was_before_is_told_from_an_altered_one(stamped):
    before = stamped.files()[A]
    stamped.export("--upgrade")
    (stamped.folder / A).unlink()
    (stamped.folder / A).write_bytes(before)
    said = stamped.export(status=1)
    assert said.err.startswith(
        f"archive/{A}: this is the file as it was before its latest archive timestamp was added\n"
    )


def test_an_upgrade_that_was_interrupted_is_gone_on_with(stamped, tmp_path):
    """Each file gets one timestamp of it, wherever it is killed."""
    stamped.configure(signing=stamped.signing, cache="")
    runs = stamped.died(tmp_path / "scratch", "--upgrade")
    assert runs[0]["endings"][0] == -signal.SIGKILL
    for one in runs:
        assert one["endings"][-1] == 0, one
        assert one["left"] == [], one
        *before, (states, is_under_way) = one["states"]
        was_done = any(count == [2, 2] and not under_way for count, under_way in before)
        assert not is_under_way, one
        assert states == [2, 2] or (was_done and states == [3, 3]), one  # A further upgrade, if a second has passed.


def test_without_an_authority_nothing_is_done(archived):
    before = archived.files()
    said = archived.export("--upgrade", status=2)
    assert "timestamps" in said.err
    assert archived.files() == before
    assert archived.export().out == "archive: nothing new, 2 there already\n"


def test_a_throw_away_key_has_nothing_to_upgrade(posted):
    posted.configure(signing=None)
    said = posted.export("--upgrade", status=2)
    assert said.err.splitlines()[-2].startswith("mkdocs.yml: --upgrade: a throw-away key has no archive")
