"""Whether a copy of a revision is the publisher's: evidence, gathered by others, comes to a verdict and reasons.

===============================================  ================================================================
what is found                                    verdict
===============================================  ================================================================
the signature, or a timestamp, is not intact;    altered
 something but timestamps follows the signature
no certification signature that forbids changes  altered, if it is signed at all
it is cut short, or cannot be read but was       altered
 signed once
the attached source has another digest than its  altered
 own facts, the manifest or the record say
the manifest or the record says otherwise        altered; a manifest that nobody vouches for: a note
a trusted manifest tells of the same file        cannot tell
 without its last timestamps
a throw-away key signed it, or it says so itself test-signed
no signature                                     cannot tell
the signer's certificate is not trusted, or was  cannot tell
 not valid then, or was revoked
nobody said whom to trust                        cannot tell
a byte could be another one, though none seems   cannot tell
 to be
the record cannot be read, or does not know it   cannot tell
its name is that of another revision             cannot tell
nothing of all that                              authentic
===============================================  ================================================================

Of several the worst counts: altered before test-signed before cannot tell before authentic. Where a manifest that is
trusted has the digest of the whole file, no byte of it can be another one. A timestamp whose
authority the reader does not trust is no reason against a copy: the time is then the signer's own word, and so said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum

from inforce.core.address import slug_fault
from inforce.core.archive import MANIFEST, MANIFEST_SIGNATURE, SUMS, Archived, Key, Level, Manifest, file_name
from inforce.core.instant import format_instant
from inforce.core.policy import Revision

_DATED = re.compile(r".+-\d{4}-\d\d-\d\d.*", re.ASCII)
TEST_ENDING = "-TEST-SIGNED.pdf"
"""How files end that a throw-away key signed (rule 13)."""


class Verdict(StrEnum):
    """What a copy is, the worst first."""

    ALTERED = "altered"
    TEST_SIGNED = "test-signed"
    CANNOT_TELL = "cannot tell"
    AUTHENTIC = "authentic"


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of them; of none, that one cannot tell."""
    found = set(verdicts)
    return next((one for one in Verdict if one in found), Verdict.CANNOT_TELL)


class About(StrEnum):
    """What a reason is about."""

    FILE = "file"
    SIGNATURE = "signature"
    CERTIFICATE = "certificate"
    TIME = "time"
    LEVEL = "level"
    SOURCE = "source"
    MANIFEST = "manifest"
    RECORD = "record"
    PRESENTATION = "presentation"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that was found, in words.

    `verdict` is what the reason comes to by itself; it is None where it speaks neither for the copy nor against it.
    """

    about: About
    words: str
    verdict: Verdict | None = Verdict.AUTHENTIC

    @property
    def is_good(self) -> bool | None:
        """Whether it speaks for the copy; None: neither for nor against."""
        return None if self.verdict is None else self.verdict is Verdict.AUTHENTIC


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signed. `distrust` says why the reader's trust does not extend to the certificate, empty where it does.

    `distrust` is None where the reader named nobody. `validity` says why the certificate was not valid at the time.
    `is_named` tells whether the reader trusts the very certificate, and not only an authority that issued it; `among`
    how many signers' own certificates the reader trusts.
    """

    name: str
    fingerprint: str
    is_test: bool = False
    distrust: str | None = None
    validity: str = ""
    issuer: str = ""
    is_named: bool = False
    among: int = 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """A timestamp: when, by whom, and why that authority is not trusted (empty where it is)."""

    time: datetime
    authority: str
    distrust: str
    is_archive: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a PDF says of its revision: by the attached `record.json`."""

    policy: str
    revision: str
    digest: str
    posted: datetime
    commit: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a file shows of itself.

    `alterations` and `doubts` are said of the signature and what follows it. `claimed` is when the signer says that it
    signed. `source_digest` is of the attached source; `described` are policy, revision and digest as the metadata has
    them; `faults` is what is wrong with the attachments and the metadata. `spare` are those whose certificates came
    along in the signer's chain, though nobody vouches for them and nothing rests on them. `earlier` are the digests
    that the file had before each of its archive timestamps.
    """

    digest: str
    size: int
    unreadable: str = ""
    is_signed: bool = False
    alterations: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    signer: Signer | None = None
    claimed: datetime | None = None
    stamps: tuple[Stamp, ...] = ()
    level: Level | None = None
    facts: Facts | None = None
    source_digest: str | None = None
    described: tuple[str, str, str] | None = None
    is_test: bool = False
    faults: tuple[str, ...] = ()
    spare: tuple[str, ...] = ()
    earlier: tuple[str, ...] = ()

    @property
    def is_trusted(self) -> bool:
        """Whether it is intact, and signed by whom the reader said to trust."""
        is_intact = self.is_signed and not (self.unreadable or self.alterations)
        return is_intact and self.signer is not None and self.signer.distrust == "" and not self.signer.is_test


@dataclass(frozen=True, slots=True)
class Manifested:
    """What a manifest says of a file.

    `entry` is None where it does not know the file. `is_vouched_for` tells whether the manifest itself comes from who
    is trusted: by its signature, or by where it was fetched from. `where` says which manifest it is. `published` has
    the certificates of all signers in it (SHA-256), where it is one that the publisher shows. One that `is_broken` is
    not what was signed: it was changed itself, and says nothing of any file.
    """

    where: str
    entry: Archived | None
    is_vouched_for: bool
    published: frozenset[str] = frozenset()
    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """How `SHA256SUMS` agrees with a manifest: the files of which it says otherwise, or why it cannot be read."""

    is_there: bool = True
    differing: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What a manifest that came with copies is held against.

    `elsewhere` are those of its files that belong to other policies than the one that came; `published` is the manifest
    that the publisher shows. `is_own` as in `Asked`.
    """

    sums: Sums = Sums()
    elsewhere: int = 0
    published: Manifested | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a record says of a revision: None where it does not know it; `errors` where it cannot be relied upon."""

    where: str
    revision: Revision | None
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a copy is held against, besides itself. `name` is the file's own name, without folders.

    `is_own` tells that it lies in the archive that would be asked who the publisher is: that cannot vouch for itself.
    """

    name: str
    on: datetime
    manifests: tuple[Manifested, ...] = ()
    record: Recorded | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Checked:
    """A copy with its verdict."""

    verdict: Verdict
    reasons: tuple[Reason, ...]
    policy: str | None = None
    revision: str | None = None
    level: Level | None = None


@dataclass(slots=True)
class _Reasons:
    """The reasons, as they are found."""

    found: list[Reason] = field(default_factory=list)

    def good(self, about: About, words: str) -> None:
        self.found.append(Reason(about, words))

    def note(self, about: About, words: str) -> None:
        self.found.append(Reason(about, words, None))

    def bad(self, about: About, words: str, verdict: Verdict | None = Verdict.ALTERED) -> None:
        self.found.append(Reason(about, words, verdict))


def judge(evidence: Evidence, asked: Asked) -> Checked:
    """What the evidence comes to."""
    reasons = _Reasons()
    _test_marks(evidence, asked, reasons)
    if evidence.unreadable:
        verdict = Verdict.ALTERED if evidence.is_signed else Verdict.CANNOT_TELL
        reasons.bad(About.FILE, evidence.unreadable, verdict)
    elif not evidence.is_signed:
        reasons.bad(About.SIGNATURE, "it carries no signature", Verdict.CANNOT_TELL)
    else:
        _signature(evidence, asked, reasons)
        _signer(evidence, asked, reasons)
        _time(evidence, asked, reasons)
    _attachments(evidence, asked, reasons)
    for manifest in asked.manifests:
        _manifest(evidence, manifest, reasons)
    if asked.record is not None:
        _record(evidence, asked.record, reasons)
    verdict = worst(one.verdict for one in reasons.found if one.verdict is not None)
    facts = evidence.facts
    policy, revision = (facts.policy, facts.revision) if facts else (None, None)
    return Checked(verdict, tuple(reasons.found), policy, revision, evidence.level)


def judge_manifest(evidence: Evidence, manifest: Manifest, beside: Beside) -> Checked:
    """What a manifest that came with copies comes to."""
    reasons, sums = _Reasons(), beside.sums
    published = () if beside.published is None else (beside.published,)
    asked = Asked(MANIFEST, evidence.claimed or datetime.max.replace(tzinfo=UTC), published, is_own=beside.is_own)
    if published:  # Who signs there is known by the certificate alone: a chain that came along need not be vouched for.
        evidence = replace(evidence, doubts=())
    if manifest.is_test:
        reasons.bad(About.MANIFEST, "it is of files that a throw-away test key signed", Verdict.TEST_SIGNED)
    if evidence.unreadable:
        reasons.bad(About.MANIFEST, evidence.unreadable)
    elif not evidence.is_signed:
        reasons.bad(About.SIGNATURE, f"{MANIFEST_SIGNATURE} is not there", Verdict.CANNOT_TELL)
    else:
        _test_marks(evidence, asked, reasons)
        _signature(evidence, asked, reasons)
        _signer(evidence, asked, reasons)
    if sums.fault:
        reasons.bad(About.MANIFEST, f"{SUMS} cannot be read: {sums.fault}")
    for name in sums.differing:
        reasons.bad(About.MANIFEST, f"{SUMS} has another digest of {name}")
    if sums.is_there and not sums.fault and not sums.differing:
        reasons.note(About.MANIFEST, f"{SUMS} agrees with it")
    if beside.elsewhere:
        words = (
            f"it tells of {_count(beside.elsewhere, 'file')} of other policies as well, which are not looked for here"
        )
        reasons.note(About.MANIFEST, words)
    return Checked(worst(one.verdict for one in reasons.found if one.verdict is not None), tuple(reasons.found))


def judge_missing(names: str, said: Key | None = None) -> Checked:
    """What a file comes to that is not there, though `names`, which lies beside, has it."""
    reason = Reason(About.FILE, f"missing: {names} names it, and it is not here", Verdict.CANNOT_TELL)
    policy, revision = said or (None, None)
    return Checked(Verdict.CANNOT_TELL, (reason,), policy, revision)


def judge_gone(companion: str) -> Checked:
    """What a manifest comes to that is not there, though something is that lies beside one."""
    reason = Reason(About.MANIFEST, f"missing: it is not here, though {companion} is", Verdict.CANNOT_TELL)
    return Checked(Verdict.CANNOT_TELL, (reason,))


def judge_empty() -> Checked:
    """What a folder or a zip comes to in which there is nothing to check."""
    reason = Reason(About.FILE, "there is no PDF in it, and no presentation", Verdict.CANNOT_TELL)
    return Checked(Verdict.CANNOT_TELL, (reason,))


def _test_marks(evidence: Evidence, asked: Asked, reasons: _Reasons) -> None:
    marks = [
        (evidence.signer is not None and evidence.signer.is_test, "its certificate says so"),
        (evidence.is_test, "it says so of itself"),
        (asked.name.endswith(TEST_ENDING), "its name says so"),
    ]
    said = [words for is_so, words in marks if is_so]
    if said:
        reasons.bad(About.SIGNATURE, f"a throw-away test key signed it: {'; '.join(said)}", Verdict.TEST_SIGNED)


def _signature(evidence: Evidence, asked: Asked, reasons: _Reasons) -> None:
    for words in evidence.alterations:
        reasons.bad(About.SIGNATURE, words)
    is_known_whole = any(
        one.is_vouched_for and one.entry is not None and evidence.digest in {state.digest for state in one.entry.states}
        for one in asked.manifests
    )
    is_trust_said = any(one.published for one in asked.manifests) or (
        evidence.signer is not None and evidence.signer.distrust is not None
    )
    for words in evidence.doubts if is_trust_said and not is_known_whole else ():
        reasons.bad(About.SIGNATURE, words, Verdict.CANNOT_TELL)
    if evidence.alterations:
        return
    later = sum(one.is_archive for one in evidence.stamps)
    follows = f"; {_count(later, 'timestamp')} of the archive and nothing else follow" if later else ""
    reasons.good(About.SIGNATURE, f"the signature is intact and covers the whole file as it was signed{follows}")
    if evidence.level is not None:
        reasons.note(About.LEVEL, f"PAdES {evidence.level}")


def _signer(evidence: Evidence, asked: Asked, reasons: _Reasons) -> None:
    signer = evidence.signer
    if signer is None:
        return
    issuer = f", issued by {signer.issuer}" if signer.issuer else ""
    who = f"{signer.name} (certificate {signer.fingerprint}{issuer})"
    if signer.distrust == "":
        reasons.good(About.CERTIFICATE, f"signed by {who}{_trusted(signer)}")
        for name in evidence.spare:
            words = f"the certificate of {name} came with it; nobody here vouches for it, and nothing rests on it"
            reasons.note(About.CERTIFICATE, words)
        return
    if signer.distrust is not None:
        reasons.bad(About.CERTIFICATE, f"signed by {who}, whose certificate {signer.distrust}", Verdict.CANNOT_TELL)
        return
    published = [one for one in asked.manifests if one.published]
    if not published:
        why = "an archive cannot vouch for itself" if asked.is_own else "nobody said whom to trust"
        words = f"signed by {who}, and {why}: give the publisher's certificate (--trust)"
        reasons.bad(About.CERTIFICATE, words, Verdict.CANNOT_TELL)
    for one in published:
        expected = one.published if one.entry is None else {one.entry.certificate}
        if signer.fingerprint not in expected:
            words = f"signed by {who}, which is not the certificate that {one.where} names"
            reasons.bad(About.CERTIFICATE, words, Verdict.CANNOT_TELL)
        elif signer.validity:
            reasons.bad(About.CERTIFICATE, f"signed by {who}, whose certificate {signer.validity}", Verdict.CANNOT_TELL)
        else:
            words = f"signed by {who}, which {one.where} names; get the certificate from elsewhere as well"
            reasons.good(About.CERTIFICATE, words)


def _trusted(signer: Signer) -> str:
    """How far the trust in a signer goes."""
    if not signer.is_named:
        return (
            ", for whom an authority vouches that is trusted here, as it does for all of its customers: see that the "
            "name is the publisher's, or trust the certificate itself"
        )
    if signer.among > 1:
        return (
            f", which is trusted here; what you trust has the certificates of {signer.among} signers, and this is one"
        )
    return ", which is trusted here"


def _time(evidence: Evidence, asked: Asked, reasons: _Reasons) -> None:
    for stamp in evidence.stamps:
        what = "stamped for the archive on" if stamp.is_archive else "signed no later than"
        told = f"{what} {_told(stamp.time)}, as {stamp.authority} confirms"
        if _is_later(stamp.time, asked.on):
            reasons.bad(About.TIME, f"{told}: that is later than {_told(asked.on)}", Verdict.CANNOT_TELL)
        elif stamp.distrust:
            reasons.note(About.TIME, f"{told}, whose certificate {stamp.distrust}")
        else:
            reasons.good(About.TIME, told)
    if any(not stamp.distrust for stamp in evidence.stamps):
        return
    if evidence.claimed is None:
        reasons.note(About.TIME, "nothing tells when it was signed")
    elif _is_later(evidence.claimed, asked.on):
        words = f"signed on {_told(evidence.claimed)}, as the signer says: that is later than {_told(asked.on)}"
        reasons.bad(About.TIME, words, Verdict.CANNOT_TELL)
    else:
        reasons.note(About.TIME, f"signed on {_told(evidence.claimed)}: that is the signer's own word")


def _is_later(moment: datetime, on: datetime) -> bool:
    """Whether it is after the second that is asked about: clocks are read in whole seconds, and stamps are finer."""
    return moment.replace(microsecond=0) > on


def _attachments(evidence: Evidence, asked: Asked, reasons: _Reasons) -> None:
    for words in evidence.faults:
        reasons.bad(About.SOURCE, words)
    facts = evidence.facts
    if facts is None:
        return
    if evidence.source_digest != facts.digest:
        words = f"the attached source.md has the digest {evidence.source_digest}, not {facts.digest} as it says itself"
        reasons.bad(About.SOURCE, words)
    elif not evidence.faults:
        reasons.good(About.SOURCE, f"the attached source.md has the digest {facts.digest}, as it says itself")
    if evidence.described is not None and evidence.described != (facts.policy, facts.revision, facts.digest):
        reasons.bad(About.SOURCE, "its metadata and the attached record.json speak of different revisions")
    if asked.name not in {file_name(facts.policy, facts.revision, is_test=is_test) for is_test in (False, True)}:
        words = f"it is {facts.policy}/{facts.revision}, though its name is {asked.name}"
        says_any = asked.name.startswith(f"{facts.policy}-") or _DATED.fullmatch(asked.name)
        says_other = says_any and not slug_fault(asked.name[:-4], "revision")
        reasons.bad(About.FILE, words, Verdict.CANNOT_TELL if says_other else None)


def _manifest(evidence: Evidence, said: Manifested, reasons: _Reasons) -> None:
    entry = said.entry
    if said.is_broken:
        reasons.note(About.MANIFEST, f"{said.where} was itself changed, and is not asked")
        return
    if entry is None:
        reasons.note(About.MANIFEST, f"{said.where} does not know of it")
        return
    proof, otherwise = ("", Verdict.ALTERED) if said.is_vouched_for else (", which proves nothing by itself", None)
    if evidence.facts is not None and evidence.facts.digest != entry.source:
        words = f"{said.where} says that the digest of its source is {entry.source}{proof}"
        reasons.bad(About.MANIFEST, words, otherwise)
    state = next((one for one in entry.states if one.digest == evidence.digest), None)
    if state is None:
        _other_bytes(evidence, said, entry, reasons)
        return
    if evidence.level is not None and evidence.level is not state.level:
        words = f"{said.where} says that it is of level {state.level}, and it is of {evidence.level}{proof}"
        reasons.bad(About.MANIFEST, words, otherwise)
    now = "" if state is entry.present else f"; it is as it was before the timestamp of {_told(entry.present.time)}"
    reasons.found.append(
        Reason(
            About.MANIFEST,
            f"byte for byte what {said.where} tells of{proof}{now}",
            Verdict.AUTHENTIC if said.is_vouched_for else None,
        )
    )


def _other_bytes(evidence: Evidence, said: Manifested, entry: Archived, reasons: _Reasons) -> None:
    """The manifest knows the file by other digests than the copy has."""
    words, verdict = f"these are not the bytes that {said.where} tells of", Verdict.ALTERED
    if evidence.digest == entry.unsigned:
        words, verdict = f"these are the bytes that {said.where} names as the unsigned ones", Verdict.CANNOT_TELL
    elif entry.present.digest in evidence.earlier:
        words = f"{said.where} may be older than this copy: it tells of it without its last timestamps"
        verdict = Verdict.CANNOT_TELL
    if said.is_vouched_for:
        reasons.bad(About.MANIFEST, words, verdict)
    else:
        reasons.note(About.MANIFEST, f"{words}, which proves nothing by itself")


def _record(evidence: Evidence, said: Recorded, reasons: _Reasons) -> None:
    facts = evidence.facts
    for words in said.errors:
        reasons.bad(About.RECORD, f"{said.where}: {words}", Verdict.CANNOT_TELL)
    if facts is None:
        return
    if said.revision is None:
        if not said.errors:
            words = f"{said.where} has no revision {facts.policy}/{facts.revision}"
            reasons.bad(About.RECORD, words, Verdict.CANNOT_TELL)
        return
    known, problems = said.revision, len(reasons.found)
    if known.digest != facts.digest:
        reasons.bad(About.RECORD, f"{said.where} has that revision with the digest {known.digest}")
    if known.posted != facts.posted:
        reasons.bad(About.RECORD, f"{said.where} says that it was posted on {_told(known.posted)}")
    if known.posting.source != facts.source:
        reasons.bad(About.RECORD, f"{said.where} says otherwise from where its posting is known")
    if facts.commit is not None and known.posting.commit != facts.commit:
        reasons.bad(About.RECORD, f"{said.where} says that commit {known.posting.commit} posted it")
    if len(reasons.found) == problems:
        reasons.good(About.RECORD, f"{said.where} has that revision, with that digest and that posting")


def _told(instant: datetime) -> str:
    return format_instant(instant, instant.tzinfo) if instant.tzinfo else str(instant)


def _count(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"
