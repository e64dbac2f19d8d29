"""Key files: what is read, and what is refused, each for a reason of its own."""

import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from asn1crypto import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from signing_keys import NOW, make_pki, new_key, nobody, private, told

from inforce.adapters.signing.pyhanko_signing import open_signer
from inforce.adapters.signing.throwaway_key import test_signer as throwaway_signer
from inforce.core.errors import ConfigurationError
from inforce.core.signing import PASSPHRASE, KeyInFile, Signing

SECRET = "correct horse 말 battery"
MANIFEST = b"{}\n"


@pytest.fixture
def pki(tmp_path):
    return make_pki(tmp_path / "pki")


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """No passphrase in the environment."""
    monkeypatch.delenv(PASSPHRASE, raising=False)


def answering(secret, asked=None):
    def ask(prompt):
        if asked is not None:
            asked.append(prompt)
        return secret

    return ask


def signs(signing, ask=nobody, at=NOW):
    """Whether a signer opens and signs; the length of its chain."""
    with open_signer(signing, ask) as signer:
        assert signer.sign_detached(MANIFEST, at)
        return len(signer.chain)


def refused(signing, ask=nobody):
    """The one problem for which a signer is not opened."""
    with pytest.raises(ConfigurationError) as wrong, open_signer(signing, ask):
        pass
    (problem,) = wrong.value.problems
    assert SECRET not in str(problem)
    return problem


def in_file(path, certificate=None, **others):
    return Signing(KeyInFile(str(path), certificate and str(certificate)), **others)


def test_pem_with_its_certificate_in_a_file_of_its_own(pki):
    assert signs(in_file(pki.key(), pki.certificate(), chain=(str(pki.certificate("intermediate")),))) == 2
    assert signs(in_file(pki.key(), pki.certificate(), chain=intermediate(pki), trust=(str(pki.root),))) == 2


def intermediate(pki):
    return (str(pki.certificate("intermediate")),)


@pytest.mark.parametrize("trust", [(), ("root",)])
def test_a_certificate_without_that_of_its_issuer(pki, trust):
    """What a signature lacks, it lacks for ever: programs would never find the way to the root."""
    problem = refused(in_file(pki.key(), pki.certificate(), trust=tuple(str(pki.certificate(one)) for one in trust)))
    assert problem.path == str(pki.certificate())
    assert "was issued by CN=Qstore intermediate,O=Qstore,C=KR, whose own certificate is missing" in problem.what
    assert problem.todo.startswith("name the issuer's certificate in `chain`")


def test_an_issuer_that_is_a_root_is_named_in_trust(pki):
    key = in_file(pki.key("tsa"), pki.certificate("tsa"))
    assert refused(key).todo.endswith("if the issuer is a root itself, name it in `trust`")
    assert signs(replace(key, trust=(str(pki.root),))) == 1


def test_a_chain_that_leads_to_another_root(pki, tmp_path):
    other = make_pki(tmp_path / "other")
    assert "whose own certificate is missing" in refused(pki.signing(trust=(str(other.root),))).what
    chain = (*intermediate(pki), str(pki.root))
    problem = refused(pki.signing(chain=chain, trust=(str(other.root),)))
    assert problem.what == "its certificate leads to the root CN=Qstore root,O=Qstore,C=KR, which is not in `trust`"


def test_a_file_in_the_chain_that_does_not_belong_there(pki, tmp_path):
    other = make_pki(tmp_path / "other").certificate("intermediate")
    problem = refused(pki.signing(chain=(*intermediate(pki), str(other))))
    assert problem.path == str(other)
    assert problem.what == "no certificate in it issued that of the signer, or one above it"


def test_pem_with_everything_in_one_file(pki, tmp_path):
    """The certificate is the one that is of the key, wherever it stands; a root stays out of the chain."""
    parts = (pki.root, pki.certificate("intermediate"), pki.key(), pki.certificate("rsa"), pki.certificate())
    both = private(tmp_path / "all.pem", b"".join(part.read_bytes() for part in parts))
    assert signs(in_file(both)) == 2


@pytest.mark.parametrize("days", [(30, 60), (60, 30)])
def test_of_two_certificates_of_the_key_the_one_that_is_valid_longest(tmp_path, days):
    """As after a renewal."""
    path, parts = private(tmp_path / "key.pem", new_key()), []
    for number in days:
        told("openssl", "req", "-x509", "-key", path, "-subj", f"/CN={number}", "-days", number, "-out", tmp_path / "c")
        parts.append((tmp_path / "c").read_bytes())
    both = private(tmp_path / "both.pem", path.read_bytes() + b"".join(parts))
    with open_signer(in_file(both), nobody) as signer:
        assert x509.Certificate.load(signer.certificate).subject.native == {"common_name": "60"}


def test_pkcs12_with_its_chain_and_no_passphrase(pki):
    assert signs(in_file(pki.pkcs12())) == 2


@pytest.mark.parametrize("key", ["rsa", "signer"])
def test_pkcs12_as_openssl_makes_it(pki, tmp_path, key, monkeypatch):
    path = tmp_path / "made.pfx"
    files = f"-inkey {pki.key(key)} -in {pki.certificate(key)} -certfile {pki.certificate('intermediate')}"
    told("sh", "-c", f"umask 077; openssl pkcs12 -export {files} -out {path} -passout 'pass:{SECRET}'")
    monkeypatch.setenv(PASSPHRASE, SECRET)
    assert signs(in_file(path)) == 2


@pytest.mark.parametrize("kind", ["-traditional", ""])
def test_pem_as_openssl_encrypts_it(pki, tmp_path, monkeypatch, kind):
    path = tmp_path / "hidden.pem"
    told("sh", "-c", f"umask 077; openssl pkey -in {pki.key('rsa')} {kind} -aes256 -passout pass:hunter2 -out {path}")
    monkeypatch.setenv(PASSPHRASE, "hunter2")
    assert signs(in_file(path, pki.certificate("rsa"), chain=intermediate(pki))) == 2


def test_a_passphrase_comes_from_the_variable_that_is_named(pki, monkeypatch):
    monkeypatch.setenv("QSTORE", SECRET)
    asked = []
    assert signs(in_file(pki.pkcs12(passphrase=SECRET), passphrase="QSTORE"), answering("no", asked))
    assert asked == []


def test_a_passphrase_is_asked_for_where_there_is_no_variable(pki):
    path, asked = pki.pkcs12(passphrase=SECRET), []
    assert signs(in_file(path), answering(SECRET, asked))
    assert asked == [f"Passphrase of the key {path}"]
    assert signs(in_file(pki.pkcs12()), answering("no", asked))  # This one has none.
    assert len(asked) == 1


def test_where_nobody_can_be_asked_the_variable_is_named(pki):
    problem = refused(in_file(pki.pkcs12(passphrase=SECRET), passphrase="QSTORE"))
    assert problem.path == "QSTORE"
    assert "there is nobody to ask" in problem.what
    assert problem.todo == "set the environment variable QSTORE"


@pytest.mark.parametrize("kind", ["pkcs12", "pem"])
def test_a_wrong_passphrase_is_never_repeated(pki, tmp_path, kind, caplog):
    caplog.set_level(logging.DEBUG)
    if kind == "pkcs12":
        signing = in_file(pki.pkcs12(passphrase="right"))
    else:
        told("sh", "-c", f"umask 077; openssl pkey -in {pki.key()} -aes256 -passout pass:right -out {tmp_path}/h.pem")
        signing = in_file(tmp_path / "h.pem", pki.certificate())
    problem = refused(signing, answering(SECRET))
    assert problem.what == "the passphrase is wrong"
    assert PASSPHRASE in problem.todo
    assert SECRET not in caplog.text


def test_a_passphrase_is_in_no_value_and_no_log(pki, monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(PASSPHRASE, SECRET)
    signing = in_file(pki.pkcs12(passphrase=SECRET))
    with open_signer(signing, nobody) as signer:
        assert SECRET not in f"{signing!r}{signer!r}{vars(signer)!r}"
    assert SECRET not in caplog.text


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610])
def test_a_key_file_that_others_may_use_is_refused(pki, mode):
    pki.key().chmod(mode)
    problem = refused(pki.signing())
    assert problem.what == f"others than its owner may use this private key: its mode is {mode:04o}"
    assert problem.todo == f"chmod 600 {pki.key()}"


def test_of_a_link_its_target_is_judged(pki, tmp_path):
    link = tmp_path / "key.pem"
    link.symlink_to(pki.key())
    assert signs(in_file(link, pki.certificate(), chain=intermediate(pki)))
    pki.key().chmod(0o644)
    assert refused(in_file(link, pki.certificate())).todo == f"chmod 600 {pki.key()}"


def test_a_certificate_need_not_be_private(pki):
    pki.certificate().chmod(0o644)
    assert signs(pki.signing())


def test_files_that_are_not_there(pki):
    assert refused(in_file(pki.folder / "none.p12")).what == "cannot be read: No such file or directory"
    assert refused(in_file(pki.folder)).what == "cannot be read: Is a directory"
    for option in ("chain", "trust"):
        assert refused(pki.signing(**{option: ("/nowhere/ca.pem",)})).path == "/nowhere/ca.pem"
    assert refused(in_file(pki.key(), "/nowhere/own.pem")).path == "/nowhere/own.pem"


@pytest.mark.parametrize(
    ("made", "what"),
    [
        (lambda _pki: b"", "holds no key: it is neither PKCS#12 nor PEM"),
        (lambda _pki: b"\x30\x82nonsense", "holds no key: it is neither PKCS#12 nor PEM"),
        (lambda pki: pki.certificate().read_bytes(), "holds no private key"),
        (lambda _pki: new_key() + new_key(), "holds 2 private keys"),
        (lambda pki: pki.key().read_bytes(), "holds no certificate"),
        (lambda pki: pki.key().read_bytes() + pki.root.read_bytes(), "none of its certificates is that of the"),
        (lambda pki: pki.key().read_bytes().replace(b"M", b"N", 1) + pki.certificate().read_bytes(), "is damaged"),
        (
            lambda pki: (
                pki.key().read_bytes()
                + pki.certificate().read_bytes().replace(b"CERTIFICATE-----\nM", b"CERTIFICATE-----\nN", 1)
            ),
            "holds a certificate that cannot be read",
        ),
        (
            lambda _pki: b"-----BEGIN OPENSSH PRIVATE KEY-----\nAA==\n-----END OPENSSH PRIVATE KEY-----\n",
            "is a key for SSH",
        ),
        (lambda _pki: new_key(rsa_bits=1024), "this RSA key has 1024 bits, which is too few"),
        (lambda _pki: new_key(curve=ec.SECP256K1()), "this key is of the curve secp256k1"),
        (lambda _pki: new_key(curve=ec.SECP521R1()), "this key is of the curve secp521r1"),
        (lambda _pki: of(ed25519.Ed25519PrivateKey.generate()), "this key is of the kind Ed25519"),
        (lambda _pki: of(dsa.generate_private_key(1024)), "this key is of the kind DSA"),
    ],
)
def test_what_is_no_key_to_sign_with(pki, tmp_path, made, what):
    problem = refused(in_file(private(tmp_path / "key.pem", made(pki))))
    assert problem.path == str(tmp_path / "key.pem")
    assert problem.what.startswith(what)


def of(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def test_a_p384_key_signs(tmp_path):
    """Its certificate may be by anybody; this one is by itself."""
    key = private(tmp_path / "p384.pem", new_key(curve=ec.SECP384R1()))
    told("openssl", "req", "-x509", "-key", key, "-subj", "/CN=Qstore", "-out", tmp_path / "own.pem")
    assert signs(in_file(key, tmp_path / "own.pem"), at=NOW + timedelta(days=1)) == 1


def test_a_certificate_that_is_not_the_keys(pki):
    problem = refused(in_file(pki.key(), pki.certificate("rsa")))
    assert problem.path == str(pki.certificate("rsa"))
    assert problem.what == "none of its certificates is that of the private key"


def test_a_certificate_file_that_holds_none(pki, tmp_path):
    (tmp_path / "own.pem").write_bytes(b"-----BEGIN NONSENSE-----\n")
    assert refused(in_file(pki.key(), tmp_path / "own.pem")).what == "holds no certificate"


def test_a_certificate_that_is_not_for_signing(pki):
    assert "is not for signing, by its key usage" in refused(pki.signing("encrypting")).what


def test_pkcs12_without_a_key(pki, tmp_path):
    path = tmp_path / "ca.p12"
    told("sh", "-c", f"umask 077; openssl pkcs12 -export -nokeys -in {pki.root} -out {path} -passout pass:x")
    assert refused(in_file(path), answering("x")).what == "holds certificates, and no private key"


def test_the_throw_away_key_is_refused_as_a_key_of_somebody(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    throwaway_signer(NOW)
    (key,) = tmp_path.rglob("*.pem")
    assert refused(in_file(key)).what == "this is the throw-away test key, which signs for nobody"


def test_a_key_that_makes_wrong_signatures_is_found_out(pki, pdf):
    """As a device may that fails."""
    with open_signer(pki.signing(), nobody) as signer:
        signer._key.signer._sign = lambda _data: bytes(70)
        for attempt in (lambda: signer.sign(pdf, NOW, allow_lower_level=True), lambda: signer.sign_detached(b"", NOW)):
            with pytest.raises(ConfigurationError, match="the key makes signatures that do not hold"):
                attempt()


def test_an_expired_certificate_signs_no_manifest(pki):
    with open_signer(pki.signing("expired"), nobody) as signer:
        assert signer.sign_detached(MANIFEST, NOW.replace(year=2019))
        with pytest.raises(ConfigurationError, match=re.escape("expired on 2020-01-01T00:00:00+00:00")):
            signer.sign_detached(MANIFEST, NOW)
        with pytest.raises(ConfigurationError) as wrong:
            signer.check(NOW)
    assert wrong.value.problems[0].path == str(pki.certificate("expired"))


def test_what_is_no_key_at_all_is_told_before_who_may_read_it(tmp_path):
    (tmp_path / "README.md").write_text("# Keys\n")
    assert refused(in_file(tmp_path / "README.md")).what == "holds no key: it is neither PKCS#12 nor PEM"
