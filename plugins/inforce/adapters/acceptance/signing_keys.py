"""The register's private keys: PEM files (PKCS#8), which nobody but the register reads.

A key that everybody on the machine may read signs nothing: whoever read it could sign receipts, too. Its group may read
it, for where it is put by somebody else than who runs the register.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from joserfc.jwk import ECKey, OKPKey

from inforce.core.errors import ConfigurationError, Problem
from inforce.formats.acceptance.jwks import SigningKey, signing_key

KINDS = ("ed25519", "es256")
_MAKE = "make one with `inforce acceptances new-key --out register-key.pem --jwks acceptance-keys.json`"


def read_keys(files: Sequence[str], folder: Path) -> tuple[SigningKey, ...]:
    """The keys of PEM files, in order; relative paths begin in the folder.

    Raises:
        ConfigurationError: whatever is wrong with any of them, together.
    """
    keys, problems = [], []
    for name in files:
        try:
            with (folder / name).open("rb") as file:
                keys.append(_key_of(file.read()))
                is_open = os.fstat(file.fileno()).st_mode & stat.S_IRWXO
            if is_open:
                what = "everybody on this machine may read or write this private key"
                problems.append(Problem(name, what, f"keep others away from it: chmod o= {name}"))
        except OSError as wrong:
            what = f"this key cannot be read: {wrong.strerror or wrong}"
            problems.append(Problem(name, what, f"put it there, and let the register read it; or {_MAKE}"))
        except ValueError as wrong:
            problems.append(Problem(name, f"this is no key that signs receipts: {wrong}", _MAKE))
    if problems:
        raise ConfigurationError(problems)
    return tuple(keys)


def make_key(kind: str, place: Path) -> SigningKey:
    """Make a private key, in a file that nobody else reads.

    Args:
        kind: `ed25519` or `es256`.
        place: the file; never one that is there.

    Raises:
        ConfigurationError: the file is there already, or cannot be written.
    """
    private = Ed25519PrivateKey.generate() if kind == "ed25519" else generate_private_key(SECP256R1())
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        todo = "no key is written over another: choose another name"
        raise ConfigurationError([Problem(str(place), "there is a file already", todo)]) from None
    except OSError as wrong:
        todo = "name a file in a folder that is there, and that may be written"
        raise ConfigurationError([Problem(str(place), f"this cannot be written: {wrong.strerror}", todo)]) from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return _key_of(pem)


def _key_of(pem: bytes) -> SigningKey:
    try:
        private = load_pem_private_key(pem, password=None)
    except (ValueError, TypeError):
        raise ValueError("it is no private key in PEM without a password (PKCS#8)") from None
    if isinstance(private, Ed25519PrivateKey):
        return signing_key(OKPKey.import_key(pem))
    if isinstance(private, EllipticCurvePrivateKey):
        return signing_key(ECKey.import_key(pem))
    raise ValueError("it is neither of Ed25519 nor of P-256")
