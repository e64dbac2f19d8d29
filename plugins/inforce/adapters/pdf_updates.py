"""Check what stands behind the last signature of a PDF, where no signature covers it.

A PDF of level B-LT or B-LTA ends with an update that brings validation information: certificates, revocation lists,
OCSP responses (the document security store: ETSI EN 319 142-1, 5.4.2). Nobody has signed that update as such. So that
a byte that was changed there is found as well, it is held against the one form in which pyHanko writes it: each object
is written anew and compared, the cross-reference stream is made anew, compressed data is compressed anew. What the
store holds is signed one by one, by those who issued it, and is checked by that.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from asn1crypto import crl, ocsp, x509
from cryptography import x509 as strict_x509
from cryptography.exceptions import InvalidSignature
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefStream
from pyhanko_certvalidator.sig_validate import DefaultSignatureValidator, SignatureValidationContext

from inforce.adapters.cms_checking import NotIntact, Trust, name_of, require_der, unvouched

_TIMES = re.compile(rb"\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)?")
_CHANGED = "what follows the last signature was changed"
_OTHER_LIBRARY = "its last update was compressed by another library than the one here"
_XREF_KEYS = {"/W", "/Type", "/Filter", "/Size", "/Root", "/Info", "/ID", "/Prev", "/Index", "/Length"}


@dataclass(frozen=True)
class Store:
    """The validation information in a PDF."""

    certificates: tuple[x509.Certificate, ...] = ()
    crls: tuple[Any, ...] = ()
    ocsps: tuple[Any, ...] = ()

    @property
    def has_revocations(self) -> bool:
        """Whether something says what was revoked."""
        return bool(self.crls or self.ocsps)


def read_store(reader: PdfFileReader) -> Store:
    """The document security store; empty where there is none.

    Raises:
        NotIntact: it cannot be read.
    """
    store = reader.root.get("/DSS")
    if store is None:
        return Store()
    try:
        return Store(
            tuple(x509.Certificate.load(one, strict=True) for one in _streams(store, "/Certs")),
            tuple(crl.CertificateList.load(one, strict=True) for one in _streams(store, "/CRLs")),
            tuple(ocsp.OCSPResponse.load(one, strict=True) for one in _streams(store, "/OCSPs")),
        )
    except (ValueError, TypeError, KeyError, AttributeError, PdfReadError):
        raise NotIntact("the validation information in it cannot be read") from None


def _streams(store: Any, key: str) -> Iterator[bytes]:
    for one in store.get(key, ()):
        yield one.get_object().data if isinstance(one, generic.IndirectObject) else one.data


def require_exact_updates(
    reader: PdfFileReader, data: bytes, end: int, contents: Sequence[bytes], trust: Trust
) -> list[str]:
    """See that everything from `end` on, where the last signature's cover ends, is as pyHanko wrote it.

    Args:
        reader: of these bytes.
        data: the whole file.
        end: how many bytes of it are signed, or time-stamped.
        contents: what the signatures and timestamps say, byte for byte: the store names those that it is for.
        trust: what the reader trusts.

    Returns:
        what keeps from telling whether a byte was changed, in words; nothing, if that can be told.

    Raises:
        NotIntact: a byte was changed.
    """
    if end == len(data):
        return []
    doubts: list[str] = []
    position = end
    revisions = [
        number
        for number in range(1, reader.xrefs.total_revisions)
        if reader.xrefs.get_startxref_for_revision(number) >= end
    ]
    try:
        for number in revisions:
            position = _require_revision(reader, data, number, position, doubts)
        _require_same_description(reader, revisions[0] - 1 if revisions else 0)
        _require_names(reader, contents)
        doubts += _require_store(read_store(reader), trust)
    except (PdfReadError, ValueError, TypeError, KeyError, AttributeError, IndexError, zlib.error):
        raise NotIntact(_CHANGED) from None
    if position != len(data):
        raise NotIntact("something was added behind its end")
    return sorted(set(doubts))


def _require_revision(reader: PdfFileReader, data: bytes, number: int, position: int, doubts: list[str]) -> int:
    """Walk through one update, object by object; where it ends."""
    container = reader.xrefs.get_xref_container_info(number).stream_ref
    if container is None:
        doubts.append("its last update is of another form than those of Inforce")
        return len(data)
    places: dict[tuple[int, int], Any] = {}
    objects = reader.xrefs.explicit_refs_in_revision(number) - {container}
    for reference in sorted(objects, key=lambda one: (one.generation, one.idnum)):
        _require(reader.xrefs.get_historical_ref(reference, number) == position)
        places[reference.generation, reference.idnum] = position
        found = reader.get_object(reference, revision=number)
        position = _require_object(data, position, reference, found, doubts)
    _require(reader.xrefs.get_startxref_for_revision(number) == position)
    places[0, container.idnum] = position
    table = _expected_table(reader, number, places, doubts)
    position = _require_object(data, position, container, table, doubts)
    return _require_bytes(data, position, b"\nstartxref\n%d\n%%%%EOF\n" % places[0, container.idnum])


def _require_object(data: bytes, position: int, reference: Any, found: Any, doubts: list[str]) -> int:
    written = BytesIO()
    written.write(b"%d %d obj\n" % (reference.idnum, reference.generation))
    found.write_to_stream(written)
    written.write(b"\nendobj\n")
    if isinstance(found, generic.StreamObject) and not isinstance(found, XRefStream):
        filters = found.get("/Filter")
        _require(filters in (None, "/FlateDecode"))
        if filters is not None and zlib.compress(found.data) != found.encoded_data:
            doubts.append(_OTHER_LIBRARY)
    return _require_bytes(data, position, written.getvalue())


def _expected_table(reader: PdfFileReader, number: int, places: Any, doubts: list[str]) -> Any:
    """The cross-reference stream of an update, made anew of what must be in it."""
    container = reader.xrefs.get_xref_container_info(number).stream_ref
    found = reader.get_object(container, revision=number, never_decrypt=True)
    _require(set(found) <= _XREF_KEYS)
    table = XRefStream(places)
    table.compress()
    trailer, before = reader.trailer, number - 1
    first, last = trailer.raw_get("/ID", revision=before)
    if found["/ID"][1].original_bytes != last.original_bytes:
        doubts.append("its last update has an identifier of its own, which nothing confirms")
    values = {
        "/Size": generic.NumberObject(container.idnum + 1),
        "/Root": trailer.raw_get("/Root", revision=before),
        "/ID": generic.ArrayObject(
            [generic.ByteStringObject(first.original_bytes), generic.ByteStringObject(found["/ID"][1].original_bytes)]
        ),
        "/Prev": generic.NumberObject(reader.xrefs.get_startxref_for_revision(before)),
    }
    if "/Info" in found:
        values["/Info"] = trailer.raw_get("/Info", revision=before)
    for key in found:
        if key in values:
            table[generic.pdf_name(key)] = values[key]
    table.write_to_stream(BytesIO())  # which fills it
    if table.data == found.data and table.encoded_data != found.encoded_data:
        doubts.append(_OTHER_LIBRARY)
        return generic.StreamObject(dict(table), encoded_data=found.encoded_data)
    return table


def _require_bytes(data: bytes, position: int, expected: bytes) -> int:
    after = position + len(expected)
    _require(data[position:after] == expected)
    return after


def _require(holds: object, words: str = _CHANGED) -> None:
    if not holds:
        raise NotIntact(words)


def _require_same_description(reader: PdfFileReader, covered: int) -> None:
    """The metadata may be written anew by an update, with other times and nothing else."""
    last = reader.xrefs.total_revisions - 1
    texts = []
    for number in (covered, last):
        root = reader.get_object(reader.root_ref, revision=number)
        found = root.raw_get("/Metadata") if "/Metadata" in root else None
        texts.append(b"" if found is None else reader.get_object(found.reference, revision=number).data)
    _require(_TIMES.sub(b"", texts[0]) == _TIMES.sub(b"", texts[1]), "its description of itself was changed")


def _require_names(reader: PdfFileReader, contents: Sequence[bytes]) -> None:
    """The store names signatures by the SHA-1 of what they say (ISO 32000-2, 12.8.4.4)."""
    known = {"/" + hashlib.sha1(one, usedforsecurity=False).hexdigest().upper() for one in contents}
    store = reader.root.get("/DSS", {})
    _require(set(store.get("/VRI", {})) <= known)


def _require_store(store: Store, trust: Trust) -> list[str]:
    """See that everything in the store is as its issuer signed it."""
    certificates = list(store.certificates)
    for response in store.ocsps:
        require_der(response.dump())
        certificates += _require_response(response, [*store.certificates, *trust.certificates])
    around = [*certificates, *trust.certificates]
    for one in certificates:
        require_der(one.dump())
        inner = one["tbs_certificate"]["signature"].dump()
        _require(one["signature_algorithm"].dump() == inner)
    for revoked in store.crls:
        require_der(revoked.dump())
        _require_list(revoked, around)
    return [
        f"nobody here vouches for the certificate of {name}, which came with its validation information"
        for name in unvouched(certificates, certificates, trust)
    ]


def _require_list(revoked: Any, around: Sequence[x509.Certificate]) -> None:
    _require(revoked["signature_algorithm"].dump() == revoked["tbs_cert_list"]["signature"].dump())
    read = strict_x509.load_der_x509_crl(revoked.dump())
    issuers = [one for one in around if one.subject.dump() == revoked.issuer.dump()]
    keys: list[Any] = [strict_x509.load_der_x509_certificate(one.dump()).public_key() for one in issuers]
    _require(any(read.is_signature_valid(key) for key in keys), "a revocation list in it was changed")


def _require_response(response: Any, around: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """See that an OCSP response is signed by somebody at hand; the certificates that it brought."""
    _require(response["response_status"].native == "successful")
    _require(response["response_bytes"]["response_type"].native == "basic_ocsp_response")
    basic = response["response_bytes"]["response"].parsed
    require_der(basic.dump())
    brought = list(basic["certs"] or ())
    for one in [*brought, *around]:
        try:
            DefaultSignatureValidator().validate_signature(
                basic["signature"].native,
                basic["tbs_response_data"].dump(),
                one.public_key,
                basic["signature_algorithm"],
                SignatureValidationContext(),
            )
        except (InvalidSignature, ValueError, TypeError):
            continue
        return brought
    raise NotIntact(f"an OCSP response in it was changed ({', '.join(map(name_of, brought)) or 'no certificate'})")
