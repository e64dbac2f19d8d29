"""A receipt: what a person said to which text, when, and shown how; signed by the register (`signed_json.py`).

Its type is `inforce-receipt+jwt`, and this is its payload, shown here on several lines::

    {"audience":"new_users",
     "decision":"accepted",
     "digest":"…64 hexadecimal digits, of the text…",
     "instant":"2018-04-20T03:00:00.000000Z",
     "iss":"https://accept.qstore.example/",
     "number":2,
     "policy":"privacy-policy",
     "presentation":"…64, of what the screen said…",
     "register":"…32 hexadecimal digits…",
     "registered":"2018-04-20T02:59:00.000000Z",
     "revision":"2018-04-10",
     "row":"…64, of the register's row…",
     "subject":"u-1077"}

`iss` is the register's address, left out where it has none; `registered` null for whoever was about to register.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inforce.core.acceptance import Decision
from inforce.core.effect import Audience
from inforce.core.register import Row
from inforce.formats.acceptance.jwks import Jwks, SigningKey
from inforce.formats.acceptance.row_json import instant_from, instant_text
from inforce.formats.acceptance.signed_json import SignedError, UnknownKeyError, read_signed, signed
from inforce.formats.json_text import Json

RECEIPT = "inforce-receipt+jwt"


class ReceiptError(ValueError):
    """Why a text is no receipt of the register's, told for a person.

    `is_of_unknown_key`: it is signed with a key that is not among the register's, so that nobody can tell.
    """

    def __init__(self, what: str, *, is_of_unknown_key: bool = False) -> None:
        """Keep what is told."""
        super().__init__(what)
        self.is_of_unknown_key = is_of_unknown_key


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says.

    Attributes:
        subject: the person.
        registered: when they registered; None: they were about to.
        policy: what they answered …
        revision: … and which text of it, corrections included.
        digest: of the text.
        presentation: of what was shown.
        audience: as which they met it.
        decision: what they said.
        instant: when, by the register's clock.
        number: of the row …
        row: … and its digest.
        register: the register's id.
        issuer: the register's address; empty where it has none.
        kid: the thumbprint of the key that signed it.
    """

    subject: str
    registered: datetime | None
    policy: str
    revision: str
    digest: str
    presentation: str
    audience: Audience
    decision: Decision
    instant: datetime
    number: int
    row: str
    register: str
    issuer: str
    kid: str


def sign_receipt(row: Row, digest: str, register: str, key: SigningKey, issuer: str = "") -> str:
    """The receipt of a row.

    Args:
        row: the row.
        digest: its digest.
        register: the register's id.
        key: signs it.
        issuer: the register's address; empty where it has none.
    """
    return signed(_payload(row, digest, register, issuer), RECEIPT, key)


def read_receipt(text: str, keys: Jwks) -> Receipt:
    """What a receipt says, as it came from anybody.

    Raises:
        ReceiptError: it is none, or none of the register's.
    """
    try:
        value, kid = read_signed(text.strip(), RECEIPT, "receipt", keys)
        return _receipt(value, kid)
    except SignedError as wrong:
        raise ReceiptError(str(wrong), is_of_unknown_key=isinstance(wrong, UnknownKeyError)) from None
    except (KeyError, TypeError, ValueError, AttributeError):
        raise ReceiptError("the register signed this, and it has not what a receipt has: a later version's?") from None


def agrees(receipt: Receipt, row: Row, digest: str) -> bool:
    """Whether a receipt says of a row what the row says."""
    said = row.statement
    shown = said.shown
    return (
        (receipt.number, receipt.row, receipt.instant) == (row.number, digest, row.instant)
        and (receipt.subject, receipt.registered, receipt.decision) == (said.subject, said.registered, said.decision)
        and (receipt.policy, receipt.revision, receipt.audience) == (shown.policy, shown.revision, shown.audience)
        and (receipt.digest, receipt.presentation) == (shown.digest, shown.presentation)
    )


def _payload(row: Row, digest: str, register: str, issuer: str) -> Json:
    said = row.statement
    shown = said.shown
    payload: Json = {
        "audience": shown.audience.value,
        "decision": said.decision.value,
        "digest": shown.digest,
        "instant": instant_text(row.instant),
        "number": row.number,
        "policy": shown.policy,
        "presentation": shown.presentation,
        "register": register,
        "registered": None if said.registered is None else instant_text(said.registered),
        "revision": shown.revision,
        "row": digest,
        "subject": said.subject,
    }
    return {**payload, "iss": issuer} if issuer else payload


def _receipt(value: Json, kid: str) -> Receipt:
    registered = value["registered"]
    return Receipt(
        value["subject"],
        None if registered is None else instant_from(registered),
        value["policy"],
        value["revision"],
        value["digest"],
        value["presentation"],
        Audience(value["audience"]),
        Decision(value["decision"]),
        instant_from(value["instant"]),
        value["number"],
        value["row"],
        value["register"],
        value.get("iss", ""),
        kid,
    )
