"""Certificates (X.509, RFC 5280): whom a reader trusts, and how far that reaches."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import pem, x509
from cryptography import x509 as strict_x509
from cryptography.exceptions import InvalidSignature
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    RevokedError,
)

_OTHER_PURPOSES = {"server_auth", "client_auth", "code_signing", "time_stamping", "ocsp_signing"}
"""An authority may issue such certificates to anybody: one for a web server makes no publisher of its owner."""
_REVOKED = "was revoked by then"


@dataclass(frozen=True, slots=True)
class Trust:
    """Certificates that a reader trusts.

    One that is no authority's is a signer's own: where there are such, they alone may sign, and the authorities among
    the certificates vouch for timestamps only. `fingerprint` is that of a signer's own (SHA-256 of its DER), where the
    reader has nothing but that.
    """

    certificates: tuple[x509.Certificate, ...] = ()
    fingerprint: str = ""

    @property
    def authorities(self) -> tuple[x509.Certificate, ...]:
        """Those that may vouch for others."""
        return tuple(one for one in self.certificates if one.ca or _is_old_root(one))

    @property
    def signers(self) -> tuple[x509.Certificate, ...]:
        """Those that are trusted for what they sign themselves."""
        authorities = {one.sha256 for one in self.authorities}
        return tuple(one for one in self.certificates if one.sha256 not in authorities)

    def names(self, certificate: x509.Certificate) -> bool:
        """Whether it is itself among those that are trusted, byte for byte."""
        digest = certificate.sha256
        return digest.hex() == self.fingerprint or any(one.sha256 == digest for one in self.certificates)


def read_trust(data: bytes | str) -> Trust:
    """The certificates in a file: PEM, one or more; or one in DER. Text is a fingerprint, and no file.

    Raises:
        ValueError: there is none in it.
    """
    if isinstance(data, str):
        return Trust(fingerprint=data)
    if pem.detect(data):
        found = [der for kind, _, der in pem.unarmor(data, multiple=True) if kind == "CERTIFICATE"]
    else:
        found = [data]
    certificates = tuple(x509.Certificate.load(one, strict=True) for one in found)
    for one in certificates:
        _ = one.native  # which reads all of it
    if not certificates:
        raise ValueError("there is no certificate in it")
    return Trust(certificates)


def _is_old_root(certificate: x509.Certificate) -> bool:
    """Whether it is a root of X.509 version 1, which had no way to say that it is an authority's."""
    return certificate["tbs_certificate"]["version"].native == "v1" and issued(certificate, certificate)


def issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    """Whether the issuer's key signed the certificate, byte for byte as it is here."""
    if certificate["signature_value"].dump()[-len(certificate.signature) - 1] != 0:
        return False  # bits left unused, which none of the algorithms has
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            one, other = (strict_x509.load_der_x509_certificate(each.dump()) for each in (certificate, issuer))
            one.verify_directly_issued_by(other)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def unvouched(certificates: Iterable[x509.Certificate], pool: Iterable[x509.Certificate], trust: Trust) -> list[str]:
    """Whom nobody at hand vouches for among the certificates: a byte of such a one could be another."""
    around = [*pool, *trust.certificates]
    return [
        name_of(one) for one in certificates if not trust.names(one) and not any(issued(each, one) for each in around)
    ]


def name_of(certificate: x509.Certificate) -> str:
    """What a person calls the subject: its common name, or the whole of what it is called."""
    subject = certificate.subject.native
    found = subject.get("common_name") or certificate.subject.human_friendly
    return str(found if isinstance(found, str) else found[0])


def whole_names(certificate: x509.Certificate) -> tuple[str, str]:
    """All of the subject's name and of the issuer's, as RFC 4514 writes them: `CN=Qstore signer,O=Qstore,C=KR`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            read = strict_x509.load_der_x509_certificate(certificate.dump())
            return read.subject.rfc4514_string(), read.issuer.rfc4514_string()
    except (ValueError, TypeError):
        return certificate.subject.human_friendly, certificate.issuer.human_friendly


def distrust(  # noqa: PLR0913 - a question with as many sides
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    trust: Trust,
    moment: datetime,
    revocations: tuple[Sequence[Any], Sequence[Any]] = ((), ()),
    *,
    is_timestamp: bool = False,
) -> str:
    """Why the reader's trust does not extend to a certificate at that moment; empty if it does.

    Args:
        certificate: the signer's.
        others: what may lead from it to what is trusted.
        trust: what the reader trusts.
        moment: when it has to have been valid.
        revocations: revocation lists, and OCSP responses, that came along.
        is_timestamp: whether it is a time-stamping authority's.
    """
    if fault := purpose_fault(certificate, is_timestamp=is_timestamp):
        return fault
    if trust.names(certificate):
        return validity_fault(certificate, moment)
    if (trust.signers or trust.fingerprint) and not is_timestamp:
        return "is not the one that is trusted"
    if not trust.authorities:
        return "is none that is trusted"
    for mode in ("require", "soft-fail") if any(revocations) else ("soft-fail",):
        fault = _path_fault(certificate, others, trust, moment, revocations, mode)
        if not fault or fault == _REVOKED:
            return fault
    return fault


def _path_fault(  # noqa: PLR0913, PLR0917 - as above
    certificate: x509.Certificate,
    others: Iterable[x509.Certificate],
    trust: Trust,
    moment: datetime,
    revocations: tuple[Sequence[Any], Sequence[Any]],
    mode: str,
) -> str:
    """Why no path leads to what is trusted. Mode `require`: revocation data is needed for each certificate on it.

    Otherwise it is asked for where a certificate names a place for it alone (pyHanko's `soft-fail`): a certificate that
    names none would count as good, though a list that came along says that it was revoked.
    """
    crls, ocsps = revocations
    context = ValidationContext(
        trust_roots=list(trust.authorities),
        other_certs=list(others),
        crls=list(crls),
        ocsps=list(ocsps),
        moment=moment,
        allow_fetching=False,
        revocation_mode=mode,
        retroactive_revinfo=True,
    )
    try:
        asyncio.run(CertificateValidator(certificate, validation_context=context).async_validate_path())
    except PathBuildingError:
        return "leads to no certificate that is trusted"
    except RevokedError:
        return _REVOKED
    except ExpiredError:
        return validity_fault(certificate, moment) or "comes by a certificate that had expired"
    except NotYetValidError:
        return validity_fault(certificate, moment) or "comes by a certificate that was not valid yet"
    except DisallowedAlgorithmError:
        return "comes by a certificate that is signed in a way that is too weak to be relied upon"
    except InsufficientRevinfoError:
        return "may have been revoked by then: nothing that came with it tells that it was not"
    except Exception:  # noqa: BLE001 - whatever the chain is made of, it is not to be trusted
        return "comes by certificates of which one may not vouch for the next, as the rules of certificates have it"
    return ""


def validity_fault(certificate: x509.Certificate, moment: datetime) -> str:
    """Why it was not valid at that moment; empty if it was."""
    if moment < certificate.not_valid_before:
        return f"was not valid before {certificate.not_valid_before.date()}"
    if moment > certificate.not_valid_after:
        return f"had expired on {certificate.not_valid_after.date()}"
    return ""


def purpose_fault(certificate: x509.Certificate, *, is_timestamp: bool = False) -> str:
    """Why it is not meant for this; empty if it is (RFC 5280, 4.2.1.3 and 4.2.1.12; RFC 3161, 2.3)."""
    usage = certificate.key_usage_value
    if usage is not None and not usage.native & {"digital_signature", "non_repudiation"}:
        return "is not meant for signing"
    extended = certificate.extended_key_usage_value
    purposes = set(extended.native) if extended is not None else set()
    if is_timestamp:
        return "" if purposes == {"time_stamping"} else "is not meant for timestamps"
    return "is meant for other things than documents" if purposes and purposes <= _OTHER_PURPOSES else ""
