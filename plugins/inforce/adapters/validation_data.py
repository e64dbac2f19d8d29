"""What a verifier needs in later years: certificates, and word on whether they were revoked. Hides how it is fetched.

It is fetched from where the certificates say (OCSP, RFC 6960; CRLs, RFC 5280), and is of the time at which it is
fetched: the one thing here for which no other instant can be asked. What was fetched serves for the documents of the
next few minutes, too.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from cryptography import x509
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import (
    ExpiredError,
    InsufficientRevinfoError,
    NotYetValidError,
    PathBuildingError,
    PathError,
    RevokedError,
    ValidationError,
)
from pyhanko_certvalidator.fetchers import Fetchers
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from inforce.adapters.signing_keys import asn1, read_certificates

SECONDS = 10
"""How long one answer of a service may take."""
GOOD_FOR = 600.0
"""Seconds for which what was fetched is used."""
REST = 60.0
"""Seconds for which a failure is remembered."""
_REQUIRED = "require"
"""certvalidator's word: for each certificate but the root, there is word on whether it was revoked."""


class NoValidationData(Exception):  # noqa: N818 - what there is not, as it is told
    """It cannot be told whether a certificate was revoked; says why."""


class NotValid(Exception):  # noqa: N818
    """A certificate was revoked, is not valid now, or leads to no root that is trusted; says which, and why."""


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
            yield context
        except (PathError, ValidationError, ValueError) as wrong:
            reason = _reason(wrong)
            if reason is None:
                raise
            self._fetchers[about] = min(until, now + REST), fetchers
            raise reason from None


def _reason(wrong: BaseException) -> Exception | None:
    """What an error of validation means; None for an error of another kind. pyHanko wraps some of them."""
    if isinstance(wrong, InsufficientRevinfoError):
        return NoValidationData(f"there is no word on whether a certificate was revoked: {wrong.failure_msg}")
    if isinstance(wrong, RevokedError | ExpiredError | NotYetValidError):
        return NotValid(wrong.failure_msg)
    if isinstance(wrong, PathBuildingError):
        return NotValid(f"a certificate does not lead to any root in `trust`: {wrong}")
    if isinstance(wrong, PathError | ValidationError):
        return NotValid(str(wrong))
    return _reason(wrong.__cause__) if wrong.__cause__ is not None else None
