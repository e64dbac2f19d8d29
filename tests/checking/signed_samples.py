"""PDFs as an archive holds them, small ones, signed at every level by keys that are made here.

The authorities are fixed values of one run: a root, an intermediate, a signer, a time-stamping authority; and further
ones that nobody trusts. Nothing is asked over a network.
"""

from __future__ import annotations

import gc
import hashlib
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from html import escape
from io import BytesIO

import weasyprint
from asn1crypto import crl as asn1_crl
from asn1crypto import keys, x509
from cryptography import x509 as cx509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import (
    DSSContentSettings,
    SigDSSPlacementPreference,
    TimestampDSSContentSettings,
)
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from inforce.formats.json_text import to_json
from inforce.formats.pdf.xmp import NAMESPACE

POSTED = datetime(2018, 4, 10, tzinfo=UTC)
SIGNED = datetime(2018, 4, 10, 0, 0, 5, tzinfo=UTC)
BEFORE = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
WITHIN = DSSContentSettings(
    include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE, next_ts_settings=BEFORE
)
"""Validation information comes before what is to cover it."""
SOURCE = b"# Privacy Policy\n\nWe keep what you tell us.\n"


@dataclass(frozen=True)
class Keeper:
    """A key with its certificate."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    cert: cx509.Certificate

    @property
    def der(self):
        return self.cert.public_bytes(serialization.Encoding.DER)

    @property
    def pem(self):
        return self.cert.public_bytes(serialization.Encoding.PEM)

    @property
    def asn1(self):
        return x509.Certificate.load(self.der)

    @property
    def asn1_key(self):
        der = self.key.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return keys.PrivateKeyInfo.load(der)

    @property
    def fingerprint(self):
        return hashlib.sha256(self.der).hexdigest()


def keeper(name, issuer=None, kind="signer", years=(2014, 2034)):
    """A new key, and a certificate that the issuer (or itself) gave it."""
    is_authority, stamps = kind == "authority", kind == "stamper"
    key = (
        rsa.generate_private_key(65537, 2048) if kind in ("stamper", "rsa") else ec.generate_private_key(ec.SECP256R1())
    )
    subject = cx509.Name([cx509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        cx509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.cert.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(cx509.random_serial_number())
        .not_valid_before(datetime(years[0], 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(years[1], 1, 1, tzinfo=UTC))
        .add_extension(cx509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(_usage(is_authority), critical=True)
        .add_extension(cx509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if issuer:
        authority = cx509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
        builder = builder.add_extension(authority, critical=False)
    if stamps:
        builder = builder.add_extension(cx509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return Keeper(key, builder.sign((issuer.key if issuer else key), hashes.SHA256()))


def _usage(is_authority):
    names = "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign"
    off = dict.fromkeys([*names.split(), "crl_sign", "encipher_only", "decipher_only"], False)
    on = ("key_cert_sign", "crl_sign") if is_authority else ("digital_signature", "content_commitment")
    return cx509.KeyUsage(**{**off, **dict.fromkeys(on, True)})


@dataclass(frozen=True)
class Authorities:
    """Who signs, who stamps, and who vouches for them."""

    root: Keeper
    intermediate: Keeper
    signer: Keeper
    stamper: Keeper

    def simple_signer(self):
        registry = SimpleCertificateStore()
        registry.register(self.intermediate.asn1)
        return signers.SimpleSigner(
            signing_cert=self.signer.asn1, signing_key=self.signer.asn1_key, cert_registry=registry
        )

    def timestamps(self, at):
        return DummyTimeStamper(self.stamper.asn1, self.stamper.asn1_key, fixed_dt=at)

    def revocations(self, revoked=(), since=SIGNED - timedelta(days=1)):
        """What the root and the intermediate have revoked, and since when."""
        return [_revocations(one, revoked, since) for one in (self.root, self.intermediate)]

    def context(self, at=SIGNED, revoked=(), since=SIGNED - timedelta(days=1)):
        return ValidationContext(
            trust_roots=[self.root.asn1],
            other_certs=[self.intermediate.asn1, self.stamper.asn1],
            crls=self.revocations(revoked, since),
            moment=at,
            allow_fetching=False,
            revocation_mode="hard-fail",
        )


def _revocations(issuer, revoked, since):
    builder = (
        cx509.CertificateRevocationListBuilder()
        .issuer_name(issuer.cert.subject)
        .last_update(SIGNED - timedelta(days=1))
        .next_update(SIGNED + timedelta(days=3650))
        .add_extension(cx509.CRLNumber(1), critical=False)
        .add_extension(cx509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    for one in revoked:
        entry = cx509.RevokedCertificateBuilder(one.cert.serial_number, since)
        builder = builder.add_revoked_certificate(entry.build())
    signed = builder.sign(issuer.key, hashes.SHA256())
    return asn1_crl.CertificateList.load(signed.public_bytes(serialization.Encoding.DER))


@cache
def authorities(name="Qstore", signer_name="Qstore Policies", years=(2014, 2034)):
    """The authorities of that name, the same ones each time in one run."""
    root = keeper(f"{name} Root", kind="authority")
    intermediate = keeper(f"{name} Issuing", root, kind="authority")
    signer = keeper(signer_name, intermediate, years=years)
    return Authorities(root, intermediate, signer, keeper(f"{name} Time", intermediate, kind="stamper"))


@cache
def unsigned(source=SOURCE, revision="2018-04-10", attached=(), described=(), *, is_test=False):
    """A revision as a PDF, not laid out with care; `attached` and `described` are what is otherwise, in pairs."""
    digest = hashlib.sha256(source).hexdigest()
    facts = {
        "change": None,
        "digest": digest,
        "effective": {},
        "language": "en",
        "path": f"policy_versions/privacy-policy/{revision}.md",
        "policy": "privacy-policy",
        "policy_title": "Privacy Policy",
        "posted": "2018-04-10T09:00:00+09:00",
        "posting": {"commit": "2d388d019dacf65d3247fb930a57bd3cc9468ac4", "kind": "recorded"},
        "predecessor": None,
        "revision": revision,
        "summary": [],
        "time_zone": "Asia/Seoul",
        "url": f"https://policies.qstore.example/privacy-policy/{revision}/",
    }
    files = {"source.md": source, "record.json": to_json(facts), **dict(attached)}
    said = {"policy": "privacy-policy", "revision": revision, "digest": digest, **dict(described)}
    said |= {"testSigned": "True"} if is_test else {}
    properties = "".join(f"<inforce:{name}>{value}</inforce:{name}>" for name, value in said.items())
    xmp = f'<rdf:Description rdf:about="" xmlns:inforce="{NAMESPACE}">{properties}</rdf:Description></rdf:RDF>'
    attachments = [
        weasyprint.Attachment(string=data, name=name, relationship="Data", created=POSTED, modified=POSTED)
        for name, data in files.items()
        if data is not None
    ]
    style = "body{font-family:'Noto Serif'}"
    html = f'<html lang="en"><title>Privacy Policy</title><style>{style}</style>{escape(source.decode())}</html>'
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # WeasyPrint leaves a file of its own to be closed by Python.
        page = weasyprint.HTML(string=html).render(pdf_variant="pdf/a-3a")
        write = page.metadata.generate_rdf_metadata
        page.metadata.generate_rdf_metadata = lambda *given: write(*given).replace(b"</rdf:RDF>", xmp.encode())
        pdf = page.write_pdf(pdf_variant="pdf/a-3a", pdf_tags=True, attachments=attachments)
        gc.collect()
    return pdf


class Update(IncrementalPdfFileWriter):
    """pyHanko's, which leaves the metadata as it is; as those of Inforce do."""

    def _update_meta(self):
        pass


class DatedSigner(signers.PdfSigner):
    """Claims to sign at an instant that is given."""

    def __init__(self, *arguments, at, **options):
        super().__init__(*arguments, **options)
        self.at = at

    def init_signing_session(self, pdf_out, existing_fields_only=False):  # noqa: FBT002
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self.at
        return session


@cache
def signed(level="B-B", who=None, pdf=None, at=SIGNED, **options):
    """A PDF, signed; `options` are of pyHanko's metadata of a signature."""
    who = who or authorities()
    is_long = level in ("B-LT", "B-LTA")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # That nothing is fetched is meant so.
        settings = {
            "field_name": "Signature",
            "md_algorithm": "sha256",
            "subfilter": fields.SigSeedSubFilter.PADES,
            "certify": True,
            "docmdp_permissions": fields.MDPPerm.NO_CHANGES,
            "embed_validation_info": is_long,
            "validation_context": who.context() if is_long else None,
            "dss_settings": WITHIN,
            "signer_key_usage": set(),
        }
        meta = signers.PdfSignatureMetadata(**{**settings, **options})
        stamper = None if level == "B-B" else who.timestamps(at)
        writer = Update(BytesIO(pdf or unsigned()))
        done = DatedSigner(meta, who.simple_signer(), timestamper=stamper, at=at).sign_pdf(writer).getvalue()
        return stamped(Update(BytesIO(done)), who.timestamps(at), who.context()) if level == "B-LTA" else done


def upgraded(pdf, who=None, at=SIGNED + timedelta(days=365), **revocations):
    """A PDF with one more archive timestamp, and before it what that needs."""
    who = who or authorities()
    writer = Update(BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(writer, None, crls=who.revocations(**revocations))
    return stamped(writer, who.timestamps(at), who.context(at, **revocations))


def stamped(writer, timestamps, context=None):
    """What a writer holds, with a document timestamp over all of it."""
    name = f"Timestamp{len(writer.prev.embedded_signatures)}"
    stamper = signers.PdfTimeStamper(timestamps, field_name=name)
    return stamper.timestamp_pdf(writer, "sha256", context, dss_settings=BEFORE).getvalue()
