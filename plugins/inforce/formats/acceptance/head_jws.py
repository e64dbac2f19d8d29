"""A signed head: how far the register had come at an instant; signed by it (`signed_json.py`).

Its type is `inforce-head+jwt`, and this is its payload::

    {"digest":"…64, of the last row…","instant":"…","iss":"…","number":120,"register":"…32 hexadecimal digits…"}

Whoever keeps one can show later that rows up to that number are as they were, and that none of them is gone.
"""

from __future__ import annotations

from inforce.core.register import Head
from inforce.formats.acceptance.jwks import Jwks, SigningKey
from inforce.formats.acceptance.row_json import instant_from, instant_text
from inforce.formats.acceptance.signed_json import SignedError, UnknownKeyError, read_signed, signed
from inforce.formats.json_text import Json

HEAD = "inforce-head+jwt"


class HeadError(ValueError):
    """Why a text is no head of the register's, told for a person.

    `is_of_unknown_key`: it may be one, of a key that is not here.
    """

    def __init__(self, what: str, *, is_of_unknown_key: bool = False) -> None:
        """Say why."""
        self.is_of_unknown_key = is_of_unknown_key
        super().__init__(what)


def sign_head(head: Head, key: SigningKey, issuer: str = "") -> str:
    """The head, signed; `issuer` is the register's address, empty where it has none."""
    payload: Json = {
        "digest": head.digest,
        "instant": instant_text(head.instant),
        "number": head.number,
        "register": head.register,
    }
    return signed({**payload, "iss": issuer} if issuer else payload, HEAD, key)


def read_head(text: str, keys: Jwks) -> Head:
    """What a head says, as it came from anybody.

    Raises:
        HeadError: it is none, or none of the register's.
    """
    try:
        value, _ = read_signed(text.strip(), HEAD, "head", keys)
        return Head(value["register"], value["number"], value["digest"], instant_from(value["instant"]))
    except SignedError as wrong:
        raise HeadError(str(wrong), is_of_unknown_key=isinstance(wrong, UnknownKeyError)) from None
    except (KeyError, TypeError, ValueError):
        raise HeadError("the register signed this, and it has not what a head has: a later version's?") from None
