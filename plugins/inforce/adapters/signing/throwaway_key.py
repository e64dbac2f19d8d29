"""The throw-away test key: signs where no key is named, so that everything can be tried, and for nobody (rule 13).

It is made once, outside every repository, in `$XDG_STATE_HOME/inforce/test-key/` (`~/.local/state` where that is not
set), and for the eyes of its owner alone. Its certificate names itself as its issuer and says what it is by its
subject, `TEST_SUBJECT`.
"""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inforce.adapters.signing.keys import Key, KeyedSigner, is_test, signing_with
from inforce.adapters.signing.pyhanko_signing import Signer
from inforce.core.errors import ConfigurationError, Problem
from inforce.core.signing import TEST_SUBJECT

_FILE = "key.pem"
_BEGINS = datetime(2000, 1, 1, tzinfo=UTC)
_LASTS = timedelta(days=3653)


def test_signer(at: datetime) -> Signer:
    """Signs with the test key, which is made if there is none, or none that is valid at the instant.

    Raises:
        ConfigurationError: it cannot be kept.
    """
    folder = test_key_folder()
    path = folder / _FILE
    loaded = _loaded(path, at)
    if loaded is None:
        try:
            _write(path, _made(at))
        except OSError as wrong:
            todo = "let XDG_STATE_HOME name a folder that can be written to"
            what = f"the throw-away test key cannot be kept here: {wrong.strerror}"
            raise ConfigurationError([Problem(str(folder), what, todo)]) from None
        loaded = _loaded(path, at)
    if loaded is None:
        what = "the throw-away test key that was written here just now is another one already"
        raise ConfigurationError([Problem(str(path), what, "run it once more")])
    return Signer(loaded)


def test_key_folder() -> Path:
    """Where the test key lies (XDG Base Directory Specification: state)."""
    said = os.environ.get("XDG_STATE_HOME", "")
    state = Path(said) if Path(said).is_absolute() else Path.home() / ".local" / "state"
    return state / "inforce" / "test-key"


def _loaded(path: Path, at: datetime) -> Key | None:
    """The key of the file; None where it is not there, damaged, not a test key, or not valid at the instant."""
    try:
        data = path.read_bytes()
        private = serialization.load_pem_private_key(data, None)
        certificate = x509.load_pem_x509_certificate(data)
    except (OSError, ValueError, TypeError):
        return None
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.public_key() != certificate.public_key():
        return None
    if not is_test(certificate) or not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        return None
    return Key(certificate, (certificate,), str(path), KeyedSigner(certificate, (), signing_with(private)))


def _made(at: datetime) -> bytes:
    """A new key and its certificate, in PEM."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, TEST_SUBJECT)])
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    public = private.public_key()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(_BEGINS, at))  # Builds of any instant can be tried with one key.
        .not_valid_after(at + _LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(private, hashes.SHA256())
    )
    return private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)


def _write(path: Path, data: bytes) -> None:
    """Write it at once, readable by its owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=path.parent)  # Made with mode 0600.
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
