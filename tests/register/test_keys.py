"""Keys: made once, read by nobody else, published, and never mistaken for another kind."""

import json
import subprocess
from dataclasses import replace

import pytest

from inforce.adapters.acceptance.signing_keys import read_keys
from inforce.core.errors import ConfigurationError
from inforce.formats.acceptance.jwks import read_jwks
from inforce.formats.acceptance.receipt_jws import read_receipt, sign_receipt
from inforce.workflows.acceptance.set_up import public_keys_of, signing_key_of


def test_a_new_key_is_its_owners_alone_and_its_public_half_is_added(project):
    first = (project.folder / "acceptance-keys.json").read_bytes()
    said = project.ask("new-key", "--out", "next.pem", "--jwks", "acceptance-keys.json", "--type", "es256", status=0)
    assert (project.folder / "next.pem").stat().st_mode & 0o777 == 0o600
    keys = read_jwks((project.folder / "acceptance-keys.json").read_bytes())
    assert [one.algorithm for one in keys] == ["Ed25519", "ES256"]
    assert [one.kid for one in keys][:1] == [one.kid for one in read_jwks(first)]
    assert said.out.splitlines() == [
        f"next.pem: has the private key; its public name (kid) is {list(keys)[1].kid}",
        "acceptance-keys.json: has its public key",
    ]
    openssl = subprocess.run(
        ["openssl", "pkey", "-in", project.folder / "next.pem", "-noout", "-text"], capture_output=True, check=True
    )
    assert b"NIST CURVE: P-256" in openssl.stdout


def test_no_key_is_written_over_another_and_none_is_made_that_cannot_be_published(project):
    before = (project.folder / "register-key.pem").read_bytes()
    said = project.ask("new-key", "--out", "register-key.pem", status=2)
    assert said.err.startswith("register-key.pem: there is a file already\n")
    assert (project.folder / "register-key.pem").read_bytes() == before
    (project.folder / "broken.json").write_text("{}")
    said = project.ask("new-key", "--out", "next.pem", "--jwks", "broken.json", status=2)
    assert said.err.startswith("broken.json: this has no keys: it is no key set")
    assert not (project.folder / "next.pem").exists()
    said = project.ask("new-key", "--out", "nowhere-at-all/next.pem", status=2)
    assert said.err.startswith("nowhere-at-all/next.pem: this cannot be written: No such file or directory\n")


def test_after_a_rotation_old_receipts_are_checked_still(project):
    old = project.say("u-1", "2018-04-10", "2018-04-20T12:00:00+09:00")
    project.ask("new-key", "--out", "next.pem", "--jwks", "acceptance-keys.json", status=0)
    said = replace(project.said, keys=("next.pem",))
    key, keys = signing_key_of(said, project.folder), public_keys_of(said, project.folder)
    with project.opened() as register:
        new = sign_receipt(old.row, old.digest, register.id, key)
    assert [read_receipt(one, keys).number for one in (old.receipt, new)] == [1, 1]
    assert read_receipt(new, keys).kid == key.kid != read_receipt(old.receipt, keys).kid
    assert project.ask("check", "--receipts", status=0).out.startswith("1 row, ")
    public = project.folder / "acceptance-keys.json"
    known = json.loads(public.read_text())["keys"]
    public.write_text(json.dumps({"keys": [one for one in known if one["kid"] == key.kid]}))
    told = project.ask("check", "--receipts", status=1).err
    assert "if it was a key of yours, put its public key back into acceptance-keys.json" in told


def test_a_key_that_nobody_could_check_does_not_sign(project):
    project.ask("new-key", "--out", "next.pem", status=0)
    with pytest.raises(ConfigurationError, match="is not in it: nobody could check what it signs"):
        signing_key_of(replace(project.said, keys=("next.pem",)), project.folder)
    with pytest.raises(ConfigurationError, match=r"of next\.pem is not in it"):
        signing_key_of(replace(project.said, keys=("register-key.pem", "next.pem")), project.folder)


@pytest.mark.parametrize(("mode", "is_good"), [(0o600, True), (0o440, True), (0o604, False), (0o602, False)])
def test_a_private_key_that_everybody_may_read_or_write_signs_nothing(project, mode, is_good):
    (project.folder / "register-key.pem").chmod(mode)
    if is_good:
        assert len(read_keys(["register-key.pem"], project.folder)) == 1
        return
    with pytest.raises(ConfigurationError, match="everybody on this machine may read or write this private key"):
        read_keys(["register-key.pem"], project.folder)


def test_what_is_no_private_key_for_receipts_is_told_together(project):
    folder = project.folder
    for name, kind in (("rsa", "RSA"), ("x25519", "X25519")):
        command = ["openssl", "genpkey", "-algorithm", kind, "-out", folder / f"{name}.pem"]
        subprocess.run(command, capture_output=True, check=True)
    curve = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"]
    subprocess.run(["openssl", "genpkey", *curve, "-out", folder / "p384.pem"], capture_output=True, check=True)
    (folder / "text.pem").write_text("register\n")
    names = ("rsa.pem", "x25519.pem", "p384.pem", "text.pem", "nowhere.pem", "register-key.pem")
    with pytest.raises(ConfigurationError) as told:
        read_keys(names, folder)
    assert [(one.path, one.what.rpartition(": ")[2]) for one in told.value.problems] == [
        ("rsa.pem", "it is neither of Ed25519 nor of P-256"),
        ("x25519.pem", "it is neither of Ed25519 nor of P-256"),
        ("p384.pem", "Ed25519 or P-256"),
        ("text.pem", "it is no private key in PEM without a password (PKCS#8)"),
        ("nowhere.pem", "No such file or directory"),
    ]
