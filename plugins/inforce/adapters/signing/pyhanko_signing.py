"""Signatures: PAdES in PDFs (ETSI EN 319 142-1), and CMS beside other files (RFC 5652). Hides pyHanko.

A PDF's signature certifies it, allows no change but archive timestamps, and is invisible: a visible one would break
PDF/A. The signed file begins with every byte of the unsigned one. What it has at each level, in order::

    B-B     the signature
    B-T     the signature, with a timestamp in it
    B-LT    the same; certificates and revocation data (DSS) are among what is signed
    B-LTA   the same, and after it a document timestamp over all of it

So nothing follows the signature but document timestamps, each over everything before it. Nothing falls back silently
(rule 13): a level that cannot be reached is an error or, where that is allowed, a lower one that is told.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import constants
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    PdfSignatureMetadata,
    PdfSigner,
    PdfSigningSession,
    PdfTimeStamper,
    SigDSSPlacementPreference,
    TimestampDSSContentSettings,
)
from pyhanko.sign.validation.dss import DocumentSecurityStore, collect_validation_info
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.path import ValidationPath

from inforce.adapters.signing.hardware_keys import key_in_token
from inforce.adapters.signing.keys import (
    Ask,
    Key,
    KeyedSigner,
    WrongSignature,
    der,
    fingerprint,
    key_in_file,
    not_valid_at,
)
from inforce.adapters.signing.time_stamping import Authority, NoTimestamp
from inforce.adapters.signing.validation_data import NoRoot, NotValid, NoValidationData, ValidationData, told_simply
from inforce.core.archive import Level
from inforce.core.errors import ConfigurationError, Problem, RecordError
from inforce.core.signing import KeyInFile, Signing

_FIELD = "Signature"
_DIGEST = "sha256"
_PDF = "PDF"
"""What a file is called in errors about it, until its name is known."""
_AUTHORITY_KEYS = 4
"""How many keys of one authority are taken into account, in one document."""
_OVER_ALL = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
_IN_THE_SIGNATURE = DSSContentSettings(
    include_vri=False,
    placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE,
    next_ts_settings=_OVER_ALL,
)


@dataclass(frozen=True, slots=True)
class SignedBytes:
    """A signed PDF, and the level that its signature reached; `why` tells what kept it from the level asked for."""

    data: bytes
    level: Level
    why: str = ""


class _NotReached(Exception):  # noqa: N818
    """A level was not reached; the problem tells why, and `best` is the highest that may be."""

    def __init__(self, problem: Problem, best: Level) -> None:
        super().__init__(problem)
        self.problem, self.best = problem, best


class Signer:
    """Signs with one key, which is loaded once. Made by `open_signer`, or `test_signer` for a test key."""

    def __init__(
        self,
        key: Key,
        level: Level = Level.B_B,
        authority: Authority | None = None,
        validation: ValidationData | None = None,
    ) -> None:
        """Keep the key ready, and with whose help a level above B-B is reached."""
        self._key, self.level = key, level
        self._authority, self._validation = authority, validation
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
        if problem := not_valid_at(self._key.certificate, at, self._key.whence or self._key.place):
            raise ConfigurationError([problem])

    def sign(self, pdf: bytes, at: datetime, *, allow_lower_level: bool = False, name: str = _PDF) -> SignedBytes:
        """Sign a PDF; `at` is the instant that the signature claims, `name` the file's in errors.

        With `allow_lower_level`, a level that cannot be reached for want of a timestamp or of revocation data is given
        up for the next lower one; never because a certificate is not valid, or was revoked.

        Raises:
            RecordError: the level cannot be reached, or this is no PDF that can be signed.
            ConfigurationError: the certificate is not valid then, was revoked, or leads to no trusted root; or its
                key does not sign.
        """
        self.check(at)
        level, why = self.level, ""
        while True:
            try:
                with _named(name):
                    return SignedBytes(self._signed(pdf, at, level), level, why)
            except _NotReached as wrong:
                if not allow_lower_level:
                    raise RecordError([wrong.problem]) from None
                level, why = wrong.best, why or f"{wrong.problem.path}: {wrong.problem.what}"
                if self._authority is not None and level.rank >= Level.B_T.rank:
                    self._authority.forgive()

    def upgrade(self, pdf: bytes, at: datetime, *, name: str = _PDF) -> SignedBytes:
        """Add a document timestamp, and before it what it takes to validate what is there already.

        Errors about the file call it `name`. The signed file is raised to B-LTA, or renewed there. What is returned
        begins with every byte of it.

        Raises:
            RecordError: the file was altered, or no timestamp or revocation data can be had.
            ConfigurationError: no authority or no roots are named, or a certificate is not valid any more.
        """
        if self._authority is None or self._validation is None:
            missing = "timestamps" if self._authority is None else "trust"
            what = f"archive timestamps need the option `{missing}`, which is not given"
            todo = "name an authority, and the roots of the signer and of the authority: see the page Signing"
            raise ConfigurationError([Problem(f"signing: {missing}", what, todo)])
        try:
            with _named(name), self._told(Level.B_LTA):
                upgraded = asyncio.run(self._upgraded(pdf, self._authority, self._validation))
        except _NotReached as wrong:
            raise RecordError([wrong.problem]) from None
        return SignedBytes(_begins_with(pdf, upgraded), Level.B_LTA)

    def sign_detached(self, data: bytes, at: datetime) -> bytes:
        """A signature of bytes: CMS SignedData in DER, which does not hold them (RFC 5652, section 5.2).

        Raises:
            ConfigurationError: the certificate is not valid at that instant, or its key does not sign.
        """
        self.check(at)
        attributes = PdfCMSSignedAttributes(signing_time=at)
        made = self._key.signer.async_sign_general_data(data, _DIGEST, signed_attr_settings=attributes)
        with self._told(Level.B_B):
            signature: bytes = asyncio.run(made).dump()
        return signature

    def _signed(self, pdf: bytes, at: datetime, level: Level) -> bytes:
        """Sign anew as long as the authority comes with further keys: what validates them has to be signed, too."""
        for _ in range(_AUTHORITY_KEYS):
            known = self._authority.certificates if self._authority else 0
            with self._told(level):
                signed = asyncio.run(self._attempted(pdf, at, level))
            if self._authority is None or level.rank < Level.B_LT.rank or self._authority.certificates in (1, known):
                break
        if self._authority is not None and level.rank >= Level.B_T.rank:
            self.check(self._authority.given[-1])
        return _begins_with(pdf, signed)

    async def _attempted(self, pdf: bytes, at: datetime, level: Level) -> bytes:
        metadata = PdfSignatureMetadata(
            field_name=_FIELD,
            md_algorithm=_DIGEST,
            certify=True,
            subfilter=SigSeedSubFilter.PADES,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            signer_key_usage=set(),  # Checked already, when the key was loaded.
            dss_settings=_IN_THE_SIGNATURE,
        )
        authority = self._authority if level.rank >= Level.B_T.rank else None
        if level.rank < Level.B_LT.rank or self._validation is None or authority is None:
            return await self._written(pdf, at, metadata, authority)
        with self._validation.context(self.certificate) as context:
            metadata = replace(metadata, embed_validation_info=True, validation_context=context)
            signed = await self._written(pdf, at, metadata, authority)
            return await _stamped(signed, 1, (), authority, context) if level is Level.B_LTA else signed

    async def _written(
        self, pdf: bytes, at: datetime, metadata: PdfSignatureMetadata, authority: Authority | None
    ) -> bytes:
        output = BytesIO()
        signer = _DatedSigner(at, metadata, self._key.signer, authority)
        await signer.async_sign_pdf(_Update(BytesIO(pdf)), output=output)
        return output.getvalue()

    async def _upgraded(self, pdf: bytes, authority: Authority, validation: ValidationData) -> bytes:
        reader = PdfFileReader(BytesIO(pdf))
        signatures = reader.embedded_signatures
        if not signatures:
            raise RecordError([Problem(_PDF, "has no signature that could be upgraded", "export it first")])
        _require_intact(signatures)
        with validation.context(signatures[0].signer_cert.dump()) as context:
            paths = await _paths(signatures, context, is_validated="/DSS" in reader.root)
            return await _stamped(pdf, len(signatures), paths, authority, context)

    @contextmanager
    def _told(self, level: Level) -> Iterator[None]:
        """Turn what pyHanko and its helpers raise into our errors."""
        given = len(self._authority.given) if self._authority else 0
        try:
            yield
        except NoTimestamp as wrong:
            place = self._authority.place if self._authority else ""
            is_signed = level is Level.B_LTA and self._authority and len(self._authority.given) > given
            what = f"no timestamp, and so not the level {level}: {wrong}"
            todo = "try again later, name another authority, or have a lower level recorded: --allow-lower-level"
            raise _NotReached(Problem(place, what, todo), Level.B_LT if is_signed else Level.B_B) from None
        except NoValidationData as wrong:
            todo = "try again later, or have a lower level recorded: --allow-lower-level"
            if wrong.names_no_place:
                todo = "have a certificate issued that does, or take the level B-T: `plugins: inforce: signing: level`"
            problem = Problem(wrong.whose or self._key.place, f"not the level {level}: {wrong}", todo)
            raise _NotReached(problem, Level.B_T) from None
        except NotValid as wrong:
            todo = "use a certificate that is valid, and name all roots: `plugins: inforce: signing: trust`"
            what = f"its certificate is not good: {wrong}"
            raise ConfigurationError([Problem(wrong.whose or self._key.place, what, todo)]) from None
        except WrongSignature:
            what = "the key makes signatures that do not hold"
            todo = "do not use it any more: it, or the device that holds it, is broken"
            raise ConfigurationError([Problem(self._key.place, what, todo)]) from None
        except (PdfError, SigningError) as wrong:
            raise RecordError([Problem(_PDF, f"cannot be signed: {wrong}", "make it anew")]) from None


class _DatedSigner(PdfSigner):
    """pyHanko's, with the instant as an argument: it would read the clock."""

    def __init__(
        self, at: datetime, metadata: PdfSignatureMetadata, signer: KeyedSigner, authority: Authority | None
    ) -> None:
        field = SigFieldSpec(_FIELD, readable_field_name=_FIELD)
        super().__init__(metadata, signer, timestamper=authority, new_field_spec=field)
        self._at = at

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:
        """Say that it is PDF 1.7 with PAdES: for ECDSA pyHanko would say PDF 2.0, on which no PDF/A-3 is based."""
        pdf_out.ensure_output_version((1, 7))
        pdf_out.register_extension(constants.ESIC_EXTENSION_1)

    def init_signing_session(
        self,
        pdf_out: BasePdfFileWriter,
        existing_fields_only: bool = False,  # noqa: FBT001, FBT002
    ) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session


class _Update(IncrementalPdfFileWriter):
    """pyHanko's, which leaves the metadata as it is.

    It would write that anew: with the time of the clock, itself as the producer, and in another form, in which PDF/A
    does not find our properties described (ISO 19005-3, 6.6.2.3).
    """

    def _update_meta(self) -> None:
        pass


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Name the file in errors about it."""
    try:
        yield
    except RecordError as wrong:
        problems = [replace(one, path=name) if one.path == _PDF else one for one in wrong.problems]
        raise RecordError(problems) from None


async def _stamped(
    pdf: bytes, number: int, paths: Sequence[ValidationPath], authority: Authority, context: ValidationContext
) -> bytes:
    """The file with validation data for some paths, and a document timestamp over all of it.

    `number` is how many signatures and timestamps it has already.
    """
    writer, output = _Update(BytesIO(pdf)), BytesIO()
    if paths:
        DocumentSecurityStore.supply_dss_in_writer(
            writer, None, paths=paths, validation_context=context, embed_roots=False
        )
    await PdfTimeStamper(authority, f"Timestamp{number}").async_timestamp_pdf(
        writer, _DIGEST, context, output=output, dss_settings=_OVER_ALL, embed_roots=False
    )
    return output.getvalue()


def _require_intact(signatures: list[EmbeddedPdfSignature]) -> None:
    """See that each signature and timestamp holds, and the last covers the whole file.

    Raises:
        RecordError: the file was altered since.
    """
    for one in signatures:
        one.compute_integrity_info(skip_diff=True)
    is_whole = signatures[-1].coverage is SignatureCoverageLevel.ENTIRE_FILE
    if not is_whole or not all(map(_is_intact, signatures)):
        what = "was altered after it was signed: a timestamp would only hide that"
        raise RecordError([Problem(_PDF, what, "restore the file as it was signed")])


def _is_intact(signature: EmbeddedPdfSignature) -> bool:
    kind, digest = "data", signature.compute_digest()
    if _is_timestamp(signature):
        content = signature.signed_data["encap_content_info"]["content"]
        if content.parsed["message_imprint"]["hashed_message"].native != digest:
            return False
        kind = "tst_info"
        digest = hashlib.new(signature.signer_info["digest_algorithm"]["algorithm"].native, bytes(content)).digest()
    return validate_sig_integrity(signature.signer_info, signature.signer_cert, kind, digest) == (True, True)


async def _paths(
    signatures: list[EmbeddedPdfSignature], context: ValidationContext, *, is_validated: bool
) -> list[ValidationPath]:
    """The paths to a root that are validated before a document timestamp is added to a file.

    That of the last document timestamp, if there is one: it covers all else. Otherwise those of the signature and of
    the timestamp in it; where the file has validation data already (`is_validated`), newer data is welcome and no more.

    Raises:
        RecordError: the certificates are not valid any more, and nothing in the file shows that they were.
        NoValidationData: that cannot be told.
    """
    last, is_timestamp = signatures[-1], _is_timestamp(signatures[-1])
    try:
        with told_simply():
            if not is_timestamp:
                paths: list[ValidationPath] = await collect_validation_info(last, context)
                return paths
            validator = CertificateValidator(last.signer_cert, last.other_embedded_certs, validation_context=context)
            return [await validator.async_validate_usage(set(), {"time_stamping"})]
    except NotValid as wrong:
        if is_validated and not is_timestamp:
            return []
        what = f"it is too late for a further timestamp: {wrong}"
        todo = "keep the file as it is"
        if isinstance(wrong, NoRoot):
            what = f"gets no further timestamp, as its present state cannot be validated: {wrong}"
            todo = "name the roots of its signer and of its authority of timestamps: `plugins: inforce: signing: trust`"
        raise RecordError([Problem(_PDF, what, todo)]) from None
    except NoValidationData:
        if is_validated and not is_timestamp:
            return []
        raise


def _is_timestamp(signature: EmbeddedPdfSignature) -> bool:
    return bool(signature.sig_object_type == "/DocTimeStamp")


def _begins_with(before: bytes, after: bytes) -> bytes:
    """The bytes after, once it is seen that they begin with those before."""
    if not after.startswith(before):
        raise AssertionError("pyHanko did not keep the bytes that were there")
    return after


@contextmanager
def open_signer(signing: Signing, ask: Ask) -> Iterator[Signer]:
    """Load the key, ask for its passphrase where that is needed, and let it go at the end.

    Args:
        signing: the options.
        ask: shows its argument as a prompt and answers what was typed; "" where nobody can be asked.

    Raises:
        ConfigurationError: the key, its passphrase, its certificate or another file is not what it should be.
    """
    with ExitStack() as held:
        if isinstance(signing.key, KeyInFile):
            key = key_in_file(signing, signing.key, ask)
        else:
            key = held.enter_context(key_in_token(signing, signing.key, ask))
        authority = Authority(signing.timestamps) if signing.timestamps else None
        validation = ValidationData.of(signing.trust, key.chain) if signing.trust else None
        yield Signer(key, signing.level, authority, validation)
