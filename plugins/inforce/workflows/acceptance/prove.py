"""Prove what somebody was shown and said: everything that is about it, in one ZIP that explains itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import file_digest, sha256
from pathlib import Path

from inforce.adapters.acceptance.register_store import Register
from inforce.adapters.clock import Door
from inforce.adapters.zip_file import write_zip
from inforce.core.acceptance_settings import AcceptanceSettings
from inforce.core.chain import Walk
from inforce.core.errors import ConfigurationError, NotThereError, Problem, RecordError
from inforce.core.policy import Revision
from inforce.core.register import Head, Kept, Shown
from inforce.formats.acceptance.head_jws import HeadError, read_head, sign_head
from inforce.formats.acceptance.jwks import Jwks, PublicKey, jwks_json
from inforce.formats.acceptance.proof import (
    KEYS,
    README,
    SUMS,
    TOP,
    Proof,
    Proved,
    chain_line,
    chain_place,
    head_place,
    key_files,
    presentation_place,
    readme,
    receipt_place,
    row_place,
    text_place,
)
from inforce.formats.acceptance.receipt_jws import ReceiptError, agrees, read_receipt
from inforce.formats.acceptance.row_json import content_of, row_text
from inforce.formats.acceptance.signed_json import kid_of
from inforce.formats.sha256sums import sha256sums
from inforce.workflows.acceptance.each_row import EachRow
from inforce.workflows.acceptance.set_up import public_keys_of, signing_key_of
from inforce.workflows.acceptance.sign_head import sign_next_head
from inforce.workflows.read_messages import languages_of
from inforce.workflows.read_record import OpenRecord, opened
from inforce.workflows.settings import Settings

_AGAIN = "check the register first: `inforce acceptances check`"


@dataclass(frozen=True, slots=True)
class Report:
    """What was proved: of how many rows, in how many files."""

    rows: int
    files: int


def prove(  # noqa: PLR0913, PLR0917 - what is proved, of what, by what, where to
    settings: Settings,
    said: AcceptanceSettings,
    folder: Path,
    register: Register,
    subject: str,
    door: Door,
    out: Path,
) -> Report:
    """Write everything that is about a subject into a ZIP. A head is signed first, if none covers their last row.

    Args:
        settings: of the record.
        said: how the register is set up …
        folder: … and where that stands.
        register: the register.
        subject: whom.
        door: the clock.
        out: the file, replaced if it is there; the same rows and heads give the same bytes.

    Raises:
        NotThereError: the register has no row of that subject.
        RecordError: something does not fit, so that it would prove nothing.
        ConfigurationError: a key or a file is not as it should be.
        UnavailableError: the database does not answer.
    """
    rows, kept, keys = register.rows_of(subject), register.kept_of(subject), public_keys_of(said, folder)
    if not rows:
        todo = "look whether this is the id that the application gives; who was never asked has no rows"
        raise NotThereError([Problem("--subject", f"the register has no row of `{subject}`", todo)])
    if missing := [one.number for one in rows if one not in {each.row for each in kept}]:
        raise _unfit(missing[0], "it has no receipt")
    if strange := [one.number for one in rows if one.statement.subject != subject]:
        raise _unfit(strange[0], f"it is filed under `{subject}`, and is about somebody else")
    numbers, found = [one.number for one in rows], register.numbers_about(subject)
    if found != tuple(numbers):
        first = min(set(found).symmetric_difference(numbers), default=numbers[0])
        raise _unfit(first, f"the register has rows {_list(found)} about `{subject}`, and gives rows {_list(numbers)}")
    if register.last_signed()[0] < kept[-1].row.number:
        sign = partial(sign_head, key=signing_key_of(said, folder), issuer=said.address)
        sign_next_head(register, keys, sign, door.asked)
    say = languages_of(settings).messages_in(settings.language)
    with opened(settings, door) as source, tempfile.TemporaryDirectory() as temporary:
        if source.record.errors:
            raise RecordError(source.record.errors)
        gathering = _Gathering(register, keys, source, Path(temporary))
        members = dict(gathering.members(kept))
        address = f"{settings.root or said.address}{'accept/' if settings.root else ''}keys.json"
        members[README] = readme(
            Proof(subject, said.address, address, tuple(gathering.proved), tuple(gathering.signed.items())), say
        )
        _write(out, members)
    return Report(len(kept), len(members) + 1)


class _Gathering:
    """Everything that is about a subject's rows, looked through once more as it is gathered."""

    def __init__(self, register: Register, keys: Jwks, source: OpenRecord, folder: Path) -> None:
        """Keep what it is gathered from; `folder` is for what is too long for memory."""
        self._register, self._keys, self._source, self._folder = register, keys, source, folder
        self.proved: list[Proved] = []
        self.signed: dict[str, PublicKey] = {}

    def members(self, kept: tuple[Kept, ...]) -> Iterator[tuple[str, bytes | Path]]:
        """The files: each with its place."""
        yield KEYS, jwks_json(self._keys)
        yield from key_files(self._keys)
        for one in kept:
            yield from self._row(one)
        reached, wanted = 0, {one.row.number: one for one in kept}
        for one in kept:
            if one.row.number > reached:
                heads = self._heads(one.row.number)
                reached = heads[-1][0].number
                yield from self._stretch(heads, wanted)
        if wanted:
            raise _unfit(min(wanted), "no signed head covers it")

    def _row(self, one: Kept) -> Iterator[tuple[str, bytes | Path]]:
        text, shown = row_text(one.row, self._register.id), one.row.statement.shown
        revision = self._revision(one, shown)
        self.proved.append(Proved(one.row, content_of(text), revision))
        yield row_place(one.row.number), text.encode()
        yield receipt_place(one.row.number), one.receipt.encode()
        yield text_place(shown.policy, shown.revision), self._source.data(revision)
        presentation = self._register.presentation(shown.presentation)
        if presentation is None or sha256(presentation).hexdigest() != shown.presentation:
            raise _unfit(one.row.number, "the register has not what was shown")
        yield presentation_place(shown.presentation), presentation

    def _revision(self, one: Kept, shown: Shown) -> Revision:
        policy = self._source.record.policy(shown.policy)
        revision = next((each for each in policy.revisions if each.name == shown.revision), None) if policy else None
        if revision is None or revision.digest != shown.digest:
            raise _unfit(
                one.row.number, f"the record has no {shown.policy}/{shown.revision} of the digest that it names"
            )
        try:
            receipt = read_receipt(one.receipt, self._keys)
        except ReceiptError as wrong:
            raise _unfit(one.row.number, str(wrong)) from None
        if receipt.register != self._register.id or not agrees(receipt, one.row, one.digest):
            raise _unfit(one.row.number, "its receipt says otherwise")
        self._note(receipt_place(one.row.number), receipt.kid)
        return revision

    def _heads(self, number: int) -> list[tuple[Head, str]]:
        """The signed heads around a row, with their texts: the last before it, if there is one, and the next."""
        texts = [text for text in self._register.heads_around(number) if text is not None]
        try:
            heads = [(read_head(text, self._keys), text) for text in texts]
        except HeadError as wrong:
            raise _unfit(number, f"a head near it is not the register's: {wrong}") from None
        if strange := [head.number for head, _ in heads if head.register != self._register.id]:
            raise _unfit(number, f"the signed head of row {strange[0]} is of another register")
        if not heads or heads[-1][0].number < number:
            raise _unfit(number, "no signed head covers it: the one that did was edited")
        return heads

    def _stretch(self, heads: list[tuple[Head, str]], wanted: dict[int, Kept]) -> Iterator[tuple[str, bytes | Path]]:
        """The chain from one head to the next, and these; rows are no longer `wanted` once they are met in it."""
        after = heads[-1][0]
        walk = Walk(self._register.id)
        if len(heads) > 1:
            walk.number, walk.digest = heads[0][0].number, heads[0][0].digest
        each = EachRow(walk, None)
        place = chain_place(walk.number + 1, after.number)
        path = self._folder / place.replace("/", "-")
        with path.open("w", encoding="ascii") as file:
            for stored in self._register.stored(walk.number or None, after.number):
                previous = walk.digest
                for flaw in each.flaws(stored):
                    raise _unfit(flaw.row, flaw.what)
                one = wanted.pop(walk.number, None)
                if one is not None and row_text(one.row, self._register.id) != stored[7]:
                    raise _unfit(walk.number, "it says more, or says it otherwise, than a row does")
                file.write(chain_line(walk.number, previous, content_of(stored[7]), walk.digest))
        if (walk.number, walk.digest) != (after.number, after.digest):
            raise _unfit(walk.number, "it is not the one that was signed")
        yield place, path
        for head, signed in heads:
            self._note(head_place(head.number), kid_of(signed))
            yield head_place(head.number), signed.encode()

    def _note(self, place: str, kid: str) -> None:
        """Note which key signed what lies in a place."""
        if (key := self._keys.find(kid)) is not None:
            self.signed[place] = key


def _write(out: Path, members: dict[str, bytes | Path]) -> None:
    """Write the ZIP, whole or not at all."""
    digests = {name: _digest(what) for name, what in members.items()}
    listed = [*sorted(members.items()), (SUMS, sha256sums(digests))]
    try:
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}.") as private:
            temporary = Path(private, out.name)
            write_zip(temporary, ((f"{TOP}/{name}", what) for name, what in listed))
            temporary.chmod(0o600)  # it is about somebody, and so is who may read it
            temporary.replace(out)
    except OSError as wrong:
        todo = "name a file in a folder that is there, and where there is room"
        raise ConfigurationError([Problem(str(out), f"this cannot be written: {wrong.strerror}", todo)]) from None


def _digest(what: bytes | Path) -> str:
    if isinstance(what, bytes):
        return sha256(what).hexdigest()
    with what.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _list(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


def _unfit(number: int, what: str) -> RecordError:
    return RecordError([Problem(f"row {number}", f"this would prove nothing: {what}", _AGAIN)])
