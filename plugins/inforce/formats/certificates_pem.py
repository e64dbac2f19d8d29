"""`certificates.pem`: certificates one after the other, as RFC 7468 writes them and `openssl` reads them.

The whole format, each certificate once, in the order in which they were first used, a signer's before its issuer's::

    -----BEGIN CERTIFICATE-----
    …Base64 of the DER, 64 signs on a line…
    -----END CERTIFICATE-----
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from textwrap import wrap

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----\n")
_LINE = 64


def certificates_pem(certificates: Iterable[bytes]) -> bytes:
    """The certificates (DER), each once."""
    return "".join(map(_block, dict.fromkeys(certificates))).encode()


def parse_certificates(data: bytes) -> tuple[bytes, ...]:
    """The certificates (DER), read back.

    Raises:
        ValueError: it is not to the byte what `certificates_pem` writes.
    """
    try:
        found = tuple(base64.b64decode(one) for one in _BLOCK.findall(data.decode("ascii")))
    except (UnicodeDecodeError, binascii.Error):
        found = ()
    if certificates_pem(found) != data:
        raise ValueError("these are not certificates, one after the other, each once")
    return found


def _block(certificate: bytes) -> str:
    lines = "\n".join(wrap(base64.b64encode(certificate).decode("ascii"), _LINE))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"
