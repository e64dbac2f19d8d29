"""Signatures: PAdES in PDFs (ETSI EN 319 142-1), and CMS beside other files (RFC 5652). Hides pyHanko.

A PDF's signature certifies it, allows no change but archive timestamps, and is invisible: a visible one would break
PDF/A. The signed file begins with every byte of the unsigned one. Nothing falls back silently (rule 13): a level that
cannot be reached is an error or, where that is allowed, a lower one that is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession

from inforce.adapters.signing_keys import Ask, Key, KeyedSigner, der, fingerprint, key_in_file
from inforce.core.archive import Level
from inforce.core.errors import ConfigurationError, Problem
from inforce.core.signing import KeyInFile, Signing

_FIELD = "Signature"
_DIGEST = "sha256"


@dataclass(frozen=True, slots=True)
class SignedBytes:
    """A signed PDF, and the level that its signature reached."""

    data: bytes
    level: Level


class Signer:
    """Signs with one key, which is loaded once. Made by `open_signer`, or `test_signer` for a test key."""

    def __init__(self, key: Key, level: Level = Level.B_B) -> None:
        """Keep the key ready."""
        self._key, self.level = key, level
        self.certificate = der(key.certificate)
        """The signer's certificate in DER."""
        self.chain = tuple(map(der, key.chain))
        """The certificates in DER from the signer's up to the root, without the root."""
        self.fingerprint = fingerprint(key.certificate)
        """SHA-256 of the signer's certificate in DER, in hexadecimal."""
        self.is_test = key.is_test
        """Whether this is a throw-away test key, whose signatures are never authentic."""

    def check(self, at: datetime) -> None:
        """See that the certificate is valid at an instant.

        Raises:
            ConfigurationError: it has expired, or is not valid yet.
        """
        begins, ends = self._key.certificate.not_valid_before_utc, self._key.certificate.not_valid_after_utc
        if begins <= at <= ends:
            return
        whose = self._key.certificate.subject.rfc4514_string()
        what = (
            f"the certificate of {whose} has expired, on {ends.isoformat()}"
            if at > ends
            else f"the certificate of {whose} is not valid before {begins.isoformat()}"
        )
        todo = "have a certificate issued that is valid now, and name its file"
        raise ConfigurationError([Problem(self._key.place, what, todo)])

    def sign(self, pdf: bytes, at: datetime, *, allow_lower_level: bool = False) -> SignedBytes:
        """Sign a PDF; `at` is the instant that the signature claims.

        Raises:
            InforceError: the certificate is not valid then, or the level cannot be reached.
        """
        self.check(at)
        return SignedBytes(asyncio.run(self._signed(pdf, at)), Level.B_B)

    def sign_detached(self, data: bytes, at: datetime) -> bytes:
        """A signature of bytes: CMS SignedData in DER, which does not hold them (RFC 5652, section 5.2).

        Raises:
            ConfigurationError: the certificate is not valid at that instant.
        """
        self.check(at)
        attributes = PdfCMSSignedAttributes(signing_time=at)
        made = self._key.signer.async_sign_general_data(data, _DIGEST, signed_attr_settings=attributes)
        signature: bytes = asyncio.run(made).dump()
        return signature

    async def _signed(self, pdf: bytes, at: datetime) -> bytes:
        metadata = PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm=_DIGEST,
            certify=True,
            subfilter=SigSeedSubFilter.PADES,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        signer = _DatedSigner(at, metadata, self._key.signer)
        output = BytesIO()
        await signer.async_sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=output)
        signed = output.getvalue()
        if not signed.startswith(pdf):
            raise AssertionError("pyHanko did not keep the unsigned bytes")
        return signed


class _DatedSigner(PdfSigner):
    """pyHanko's, with the instant as an argument: it would read the clock."""

    def __init__(self, at: datetime, metadata: PdfSignatureMetadata, signer: KeyedSigner) -> None:
        super().__init__(metadata, signer, new_field_spec=SigFieldSpec(_FIELD))
        self._at = at

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


@contextmanager
def open_signer(signing: Signing, ask: Ask) -> Iterator[Signer]:
    """Load the key, ask for its passphrase where that is needed, and let it go at the end.

    Args:
        signing: the options.
        ask: shows its argument as a prompt and answers what was typed; "" where nobody can be asked.

    Raises:
        ConfigurationError: the key, its passphrase or its certificate is not what it should be.
    """
    if not isinstance(signing.key, KeyInFile):
        raise NotImplementedError
    yield Signer(key_in_file(signing, signing.key, ask), signing.level)
