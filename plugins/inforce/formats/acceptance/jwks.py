"""The keys of a register: the private one that signs, and the public ones as a JSON Web Key Set (RFC 7517).

::

    {
      "keys": [
        {"alg": "Ed25519", "crv": "Ed25519", "kid": "…", "kty": "OKP", "use": "sig", "x": "…"},
        {"alg": "ES256", "crv": "P-256", "kid": "…", "kty": "EC", "use": "sig", "x": "…", "y": "…"}
      ]
    }

`kid` is the key's thumbprint (RFC 7638). A key that no longer signs stays in the file: what it signed is to be checked
for ever. Algorithms are those of RFC 9864 and RFC 7518.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey
from joserfc.jws import JWSRegistry

from inforce.formats.json_text import Json, to_json

Key = OKPKey | ECKey
_ALGORITHMS = {("OKP", "Ed25519"): "Ed25519", ("EC", "P-256"): "ES256"}
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"})
_MEMBERS = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y")}


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checks signatures: its thumbprint, the algorithm that it is for, and itself."""

    kid: str
    algorithm: str
    key: Key

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the key's owner signed that."""
        try:
            return JWSRegistry.algorithms[self.algorithm].verify(message, signature, self.key)
        except (JoseError, ValueError):
            return False

    @property
    def entry(self) -> Json:
        """The key as it stands in a key set."""
        public = self.key.as_dict(private=False)
        members = {name: public[name] for name in _MEMBERS[str(public["kty"])]}
        return {**members, "alg": self.algorithm, "kid": self.kid, "use": "sig"}


@dataclass(frozen=True, slots=True)
class SigningKey(PublicKey):
    """A key that signs."""

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""
        return JWSRegistry.algorithms[self.algorithm].sign(message, self.key)


@dataclass(frozen=True, slots=True)
class Jwks:
    """A set of public keys."""

    keys: tuple[PublicKey, ...]

    def find(self, kid: str) -> PublicKey | None:
        """The key of that thumbprint, if it is there."""
        return next((one for one in self.keys if one.kid == kid), None)

    def __iter__(self) -> Iterator[PublicKey]:
        return iter(self.keys)


def signing_key(key: Key) -> SigningKey:
    """A private key that signs receipts.

    Raises:
        ValueError: it is of another kind than Ed25519 and P-256, or has no private part.
    """
    if not key.is_private:
        raise ValueError("this is a public key: it signs nothing")
    return SigningKey(key.thumbprint(), _algorithm(key), key)


def read_jwks(data: bytes) -> Jwks:
    """The public keys of a key set.

    Raises:
        ValueError: it is none, or has a key that is private, broken, or of another kind; told for a person.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    listed = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(listed, list):
        raise ValueError('it is no key set: {"keys": [ … ]}')  # noqa: TRY004 - what a file says, not a caller
    keys = [_public_key(one, number) for number, one in enumerate(listed, start=1)]
    twice = {one.kid for number, one in enumerate(keys) if any(one.kid == other.kid for other in keys[:number])}
    if twice:
        raise ValueError(f"the key {min(twice)} stands there twice")
    return Jwks(tuple(keys))


def jwks_json(keys: Iterable[PublicKey]) -> bytes:
    """The file of a key set, in the order given."""
    return to_json({"keys": [one.entry for one in keys]})


def _public_key(entry: Any, number: int) -> PublicKey:
    if not isinstance(entry, dict):
        raise ValueError(f"key {number} is no object")  # noqa: TRY004 - as above
    if found := sorted(_PRIVATE & entry.keys()):
        raise ValueError(f"key {number} is private: it has `{found[0]}`, which nobody but the register may see")
    try:
        members = {name: entry[name] for name in _MEMBERS[entry["kty"]]}
        key: Key = OKPKey.import_key(members) if entry["kty"] == "OKP" else ECKey.import_key(members)
        algorithm, kid = _algorithm(key), key.thumbprint()
        key.get_op_key("verify")
    except (JoseError, ValueError, TypeError, KeyError):
        raise ValueError(f"key {number} is not of a kind that is known here: Ed25519, or P-256 for ES256") from None
    for name, right in (("alg", algorithm), ("kid", kid), ("use", "sig")):
        if entry.get(name, right) != right:
            raise ValueError(f"key {number}: its `{name}` is {entry[name]!r}, and would have to be {right!r}")
    return PublicKey(kid, algorithm, key)


def _algorithm(key: Key) -> str:
    try:
        return _ALGORITHMS[key.key_type, key.curve_name]
    except KeyError:
        raise ValueError(f"a key of {key.curve_name} is not known here: Ed25519 or P-256") from None
