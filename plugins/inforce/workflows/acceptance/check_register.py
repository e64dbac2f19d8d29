"""Check a register: its rows, their chain, its signed heads, its receipts, and what was shown."""

from __future__ import annotations

import heapq
from binascii import a2b_base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from operator import itemgetter
from pathlib import Path
from typing import Any

from inforce.adapters.acceptance.register_store import Register, Stored
from inforce.core.chain import Flaw, Link, Walk
from inforce.core.errors import ConfigurationError, Problem
from inforce.core.register import Head
from inforce.formats.acceptance.head_jws import HeadError, read_head
from inforce.formats.acceptance.jwks import Jwks
from inforce.formats.acceptance.receipt_jws import ReceiptError, agrees, read_receipt
from inforce.formats.acceptance.row_json import content_of, digest_of, parsed, row_from
from inforce.formats.acceptance.signed_json import SIGNED

_STANDARD = bytes.maketrans(b"-_", b"+/")
_FILED = ("subject", "policy", "revision", "decision", "instant")


@dataclass(slots=True)
class Checked:
    """What a check has looked at: rows, heads, receipts whose signatures were checked, presentations."""

    rows: int = 0
    heads: int = 0
    receipts: int = 0
    presentations: int = 0


@dataclass(slots=True)
class Check:
    """A check of a register.

    Attributes:
        register: the register.
        keys: its public keys, of all times.
        heads: signed heads that were kept elsewhere, as texts.
        with_receipts: whether the signature of each receipt is checked; else of those after the last signed head alone.
        checked: what was looked at.
    """

    register: Register
    keys: Jwks
    heads: tuple[str, ...] = ()
    with_receipts: bool = False
    checked: Checked = field(default_factory=Checked)

    def flaws(self) -> Iterator[Flaw]:
        """Everything that is wrong, as it is found.

        Raises:
            UnavailableError: the database does not answer.
        """
        unreadable: list[Flaw] = []
        heads = self._heads(unreadable)
        shown: dict[str, int] = {}
        yield from self._walk(heads, shown)
        yield from unreadable
        yield from self._presentations(shown)

    def _walk(self, heads: Iterator[Head], shown: dict[str, int]) -> Iterator[Flaw]:
        """Go along the rows; note which presentation is named first where."""
        last = 0 if self.with_receipts else self._covered()
        walk, head, held = Walk(self.register.id), next(heads, None), 0
        for stored in self.register.stored(unread=last):
            number = stored[0]
            while head is not None and head.number < number:  # its row is not there, which the gap tells
                head = next(heads, None)
            try:
                value = parsed(stored[7])
                link = _link(stored, value, is_read=number > last)
            except (ValueError, TypeError, KeyError, RecursionError):
                yield Flaw(number, f"row {number} was edited: it cannot be read")
                value, link = {}, _unreadable(stored, walk)
            found = tuple(walk.pass_by(link))
            yield from found
            while head is not None and head.number == number:
                flaws = list(walk.hold_against(head))
                yield from flaws
                yield from self._unreceived(held, number) if flaws and not self.with_receipts else ()
                self.checked.heads, held, head = self.checked.heads + 1, number, next(heads, None)
            if value:
                shown.setdefault(value["presentation"], number)
                if number > last and link.is_received and not found:
                    yield from self._receipt(stored, value)
            self.checked.rows += 1
        yield from walk.end()
        yield from self._orphaned(walk.number)
        beyond = [] if head is None else [head, *heads]
        self.checked.heads += len(beyond)
        for place, one in enumerate(beyond, start=1):
            if place == len(beyond) or one.register != self.register.id:  # the last one says how much is cut off
                yield from walk.hold_against(one)

    def _covered(self) -> int:
        """The row up to which a signed head covers the receipts: where it is edited, it covers none of them."""
        number, text = self.register.last_signed_number(), self.register.last_signed_head()
        try:
            head = read_head(text or "", self.keys)
        except HeadError:
            return 0
        return number if (head.number, head.register) == (number, self.register.id) else 0

    def _orphaned(self, last: int) -> Iterator[Flaw]:
        """Receipts that were left behind when the rows at the end were removed."""
        first, until = self.register.receipts_without_rows(last)
        if first:
            which = f"row {first} was" if first == until else f"rows {first} to {until} were"
            yield Flaw(first, f"{which} cut off: what is left of that is a receipt")

    def _unreceived(self, after: int, until: int) -> Iterator[Flaw]:
        """The first row of a stretch whose receipt is not its own: a head says that something was changed there."""
        for number, *_, digest, _, jws in self.register.stored(after, until):
            if jws is not None and not _names(jws, digest):
                yield Flaw(number, f"row {number} was edited: its receipt names another digest")
                return

    def _heads(self, unreadable: list[Flaw]) -> Iterator[Head]:
        """The heads, of the register and from elsewhere, in order."""
        own = self._read(self.register.heads(), "the signed head of row {}", unreadable, are_filed=True)
        given = self._read(enumerate(self.heads, 1), "head {} of those given", unreadable)
        return heapq.merge(own, sorted(given, key=_number), key=_number)

    def _read(
        self, texts: Iterable[tuple[int, str]], called: str, unreadable: list[Flaw], *, are_filed: bool = False
    ) -> Iterator[Head]:
        """Read heads, each with its number; of those that `are_filed` it is that of the row."""
        for number, text in texts:
            try:
                head = read_head(text, self.keys)
            except HeadError as wrong:
                unreadable.append(Flaw(0, f"{called.format(number)}: {wrong}", wrong.is_of_unknown_key))
                continue
            if are_filed and head.number != number:
                what = f"{called.format(number)} was edited: the one that is there is of row {head.number}"
                unreadable.append(Flaw(number, what))
            else:
                yield head

    def _receipt(self, stored: Stored, value: dict[str, Any]) -> Iterator[Flaw]:
        number, digest, text = stored[0], stored[6], stored[8]
        self.checked.receipts += 1
        try:
            receipt = read_receipt(text or "", self.keys)
        except ReceiptError as wrong:
            what = f"row {number}: its receipt is not the register's: {wrong}"
            yield Flaw(number, what, wrong.is_of_unknown_key)
            return
        if receipt.register != self.register.id or not agrees(receipt, row_from(value), digest):
            yield Flaw(number, f"row {number}: its receipt says otherwise than the row")

    def _presentations(self, shown: dict[str, int]) -> Iterator[Flaw]:
        """Whether what rows name is there, and is what they name."""
        for digest, data in self.register.presentations():
            self.checked.presentations += 1
            number = shown.pop(digest, 0)
            if not _is_of(data, digest):
                yield Flaw(number, f"the presentation {digest} was edited: row {number} names it")
        for digest, number in shown.items():
            yield Flaw(number, f"the presentation {digest} was removed: row {number} names it")


def read_heads(files: Iterable[Path]) -> Iterator[str]:
    """The signed heads in files, whatever stands around them: lines of them, a mail, what the register answered.

    Raises:
        ConfigurationError: a file cannot be read, or has none.
    """
    for path in files:
        try:
            found = SIGNED.findall(path.read_text(encoding="utf-8", errors="replace"))
        except OSError as wrong:
            todo = "name a file with signed heads, as the register wrote or answered them"
            raise ConfigurationError([Problem(str(path), f"this cannot be read: {wrong.strerror}", todo)]) from None
        if not found:
            todo = "name a file with signed heads: each begins with `eyJ`, and has two dots in it"
            raise ConfigurationError([Problem(str(path), "there is no signed head in it", todo)])
        yield from found


def _link(stored: Stored, value: dict[str, Any], *, is_read: bool) -> Link:
    """A row as it is found; whether its receipt is looked into, or only whether there is one.

    Raises:
        KeyError: it lacks something that a row has.
        TypeError: something in it is of another kind.
    """
    number, _, _, _, _, _, digest, data, jws = stored
    if [*map(type, _looked_at(value))] != _KINDS:
        raise TypeError
    return Link(
        number,
        digest,
        digest_of(value["previous"], content_of(data)),
        value["number"],
        value["previous"],
        value["instant"],
        _filed(value) == stored[1:6],
        None if jws is None else not is_read or _names(jws, digest),
        value["register"],
    )


def _unreadable(stored: Stored, walk: Walk) -> Link:
    """A row of which nothing can be said but that it stands there."""
    number, digest = stored[0], stored[6]
    return Link(number, digest, digest, number, walk.digest, walk.instant, True, True, walk.register)  # noqa: FBT003


_filed = itemgetter(*_FILED)
_looked_at = itemgetter("number", "instant", "presentation", "previous", "register")
_KINDS = [int, str, str, str, str]


def _names(jws: str, digest: str) -> bool:
    """Whether a receipt names that digest as its row's; its signature is not looked at."""
    payload = jws[jws.find(".") + 1 : jws.rfind(".")].encode().translate(_STANDARD)
    try:
        return f'"row":"{digest}"'.encode() in a2b_base64(payload + b"==")
    except ValueError:
        return False


def _is_of(data: object, digest: str) -> bool:
    """Whether what is stored is that of a digest; SQLite keeps a text, too, where bytes belong."""
    return isinstance(data, bytes) and sha256(data).hexdigest() == digest


def _number(head: Head) -> int:
    return head.number
