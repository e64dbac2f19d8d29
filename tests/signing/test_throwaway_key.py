"""The key that signs where none is named."""

import stat
from datetime import timedelta

import pytest
from asn1crypto import x509
from signing_keys import NOW, told

from inforce.adapters.signing import throwaway_key
from inforce.core.archive import Level
from inforce.core.errors import ConfigurationError
from inforce.core.signing import TEST_SUBJECT


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """An empty folder of state."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state" / "inforce" / "test-key"


def test_it_signs_and_says_what_it_is(pdf, tmp_path):
    signer = throwaway_key.test_signer(NOW)
    signed = signer.sign(pdf, NOW)
    assert signer.is_test
    assert signed.level is Level.B_B
    assert signed.data.startswith(pdf)
    (tmp_path / "signed.pdf").write_bytes(signed.data)
    said = told("pdfsig", "-nocert", tmp_path / "signed.pdf")
    assert f"Signer Certificate Common Name: {TEST_SUBJECT}" in said
    assert "Signature Validation: Signature is Valid." in said
    certificate = x509.Certificate.load(signer.certificate)
    assert certificate.subject.native == {"common_name": TEST_SUBJECT}
    assert not certificate.ca
    assert signer.chain == (signer.certificate,)


def test_it_is_made_once_for_its_owner_alone(state):
    first = throwaway_key.test_signer(NOW)
    assert throwaway_key.test_signer(NOW).fingerprint == first.fingerprint
    assert [path.name for path in state.iterdir()] == ["key.pem"]
    assert stat.S_IMODE((state / "key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700


def test_it_serves_for_any_instant_and_is_made_anew_when_it_has_expired():
    first = throwaway_key.test_signer(NOW)
    assert throwaway_key.test_signer(NOW.replace(year=2018)).fingerprint == first.fingerprint
    later = NOW + timedelta(days=4000)
    with pytest.raises(ConfigurationError, match="expired on"):
        first.check(later)
    second = throwaway_key.test_signer(later)
    assert second.fingerprint != first.fingerprint
    assert throwaway_key.test_signer(NOW).fingerprint == second.fingerprint


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_damaged_one_is_made_anew(state, content):
    throwaway_key.test_signer(NOW)
    (state / "key.pem").write_bytes(content)
    assert throwaway_key.test_signer(NOW).sign_detached(b"", NOW)


def test_a_key_that_lies_there_and_is_none_of_ours_is_not_used(state):
    """Whatever is signed with this key is taken for a trial: a real one may not come in by this door."""
    state.mkdir(parents=True)
    told("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=Q",
         "-keyout", state / "key.pem", "-out", state / "c.pem")  # fmt: skip
    (state / "key.pem").write_bytes((state / "key.pem").read_bytes() + (state / "c.pem").read_bytes())
    assert throwaway_key.test_signer(NOW).is_test


def test_without_xdg_it_is_below_the_home(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for said in (None, "", "relative"):
        monkeypatch.delenv("XDG_STATE_HOME") if said is None else monkeypatch.setenv("XDG_STATE_HOME", said)
        assert throwaway_key.test_key_folder() == tmp_path / "home/.local/state/inforce/test-key"


def test_where_it_cannot_be_kept_that_is_said(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(ConfigurationError, match="the throw-away test key cannot be kept here: Not a directory"):
        throwaway_key.test_signer(NOW)
