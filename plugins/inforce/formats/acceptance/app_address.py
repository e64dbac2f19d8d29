"""The address of an app as browsers write it: they say from which one a form comes, and that is compared by letters.

::

    https://Accept.Qstore.example:443   ->  https://accept.qstore.example/
    https://käse.example/               ->  https://xn--kse-qla.example/
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit, urlunsplit

import idna

_USUAL = {"http": 80, "https": 443}


def app_address(written: str) -> str:
    """That address, with a slash at the end.

    Args:
        written: an address on the web, whole.

    Raises:
        ValueError: its host is no name that can be.
    """
    parts = urlsplit(written)
    host, port = _host(parts.hostname or ""), parts.port
    place = host if port in (None, _USUAL[parts.scheme]) else f"{host}:{port}"
    return urlunsplit((parts.scheme, place, f"{parts.path.rstrip('/')}/", parts.query, parts.fragment))


def _host(name: str) -> str:
    if ":" in name:
        return f"[{ipaddress.IPv6Address(name)}]"
    if not name.isascii():
        name = idna.encode(name, uts46=True, std3_rules=True).decode("ascii")  # its errors are ValueErrors
    return name.lower()
