"""The files of a signing, looked at before anything is signed: all that is wrong is told together, and nobody asked."""

import pytest
from signing_keys import NOW, make_pki, told

from inforce.adapters.signing.files import problems_of_files
from inforce.core.signing import PASSPHRASE, KeyInFile, KeyInToken, Signing


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    monkeypatch.delenv(PASSPHRASE, raising=False)


def found(signing):
    return [(one.path, one.what) for one in problems_of_files(signing, NOW)]


def in_file(key, certificate=None, **others):
    return Signing(KeyInFile(str(key), certificate and str(certificate)), **others)


def test_files_that_are_as_they_should_be(pki):
    assert found(pki.signing()) == []
    assert found(in_file(pki.pkcs12())) == []


def test_everything_is_told_together(pki, tmp_path):
    key = tmp_path / "key.pem"
    key.write_bytes(pki.key().read_bytes())
    key.chmod(0o644)
    (tmp_path / "notes.pem").write_text("notes")
    named = in_file(key, pki.certificate("expired"), chain=("/nowhere/a.pem",), trust=(str(tmp_path / "notes.pem"),))
    assert [(path, what.partition(":")[0]) for path, what in found(named)] == [
        ("/nowhere/a.pem", "cannot be read"),
        (str(tmp_path / "notes.pem"), "holds no certificate"),
        (str(key), "others than its owner may use this private key"),
        (
            str(pki.certificate("expired")),
            "the certificate of CN=Qstore expired,O=Qstore,C=KR expired on 2020-01-01T00",
        ),
    ]


@pytest.mark.parametrize(
    ("name", "certificate", "what"),
    [
        ("signer", "rsa", "none of its certificates is that of the private key"),
        ("signer", None, "holds no certificate"),
        (
            "expired",
            "expired",
            "the certificate of CN=Qstore expired,O=Qstore,C=KR expired on 2020-01-01T00:00:00+00:00",
        ),
        ("encrypting", "encrypting", "is not for signing, by its key usage"),
        ("none", "signer", "cannot be read: No such file or directory"),
    ],
)
def test_what_is_wrong(pki, name, certificate, what):
    key, own = pki.key(name), certificate and pki.certificate(certificate)
    ((_, told_of),) = found(in_file(key, own, chain=(str(pki.certificate("intermediate")),)))
    assert what in told_of


def test_a_chain_that_is_not_whole(pki):
    ((path, what),) = found(in_file(pki.key(), pki.certificate()))
    assert path == str(pki.certificate())
    assert "whose own certificate is missing" in what


def test_what_a_passphrase_would_open_is_not_judged_without_it(pki, monkeypatch):
    hidden = in_file(pki.pkcs12("expired", passphrase="hunter2"))
    assert found(hidden) == []
    monkeypatch.setenv(PASSPHRASE, "hunter2")
    assert "expired on" in found(hidden)[0][1]
    monkeypatch.setenv(PASSPHRASE, "hunter3")
    assert found(hidden)[0][1] == "the passphrase is wrong"


def test_the_certificate_of_a_key_behind_a_passphrase(pki, tmp_path):
    hidden = tmp_path / "hidden.pem"
    told("sh", "-c", f"umask 077; openssl pkey -in {pki.key('expired')} -aes256 -passout pass:hunter2 -out {hidden}")
    assert "whose own certificate is missing" in found(in_file(hidden, pki.certificate()))[0][1]
    assert "expired on" in found(in_file(hidden, pki.certificate("expired")))[0][1]


def test_a_chain_that_a_passphrase_hides_is_not_called_missing(pki, tmp_path):
    """It may be in the file of the key; of a key in PEM that can be seen."""
    assert found(in_file(pki.pkcs12(passphrase="hunter2"), pki.certificate())) == []
    hidden = tmp_path / "hidden.pem"
    told("sh", "-c", f"umask 077; openssl pkey -in {pki.key()} -aes256 -passout pass:hunter2 -out {hidden}")
    assert found(in_file(hidden)) == [(str(hidden), "holds no certificate")]
    with hidden.open("ab") as file:
        file.write(pki.certificate("intermediate").read_bytes())
    assert found(in_file(hidden, pki.certificate())) == []


def test_a_token_is_not_opened(pki):
    named = pki.signing(key=KeyInToken("/nowhere/module.so", "Qstore", "signing", str(pki.certificate())))
    assert found(named) == [("/nowhere/module.so", "this PKCS#11 module is not there")]
