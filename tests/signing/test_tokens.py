"""Keys in a token, reached by PKCS#11: SoftHSM, which is one in software."""

import subprocess
import sys

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from signing_keys import NOW, make_pki, new_key, nobody, private, told

from inforce.adapters.signing.pyhanko_signing import open_signer
from inforce.core.errors import ConfigurationError
from inforce.core.signing import PASSPHRASE, KeyInToken

MODULE = "/usr/lib/softhsm/libsofthsm2.so"
PIN = "271828"


class Tokens:
    """The tokens of this machine, for the time of a test."""

    def __init__(self, folder):
        self.folder = folder

    def add(self, label):
        run("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "314159")

    def put_key(self, token, label, path, number="01"):
        run("--import", path, "--token", token, "--label", label, "--id", number, "--pin", PIN)

    def put_certificate(self, token, label, path):
        data = x509.load_pem_x509_certificate(path.read_bytes()).public_bytes(Encoding.DER)
        module = pkcs11.lib(MODULE)
        with module.get_token(token_label=token).open(user_pin=PIN, rw=True) as session:
            found = pkcs11.util.x509.decode_x509_certificate(data)
            session.create_object({**found, pkcs11.Attribute.LABEL: label, pkcs11.Attribute.TOKEN: True})
        module.finalize()


def run(*arguments):
    subprocess.run(["softhsm2-util", *map(str, arguments)], check=True, capture_output=True, timeout=60)


@pytest.fixture
def pki(tmp_path):
    return make_pki(tmp_path / "pki")


@pytest.fixture
def tokens(tmp_path, monkeypatch, pki):
    """A token `Qstore` with a P-256 key `signing` and an RSA key `rsa`, and no certificate."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path}/tokens\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    monkeypatch.setenv(PASSPHRASE, PIN)
    made = Tokens(tmp_path / "tokens")
    made.add("Qstore")
    made.put_key("Qstore", "signing", pki.key())
    made.put_key("Qstore", "rsa", pki.key("rsa"), "02")
    return made


def in_token(pki, label="signing", certificate="signer", token="Qstore", module=MODULE):
    own = str(pki.certificate(certificate)) if certificate else None
    return pki.signing(key=KeyInToken(module, token, label, own))


def refused(signing, ask=nobody):
    with pytest.raises(ConfigurationError) as wrong, open_signer(signing, ask):
        pass
    (problem,) = wrong.value.problems
    assert PIN not in str(problem)
    return problem


@pytest.mark.usefixtures("tokens")
@pytest.mark.parametrize("label", ["signing", "rsa"])
def test_a_key_in_a_token_signs(pki, pdf, tmp_path, label):
    with open_signer(in_token(pki, label, {"signing": "signer"}.get(label, label)), nobody) as signer:
        path = tmp_path / "signed.pdf"
        path.write_bytes(signer.sign(pdf, NOW).data)
        (tmp_path / "manifest").write_bytes(b"{}")
        (tmp_path / "manifest.p7s").write_bytes(signer.sign_detached(b"{}", NOW))
        assert len(signer.chain) == 2
    assert "Signature Validation: Signature is Valid." in told("pdfsig", "-nocert", path)
    assert "The document is unchanged since signing." in told("mutool", "sign", "-v", path)
    verify = f"cd {tmp_path} && openssl cms -verify -binary -inform DER -in manifest.p7s -content manifest -out out"
    assert "CMS Verification successful" in told("sh", "-c", f"{verify} -CAfile {pki.root}")


def test_the_certificate_may_be_in_the_token(tokens, pki):
    tokens.put_certificate("Qstore", "other", pki.certificate("rsa"))
    tokens.put_certificate("Qstore", "signing", pki.certificate())
    with open_signer(in_token(pki, certificate=None), nobody) as signer:
        assert signer.certificate == x509.load_pem_x509_certificate(pki.certificate().read_bytes()).public_bytes(
            Encoding.DER
        )


@pytest.mark.usefixtures("tokens")
def test_a_second_one_can_be_opened_after_the_first(pki):
    for label in ("signing", "signing"):
        with open_signer(in_token(pki, label), nobody) as signer:
            assert signer.sign_detached(b"", NOW)


@pytest.mark.usefixtures("tokens")
def test_the_pin_is_asked_for(pki, monkeypatch):
    monkeypatch.delenv(PASSPHRASE)
    with open_signer(in_token(pki), lambda prompt: PIN if "the token Qstore" in prompt else "") as signer:
        assert signer.sign_detached(b"", NOW)
    assert "there is nobody to ask" in refused(in_token(pki)).what


@pytest.mark.usefixtures("tokens")
def test_a_wrong_pin(pki, monkeypatch):
    monkeypatch.setenv(PASSPHRASE, "999999")
    problem = refused(in_token(pki))
    assert problem.what.startswith("the PIN is wrong")
    assert PASSPHRASE in problem.todo
    assert "999999" not in str(problem)


@pytest.mark.usefixtures("tokens")
def test_a_token_that_is_not_there(pki):
    problem = refused(in_token(pki, token="Qstroe"))
    assert problem.what == "there is no token `Qstroe`"
    assert "what is there: Qstore" in problem.todo


def test_two_tokens_of_one_label(tokens, pki):
    tokens.add("Qstore")
    assert refused(in_token(pki)).what == "there are 2 tokens of this label"


@pytest.mark.usefixtures("tokens")
def test_a_key_that_is_not_there(pki):
    assert refused(in_token(pki, "singing")).what == "the token holds no private key of the label `singing`"
    assert refused(in_token(pki, "singing")).path == "the key singing in the token Qstore"


def test_two_keys_of_one_label(tokens, pki):
    tokens.put_key("Qstore", "signing", pki.key("unknown"), "03")
    assert refused(in_token(pki)).what == "the token holds 2 private keys of the label `signing`"


@pytest.mark.usefixtures("tokens")
def test_a_certificate_that_is_not_the_keys(pki):
    assert "none of the certificates is that of the private key" in refused(in_token(pki, certificate="rsa")).what
    assert refused(in_token(pki, certificate=None)).what == "the token holds no certificate"


def test_a_key_that_is_too_weak(tokens, pki, tmp_path):
    weak = private(tmp_path / "weak.pem", new_key(rsa_bits=1024))
    told("openssl", "req", "-x509", "-key", weak, "-subj", "/CN=Qstore", "-out", pki.certificate("weak"))
    tokens.put_key("Qstore", "weak", weak, "04")
    assert "has 1024 bits" in refused(in_token(pki, "weak", "weak")).what


def test_a_module_that_cannot_be_loaded(pki, tmp_path):
    assert "there is no such file" in refused(in_token(pki, module="/nowhere/module.so")).what
    (tmp_path / "module.so").write_text("no library")
    problem = refused(in_token(pki, module=str(tmp_path / "module.so")))
    assert problem.what.startswith("this PKCS#11 module cannot be loaded")


def test_a_token_that_is_gone_while_it_is_needed(tokens, pki, pdf):
    with open_signer(in_token(pki), nobody) as signer:
        for object_file in tokens.folder.rglob("*.object"):
            object_file.unlink()
        with pytest.raises(ConfigurationError, match="the token does not do what it is asked"):
            signer.sign(pdf, NOW, allow_lower_level=True)


def test_without_the_package_it_says_how_to_get_it(pki, monkeypatch):
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    assert refused(in_token(pki)).todo == "scripts/set-up extras"
