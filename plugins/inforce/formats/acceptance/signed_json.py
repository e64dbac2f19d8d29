"""JSON that a register signs: JWS in its compact form (RFC 7515), with a header of exactly three members.

::

    {"alg":"Ed25519","kid":"…the key's thumbprint…","typ":"inforce-receipt+jwt"}

`typ` says what it is (RFC 8725): a receipt is never taken for a head. A text is read only if each part is written just
as base64url writes it, so that what is signed has one text alone. Its signature may have two: of one by ES256, (r, s),
anybody can make (r, n - s), which is as good. So two texts that differ there may be the same receipt.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache

from inforce.formats.acceptance.jwks import Jwks, SigningKey
from inforce.formats.acceptance.row_json import canonical
from inforce.formats.json_text import Json

LONGEST = 16_384
"""No text of ours is longer, in characters; a subject is short."""
SIGNED = re.compile(r"eyJ[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]*")
"""What looks like a signed text."""
_PARTS = 3
_HEADER = frozenset({"alg", "kid", "typ"})


class SignedError(ValueError):
    """What is wrong with a signed text, told for a person."""


class UnknownKeyError(SignedError):
    """It names a key that is not among the register's: nobody here can say whose it is."""


def signed(payload: Json, typ: str, key: SigningKey) -> str:
    """The object, signed."""
    message = f"{_header(key.algorithm, key.kid, typ)}.{_encoded(canonical(payload).encode())}"
    return f"{message}.{_encoded(key.sign(message.encode()))}"


def read_signed(text: str, typ: str, called: str, keys: Jwks) -> tuple[Json, str]:
    """What was signed, and the thumbprint of the key that did.

    Args:
        text: as it came from anybody.
        typ: what it has to be.
        called: what a person calls that.
        keys: the register's.

    Raises:
        SignedError: it is none, or none of the register's.
    """
    header, payload, signature, message = _parts(text, called)
    if header.keys() != _HEADER or not all(isinstance(one, str) and one.isprintable() for one in header.values()):
        raise SignedError(f"this is no {called} of ours: its header has other members than alg, kid and typ")
    if header["typ"] != typ:
        raise SignedError(f"this is no {called}: it says that it is `{header['typ']}`")
    key = keys.find(header["kid"])
    if key is None:
        raise UnknownKeyError(f"the key {header['kid']} is not among the register's keys")
    if header["alg"] != key.algorithm:
        raise SignedError(f"it says that it is signed with {header['alg']}, and the key is for {key.algorithm}")
    if not key.verifies(message, signature):
        raise SignedError(f"the signature is not that of the key {key.kid}: this {called} was altered, or made up")
    return payload, key.kid


def kid_of(text: str) -> str:
    """The thumbprint of the key that a text names, which was read before."""
    return str(json.loads(_decoded(text.strip().partition(".")[0]))["kid"])


def _parts(text: str, called: str) -> tuple[Json, Json, bytes, bytes]:
    """Header, payload, signature, and what is signed."""
    parts = text.split(".")
    if len(text) > LONGEST or len(parts) != _PARTS or not text.isascii():
        raise SignedError(f"this is no {called}: three parts with a dot between them")
    try:
        header, payload, signature = (_decoded(part) for part in parts)
        values = [json.loads(one, object_pairs_hook=_object) for one in (header, payload)]
    except (ValueError, RecursionError):
        raise SignedError(f"this is no {called}: what it holds cannot be read") from None
    if not all(isinstance(one, dict) for one in values):
        raise SignedError(f"this is no {called}: what it holds cannot be read")
    return values[0], values[1], signature, f"{parts[0]}.{parts[1]}".encode()


def _object(pairs: list[tuple[str, object]]) -> Json:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name stands there twice")
    return value


@lru_cache(16)
def _header(algorithm: str, kid: str, typ: str) -> str:
    return _encoded(canonical({"alg": algorithm, "kid": kid, "typ": typ}).encode())


def _encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """The bytes of a text without padding; ValueError where it would be written otherwise."""
    data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encoded(data) != text:
        raise ValueError
    return data
