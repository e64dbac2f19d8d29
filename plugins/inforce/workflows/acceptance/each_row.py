"""One row after the other, as it is stored: its text, its place in the chain, what is filed beside it, its receipt."""

from __future__ import annotations

from binascii import a2b_base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from inforce.adapters.acceptance.register_store import Stored
from inforce.core.chain import Flaw, Link, Walk
from inforce.formats.acceptance.jwks import Jwks
from inforce.formats.acceptance.receipt_jws import ReceiptError, agrees, read_receipt
from inforce.formats.acceptance.row_json import content_of, digest_of, parsed, row_from

_STANDARD = bytes.maketrans(b"-_", b"+/")


@dataclass(slots=True)
class EachRow:
    """Looks at rows, in order.

    Attributes:
        walk: along the chain, from where it begins.
        keys: with which receipts are signed; None: that is not looked at.
        unread: the row up to which it is only looked whether there is a receipt.
        receipts: of how many the signature was looked at.
        value: what stands in the row that was met last; empty where that cannot be read.
    """

    walk: Walk
    keys: Jwks | None
    unread: int = 0
    receipts: int = 0
    value: dict[str, Any] = field(default_factory=dict)

    def flaws(self, stored: Stored) -> Sequence[Flaw]:
        """What is wrong with the next row, as far as that is known by now."""
        is_read = stored[0] > self.unread
        try:
            self.value = value = parsed(stored[7])
            link = _link(stored, value, is_read=is_read)
        except (ValueError, TypeError, KeyError, RecursionError):
            self.value = {}
            edited = Flaw(stored[0], f"row {stored[0]} was edited: it cannot be read")
            return [edited, *self.walk.pass_by(_unreadable(stored, self.walk))]
        found = self.walk.pass_by(link)
        if found:
            return list(found)
        if is_read and self.keys is not None:
            return list(self._receipt(stored, value, self.keys))
        return ()

    def _receipt(self, stored: Stored, value: dict[str, Any], keys: Jwks) -> Iterator[Flaw]:
        """Look at the signature, and at what is signed."""
        number, digest, text = stored[0], stored[6], stored[8]
        self.receipts += 1
        try:
            receipt = read_receipt(text or "", keys)
        except ReceiptError as wrong:
            what = f"row {number}: its receipt is not the register's: {wrong}"
            yield Flaw(number, what, wrong.is_of_unknown_key)
            return
        if receipt.register != self.walk.register or not agrees(receipt, row_from(value), digest):
            yield Flaw(number, f"row {number}: its receipt says otherwise than the row")


def names(jws: object, digest: str) -> bool:
    """Whether a receipt names that digest as its row's; its signature is not looked at."""
    if not isinstance(jws, str):  # SQLite keeps bytes, too, where a text belongs
        return False
    try:
        payload = jws[jws.find(".") + 1 : jws.rfind(".")].encode().translate(_STANDARD)
        return f'"row":"{digest}"'.encode() in a2b_base64(payload + b"==")
    except ValueError:
        return False


def _link(stored: Stored, value: dict[str, Any], *, is_read: bool) -> Link:
    """A row as it is found; whether its receipt is looked into, or only whether there is one.

    Raises:
        KeyError: it lacks something that a row has.
        TypeError: something in it is of another kind.
        ValueError: its text is none.
    """
    number, _, _, _, _, _, digest, data, jws = stored
    looked_at = _looked_at(value)
    if [*map(type, looked_at)] != _KINDS:
        raise TypeError
    says, instant, _, previous, register = looked_at
    return Link(
        number,
        digest,
        digest_of(previous, content_of(data)),
        says,
        previous,
        instant,
        _filed(value) == stored[1:6],
        None if jws is None else not is_read or names(jws, digest),
        register,
    )


def _unreadable(stored: Stored, walk: Walk) -> Link:
    """A row of which nothing can be said but that it stands there."""
    number, digest = stored[0], stored[6]
    return Link(number, digest, digest, number, walk.digest, walk.instant, True, True, walk.register)  # noqa: FBT003


_filed = itemgetter("subject", "policy", "revision", "decision", "instant")
_looked_at = itemgetter("number", "instant", "presentation", "previous", "register")
_KINDS = [int, str, str, str, str]
