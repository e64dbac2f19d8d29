"""Check a register: its rows, their chain, its signed heads, its receipts, and what was shown."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from inforce.adapters.acceptance.register_store import Register
from inforce.core.chain import Flaw, Walk
from inforce.core.errors import ConfigurationError, Problem
from inforce.core.register import Head
from inforce.formats.acceptance.head_jws import HeadError, read_head
from inforce.formats.acceptance.jwks import Jwks
from inforce.formats.acceptance.signed_json import SIGNED
from inforce.workflows.acceptance.each_row import EachRow, names


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
        for what in self.register.unsound():
            yield Flaw(0, f"SQLite finds its file unsound: {what}")

    def _walk(self, heads: Iterator[Head], shown: dict[str, int]) -> Iterator[Flaw]:
        """Go along the rows; note which presentation is named first where."""
        last = 0 if self.with_receipts else self._covered()
        walk, head, held = Walk(self.register.id), next(heads, None), 0
        each = EachRow(walk, self.keys, last)
        for stored in self.register.stored(unread=last):
            number = stored[0]
            while head is not None and head.number < number:  # its row is not there, which the gap tells
                head = next(heads, None)
            if flaws := each.flaws(stored):
                yield from flaws
            while head is not None and head.number == number:
                held_against = list(walk.hold_against(head))
                yield from held_against
                yield from self._unreceived(held, number) if held_against and not self.with_receipts else ()
                self.checked.heads, held, head = self.checked.heads + 1, number, next(heads, None)
            if each.value:
                shown.setdefault(each.value["presentation"], number)
            self.checked.rows += 1
        self.checked.receipts = each.receipts
        yield from walk.end()
        yield from self._orphaned(walk.number)
        beyond = [] if head is None else [head, *heads]
        self.checked.heads += len(beyond)
        for place, one in enumerate(beyond, start=1):
            if place == len(beyond) or one.register != self.register.id:  # the last one says how much is cut off
                yield from walk.hold_against(one)

    def _covered(self) -> int:
        """The row up to which a signed head covers the receipts: where it is edited, it covers none of them."""
        number, text = self.register.last_signed()
        try:
            head = read_head(text, self.keys)
        except HeadError:
            return 0
        return number if (head.number, head.register) == (number, self.register.id) else 0

    def _orphaned(self, last: int) -> Iterator[Flaw]:
        """Receipts without rows: those that were left behind when the rows at the end were removed, and others."""
        found = self.register.receipts_without_rows(last)
        for number in sorted({one for one in found if one < 1}):
            yield Flaw(number, f"the receipt of row {number} was inserted: the first row is row 1")
        if left := [one for one in found if one > 0]:
            which = f"row {left[0]} was" if left[0] == left[-1] else f"rows {left[0]} to {left[-1]} were"
            yield Flaw(left[0], f"{which} cut off: what is left of that is a receipt")

    def _unreceived(self, after: int, until: int) -> Iterator[Flaw]:
        """The first row of a stretch whose receipt is not its own: a head says that something was changed there."""
        for number, *_, digest, _, jws in self.register.stored(after, until):
            if jws is not None and not names(jws, digest):
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
                head = read_head(_text(text), self.keys)
            except HeadError as wrong:
                unreadable.append(Flaw(0, f"{called.format(number)}: {wrong}", wrong.is_of_unknown_key))
                continue
            if are_filed and head.number != number:
                what = f"{called.format(number)} was edited: the one that is there is of row {head.number}"
                unreadable.append(Flaw(number, what))
            else:
                yield head

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


def _text(stored: object) -> str:
    """What is stored, if it is a text; SQLite keeps bytes, too, where one belongs."""
    return stored if isinstance(stored, str) else ""


def _is_of(data: object, digest: str) -> bool:
    """Whether what is stored is that of a digest; SQLite keeps a text, too, where bytes belong."""
    return isinstance(data, bytes) and sha256(data).hexdigest() == digest


def _number(head: Head) -> int:
    return head.number
