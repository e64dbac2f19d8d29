"""Who signed what lies in an archive: signatures of manifests and of PDFs, read by pyHanko.

This tells whether a signature is intact and whose it is. Whether to trust that certificate is decided elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import Any

from asn1crypto import cms
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.general import extract_signer_info
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from inforce.adapters.checking.later_revisions import what_else

_ANY_CHANGE = ModificationLevel.OTHER


class NotSignedError(ValueError):
    """There is no intact signature; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A PDF with an intact signature: SHA-256 of the signer's certificate, and what is attached, by name."""

    certificate: str
    attachments: dict[str, bytes]


def detached_signer(data: bytes, signature: bytes) -> bytes:
    """The certificate (DER) of whoever signed the bytes by CMS SignedData beside them (RFC 5652).

    Raises:
        NotSignedError: it is no such signature, or one of other bytes.
    """
    with _told():
        content = cms.ContentInfo.load(signature, strict=True)
        _require(content["content_type"].native == "signed_data", "it is no CMS SignedData")
        signed = content["content"]
        info = extract_signer_info(signed)
        _require(info["digest_algorithm"]["algorithm"].native == "sha256", "it is by another digest than SHA-256")
        certificate = _certificate(signed, info)
        intact, valid = validate_sig_integrity(info, certificate, "data", sha256(data).digest())
        _require(intact and valid, "it is not the signature of these bytes")
        dumped: bytes = certificate.dump()
    return dumped


def signed_document(pdf: bytes) -> SignedDocument:
    """Who signed a PDF in which nothing was changed since, but that archive timestamps were added.

    Raises:
        NotSignedError: it is not signed, or something was changed.
    """
    with _told():
        reader = PdfFileReader(BytesIO(pdf))
        signatures = reader.embedded_regular_signatures
        _require(len(signatures) == 1, f"it has {len(signatures)} signatures, and not one")
        _see_intact(signatures[0])
        other = what_else(reader, signatures[0].signed_revision)
        _require(not other, f"it was changed after it was signed: {other}")
        certificate: bytes = signatures[0].signer_cert.dump()
        return SignedDocument(sha256(certificate).hexdigest(), dict(_attachments(reader)))


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except NotSignedError:
        raise
    except Exception as wrong:  # noqa: BLE001 - hostile bytes make asn1crypto and pyHanko fail in many ways
        raise NotSignedError(f"it cannot be read ({type(wrong).__name__})") from None


def _require(is_so: bool, otherwise: str) -> None:  # noqa: FBT001 - reads as an assertion
    if not is_so:
        raise NotSignedError(otherwise)


def _see_intact(signature: EmbeddedPdfSignature) -> None:
    signature.compute_integrity_info()
    digest = signature.compute_digest()
    intact, valid = validate_sig_integrity(signature.signer_info, signature.signer_cert, "data", digest)
    _require(intact and valid, "its signature is broken")
    changes: Any = signature.diff_result
    added = changes is None or getattr(changes, "modification_level", _ANY_CHANGE) <= ModificationLevel.LTA_UPDATES
    coverage: Any = signature.coverage
    _require(added and coverage >= SignatureCoverageLevel.ENTIRE_REVISION, "it was changed after it was signed")


def _certificate(signed: Any, info: Any) -> Any:
    """The certificate that the signature names, among those in it."""
    named = info["sid"]
    for choice in signed["certificates"]:
        one = choice.chosen
        if named.name == "issuer_and_serial_number":
            sid = named.chosen
            if one.issuer == sid["issuer"] and one.serial_number == sid["serial_number"].native:
                return one
        elif one.key_identifier == named.chosen.native:
            return one
    raise NotSignedError("the certificate of its signer is not in it")


def _attachments(reader: PdfFileReader) -> Iterator[tuple[str, bytes]]:
    names = _at(reader.root, "/Names", {})
    yield from _named(_at(names, "/EmbeddedFiles", {}))


def _named(node: Any) -> Iterator[tuple[str, bytes]]:
    """A name tree (ISO 32000-1, 7.9.6) of embedded files."""
    kids, pairs = _at(node, "/Kids", ()), _at(node, "/Names", ())
    for number in range(len(kids)):
        yield from _named(kids[number])
    for number in range(1, len(pairs), 2):
        specification = pairs[number]
        yield str(_at(specification, "/UF", "")), specification["/EF"]["/F"].data


def _at(node: Any, key: str, otherwise: Any) -> Any:
    """What a dictionary has; pyHanko follows references only where it is asked in this way."""
    return node[key] if key in node else otherwise  # noqa: SIM401 - see above
