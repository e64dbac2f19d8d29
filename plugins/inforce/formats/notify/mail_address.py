"""Mail addresses, read as strictly as they have to be before mail goes out to them.

The rules are those of RFC 5321 and RFC 5322 as Python's `email` has them, without comments and without the addresses of
machines (`kim@[192.0.2.1]`); those of RFC 6531 for what is not ASCII before the `@`; and IDNA 2008 (UTS #46) for the
domain, which comes out in ASCII: mail servers know no other form. (The package `idna` comes with httpx.)
"""

from __future__ import annotations

import re
import unicodedata
from email.errors import MessageError
from email.headerregistry import Address

import idna

from inforce.formats.text.clean_text import SUSPECTS

_LONGEST, _LONGEST_LOCAL = 254, 64
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?!.*xn--)(?:{_LABEL}\.)*[a-z](?:[a-z0-9-]{{0,61}}[a-z0-9])?", re.ASCII)
"""An address that is one by every rule, and would come out as it is: nearly all are."""
_UNSEEN = re.compile("[\0-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")


def mail_address(text: str) -> str:
    """The address, with its domain in lower case and in ASCII.

    Raises:
        ValueError: it is none, told for a person.

    >>> mail_address("Kim@도메인.example")
    'Kim@xn--hq1bm8jm9l.example'
    """
    if len(text) <= _LONGEST and _PLAIN.fullmatch(text) and text.index("@") <= _LONGEST_LOCAL:
        return text
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain:
        raise ValueError("it has no `@` with something on both sides")
    spaced = local.replace(" ", "") if local.startswith('"') else local
    if _UNSEEN.search(spaced) or _UNSEEN.search(domain) or SUSPECTS.search(text):
        raise ValueError("it holds a space, a line end or another character that cannot be seen")
    local, domain = unicodedata.normalize("NFC", local), _domain(domain)
    _check_local(local)
    if len(local.encode()) > _LONGEST_LOCAL or len(f"{local}@{domain}".encode()) > _LONGEST:
        raise ValueError(f"it is too long: {_LONGEST_LOCAL} bytes before the `@` and {_LONGEST} in all are the most")
    return f"{local}@{domain}"


def _check_local(local: str) -> None:
    """Raises where this cannot stand before the `@`."""
    ascii_alike = re.sub(r"[^\0-\x7f]", "x", local)
    try:
        read = Address(addr_spec=f"{ascii_alike}@example")
    except (MessageError, ValueError, IndexError, AttributeError):
        raise ValueError("what stands before the `@` is not what an address can have there") from None
    if read.addr_spec != f"{ascii_alike}@example":
        raise ValueError("it holds a comment or a space")


def _domain(domain: str) -> str:
    try:
        ascii_domain = idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        raise ValueError(f"`{domain}` is no domain") from None
    if ascii_domain.endswith(".") or ascii_domain.rpartition(".")[2].isdigit():
        raise ValueError(f"`{domain}` is no domain")
    return ascii_domain
