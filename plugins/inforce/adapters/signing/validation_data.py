"""What a verifier needs in later years: certificates, and word on whether they were revoked. Hides how it is fetched.

It is fetched from where the certificates say (OCSP, RFC 6960; CRLs, RFC 5280), and is of the time at which it is
fetched: the one thing here for which no other instant can be asked. What was fetched serves for the documents of the
next few minutes, too.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    InsufficientRevinfoError,
    PathBuildingError,
    PathError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers import Fetchers
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from inforce.adapters.signing.keys import asn1, read_certificates

SECONDS = 10
"""How long one answer of a service may take."""
GOOD_FOR = 600.0
"""Seconds for which what was fetched is used."""
REST = 60.0
"""Seconds for which a failure is remembered."""
_REQUIRED = "require"
"""certvalidator's word: for each certificate but the root, there is word on whether it was revoked."""


class _Found(Exception):  # noqa: N818 - what was found, as it is told
    """Says which certificate it is about, and why; `whose` is the place of whoever has it, if not of the signer."""

    def __init__(self, why: str, whose: str = "") -> None:
        super().__init__(why)
        self.whose = whose


class NoValidationData(_Found):
    """It cannot be told whether a certificate was revoked."""

    names_no_place = False
    """Whether a certificate says nowhere who could be asked: it is of no use to ask again."""


class NotValid(_Found):
    """A certificate was revoked, is not valid now, or leads to no root that is trusted."""


class NoRoot(NotValid):
    """It leads to no root that is trusted."""


class ValidationData:
    """What is fetched for validation against some roots."""

    def __init__(self, roots: Iterable[x509.Certificate], known: Iterable[x509.Certificate]) -> None:
        """Take the trusted roots, and further certificates that are at hand."""
        self._roots, self._known = [asn1(one) for one in roots], [asn1(one) for one in known]
        self._fetchers: dict[bytes, tuple[float, Fetchers]] = {}

    @classmethod
    def of(cls, roots: Iterable[str], known: Iterable[x509.Certificate]) -> ValidationData:
        """With the roots of some files.

        Raises:
            ConfigurationError: one cannot be read, or holds no certificate.
        """
        return cls([one for path in roots for one in read_certificates(path)], known)

    @contextmanager
    def context(self, about: bytes) -> Iterator[ValidationContext]:
        """Where validation happens, and what it fetches is kept; `about` tells one signer from another.

        Raises:
            NoValidationData, NotValid: as its validation ends.
        """
        now = time.monotonic()
        until, fetchers = self._fetchers.get(about, (now, None))
        if fetchers is None or until <= now:
            until, fetchers = now + GOOD_FOR, RequestsFetcherBackend(SECONDS).get_fetchers()
        self._fetchers[about] = until, fetchers
        context = ValidationContext(
            trust_roots=self._roots,
            other_certs=self._known,
            allow_fetching=True,
            fetchers=fetchers,
            revocation_mode=_REQUIRED,
        )
        try:
            with told_simply():
                yield context
        except (NoValidationData, NotValid):
            self._fetchers[about] = min(until, now + REST), fetchers
            raise


@contextmanager
def told_simply() -> Iterator[None]:
    """Turn what certvalidator raises into one of the two errors.

    Raises:
        NoValidationData, NotValid: as validation ends.
    """
    try:
        yield
    except (PathError, ValidationError, ValueError) as wrong:
        reason = _reason(wrong)
        if reason is None:
            raise
        raise reason from None


def _reason(wrong: BaseException) -> _Found | None:
    """What an error of validation means; None for an error of another kind. pyHanko wraps some of them."""
    match wrong:
        case InsufficientRevinfoError():
            return _no_data(wrong)
        case PathBuildingError():
            return NoRoot(f"it does not lead to any root in `trust`: {_why(wrong)}")
        case PathError() | ValidationError():
            return NotValid(_why(wrong))
    return _reason(wrong.__cause__) if wrong.__cause__ is not None else None


def _no_data(wrong: InsufficientRevinfoError) -> NoValidationData:
    """Which addresses were asked about the certificate, or that it names none."""
    certificates = list(wrong.current_path.iter_certs(include_root=False))
    about = [one for one in certificates if str(wrong).endswith(one.subject.human_friendly)] or certificates
    mute = [one.subject.human_friendly for one in about if not _places(one)]
    if mute:
        found = NoValidationData(f"the certificate of {mute[0]} names no place for revocation data (CRL or OCSP)")
        found.names_no_place = True
        return found
    why = _why(wrong).replace("no revocation information", "no word on revocation")
    places = dict.fromkeys(place for one in about for place in _places(one))
    return NoValidationData(f"{why}; asked: {', '.join(places)}")


def _places(certificate: asn1_x509.Certificate) -> list[str]:
    """Where the certificate says that its revocation would be told."""
    lists = certificate.crl_distribution_points_value or ()
    names = [name for one in lists if one["distribution_point"].name == "full_name" for name in _chosen(one)]
    return [*certificate.ocsp_urls, *names]


def _chosen(point: asn1_x509.DistributionPoint) -> list[str]:
    chosen = point["distribution_point"].chosen
    return [str(name.native) for name in chosen if name.name == "uniform_resource_identifier"]


def _why(wrong: BaseException) -> str:
    return str(wrong).removeprefix("The path could not be validated because ")
