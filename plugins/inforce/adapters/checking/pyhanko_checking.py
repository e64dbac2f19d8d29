"""Read out of a signed PDF what speaks for it and against it. pyHanko reads the PDF; trust is the reader's.

pyHanko tells whether a signature fits what it covers, and whether later updates are such as may be. That is not
enough here: any byte that was changed must show. So the place of each signature is held to its exact form (upper-case
hexadecimal, filled up with zeros, and the byte range right around it), its inside is checked by `cms`, and
what came after the signature by `later_revisions`.

A file may be made to harm its reader: call this in a process of its own (`process`).
"""

from __future__ import annotations

import hashlib
import logging
from binascii import hexlify
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from io import BytesIO
from typing import Any

from asn1crypto import crl, ocsp, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfDecodeLimitError, PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from inforce.adapters.checking.certificates import Trust, distrust, name_of, unvouched, validity_fault, whole_names
from inforce.adapters.checking.cms import NotIntactError, Seal, opened_seal, require_chain
from inforce.adapters.checking.later_revisions import what_else
from inforce.core.archive import Level
from inforce.core.signing import TEST_SUBJECT
from inforce.core.verdict import Evidence, Signer, Stamp
from inforce.formats.copied_facts import described_in, facts_of

_MOST_ATTACHMENTS = 64
_SIGNED = b"/ByteRange"
_END = b"%%EOF"
_UNCOVERED = (
    "something stands behind its last signature or timestamp, where nothing covers it: validation information, it seems"
)


@dataclass(frozen=True)
class _Store:
    """The validation information in a PDF: its document security store (ETSI EN 319 142-1, 5.4.2)."""

    certificates: tuple[x509.Certificate, ...] = ()
    crls: tuple[Any, ...] = ()
    ocsps: tuple[Any, ...] = ()

    @property
    def has_revocations(self) -> bool:
        """Whether something says what was revoked."""
        return bool(self.crls or self.ocsps)


def gather_evidence(data: bytes, trust: Trust | None, on: datetime) -> Evidence:
    """What the file shows of itself; `trust` is None where the reader named nobody.

    Never raises for what is in the file.
    """
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    evidence = Evidence(hashlib.sha256(data).hexdigest(), len(data))
    was_signed = _SIGNED in data
    try:
        return _gathered(data, trust, on, evidence)
    except NotIntactError as wrong:
        return replace(evidence, is_signed=True, alterations=(str(wrong),))
    except (MemoryError, PdfDecodeLimitError):
        return replace(evidence, is_signed=was_signed, unreadable="reading it takes too much memory")
    except Exception:  # noqa: BLE001 - whatever is in the file, the answer is a verdict
        if not data.startswith(b"%PDF-"):
            words = "this is no PDF, and not one receipt"
        elif not data.rstrip().endswith(_END):
            return replace(
                evidence, is_signed=True, unreadable="it is cut short, or something was added behind its end"
            )
        else:
            words = "it cannot be read as a PDF: it is damaged, or made otherwise than those of Inforce"
        return replace(evidence, is_signed=was_signed, unreadable=words)


def gather_detached(data: bytes, signature: bytes, trust: Trust | None, on: datetime) -> Evidence:
    """What a signature beside a file shows of the file: CMS SignedData in DER, detached (RFC 5652)."""
    evidence = Evidence(hashlib.sha256(data).hexdigest(), len(data), is_signed=True)
    try:
        seal = opened_seal(signature, lambda name: hashlib.new(name, data).digest(), is_timestamp=False)
        return replace(_told(evidence, _Signed((seal,), seal.time), trust, on), level=None)
    except NotIntactError as wrong:
        return replace(evidence, alterations=(str(wrong),))


def _gathered(data: bytes, trust: Trust | None, on: datetime, evidence: Evidence) -> Evidence:
    reader = PdfFileReader(BytesIO(data), strict=True)
    signatures = list(reader.embedded_signatures)
    evidence = _content(reader, evidence)
    if not signatures:
        if _SIGNED in data:
            raise NotIntactError("a signature was taken out of it")
        return evidence
    first, later = signatures[0], signatures[1:]
    _require_certified(reader, first)
    if any(one.sig_object_type != "/DocTimeStamp" for one in later):
        raise NotIntactError("somebody else signed it afterwards")
    seals = tuple(_sealed(data, one, is_timestamp=number > 0) for number, one in enumerate(signatures))
    _require_nothing_else(first, later)
    *ends, last = (end + length for _, _, end, length in (one.byte_range for one in signatures))
    doubts = () if last == len(data) else (_UNCOVERED,)
    evidence = replace(evidence, earlier=tuple(hashlib.sha256(data[:end]).hexdigest() for end in ends))
    return _told(evidence, _Signed(seals, _claimed(first), _read_store(reader), doubts), trust, on)


@dataclass(frozen=True)
class _Signed:
    """A signature with the archive timestamps that follow it, all intact, and what came with them."""

    seals: tuple[Seal, ...]
    claimed: datetime | None
    store: _Store = _Store()
    doubts: tuple[str, ...] = ()

    @cached_property
    def token(self) -> Seal | None:
        """The timestamp within the signature.

        Raises:
            NotIntactError: it is not intact.
        """
        token, signature = self.seals[0].token, self.seals[0].signature
        if token is None:
            return None
        return opened_seal(token, lambda name: hashlib.new(name, signature).digest(), is_timestamp=True)

    @property
    def timestamps(self) -> list[Seal]:
        """All timestamps, in the order in which they were made."""
        return [one for one in (self.token, *self.seals[1:]) if one is not None]

    @property
    def pool(self) -> list[x509.Certificate]:
        """Every certificate that came along."""
        everywhere = (self.seals[0], *self.timestamps)
        return [*self.store.certificates, *(one for each in everywhere for one in each.certificates)]

    @property
    def revocations(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Revocation lists and OCSP responses that came along."""
        return self.store.crls, self.store.ocsps

    @property
    def level(self) -> Level:
        """The level of PAdES that this comes to."""
        if len(self.seals) > 1:
            return Level.B_LTA if self.store.certificates else Level.B_T
        if self.token is None:
            return Level.B_B
        return Level.B_LT if self.store.certificates and self.store.has_revocations else Level.B_T


def _told(evidence: Evidence, signed: _Signed, trust: Trust | None, on: datetime) -> Evidence:
    """The evidence, with who signed and when.

    Raises:
        NotIntactError: something came along that nothing signs.
    """
    pool, signer = signed.pool, signed.seals[0].signer
    doubts = list(signed.doubts)
    spare: tuple[str, ...] = ()
    trusted = trust or Trust()
    for one in (signed.seals[0], *signed.timestamps):
        require_chain(one)
        names = unvouched(one.others, pool, trusted)
        if one is signed.seals[0] and trusted.names(signer):
            spare = tuple(names)  # of its chain, and not needed: the signer's own is trusted byte for byte
        else:
            doubts += [
                f"nobody here vouches for the certificate of {name}, which came with it: trust its issuer's as well"
                for name in names
            ]
    stamps = _stamps(signed, trust, on)
    proven = [stamp.time for stamp in stamps if not stamp.distrust]
    moment = min(proven) if proven else signed.claimed or on
    subject, issuer = whole_names(signer)
    return replace(
        evidence,
        is_signed=True,
        doubts=tuple(dict.fromkeys(doubts)),
        signer=Signer(
            subject,
            signer.sha256.hex(),
            TEST_SUBJECT in signer.subject.human_friendly,
            None if trust is None else distrust(signer, pool, trust, moment, signed.revocations),
            validity_fault(signer, moment),
            issuer,
            is_named=trusted.names(signer),
            among=len(trusted.signers),
        ),
        spare=spare,
        claimed=signed.claimed,
        stamps=stamps,
        level=signed.level,
    )


def _stamps(signed: _Signed, trust: Trust | None, on: datetime) -> tuple[Stamp, ...]:
    """The timestamps in order of time; each is judged at the next trusted one's instant, and the last one now."""
    stamps: list[Stamp] = []
    moment = on
    for seal in reversed(signed.timestamps):
        time = seal.time or on
        why = "is none that is trusted"
        if trust is not None:
            why = distrust(seal.signer, signed.pool, trust, moment, signed.revocations, is_timestamp=True)
        stamps.append(Stamp(time, name_of(seal.signer), why, seal is not signed.token))
        moment = time if not why else moment
    return tuple(stamps[::-1])


# The signatures -------------------------------------------------------------------------------------------------------


def _require_certified(reader: PdfFileReader, first: EmbeddedPdfSignature) -> None:
    """See that the first signature forbids changes, and that the catalog says so (ISO 32000-1, 12.8.2.2)."""
    named = _entry(_entry(reader.root, "/Perms", {}), "/DocMDP")
    is_first = named is not None and named.container_ref == first.sig_object.container_ref
    if first.sig_object_type != "/Sig" or not is_first or first.docmdp_level is not MDPPerm.NO_CHANGES:
        raise NotIntactError("it is not certified so that changes are forbidden, as those of Inforce are")


def _sealed(data: bytes, signature: EmbeddedPdfSignature, *, is_timestamp: bool) -> Seal:
    """Check a signature and the place in which it stands."""
    start, end, last = _place(data, signature)
    der = _contents(data[start:end])
    if bytes(signature.pkcs7_content) != der + bytes((end - start - 2) // 2 - len(der)):
        raise NotIntactError("the signature is not where it says")
    covered = data[:start] + data[end:last]
    wanted = "/ETSI.RFC3161" if is_timestamp else "/ETSI.CAdES.detached"
    if _entry(signature.sig_object, "/SubFilter") != wanted:
        raise NotIntactError("it is not signed as PAdES has it")
    return opened_seal(der, lambda name: hashlib.new(name, covered).digest(), is_timestamp=is_timestamp)


def _place(data: bytes, signature: EmbeddedPdfSignature) -> tuple[int, int, int]:
    """Where the signature itself begins and ends, and where what it covers ends."""
    numbers = [int(one) for one in signature.byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:  # noqa: PLR2004
        raise NotIntactError("the signature does not cover the file from its beginning")
    _, start, end, length = numbers
    key = b"/Contents "
    is_around = (
        start < end <= end + length <= len(data) and data[start : start + 1] == b"<" and data[end - 1] == ord(">")
    )
    if not is_around or data[start - len(key) : start] != key:
        raise NotIntactError("it is cut short, or the signature leaves out more than itself")
    return start, end, end + length


def _contents(field: bytes) -> bytes:
    """The signature, out of `<…>`: upper-case hexadecimal, filled up with zeros, and nothing else."""
    digits = field[1:-1]
    try:
        padded = bytes.fromhex(digits.decode("ascii"))
    except ValueError:
        raise NotIntactError("the signature is damaged") from None
    if hexlify(padded).upper() != digits or len(padded) < 4:  # noqa: PLR2004
        raise NotIntactError("the signature is damaged")
    size = int.from_bytes(padded[2:4], "big") + 4  # a SEQUENCE whose length takes two bytes, as that of all of them
    if padded[:2] != b"\x30\x82" or size > len(padded) or any(padded[size:]):
        raise NotIntactError("the signature is damaged, or something is hidden behind it")
    return padded[:size]


def _require_nothing_else(first: EmbeddedPdfSignature, later: Sequence[EmbeddedPdfSignature]) -> None:
    """See that updates after each signature brought timestamps and validation information alone."""
    for one in (first, *later):
        one.compute_integrity_info()
        if one.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
            raise NotIntactError("the signature does not cover the whole of what was signed")
    if not first.summarise_integrity_info()["docmdp_ok"]:
        raise NotIntactError("it was changed after it was signed")
    other = what_else(first.reader, first.signed_revision)
    if other:
        raise NotIntactError(f"it was changed after it was signed: {other}")


def _claimed(first: EmbeddedPdfSignature) -> datetime | None:
    claimed: datetime | None = first.self_reported_timestamp
    return None if claimed is None or claimed.tzinfo is None else claimed


def _read_store(reader: PdfFileReader) -> _Store:
    store = _entry(reader.root, "/DSS", {})
    try:
        return _Store(
            tuple(x509.Certificate.load(one, strict=True) for one in _streams(store, "/Certs")),
            tuple(crl.CertificateList.load(one, strict=True) for one in _streams(store, "/CRLs")),
            tuple(ocsp.OCSPResponse.load(one, strict=True) for one in _streams(store, "/OCSPs")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, PdfReadError):
        raise NotIntactError("the validation information in it cannot be read") from None


def _streams(store: Any, key: str) -> Iterator[bytes]:
    for one in _entry(store, key, ()):
        yield one.get_object().data if isinstance(one, generic.IndirectObject) else one.data


# What it contains -----------------------------------------------------------------------------------------------------


def _content(reader: PdfFileReader, evidence: Evidence) -> Evidence:
    """The attachments and what the metadata says."""
    faults: list[str] = []
    attached = dict(_attachments(reader))
    facts, source = None, None
    if "record.json" in attached:
        try:
            facts = facts_of(attached["record.json"])
        except ValueError as wrong:
            faults.append(f"the attached record.json is not what Inforce writes: {wrong}")
    else:
        faults.append("no record.json is attached to it")
    if "source.md" in attached:
        source = hashlib.sha256(attached["source.md"]).hexdigest()
    else:
        faults.append("no source.md is attached to it")
    described, is_test = described_in(_metadata(reader, reader.xrefs.total_revisions - 1))
    if described is None:
        faults.append("its metadata does not say of which revision it is")
    return replace(
        evidence, facts=facts, source_digest=source, described=described, is_test=is_test, faults=tuple(faults)
    )


def _metadata(reader: PdfFileReader, revision: int) -> bytes:
    """The metadata (XMP) in a revision."""
    root = reader.get_object(reader.root_ref, revision=revision)
    if "/Metadata" not in root:
        return b""
    data: bytes = reader.get_object(root.raw_get("/Metadata").reference, revision=revision).data
    return data


def _attachments(reader: PdfFileReader) -> Iterator[tuple[str, bytes]]:
    """The attached files; of several with one name the first one counts."""
    seen: set[str] = set()
    for _, specification in _leaves(_entry(_entry(reader.root, "/Names", {}), "/EmbeddedFiles", {})):
        name = str(_entry(specification, "/UF") or _entry(specification, "/F"))
        if name not in seen and name in ("source.md", "record.json"):
            seen.add(name)
            yield name, specification["/EF"]["/F"].data


def _leaves(tree: Any, depth: int = 0) -> Iterator[tuple[Any, Any]]:
    """The entries of a name tree (ISO 32000-1, 7.9.6)."""
    names = [one.get_object() if isinstance(one, generic.IndirectObject) else one for one in _entry(tree, "/Names", ())]
    yield from list(zip(names[::2], names[1::2], strict=False))[:_MOST_ATTACHMENTS]
    for kid in list(_entry(tree, "/Kids", ()))[:_MOST_ATTACHMENTS] if depth < 4 else ():  # noqa: PLR2004
        yield from _leaves(kid.get_object(), depth + 1)


def _entry(dictionary: Any, key: str, default: Any = None) -> Any:
    """What a dictionary has under a key, looked up where it is a reference."""
    return dictionary[key] if key in dictionary else default  # noqa: SIM401 - `get` gives references back
