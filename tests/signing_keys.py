"""Keys, certificates and the services of a certification authority, made by the tests that need them.

    with serving_pki(tmp_path) as pki, open_signer(pki.signing(level=Level.B_LTA), nobody) as signer:
        signed = signer.sign(pdf, NOW)

A root has issued an intermediate authority, and that one the signers: `signer` and `rsa`, which are as they should be,
and `expired`, `early` (not valid yet), `revoked`, `unknown` (no word on whether it is revoked) and `encrypting`
(not for signing). The root has issued the time-stamping authority, too. All are valid from 2000 to 2100, but for the
first two of those with a fault.
"""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from asn1crypto import pem
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig, PKIArchitecture
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from inforce.core.signing import KeyInFile, Signing

NOW = datetime.now(UTC).replace(microsecond=0)
"""Certificates, timestamps and validation data are of the real time."""
NAMES = (
    *("root", "intermediate", "signer", "rsa", "expired", "early", "revoked", "unknown", "encrypting"),
    *("tsa", "tsa2", "oldtsa", "ocsp"),
)
_ARCHITECTURE = "pki"
_ALWAYS = ("2000-01-01T00:00:00+0000", "2100-01-01T00:00:00+0000")


def nobody(_prompt: str) -> str:
    """Answers as where nobody can be asked for a passphrase."""
    return ""


@dataclass(frozen=True)
class Pki:
    """A folder with `NAME.key.pem` (mode 0600) and `NAME.pem` for each of the names."""

    folder: Path
    address: str
    architecture: PKIArchitecture

    def key(self, name: str = "signer") -> Path:
        return self.folder / f"{name}.key.pem"

    def certificate(self, name: str = "signer") -> Path:
        return self.folder / f"{name}.pem"

    @property
    def root(self) -> Path:
        return self.certificate("root")

    @property
    def timestamps(self) -> str:
        return self.authority("tsa")

    def authority(self, name: str) -> str:
        """The address of a time-stamping authority: `tsa`, `tsa2`, or `oldtsa`, whose certificate has expired."""
        return f"{self.address}/{_ARCHITECTURE}/tsa/{name}"

    @property
    def services(self) -> Animator:
        """All services, as a WSGI application."""
        return Animator(AnimatorArchStore({_ARCHITECTURE: self.architecture}), with_web_ui=False)

    def signing(self, name: str = "signer", **others) -> Signing:
        """The options for one of the signers, with its chain, the root and the time-stamping authority."""
        return Signing(
            **{
                "key": KeyInFile(str(self.key(name)), str(self.certificate(name))),
                "chain": (str(self.certificate("intermediate")),),
                "trust": (str(self.root),),
                "timestamps": self.timestamps,
                **others,
            }
        )

    def pkcs12(self, name: str = "signer", passphrase: str = "") -> Path:
        """Key, certificate and intermediate in a file `NAME.p12`, encrypted if there is a passphrase."""
        key = serialization.load_pem_private_key(self.key(name).read_bytes(), None)
        own, issuer = (
            x509.load_pem_x509_certificate(self.certificate(one).read_bytes()) for one in (name, "intermediate")
        )
        hidden = (
            serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
        )
        return private(
            self.folder / f"{name}.p12", pkcs12.serialize_key_and_certificates(b"key", key, own, [issuer], hidden)
        )


def make_pki(folder: Path, address: str = "http://127.0.0.1:9") -> Pki:
    """Keys and certificates in a folder; their services would be at the address, where nothing answers by default."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        private(folder / f"{name}.key.pem", new_key(rsa_bits=2048 if name == "rsa" else 0))
    config = CertomancerConfig(_configuration(folder), str(folder), external_url_prefix=address)
    architecture = config.get_pki_arch(ArchLabel(_ARCHITECTURE))
    for name in NAMES:
        data = architecture.get_cert(CertLabel(name)).dump()
        (folder / f"{name}.pem").write_bytes(pem.armor("CERTIFICATE", data))
    return Pki(folder, address, architecture)


@contextmanager
def serving_pki(folder: Path) -> Iterator[Pki]:
    """The same, with OCSP, CRLs and timestamps served on loopback."""
    with serving() as server:
        pki = make_pki(folder, server.address)
        server.set_app(pki.services)
        yield pki


class Server(ThreadingMixIn, WSGIServer):
    """A server on loopback at a port of its own, in threads; what it answers is set by `set_app`."""

    address_family = socket.AF_INET

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Clients may hang up."""


class _Silent(WSGIRequestHandler):
    def log_message(self, *args):
        """Nothing is told."""


@contextmanager
def serving(app=None) -> Iterator[Server]:
    """A WSGI application served on loopback, until the end."""
    server = Server(("127.0.0.1", 0), _Silent)
    server.set_app(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def new_key(rsa_bits: int = 0, curve: ec.EllipticCurve | None = None) -> bytes:
    """A private key in PEM: RSA, or P-256 if nothing is said."""
    key = rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ec.generate_private_key(curve or ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def told(*command: object) -> str:
    """What a program says, on both of its outputs."""
    done = subprocess.run([*map(str, command)], text=True, capture_output=True, check=False, timeout=60)
    return done.stdout + done.stderr


def private(path: Path, data: bytes) -> Path:
    """Write a file that its owner alone may read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
    return path


def _configuration(folder: Path) -> dict:
    return {
        "keysets": {"keys": {"keys": {name: {"path": str(folder / f"{name}.key.pem")} for name in NAMES}}},
        "pki-architectures": {
            _ARCHITECTURE: {
                "keyset": "keys",
                "entity-defaults": {"country-name": "KR", "organization-name": "Qstore"},
                "entities": {name: {"common-name": f"Qstore {name}"} for name in NAMES},
                "certs": _certificates(),
                "services": {
                    "ocsp": {
                        "intermediate": {
                            "for-issuer": "intermediate",
                            "responder-cert": "ocsp",
                            "signing-key": "ocsp",
                        }
                    },
                    "crl-repo": {
                        name: {"for-issuer": name, "signing-key": name, "simulated-update-schedule": "P30D"}
                        for name in ("root", "intermediate")
                    },
                    "time-stamping": {
                        name: {"signing-key": name, "signing-cert": name} for name in ("tsa", "tsa2", "oldtsa")
                    },
                },
            }
        },
    }


def _certificates() -> dict:
    by_root, by_intermediate = (
        [_extension("crl_distribution_points", smart=("crl-dist-url", {"crl-repo-names": [issuer]}))]
        for issuer in ("root", "intermediate")
    )
    asked = [_extension("authority_information_access", smart=("aia-urls", {"ocsp-responder-names": ["intermediate"]}))]
    signs = _usage("digital_signature", "non_repudiation")
    authority = _usage("digital_signature", "key_cert_sign", "crl_sign")
    is_authority = _extension("basic_constraints", {"ca": True}, critical=True)
    signer = _certificate("intermediate", [signs, *by_intermediate, *asked])
    stamps = _extension("extended_key_usage", ["time_stamping"], critical=True)
    authority_of_time = _certificate("root", [_usage("digital_signature"), stamps, *by_root])
    ended = _validity(_ALWAYS[0], "2020-01-01T00:00:00+0000")
    return {
        "root": _certificate("root", [is_authority, authority]),
        "intermediate": _certificate("root", [is_authority, authority, *by_root]),
        "ocsp": _certificate(
            "intermediate",
            [
                _usage("digital_signature"),
                _extension("extended_key_usage", ["ocsp_signing"], critical=True),
                {"id": "ocsp_no_check"},
            ],
        ),
        "tsa": authority_of_time,
        "tsa2": authority_of_time,
        "oldtsa": {**authority_of_time, "validity": ended},
        "signer": signer,
        "rsa": signer,
        "expired": {**signer, "validity": ended},
        "early": {**signer, "validity": _validity("2099-01-01T00:00:00+0000", _ALWAYS[1])},
        "revoked": {**signer, "revocation": {"revoked-since": "2020-01-01T00:00:00+0000", "reason": "key_compromise"}},
        "unknown": _certificate("intermediate", [signs]),
        "encrypting": _certificate("intermediate", [_usage("key_encipherment"), *by_intermediate, *asked]),
    }


def _certificate(issuer: str, extensions: list) -> dict:
    return {"issuer": issuer, "validity": _validity(*_ALWAYS), "extensions": extensions}


def _validity(begins: str, ends: str) -> dict:
    return {"valid-from": begins, "valid-to": ends}


def _usage(*uses: str) -> dict:
    return _extension("key_usage", critical=True, smart=("key-usage", list(uses)))


def _extension(name: str, value=None, *, critical: bool = False, smart=None) -> dict:
    extension = {"id": name, "critical": critical}
    return (
        {**extension, "smart-value": {"schema": smart[0], "params": smart[1]}}
        if smart
        else {
            **extension,
            "value": value,
        }
    )
