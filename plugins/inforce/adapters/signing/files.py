"""The files that the options of a signing name, looked at before anything is signed, and without asking anybody.

A passphrase is used where the environment holds it. Where there is none, what it would open is not judged; nor is what
a token holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from cryptography import x509

from inforce.adapters.signing.keys import (
    Passphrase,
    certificate_of,
    not_valid_at,
    read_certificates,
    read_key,
    require_for_signing,
    whole_chain,
)
from inforce.core.errors import ConfigurationError, Problem
from inforce.core.signing import KeyInFile, KeyInToken, Signing


class _NotAsked(Exception):  # noqa: N818 - what was done
    """A passphrase would be needed, and nobody is asked for it."""


def problems_of_files(signing: Signing, at: datetime) -> tuple[Problem, ...]:
    """Everything that is wrong with the files of a signing, told together.

    A file that is not there or cannot be read, a private key that others may use, a certificate that is not the key's,
    is not for signing or not valid at the instant, a chain that is not whole.
    """
    found: list[Problem] = []
    own: tuple[x509.Certificate, ...] = ()
    if signing.key.certificate is not None:
        with _told(found):
            own = read_certificates(signing.key.certificate)
    for path in (*signing.chain, *signing.trust):
        with _told(found):
            read_certificates(path)
    is_chain_known = not found
    certificate, beside = own[0] if len(own) == 1 else None, list[x509.Certificate]()
    if isinstance(signing.key, KeyInToken):
        is_chain_known = False  # The token may hold some of it.
        if not Path(signing.key.module).is_file():
            todo = "name the shared library of the token's maker: `token: module`"
            found.append(Problem(signing.key.module, "this PKCS#11 module is not there", todo))
    else:
        try:
            with _told(found):
                certificate, beside = _of_key(signing, signing.key, own)
        except _NotAsked:
            is_pem = b"-----BEGIN " in Path(signing.key.key).read_bytes()
            is_chain_known = is_chain_known and is_pem
            with _told(found):
                beside = _in_the_clear(signing.key, is_pem=is_pem)
            certificate = certificate or (beside[0] if len(beside) == 1 and not own else None)
    if certificate is not None:
        whence = signing.key.certificate or _file_of(signing)
        found += [problem] if (problem := not_valid_at(certificate, at, whence)) else []
        with _told(found):
            require_for_signing(certificate, whence)
            if is_chain_known:
                whole_chain(signing, certificate, [*own, *beside], whence)
    return tuple(dict.fromkeys(found))


def _of_key(
    signing: Signing, key: KeyInFile, own: tuple[x509.Certificate, ...]
) -> tuple[x509.Certificate | None, list[x509.Certificate]]:
    """The certificate of a key, and those beside it; None if its own file cannot be read.

    Raises:
        ConfigurationError: something is wrong with them.
        _NotAsked: a passphrase is needed.
    """
    private, beside = read_key(key.key, Passphrase(signing.passphrase, _nobody, f"the key {key.key}"))
    if key.certificate is not None and not own:
        return None, beside
    return certificate_of(private.public_key(), own or beside, key.certificate or key.key), beside


def _in_the_clear(key: KeyInFile, *, is_pem: bool) -> list[x509.Certificate]:
    """The certificates beside a key that is locked: PEM locks the key alone.

    Raises:
        ConfigurationError: there are none, and no other file is named.
    """
    if not is_pem:
        return []
    try:
        return list(read_certificates(key.key))
    except ConfigurationError:
        if key.certificate is not None:
            return []
        todo = "name the file of the certificate that was issued for this key: `plugins: inforce: signing: certificate`"
        raise ConfigurationError([Problem(key.key, "holds no certificate", todo)]) from None


def _file_of(signing: Signing) -> str:
    return signing.key.key if isinstance(signing.key, KeyInFile) else signing.key.module


def _nobody(_prompt: str) -> NoReturn:
    raise _NotAsked


@contextmanager
def _told(found: list[Problem]) -> Iterator[None]:
    """Go on after an error, and keep what it tells."""
    try:
        yield
    except ConfigurationError as wrong:
        found += wrong.problems
