"""Check what a signature or a timestamp in CMS says, and that not a byte of it could be another one.

A CMS structure (RFC 5652) has parts that its own signature does not cover: algorithm names, the list of certificates,
unsigned attributes. pyHanko and OpenSSL pass over what they find there. Here it is held to one form:

* the whole is DER, each length and each boolean written in the one way (X.690, clauses 8 and 10);
* one signer, its certificate named by a signed attribute (ESS, RFC 5035), no revocation lists, one digest algorithm;
* each further certificate issued a certificate before it in the chain, and is itself vouched for: by its issuer, by
  being its own issuer, or by being trusted byte for byte;
* no unsigned attribute but one timestamp of the signature, and none at all on a timestamp.

RSA may be named in two ways that mean the same: alone, or with its digest (RFC 3370, 3.2). Inforce's signatures do the
second. Authorities do either, and so one byte is left where nothing helps: that in which the name of the algorithm on
the last timestamp by RSA became the other one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.general import CMSStructuralError
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import (
    extract_self_reported_ts,
    get_signing_cert_attr,
    validate_sig_integrity,
)

from inforce.adapters.checking.certificates import issued

_DIGESTS = {"sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512"}
_BARE_RSA = "rsassa_pkcs1v15"
_DEEPEST = 64
_NOTHING, _BOOLEAN, _NULL, _NUMBERS, _LONG_TAG = 0x00, 0x01, 0x05, (0x02, 0x0A), 0x1F


class NotIntactError(Exception):
    """Something in a signature is not as whoever made it wrote it; the words say what."""


@dataclass(frozen=True)
class Seal:
    """A CMS signature over something: intact, and with all that came with it.

    `time` is when it was made: as a timestamp confirms, or as the signer says there, if it does.
    """

    signer: x509.Certificate
    certificates: tuple[x509.Certificate, ...]
    signature: bytes
    token: bytes | None
    time: datetime | None

    @property
    def others(self) -> tuple[x509.Certificate, ...]:
        """The certificates beside the signer's."""
        return tuple(one for one in self.certificates if one.sha256 != self.signer.sha256)


def opened_seal(der: bytes, digest: Callable[[str], bytes], *, is_timestamp: bool) -> Seal:
    """Read a signature over the thing with that digest (by algorithm); or a timestamp of it (RFC 3161).

    Raises:
        NotIntactError: it is not one, or a byte of it or of the thing is another than when it was made.
    """
    try:
        require_der(der)
        return _opened(der, digest, is_timestamp=is_timestamp)
    except NotIntactError:
        raise
    except (SignatureValidationError, CMSStructuralError) as wrong:
        raise NotIntactError(f"it is not in order ({wrong})") from None
    except (ValueError, TypeError, KeyError, LookupError, OverflowError, NotImplementedError, InvalidSignature):
        raise NotIntactError("it is no CMS signature") from None


def _opened(der: bytes, digest: Callable[[str], bytes], *, is_timestamp: bool) -> Seal:
    message = cms.ContentInfo.load(der, strict=True)
    _require(message["content_type"].native == "signed_data", "it is no CMS signature")
    signed = message["content"]
    _require_parts((message, 2), (signed, 5), (signed["encap_content_info"], 2 if is_timestamp else 1))
    kind = "tst_info" if is_timestamp else "data"
    content = signed["encap_content_info"]
    _require(content["content_type"].native == kind, "it signs something else than what it is for")
    _require(len(signed["signer_infos"]) == 1, "it has more than one signer")
    (info,) = signed["signer_infos"]
    _require_parts((info, 7 if info["unsigned_attrs"] else 6), (info["sid"].chosen, 2))
    algorithm = _digest_algorithm(info["digest_algorithm"])
    _require(
        [_digest_algorithm(one) for one in signed["digest_algorithms"]] == [algorithm], "its algorithms do not agree"
    )
    expected = "v3" if is_timestamp else "v1"
    _require(
        signed["version"].native == expected and info["version"].native == "v1", "its version is not the right one"
    )
    _require(not signed["crls"], "it carries revocation lists, which nothing signs")
    found = [_certificate(one) for one in signed["certificates"]]
    certificates = tuple({one.sha256: one for one in found}.values())
    named = info["signature_algorithm"]["algorithm"].native
    _require(is_timestamp or named != _BARE_RSA, "the name of its algorithm is not as Inforce writes it")
    signer = _signer_of(info, certificates)
    _require(get_signing_cert_attr(info["signed_attrs"]) is not None, "its certificate is not named in what it signs")
    payload = bytes(content["content"]) if is_timestamp else None
    own = hashlib.new(algorithm, payload).digest() if payload is not None else digest(algorithm)
    is_intact, is_valid = validate_sig_integrity(info, signer, kind, own)
    _require(is_intact, "what was signed is not what is here")
    _require(is_valid, "the signature value does not fit")
    time = _stamped(content["content"].parsed, digest) if is_timestamp else extract_self_reported_ts(info)
    return Seal(signer, certificates, info["signature"].native, _token(info, is_timestamp=is_timestamp), time)


def _digest_algorithm(named: Any) -> str:
    name = str(named["algorithm"].native)
    _require_parts((named, 2 if named["parameters"].dump() else 1))
    _require(name in _DIGESTS, f"it rests on {name}, which is too weak or unknown")
    _require(named["parameters"].native is None, "its algorithm has odd parameters")
    _require(named["parameters"].dump() in (b"", b"\x05\x00"), "its algorithm has odd parameters")
    return name


def _certificate(choice: Any) -> x509.Certificate:
    _require(choice.name == "certificate", "it carries something that is no certificate")
    certificate = choice.chosen
    inner = certificate["tbs_certificate"]["signature"].dump()
    _require(certificate["signature_algorithm"].dump() == inner, "a certificate in it is not as it was issued")
    return certificate


def _signer_of(info: Any, certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    named = info["sid"]
    _require(named.name == "issuer_and_serial_number", "its signer is not named by issuer and number")
    issuer, serial = named.chosen["issuer"].dump(), named.chosen["serial_number"].native
    found = [one for one in certificates if one.issuer.dump() == issuer and one.serial_number == serial]
    _require(len(found) == 1, "its signer's certificate is not in it")
    return found[0]


def _stamped(stamp: Any, digest: Callable[[str], bytes]) -> datetime:
    imprint = stamp["message_imprint"]
    algorithm = _digest_algorithm(imprint["hash_algorithm"])
    _require(imprint["hashed_message"].native == digest(algorithm), "what was stamped is not what is here")
    time: datetime = stamp["gen_time"].native
    return time


def _token(info: Any, *, is_timestamp: bool) -> bytes | None:
    """The timestamp among the unsigned attributes: there may be nothing else."""
    attributes = info["unsigned_attrs"]
    if not attributes:
        _require(not attributes.dump(), "it has an empty list of attributes")
        return None
    _require(len(attributes) == 1 and not is_timestamp, "it carries something that nothing signs")
    attribute = attributes[0]
    _require_parts((attribute, 2))
    is_stamp = attribute["type"].native == "signature_time_stamp_token" and len(attribute["values"]) == 1
    _require(is_stamp, "it carries something that nothing signs")
    token: bytes = attribute["values"][0].dump()
    return token


def _require_parts(*counted: tuple[Any, int]) -> None:
    """See that structures have so many parts: what is too much at their end is passed over by asn1crypto."""
    for value, count in counted:
        content: bytes = value.contents
        _require(_walk(content, 0, len(content), 0) == count, "it has more or fewer parts than it should")


def _require(holds: object, words: str) -> None:
    if not holds:
        raise NotIntactError(words)


def require_chain(seal: Seal) -> None:
    """See that each certificate that came along is one of the signer's chain.

    Raises:
        NotIntactError: one is not.
    """
    left, chain = list(seal.others), [seal.signer]
    while found := next((one for one in left if any(issued(one, each) for each in chain)), None):
        left.remove(found)
        chain.append(found)
    _require(not left, "it carries a certificate that has nothing to do with its signer")


# DER ------------------------------------------------------------------------------------------------------------------


def require_der(data: bytes) -> None:
    """See that the bytes are one value in DER and nothing else.

    Raises:
        NotIntactError: they are not.
    """
    _require(_walk(data, 0, len(data), 0) == 1, "it is no CMS signature")


def _walk(data: bytes, start: int, end: int, depth: int) -> int:
    """How many values lie between the two places, each written in the one way in which DER writes it."""
    _require(depth < _DEEPEST, "it is nested too deeply")
    count = 0
    while start < end:
        tag, body, after = _header(data, start, end)
        if tag & 0x20:
            _walk(data, body, after, depth + 1)
        else:
            _require(_is_written_so(tag, data[body:after]), "a byte of it was changed")
        start, count = after, count + 1
    return count


def _header(data: bytes, start: int, end: int) -> tuple[int, int, int]:
    """The tag, and where the value's content begins and ends."""
    tag = data[start]
    _require(tag & _LONG_TAG != _LONG_TAG and start + 2 <= end, "it is no CMS signature")
    length, body = data[start + 1], start + 2
    if length & 0x80:
        size = length & 0x7F
        _require(0 < size <= 4 and body + size <= end, "it is no CMS signature")  # noqa: PLR2004
        length = int.from_bytes(data[body : body + size], "big")
        _require(length >= (0x80 if size == 1 else 1 << (8 * (size - 1))), "a length in it is not written as it was")
        body += size
    _require(body + length <= end, "it is cut short")
    return tag, body, body + length


def _is_written_so(tag: int, content: bytes) -> bool:
    """Whether a value without parts is written in the one way; only those of these kinds could be otherwise."""
    if tag == _BOOLEAN:
        return content in (b"\x00", b"\xff")
    if tag == _NULL:
        return not content
    if tag == _NOTHING:
        return False
    return tag not in _NUMBERS or _is_least(content)


def _is_least(number: bytes) -> bool:
    if not number:
        return False
    return len(number) == 1 or not (
        (number[0] == 0x00 and number[1] < 0x80) or (number[0] == 0xFF and number[1] >= 0x80)  # noqa: PLR2004
    )
