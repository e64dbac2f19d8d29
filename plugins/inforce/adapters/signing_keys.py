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

    `place` is where the key comes from, as errors tell it.
    """

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    place: str
    signer: KeyedSigner = field(repr=False)

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
            wrong; the certificate is missing, is not the key's, or not for signing.
    """
    place = Path(at.key)
    data = read_private(place)
    load = _from_pem if _MARK in data else _from_pkcs12
    private, found = load(data, place, Passphrase(signing.passphrase, ask, f"the key {place}"))
    own = read_certificates(at.certificate) if at.certificate is not None else ()
    others = [one for path in signing.chain for one in read_certificates(path)]
    require_kind(private.public_key(), str(place))
    certificate = certificate_of(private.public_key(), own or found, at.certificate or at.key)
    return assembled(certificate, [*own, *found, *others], str(place), signing_with(private))


def assembled(
    certificate: x509.Certificate, known: Sequence[x509.Certificate], place: str, sign: Callable[[bytes], bytes]
) -> Key:
    """A key with its certificate and what of the known certificates is its chain.

    Raises:
        ConfigurationError: the certificate may not be used for signing documents, or is of a throw-away test key.
    """
    if is_test(certificate):
        what = "this is the throw-away test key, which signs for nobody"
        todo = "name a key of yours; without `signing`, the test key is used by itself, and its PDFs say so"
        raise ConfigurationError([Problem(place, what, todo)])
    require_for_signing(certificate, place)
    chain = chain_of(certificate, known)
    return Key(certificate, chain, place, KeyedSigner(certificate, chain[1:], sign))


def read_private(path: Path) -> bytes:
    """Read a file that holds a secret; of a symbolic link, the file that it leads to is judged.

    Raises:
        ConfigurationError: it cannot be read, or others may read or write it.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            if stat.S_ISREG(mode) and mode & _OTHERS:
                what = f"others than its owner may use this private key: its mode is {stat.S_IMODE(mode):04o}"
                raise ConfigurationError([Problem(str(path), what, f"chmod 600 {path.resolve()}")])
            return file.read()
    except OSError as wrong:
        todo = "name the file of the private key: `plugins: inforce: signing: key`"
        raise ConfigurationError([Problem(str(path), f"cannot be read: {wrong.strerror}", todo)]) from None


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
        ConfigurationError: its key usage has neither digital signature nor content commitment.
    """
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


def _from_pkcs12(data: bytes, place: Path, passphrase: Passphrase) -> tuple[Any, list[x509.Certificate]]:
    try:
        pkcs12_structure.Pfx.load(data, strict=True)["version"].native  # noqa: B018 - parses the outermost structure
    except (ValueError, TypeError, KeyError):
        what = "is neither PKCS#12 nor PEM"
        todo = (
            "name a file with a private key: `openssl pkcs12 -export -inkey key.pem -in certificate.pem -out key.p12`"
        )
        raise ConfigurationError([Problem(str(place), what, todo)]) from None
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
    keys = data.count(b"PRIVATE KEY-----") // 2
    if keys != 1:
        what = f"holds {keys} private keys" if keys else "holds no private key"
        raise ConfigurationError([Problem(str(place), what, "name a file with exactly one private key")])
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


def _has_issued(issuer: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
