"""Whether a register is as it was written: rows, their chain, and how far it had come when that was signed.

Rows are looked at one after the other, and what is wrong is told as it is met, with the number of the row:

*edited*
    its digest is not that of what stands in it; or it is, and the row after it names another one.
*removed*
    a number is missing; or a row stands at a lower number than it says of itself.
*inserted*
    the row after it names the one before it; or a row stands at a higher number than it says of itself; or it is the
    row before it once more; or its number is less than 1; or it has no receipt: the register writes each row together
    with one.
*cut off*
    a signed head is of a number that is no longer there.

Whoever edits a row can compute all digests after it anew. Then a signed head has another digest than its row, and so
have the receipts. Nothing here reads a clock, and no signature is checked here: heads come as they were read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from inforce.core.register import NO_ROW, Head


class Link(NamedTuple):
    """A row as it is found.

    Attributes:
        number: its place.
        digest: its digest, as it is stored.
        computed: its digest, computed of what stands in it.
        says: the number that it has by itself.
        previous: the digest of the row before it, by itself.
        instant: its instant by itself, as written: of one length for all.
        is_filed: whether what is stored beside it says the same as it does.
        is_received: whether it has a receipt that names its digest; None where it has none at all.
        register: the register's id, by itself.
    """

    number: int
    digest: str
    computed: str
    says: int
    previous: str
    instant: str
    is_filed: bool
    is_received: bool | None
    register: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong: the row of which it is told, and in words.

    `is_of_unknown_key`: nothing may be wrong but that a public key is missing here.
    """

    row: int
    what: str
    is_of_unknown_key: bool = False


@dataclass(slots=True)
class Walk:
    """A walk along the chain, from its first row on.

    Attributes:
        register: the register's id.
        number: the place of the last row that was met; 0: none yet.
        digest: its digest, as it is stored.
        instant: the latest that was met, as written.
    """

    register: str
    number: int = 0
    digest: str = NO_ROW
    instant: str = ""
    _before: str = NO_ROW
    _shift: int = 0
    _edited: int = 0
    _unreceived: int = 0
    _unsigned: int = 0

    def pass_by(self, row: Link) -> Iterable[Flaw]:
        """Go on to the next row; what is wrong: an empty tuple, if nothing is."""
        if not self._is_sound(row):
            return self._flaws(row)
        self._before, self.digest, self.number, self.instant = self.digest, row.digest, row.number, row.instant
        return ()

    def _is_sound(self, row: Link) -> bool:
        """Whether nothing is wrong, with this row and before: the short way, which nearly all rows take."""
        return (
            row.previous == self.digest
            and row.computed == row.digest
            and row.number == row.says == self.number + 1
            and row.is_filed
            and row.is_received is True
            and row.register == self.register
            and row.instant >= self.instant
            and not (self._shift or self._unreceived)
        )

    def _flaws(self, row: Link) -> Iterator[Flaw]:
        if row.number < 1:
            yield Flaw(row.number, f"row {row.number} was inserted: the first row is row 1")
            return
        is_next, is_whole = row.number == self.number + 1, row.computed == row.digest
        if not is_next:
            yield Flaw(self.number + 1, f"{_rows(self.number + 1, row.number - 1)} removed")
        if not is_whole:
            self._edited = row.number
            yield Flaw(row.number, f"row {row.number} was edited: its digest is not that of what stands in it")
        else:
            yield from self._said(row, is_next=is_next)
        yield from self._receive(row)
        self._before, self.digest, self.number = self.digest, row.digest, row.number
        if is_whole:
            self.instant, self._shift = max(row.instant, self.instant), row.number - row.says

    def _said(self, row: Link, *, is_next: bool) -> Iterator[Flaw]:
        """Look at what a row says by itself, once it is known that it has its digest."""
        shift = row.number - row.says
        if shift != self._shift:
            yield self._moved(row, shift)
        elif is_next and row.previous != self.digest and self._edited != self.number:
            yield self._unlinked(row)
        if not row.is_filed:
            self._edited = row.number
            what = f"row {row.number} was edited: what is stored beside it says otherwise than the row"
            yield Flaw(row.number, what)
        if row.register != self.register:
            yield Flaw(row.number, f"row {row.number} is of another register")
        if row.instant < self.instant:
            yield Flaw(row.number, f"row {row.number} is dated before the row before it")

    def hold_against(self, head: Head) -> Iterator[Flaw]:
        """Compare what was signed of the row that was met last; or, at the end, of one that is not there.

        Of heads that say otherwise, one after the other, the first is told.
        """
        when = head.instant.isoformat()
        if head.register != self.register:
            yield Flaw(head.number, f"the head of row {head.number}, signed at {when}, is of another register")
        elif head.number > self.number:
            what = f"{_rows(self.number + 1, head.number)} cut off: row {head.number} was signed as the last at {when}"
            yield Flaw(self.number + 1, what)
        elif head.digest == self.digest:
            self._unsigned = 0
        elif not self._unsigned:
            self._unsigned = head.number
            what = f"row {head.number} is not the one that was signed at {when}: it, or a row before it, was changed"
            yield Flaw(head.number, what)

    def end(self) -> Iterator[Flaw]:
        """Come to the end; what is left to tell."""
        yield from self._received(self.number + 1)

    def _moved(self, row: Link, shift: int) -> Flaw:
        """That a row does not stand where it says, though the one before it stood right, or otherwise wrong."""
        if row.digest == self.digest:
            return Flaw(row.number, f"row {row.number} was inserted: it is row {row.says} once more")
        if shift > self._shift:
            first = row.number - (shift - self._shift)
            what = f"{_rows(first, row.number - 1)} inserted: row {row.number} says that it is row {row.says}"
            return Flaw(first, what)
        gone = self._shift - shift
        first = row.says - gone
        what = f"{_rows(first, row.says - 1)} removed: row {row.says} stands in the place of row {row.number}"
        return Flaw(first, what)

    def _unlinked(self, row: Link) -> Flaw:
        """That a row does not follow the one that stands before it."""
        if row.previous == self._before:
            what = f"row {self.number} was inserted: row {row.number} follows the one before it"
        else:
            what = f"row {self.number} was edited, or put there: row {row.number} follows another one"
        return Flaw(self.number, what)

    def _receive(self, row: Link) -> Iterator[Flaw]:
        """Look at the receipt; of rows in turn whose receipts are not theirs, the first is told, and at the end all."""
        if row.is_received is False:
            if not self._unreceived:
                self._unreceived = row.number
                if self._edited != row.number:
                    self._edited = row.number
                    yield Flaw(row.number, f"row {row.number} was edited: its receipt names another digest")
            return
        yield from self._received(row.number)
        if row.is_received is None:
            what = f"row {row.number} has no receipt: the register did not write it, or the receipt was removed"
            yield Flaw(row.number, what)

    def _received(self, number: int) -> Iterator[Flaw]:
        """That the receipts of rows in turn were not theirs, once it is known how many there are."""
        first, self._unreceived = self._unreceived, 0
        if first and number - first > 1:
            what = f"rows {first} to {number - 1} have receipts that name other digests: their chain was made anew"
            yield Flaw(first, what)


def _rows(first: int, last: int) -> str:
    return f"row {first} was" if first == last else f"rows {first} to {last} were"
