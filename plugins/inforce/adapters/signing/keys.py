"""Private keys with their certificates, from PKCS#12 and PEM files. Hides their formats, and pyHanko's signer.

A key is read and checked once; pyHanko's own signer would check an RSA key anew at each signature. What is refused:
a key file that others may read, a key that is too weak or of a kind that the common verifiers do not know, a
certificate that is not the key's or not for signing, and the throw-away test key, which nobody may take for a
signature (rule 13). A passphrase stays in this module: no error, no log and no value holds one.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from asn1crypto import pkcs12 as pkcs12_structure
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.sign.signers import Signer as PyhankoSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from inforce.core.errors import ConfigurationError, Problem
from inforce.core.signing import TEST_SUBJECT, KeyInFile, Signing

Ask = Callable[[str], str]
"""Asks a person for a passphrase, with a prompt; answers "" where nobody can be asked."""

_LEAST_RSA_BITS = 2048
_CURVES = ("secp256r1", "secp384r1")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_MARK = b"-----BEGIN "
_KINDS = "use RSA of 2048 bits or more, or ECDSA with the curve P-256 or P-384"


class KeyedSigner(PyhankoSigner):
    """What pyHanko makes signatures with: a certificate, and a function from bytes to their signature with SHA-256.

    Each signature is verified as soon as it is made: a device that fails may give out a wrong one.
    """

    def __init__(
        self, certificate: x509.Certificate, chain: Iterable[x509.Certificate], sign: Callable[[bytes], bytes]
    ) -> None:
        """Keep the key; the chain is without the signer's own certificate, which pyHanko adds."""
        registry = SimpleCertificateStore.from_certs(map(asn1, chain))
        super().__init__(signing_cert=asn1(certificate), cert_registry=registry, embed_roots=False)
        self._public: Any = certificate.public_key()
        self._sign, self._longest = sign, _longest(self._public)

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002 - as pyHanko calls it
        """The signature of the data, or as many bytes as one may have."""
        if dry_run:
            return bytes(self._longest)
        signature = self._sign(data)
        if not holds(self._public, signature, data):
            raise WrongSignature
        return signature


class WrongSignature(Exception):  # noqa: N818 - what was made
    """A key made a signature that does not hold."""


@dataclass(frozen=True, slots=True)
class Key:
    """A private key that is ready to sign, its certificate, and the chain up to the root: signer first, no root.

    `place` is where the key comes from, as errors tell it, and `whence` where its certificate does.
    """

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    place: str
    signer: KeyedSigner = field(repr=False)
    whence: str = ""

    @property
    def is_test(self) -> bool:
        """Whether this is a throw-away test key."""
        return is_test(self.certificate)


def is_test(certificate: x509.Certificate) -> bool:
    """Whether a certificate is that of a throw-away test key, whoever made it."""
    return any(one.value == TEST_SUBJECT for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME))


def der(certificate: x509.Certificate) -> bytes:
    """The certificate as X.509 writes it."""
    return certificate.public_bytes(serialization.Encoding.DER)


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate in DER, in lower-case hexadecimal."""
    return sha256(der(certificate)).hexdigest()


def asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    """The certificate as pyHanko takes it."""
    return asn1_x509.Certificate.load(der(certificate))


def key_in_file(signing: Signing, at: KeyInFile, ask: Ask) -> Key:
    """Load the key of a file, asking for its passphrase where it has one.

    Raises:
        ConfigurationError: the file is not there, others may read it, it is no key, or a wrong one; the passphrase is
            wrong; the certificate is missing, is not the key's, or not for signing; its chain is not whole.
    """
    private, found = read_key(at.key, Passphrase(signing.passphrase, ask, f"the key {at.key}"))
    own = read_certificates(at.certificate) if at.certificate is not None else ()
    whence = at.certificate or at.key
    certificate = certificate_of(private.public_key(), own or found, whence)
    return assembled(signing, certificate, [*own, *found], (at.key, whence), signing_with(private))


def assembled(
    signing: Signing,
    certificate: x509.Certificate,
    known: Sequence[x509.Certificate],
    places: tuple[str, str],
    sign: Callable[[bytes], bytes],
) -> Key:
    """A key with its certificate and its chain, out of the known certificates and those that the options name.

    `places` are where the key comes from, and where its certificate does.

    Raises:
        ConfigurationError: the certificate may not be used for signing documents, or is of a throw-away test key; its
            chain is not whole.
    """
    place, whence = places
    require_for_signing(certificate, whence)
    chain = whole_chain(signing, certificate, known, whence)
    return Key(certificate, chain, place, KeyedSigner(certificate, chain[1:], sign), whence)


def read_key(place: str, passphrase: Passphrase) -> tuple[Any, list[x509.Certificate]]:
    """The private key in a file, and the certificates beside it.

    Raises:
        ConfigurationError: the file is not there, others may read it, it is no key, or a wrong one; the passphrase is
            wrong.
    """
    path = Path(place)
    data = read_private(path)
    load = _from_pem if _MARK in data else _from_pkcs12
    private, found = load(data, path, passphrase)
    require_kind(private.public_key(), place)
    return private, found


def read_private(path: Path) -> bytes:
    """Read a file that holds a private key; of a symbolic link, the file that it leads to is judged.

    Raises:
        ConfigurationError: it cannot be read, holds no key, or others may read or write it.
    """
    try:
        with path.open("rb") as file:
            mode, data = os.fstat(file.fileno()).st_mode, file.read()
    except OSError as wrong:
        todo = "name the file of the private key: `plugins: inforce: signing: key`"
        raise ConfigurationError([Problem(str(path), f"cannot be read: {wrong.strerror}", todo)]) from None
    _require_key(data, path)
    if stat.S_ISREG(mode) and mode & _OTHERS:
        what = f"others than its owner may use this private key: its mode is {stat.S_IMODE(mode):04o}"
        raise ConfigurationError([Problem(str(path), what, f"chmod 600 {path.resolve()}")])
    return data


def read_certificates(path: str) -> tuple[x509.Certificate, ...]:
    """The certificates in a file, PEM (one or more) or DER (one).

    Raises:
        ConfigurationError: it cannot be read, or holds none.
    """
    try:
        data = Path(path).read_bytes()
        load = x509.load_pem_x509_certificates if _MARK in data else _one_der
        return tuple(load(data))
    except OSError as wrong:
        what = f"cannot be read: {wrong.strerror}"
    except (ValueError, UnsupportedAlgorithm):
        what = "holds no certificate"
    raise ConfigurationError([Problem(path, what, "name a file with certificates, in PEM or DER")])


def certificate_of(public: Any, known: Sequence[x509.Certificate], place: str) -> x509.Certificate:
    """The one of the known certificates that is of a public key; of several, the one that is valid longest.

    Raises:
        ConfigurationError: there is none.
    """
    mine = _spki(public)
    found = [one for one in known if _spki_of(one) == mine]
    if found:
        return max(found, key=lambda one: one.not_valid_after_utc)
    what = "none of its certificates is that of the private key" if known else "holds no certificate"
    todo = "name the file of the certificate that was issued for this key: `plugins: inforce: signing: certificate`"
    raise ConfigurationError([Problem(place, what, todo)])


def require_for_signing(certificate: x509.Certificate, place: str) -> None:
    """See that documents may be signed with the certificate (RFC 5280, section 4.2.1.3).

    Raises:
        ConfigurationError: its key usage has neither digital signature nor content commitment; or it is that of a
            throw-away test key.
    """
    if is_test(certificate):
        what = "this is the throw-away test key, which signs for nobody"
        todo = "name a key of yours; without `signing`, the test key is used by itself, and its PDFs say so"
        raise ConfigurationError([Problem(place, what, todo)])
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        what = f"the certificate of {certificate.subject.rfc4514_string()} is not for signing, by its key usage"
        todo = "take one whose key usage has digitalSignature or nonRepudiation (contentCommitment)"
        raise ConfigurationError([Problem(place, what, todo)])


def chain_of(certificate: x509.Certificate, known: Iterable[x509.Certificate]) -> tuple[x509.Certificate, ...]:
    """The certificate, its issuer, and so on, as far as they are known; without a root, which signs itself."""
    pool, chain = list(known), [certificate]
    while issuer := next((one for one in pool if one not in chain and _has_issued(one, chain[-1])), None):
        if issuer.subject == issuer.issuer:
            break
        chain.append(issuer)
    return tuple(chain)


def whole_chain(
    signing: Signing, certificate: x509.Certificate, known: Sequence[x509.Certificate], whence: str
) -> tuple[x509.Certificate, ...]:
    """The chain that goes into every signature; what it lacks is lacking for ever.

    With `trust`, it has to lead to one of the certificates there. Without, the issuer of the certificate has to be
    known, and that one's issuer may be a root, which need not be known.

    Raises:
        ConfigurationError: a certificate is missing, or a file of `chain` has none that belongs there.
    """
    named = {path: read_certificates(path) for path in signing.chain}
    roots = [one for path in signing.trust for one in read_certificates(path)]
    pool = [*known, *(one for found in named.values() for one in found), *roots]
    chain = chain_of(certificate, pool)
    root = next((one for one in pool if _has_issued(one, chain[-1])), None)
    path = [*chain[1:], *([root] if root else [])]
    problems = [
        Problem(file, "no certificate in it issued that of the signer, or one above it", "take it out of `chain`")
        for file, found in named.items()
        if not any(one in path for one in found)
    ]
    if not _is_self_signed(certificate):
        missing = _missing(chain, root, roots, has_trust=bool(signing.trust))
        problems += [Problem(whence, *missing)] if missing else []
    if problems:
        raise ConfigurationError(problems)
    return chain


def _missing(
    chain: Sequence[x509.Certificate],
    root: x509.Certificate | None,
    roots: Sequence[x509.Certificate],
    *,
    has_trust: bool,
) -> tuple[str, str] | None:
    """What a chain lacks, and what to do; nothing, if it is whole."""
    last = chain[-1]
    whose, issuer = last.subject.rfc4514_string(), last.issuer.rfc4514_string()
    if root is None and (has_trust or len(chain) == 1) and not any(one in roots for one in chain):
        what = f"the certificate of {whose} was issued by {issuer}, whose own certificate is missing"
        return what, "name the issuer's certificate in `chain`; if the issuer is a root itself, name it in `trust`"
    if root is not None and has_trust and not any(one in roots for one in (*chain, root)):
        what = f"its certificate leads to the root {issuer}, which is not in `trust`"
        return what, "name the file of that root in `trust`: `plugins: inforce: signing: trust`"
    return None


def not_valid_at(certificate: x509.Certificate, at: datetime, place: str) -> Problem | None:
    """That a certificate has expired at an instant, or is not valid yet; nothing, if it is valid."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if begins <= at <= ends:
        return None
    whose = f"the certificate of {certificate.subject.rfc4514_string()}"
    what = (
        f"{whose} expired on {ends.isoformat()}: it is not valid at {at.isoformat()}"
        if at > ends
        else f"{whose} is not valid yet at {at.isoformat()}: it begins on {begins.isoformat()}"
    )
    todo = "have a certificate issued that is valid, and name its file: `plugins: inforce: signing`"
    return Problem(place, what, todo)


class Passphrase:
    """A passphrase or PIN, looked up when it is needed: in the environment, else by asking."""

    def __init__(self, variable: str, ask: Ask, what: str) -> None:
        """Ask for that of something, `what`, unless the environment variable has it."""
        self.variable, self._ask, self._what = variable, ask, what

    def __call__(self) -> str:
        """The passphrase.

        Raises:
            ConfigurationError: there is none.
        """
        found = os.environ.get(self.variable) or self._ask(f"Passphrase of {self._what}")
        if not found:
            what = f"{self._what} is protected by a passphrase or PIN, and there is nobody to ask for it"
            raise ConfigurationError([Problem(self.variable, what, f"set the environment variable {self.variable}")])
        return found


def _require_key(data: bytes, place: Path) -> None:
    """See that there is one private key, as far as that can be told before it is opened."""
    if _MARK in data:
        keys = data.count(b"PRIVATE KEY-----") // 2
        if keys != 1:
            what = f"holds {keys} private keys" if keys else "holds no private key"
            raise ConfigurationError([Problem(str(place), what, "name a file with exactly one private key")])
        return
    try:
        pkcs12_structure.Pfx.load(data, strict=True)["version"].native  # noqa: B018 - parses the outermost structure
    except (ValueError, TypeError, KeyError):
        what = "holds no key: it is neither PKCS#12 nor PEM"
        todo = (
            "name a file with a private key: `openssl pkcs12 -export -inkey key.pem -in certificate.pem -out key.p12`"
        )
        raise ConfigurationError([Problem(str(place), what, todo)]) from None


def _from_pkcs12(data: bytes, place: Path, passphrase: Passphrase) -> tuple[Any, list[x509.Certificate]]:
    try:
        loaded = _opened(lambda secret: pkcs12.load_pkcs12(data, secret), place, passphrase)
    except UnsupportedAlgorithm:
        what = "is encrypted in an outdated way that is not supported"
        todo = "write it anew: `openssl pkcs12 -legacy -in OLD -nodes | openssl pkcs12 -export -out NEW`"
        raise ConfigurationError([Problem(str(place), what, todo)]) from None
    if loaded.key is None:
        what = "holds certificates, and no private key"
        raise ConfigurationError([Problem(str(place), what, "export the private key with its certificate")])
    own = [loaded.cert] if loaded.cert else []
    return loaded.key, [one.certificate for one in (*own, *loaded.additional_certs)]


def _from_pem(data: bytes, place: Path, passphrase: Passphrase) -> tuple[Any, list[x509.Certificate]]:
    if b"-----BEGIN OPENSSH PRIVATE KEY-----" in data:
        what = "is a key for SSH, which cannot sign documents"
        raise ConfigurationError([Problem(str(place), what, "name a key for which a certificate was issued")])
    try:
        private = _opened(lambda secret: serialization.load_pem_private_key(data, secret), place, passphrase)
        certificates = x509.load_pem_x509_certificates(data) if b"-----BEGIN CERTIFICATE-----" in data else []
    except UnsupportedAlgorithm:
        raise ConfigurationError([Problem(str(place), "is a key of a kind that is not supported", _KINDS)]) from None
    except ValueError:
        what = "holds a certificate that cannot be read"
        raise ConfigurationError([Problem(str(place), what, "write its certificate anew")]) from None
    return private, certificates


def _opened(load: Callable[[bytes | None], Any], place: Path, passphrase: Passphrase) -> Any:
    """What the file holds; the passphrase is asked for only if it does not open without."""
    try:
        return load(None)
    except TypeError:  # PEM: it is encrypted.
        pass
    except ValueError as wrong:  # PKCS#12 does not tell a wrong passphrase from a missing one.
        if not _is_about_a_password(wrong):
            what = "is damaged: the private key in it cannot be read"
            raise ConfigurationError([Problem(str(place), what, "restore the file")]) from None
    secret = passphrase().encode()
    try:
        return load(secret)
    except ValueError:
        what = "the passphrase is wrong"
    todo = f"give the right one, at the prompt or in the environment variable {passphrase.variable}"
    raise ConfigurationError([Problem(str(place), what, todo)])


def _is_about_a_password(wrong: ValueError) -> bool:
    return "password" in str(wrong).lower()


def require_kind(public: Any, place: str) -> None:
    """See that signatures by the key will be verified.

    Raises:
        ConfigurationError: the key is too weak, or of a kind that the common verifiers do not know (Ed25519, for one:
            neither poppler 22 nor MuPDF 1.21 does).
    """
    match public:
        case rsa.RSAPublicKey() if public.key_size >= _LEAST_RSA_BITS:
            return
        case rsa.RSAPublicKey():
            what = f"this RSA key has {public.key_size} bits, which is too few"
        case ec.EllipticCurvePublicKey() if public.curve.name in _CURVES:
            return
        case ec.EllipticCurvePublicKey():
            what = f"this key is of the curve {public.curve.name}, which few programs verify in a PDF"
        case _:
            kind = type(public).__name__.removesuffix("PublicKey").lstrip("_")
            what = f"this key is of the kind {kind}, which few programs verify in a PDF"
    raise ConfigurationError([Problem(place, what, _KINDS)])


def signing_with(private: Any) -> Callable[[bytes], bytes]:
    """How the key signs: by PKCS #1 v1.5 if it is RSA, as poppler's verifier, and others, know no PSS in CMS."""
    if isinstance(private, rsa.RSAPrivateKey):
        return lambda data: private.sign(data, padding.PKCS1v15(), hashes.SHA256())
    return lambda data: private.sign(data, ec.ECDSA(hashes.SHA256()))


def holds(public: Any, signature: bytes, data: bytes) -> bool:
    """Whether a signature, made as by `signing_with`, is one of the data."""
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
        else:
            public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _longest(public: Any) -> int:
    """How many bytes a signature has at most: as many as an RSA modulus has; for ECDSA, two integers in DER."""
    bytes_of_key: int = (public.key_size + 7) // 8
    return bytes_of_key if isinstance(public, rsa.RSAPublicKey) else 2 * (bytes_of_key + 3) + 3


def _one_der(data: bytes) -> list[x509.Certificate]:
    return [x509.load_der_x509_certificate(data)]


def _spki(public: Any) -> bytes:
    data: bytes = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return data


def _spki_of(certificate: x509.Certificate) -> bytes | None:
    try:
        return _spki(certificate.public_key())
    except (ValueError, UnsupportedAlgorithm):
        return None


def _is_self_signed(certificate: x509.Certificate) -> bool:
    return certificate.subject == certificate.issuer and _has_issued(certificate, certificate)


def _has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
