"""Which addresses on the web may be asked, and to which an answer may lead on.

What is read decides what members are told, and what is sent is about members: so it travels by https. Plain http is for
the machine itself, and for whoever says that the network between is their own.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from inforce.core.errors import Fault

_BY_HTTPS = "write it with https://, or say `insecure: yes` if nobody else is on the network between"

_EXAMPLE = "https://qstore.example/policies/"


def is_web_address(place: str) -> bool:
    """Whether it is an address on the web, and no path."""
    return re.match(r"https?:", place, re.IGNORECASE) is not None


def address_fault(
    address: str, *, is_insecure: bool = False, example: str = _EXAMPLE, by_https: str = _BY_HTTPS
) -> Fault | None:
    """Why the address may not be asked; None where it may.

    Args:
        address: whole, `https://…`.
        is_insecure: whether plain http will do for other machines too.
        example: such an address as it is to be written.
        by_https: what to do where it is plain http.
    """
    parts = _split(address)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return Fault("this is no address on the web", f"write it as {example}")
    if parts.username is not None or parts.password is not None:
        return Fault("an address with a name or password in it is read by everybody", "leave out what stands before @")
    if parts.scheme == "http" and not is_insecure and not _is_this_machine(parts.hostname):
        return Fault("what comes by plain http can be changed on the way", by_https)
    return None


def redirect_fault(address: str, target: str, *, is_insecure: bool = False) -> str | None:
    """Why an answer of that address may not lead on to the target; None where it may."""
    fault = address_fault(target, is_insecure=is_insecure)
    if fault is not None:
        return fault.what
    if urlsplit(address).scheme == "https" and urlsplit(target).scheme != "https":
        return "it leads from https to plain http"
    return None


def without_secrets(address: str) -> str:
    """The address as it may be told: without name and password, which somebody may have put into it."""
    return re.sub(r"(?<=//)[^/?#]*@", "…@", address)


def _split(address: str) -> SplitResult | None:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
