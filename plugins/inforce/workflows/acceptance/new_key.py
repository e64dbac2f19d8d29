"""Make a key that signs, and publish its public half."""

from __future__ import annotations

from pathlib import Path

from inforce.adapters.acceptance.signing_keys import make_key
from inforce.adapters.files import write_atomically
from inforce.core.errors import ConfigurationError, Problem
from inforce.formats.acceptance.jwks import jwks_json
from inforce.workflows.acceptance.set_up import read_key_set


def new_key(kind: str, out: Path, jwks: Path | None) -> str:
    """Make a key; its thumbprint.

    Args:
        kind: `ed25519` or `es256`.
        out: the private key's file, made; never one that is there.
        jwks: the key set to which the public key is added, made if there is none; None: to none.

    Raises:
        ConfigurationError: a file cannot be written, or is no key set; then no key was made.
    """
    known = [] if jwks is None or not jwks.exists() else list(read_key_set(jwks, str(jwks)))
    key = make_key(kind, out)
    if jwks is not None:
        try:
            write_atomically(jwks, jwks_json([*known, key]))
        except OSError as wrong:
            out.unlink()
            todo = "name a file in a folder that is there, and that may be written"
            raise ConfigurationError([Problem(str(jwks), f"this cannot be written: {wrong.strerror}", todo)]) from None
    return key.kid
