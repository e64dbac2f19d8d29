"""Check a receipt, offline: its signature by the register's keys, and what it says against the record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from inforce.adapters.clock import Door
from inforce.core.acceptance import open_to
from inforce.core.errors import Problem, RecordError
from inforce.core.instant import format_instant
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.core.verdict import About, Checked, Reason, Verdict, worst
from inforce.formats.acceptance.jwks import Jwks
from inforce.formats.acceptance.receipt_jws import Receipt, ReceiptError, read_receipt
from inforce.formats.acceptance.signed_json import LONGEST, SIGNED
from inforce.workflows.acceptance.presentations import Presentations, presentations_of
from inforce.workflows.acceptance.set_up import read_key_set
from inforce.workflows.read_record import OpenRecord, opened
from inforce.workflows.settings import Settings
from inforce.workflows.site_archive import SiteArchive, site_archive

_MOST, _LONGEST_TOLD = 100, 80
"""How many receipts a file may have; and how much of a text stands for it where it is told of."""
_TRUST = "give the register's public keys (--keys): the site has them under accept/keys.json"


def receipts_at(place: str) -> dict[str, str]:
    """The receipts that are meant, by what a person calls each; empty where none are.

    A receipt is a text, stands behind the `#` of an address, or on a line of a file.

    Raises:
        RecordError: it begins as a receipt does, and is not the whole of one.
    """
    with suppress(OSError, ValueError), Path(place).open("rb") as file:
        lines = file.read(_MOST * LONGEST).decode("ascii").split()
        if not all(SIGNED.fullmatch(line) for line in lines):
            return {}
        return {place if len(lines) == 1 else f"{place}, receipt {n}": line for n, line in enumerate(lines, start=1)}
    text = place.rpartition("#")[2].strip()
    if not text.startswith("eyJ"):
        return {}
    called = f"{place[:_LONGEST_TOLD]}…" if len(place) > _LONGEST_TOLD else place
    if not SIGNED.fullmatch(text):
        what = "this is no receipt, or not the whole of one, and no file of that name is there"
        raise RecordError([Problem(called, what, "copy the receipt from its beginning to its end")])
    return {called: text}


@dataclass(frozen=True, slots=True)
class Request:
    """What receipts are held against.

    Attributes:
        on: the instant as of which it is asked.
        keys: the file with the register's public keys; None: nobody said whom to trust.
        record: the record; None: they are held against none.
    """

    on: datetime
    keys: Path | None
    record: Settings | None


def check_receipts(receipts: list[tuple[str, str]], request: Request, door: Door) -> Iterator[tuple[str, Checked]]:
    """Check receipts, given with what a person calls each.

    Raises:
        ConfigurationError: the keys cannot be read.
        RecordError: the record, or the archive beside it, cannot.
    """
    keys = None if request.keys is None else read_key_set(request.keys, str(request.keys))
    with ExitStack() as stack:
        source = None if request.record is None else stack.enter_context(opened(request.record, door))
        presentations = None
        if request.record is not None and source is not None and not source.record.errors:
            presentations = presentations_of(request.record, source, _archive(request.record, source, door))
        for place, text in receipts:
            yield place, _Judging(request.on, keys, source, presentations).judged(text)


class _Judging:
    """One receipt, and the reasons that are found."""

    def __init__(
        self, on: datetime, keys: Jwks | None, source: OpenRecord | None, presentations: Presentations | None
    ) -> None:
        """Begin with none."""
        self._on, self._keys, self._source, self._presentations = on, keys, source, presentations
        self._found: list[Reason] = []

    def judged(self, text: str) -> Checked:
        """What the receipt comes to."""
        if self._keys is None:
            words = f"nobody said whose receipts to trust: {_TRUST}"
            return _checked([Reason(About.SIGNATURE, words, Verdict.CANNOT_TELL)])
        try:
            receipt = read_receipt(text, self._keys)
        except ReceiptError as wrong:
            return _checked([Reason(About.SIGNATURE, str(wrong), _unsigned(wrong))])
        self._say(About.SIGNATURE, f"the register signed it, with the key {receipt.kid}")
        issuer = f" of {receipt.issuer}" if receipt.issuer else ""
        who = f"{receipt.subject} {receipt.decision} {receipt.policy}/{receipt.revision}"
        self._note(About.SIGNATURE, f"{who} at {_told(receipt.instant)}: row {receipt.number}{issuer}")
        if receipt.instant > self._on:
            self._doubt(About.TIME, f"that is later than {_told(self._on)}")
        if self._source is not None:
            self._recorded(receipt, self._source)
        return _checked(self._found, receipt)

    def _recorded(self, receipt: Receipt, source: OpenRecord) -> None:
        """Hold it against the record."""
        if source.record.errors:
            self._doubt(About.RECORD, f"the record has errors: {source.record.errors[0].what}")
            return
        policy = source.record.policy(receipt.policy)
        revision = next((one for one in policy.revisions if one.name == receipt.revision), None) if policy else None
        if policy is None or revision is None:
            self._doubt(About.RECORD, f"the record does not know {receipt.policy}/{receipt.revision}")
            return
        if revision.digest != receipt.digest:
            self._say(About.RECORD, f"the text that the record has is another one: {revision.digest}", Verdict.ALTERED)
            return
        self._say(About.RECORD, f"the record has the text, {receipt.digest}, posted {_told(revision.posted)}")
        self._timed(receipt, policy, revision)
        self._shown(receipt)

    def _timed(self, receipt: Receipt, policy: PolicyRecord, revision: Revision) -> None:
        """Whether it could be answered then."""
        if revision.posted > receipt.instant:
            self._doubt(About.TIME, "it was answered before it was posted: the register's clock was wrong, or git's")
            return
        opened = open_to(policy.timeline, receipt.registered, (), receipt.instant)
        root = policy.timeline.root(revision.name)
        if root in {one.root for one in opened}:
            self._say(About.RECORD, "it was offered to them then, or binding, or about to take effect")
        else:
            self._note(About.RECORD, "going by the record alone, nobody who registered when they did was asked it then")

    def _shown(self, receipt: Receipt) -> None:
        """Whether the record still gives what was shown."""
        if self._presentations is None:
            return
        shown = self._presentations.of(receipt.policy, receipt.revision, receipt.audience)
        if shown is not None and shown.digest == receipt.presentation:
            self._say(About.PRESENTATION, f"what was shown is what the record gives, {receipt.presentation}")
        else:
            words = "the record gives other words now than were shown; the register and the archive keep those"
            self._note(About.PRESENTATION, f"{words}, {receipt.presentation}")

    def _say(self, about: About, words: str, verdict: Verdict = Verdict.AUTHENTIC) -> None:
        self._found.append(Reason(about, words, verdict))

    def _note(self, about: About, words: str) -> None:
        self._found.append(Reason(about, words, None))

    def _doubt(self, about: About, words: str) -> None:
        self._found.append(Reason(about, words, Verdict.CANNOT_TELL))


def key_set_here(settings: Settings) -> Path | None:
    """The register's public keys that the site of this project publishes, if it names any."""
    return None if settings.acceptance is None else settings.folder / settings.acceptance.keys


def _archive(settings: Settings, source: OpenRecord, door: Door) -> SiteArchive | None:
    """The archive of the project, which has what was shown as it was kept; nothing is fetched from elsewhere."""
    is_here = settings.archive and "://" not in settings.archive and (settings.folder / settings.archive).is_dir()
    return site_archive(settings, source.record, door.asked) if is_here else None


def _unsigned(wrong: ReceiptError) -> Verdict:
    return Verdict.CANNOT_TELL if wrong.is_of_unknown_key else Verdict.ALTERED


def _checked(reasons: list[Reason], receipt: Receipt | None = None) -> Checked:
    verdict = worst(one.verdict for one in reasons if one.verdict is not None)
    policy, revision = (receipt.policy, receipt.revision) if receipt else (None, None)
    return Checked(verdict, tuple(reasons), policy, revision)


def _told(instant: datetime) -> str:
    return format_instant(instant, UTC)
