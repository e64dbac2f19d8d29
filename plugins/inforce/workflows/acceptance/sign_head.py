"""Sign how far a register has come: only after it was made sure that nobody but the register wrote what is signed.

Whoever may write into the database can add rows and compute digests, and has no key. A head that the register signs
over such rows would make them its own. So every row since the last one that is vouched for is looked at first: its
text, the chain, and the signature of its receipt. And what is signed is the last row that was looked at, whatever has
come meanwhile. The register vouches for

- rows that this process wrote itself, directly after others that are vouched for: a server alone never reads its own;
- rows up to the head that was signed last, where nothing else is known; with no head, for none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from inforce.adapters.acceptance.register_store import FIRST, Point, Register
from inforce.core.chain import Flaw, Walk
from inforce.core.errors import Problem, RecordError
from inforce.core.register import Head
from inforce.formats.acceptance.head_jws import HeadError, read_head
from inforce.formats.acceptance.jwks import Jwks
from inforce.workflows.acceptance.each_row import EachRow

_MOST_TOLD, _FURTHER = 5, 1000
"""How many faults are told, and how many rows are looked at after the first: `check` looks at all."""
_TODO = "run `inforce acceptances check`, keep the database as it is, and compare it with a backup"
_OF_UNKNOWN_KEY = "if it was a key of yours, put its public key back into the key set; else "


def sign_next_head(register: Register, keys: Jwks, sign: Callable[[Head], str], now: datetime) -> str | None:
    """Sign the register's head, if that was not done yet; nobody has to wait while rows are looked at.

    Args:
        register: the register.
        keys: its public keys, of all times.
        sign: gives a head, signed.
        now: the clock.

    Returns:
        The head's text, kept in the register; None where the register has no rows.

    Raises:
        RecordError: the register is not as it was written; nothing is signed.
        UnavailableError: the database does not answer.
    """
    register.vouch(register.vouched or _signed_last(register, keys))
    point, own = register.vouched or FIRST, register.own
    if own is not None and own.number > point.number:
        register.vouch(_looked_at(register, keys, point, own.number))
        point = register.vouched or point
    register.vouch(_looked_at(register, keys, point))
    point = register.vouched or point
    if not point.number:
        return None
    text = register.sign_head(sign, now, point)
    if text is None:
        raise _refused([_gone(point)])
    if _read(text, keys, point.number, register) != point:
        raise _refused(
            [Flaw(point.number, f"the signed head of row {point.number} is of another row than stands there")]
        )
    return text


def _signed_last(register: Register, keys: Jwks) -> Point:
    """The row of which a head was signed last; that it is still there is not looked at yet."""
    number, text = register.last_signed()
    return _read(text, keys, number, register) if number else FIRST


def _read(text: str, keys: Jwks, number: int, register: Register) -> Point:
    """The row of which a head is."""
    try:
        head = read_head(text, keys)
    except HeadError as wrong:
        what = f"the signed head of row {number}: {wrong}"
        raise _refused([Flaw(number, what, wrong.is_of_unknown_key)]) from None
    if (head.number, head.register) != (number, register.id):
        where = f"row {head.number}" if head.register == register.id else "another register"
        raise _refused([Flaw(number, f"the signed head of row {number} was edited: it is of {where}")])
    return Point(head.number, head.digest)


def _looked_at(register: Register, keys: Jwks, point: Point, until: int | None = None) -> Point:
    """The last row after one that is vouched for, up to a number, once all of them were looked at.

    Raises:
        RecordError: one of them is not as the register wrote it.
    """
    instant = register.instant_at(point) if point.number else ""
    if instant is None:
        raise _refused([_gone(point)])
    each = EachRow(Walk(register.id, point.number, point.digest, instant), keys)
    if found := _flaws(register, each, point, until):
        raise _refused(found)
    return Point(each.walk.number, each.walk.digest)


def _flaws(register: Register, each: EachRow, point: Point, until: int | None) -> list[Flaw]:
    """What is wrong with the rows after one; of many, the first, and soon after that nothing is looked at any more."""
    found: list[Flaw] = []
    for stored in register.stored(point.number or None, until):
        found += each.flaws(stored)
        if found and (len(found) >= _MOST_TOLD or stored[0] > found[0].row + _FURTHER):
            break
    return [*found, *each.walk.end()][:_MOST_TOLD]


def _gone(point: Point) -> Flaw:
    what = f"row {point.number} is gone, or is not the one that was there: it, or a row before it, was changed"
    return Flaw(point.number, what)


def _refused(flaws: Iterable[Flaw]) -> RecordError:
    return RecordError([_problem(one) for one in flaws])


def _problem(flaw: Flaw) -> Problem:
    todo = f"{_OF_UNKNOWN_KEY}{_TODO}" if flaw.is_of_unknown_key else _TODO
    return Problem("the register", f"no head is signed: {flaw.what}", todo)
