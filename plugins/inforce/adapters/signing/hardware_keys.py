"""Private keys in devices and other tokens, by PKCS#11. Hides the module, its sessions and its many ways to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from inforce.adapters.signing.keys import (
    Ask,
    Key,
    Passphrase,
    assembled,
    holds,
    read_certificates,
    require_kind,
)
from inforce.core.errors import ConfigurationError, Problem
from inforce.core.signing import KeyInToken, Signing

_PROBE = b"Inforce asks which certificate this key is of."


@contextmanager
def key_in_token(signing: Signing, at: KeyInToken, ask: Ask) -> Iterator[Key]:
    """Open a session with a token, and close it at the end.

    Raises:
        ConfigurationError: `python-pkcs11` is not installed, the module cannot be loaded, the token or the key is not
            there, the PIN is wrong or locked, the certificate is missing or not the key's, or its chain is not whole.
    """
    own = read_certificates(at.certificate) if at.certificate is not None else ()
    pkcs11 = _library()
    with _loaded(pkcs11, at) as module:
        token = _token(pkcs11, module, at)
        pin = Passphrase(signing.passphrase, ask, f"the token {at.token}")
        with _session(pkcs11, token, at, pin) as session:
            sign = _signing_with(pkcs11, session, at)
            held = _certificates(pkcs11, session)
            certificate = _matching(sign, own or held, at)
            require_kind(certificate.public_key(), _place(at))
            places = _place(at), at.certificate or _place(at)
            yield assembled(signing, certificate, [*own, *held], places, sign)


def _library() -> ModuleType:
    try:
        import pkcs11  # noqa: PLC0415 - an extra, and needed for tokens alone
    except ImportError:
        what = "keys in tokens need the package python-pkcs11, which is not installed"
        raise ConfigurationError([Problem("signing: token", what, "scripts/set-up extras")]) from None
    return pkcs11


@contextmanager
def _loaded(pkcs11: ModuleType, at: KeyInToken) -> Iterator[Any]:
    try:
        if not Path(at.module).is_file():
            raise OSError("there is no such file")  # noqa: TRY301 - told as what the loader says is
        module = pkcs11.lib(at.module)
    except (OSError, RuntimeError) as wrong:
        what = f"this PKCS#11 module cannot be loaded: {_named(wrong)}"
        todo = "name the shared library of the token's maker, for this kind of machine: `token: module`"
        raise ConfigurationError([Problem(at.module, what, todo)]) from None
    try:
        yield module
    finally:
        module.finalize()


def _token(pkcs11: ModuleType, module: Any, at: KeyInToken) -> Any:
    try:
        tokens = [slot.get_token() for slot in module.get_slots(token_present=True)]
    except pkcs11.PKCS11Error as wrong:
        raise _failed(wrong, at) from None
    found = [one for one in tokens if one.label == at.token]
    if len(found) == 1:
        return found[0]
    labels = ", ".join(sorted({one.label for one in tokens if one.label})) or "none"
    what = f"there are {len(found)} tokens of this label" if found else f"there is no token `{at.token}`"
    todo = f"plug it in, or mend `token: label`; what is there: {labels}"
    raise ConfigurationError([Problem(_place(at), what, todo)])


@contextmanager
def _session(pkcs11: ModuleType, token: Any, at: KeyInToken, pin: Passphrase) -> Iterator[Any]:
    try:
        session = token.open(**_login(pkcs11, token, pin))
    except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange):
        what = "the PIN is wrong; after a few more wrong ones the token locks itself"
        todo = f"give the right one, at the prompt or in the environment variable {pin.variable}"
        raise ConfigurationError([Problem(_place(at), what, todo)]) from None
    except pkcs11.PinLocked:
        what = "the PIN is locked, after too many wrong ones"
        raise ConfigurationError(
            [Problem(_place(at), what, "have it unlocked by the token's security officer")]
        ) from None
    except pkcs11.PKCS11Error as wrong:
        raise _failed(wrong, at) from None
    with session:
        yield session


def _login(pkcs11: ModuleType, token: Any, pin: Passphrase) -> dict[str, Any]:
    """How to log in: not at all, at the token's own keypad, or with a PIN."""
    if pkcs11.TokenFlag.PROTECTED_AUTHENTICATION_PATH in token.flags:
        return {"user_pin": pkcs11.PROTECTED_AUTH}
    return {"user_pin": pin()} if pkcs11.TokenFlag.LOGIN_REQUIRED in token.flags else {}


def _signing_with(pkcs11: ModuleType, session: Any, at: KeyInToken) -> Callable[[bytes], bytes]:
    """How the key signs: with SHA-256, by PKCS #1 v1.5 or ECDSA; that is hashed here, as not every token can."""
    wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY, pkcs11.Attribute.LABEL: at.label}
    try:
        found = list(session.get_objects(wanted))
    except pkcs11.PKCS11Error as wrong:
        raise _failed(wrong, at) from None
    if len(found) != 1:
        what = f"the token holds {len(found) or 'no'} private key{'s' if found else ''} of the label `{at.label}`"
        raise ConfigurationError([Problem(_place(at), what, "mend `token: key`: the label of exactly one key")])
    (private,) = found
    if private.key_type not in (pkcs11.KeyType.RSA, pkcs11.KeyType.EC):
        what = f"this key is of the kind {private.key_type}, which few programs verify in a PDF"
        raise ConfigurationError([Problem(_place(at), what, "use an RSA key, or one of the curve P-256 or P-384")])

    def sign(data: bytes) -> bytes:
        try:
            if private.key_type is pkcs11.KeyType.RSA:
                return bytes(private.sign(data, mechanism=pkcs11.Mechanism.SHA256_RSA_PKCS))
            raw = private.sign(sha256(data).digest(), mechanism=pkcs11.Mechanism.ECDSA)
            return bytes(pkcs11.util.ec.encode_ecdsa_signature(raw))
        except pkcs11.PKCS11Error as wrong:
            raise _failed(wrong, at) from None

    return sign


def _certificates(pkcs11: ModuleType, session: Any) -> list[x509.Certificate]:
    """Those that the token holds."""
    wanted = {
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
        pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
    }
    found = []
    for one in list(session.get_objects(wanted)):
        try:
            found.append(x509.load_der_x509_certificate(one[pkcs11.Attribute.VALUE]))
        except (ValueError, pkcs11.PKCS11Error):  # Not ours, if it is one at all.
            continue
    return found


def _matching(sign: Callable[[bytes], bytes], known: Sequence[x509.Certificate], at: KeyInToken) -> x509.Certificate:
    """The certificate of the key: one that verifies a signature of it. Not every token tells the public key."""
    signature = sign(_PROBE)
    for one in known:
        if _is_by(one, signature):
            return one
    what = "none of the certificates is that of the private key" if known else "the token holds no certificate"
    todo = "name the file of the certificate that was issued for this key: `plugins: inforce: signing: certificate`"
    raise ConfigurationError([Problem(at.certificate or _place(at), what, todo)])


def _is_by(certificate: x509.Certificate, signature: bytes) -> bool:
    public = certificate.public_key()
    return isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) and holds(public, signature, _PROBE)


def _place(at: KeyInToken) -> str:
    return f"the key {at.label} in the token {at.token}"


def _failed(wrong: Exception, at: KeyInToken) -> ConfigurationError:
    what = f"the token does not do what it is asked: {_named(wrong)}"
    return ConfigurationError([Problem(_place(at), what, "see that it is plugged in and works: `pkcs11-tool --test`")])


def _named(wrong: Exception) -> str:
    """The error as PKCS#11 names it, and what else is said of it; neither has the PIN."""
    said = str(wrong)
    return f"{type(wrong).__name__}: {said}" if said else type(wrong).__name__
