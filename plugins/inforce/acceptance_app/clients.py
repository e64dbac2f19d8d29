"""Where a call comes from: by its connection, or by the word of a proxy that is trusted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.requests import Request as Call

Networks = Sequence[IPv4Network | IPv6Network]
_NETWORK = 64
"""Whoever has one address of IPv6 has as many as there are in such a network."""
_FORWARDED = re.compile(r"(?:\[([0-9A-Fa-f:.]{2,45})\]|([0-9.]{7,15}))(?::\d{1,5})?|([0-9A-Fa-f:.]{2,45})", re.ASCII)
"""An address as proxies write it: `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::1`, `[2001:db8::1]:4711`."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who calls.

    Attributes:
        counted: as whom they count.
        address: their own address; None where a proxy does not tell it.
    """

    counted: str
    address: str | None


def networks_of(written: Sequence[str]) -> Networks:
    """The networks of `trusted_proxies`; an address is one of itself, and whatever host a network names is in it."""
    return [ip_network(one, strict=False) for one in written]


def client_of(call: Call, proxies: Networks) -> Client:
    """Who calls; what a trusted proxy says is only believed where it is an address."""
    peer = call.client.host if call.client is not None else ""
    here = _address(peer.partition("%")[0])
    if here is None or not _is_in(here, proxies):
        return Client(peer, None if here is None else str(here))
    told: IPv4Address | IPv6Address | None = None
    hops = [one.strip() for line in call.headers.getlist("x-forwarded-for") for one in line.split(",")]
    for hop in reversed(hops):  # each proxy adds to the end
        found = _FORWARDED.fullmatch(hop)
        told = _address(found[1] or found[2] or found[3]) if found is not None else None
        if told is None or not _is_in(told, proxies):
            break
    return Client(peer, None) if told is None else Client(str(told), str(told))


def counted_as(client: str) -> str:
    """As whom whoever has that address is counted; what is no address, as itself."""
    address = _address(client)
    if address is None:
        return client
    return str(ip_network((address, _NETWORK), strict=False) if isinstance(address, IPv6Address) else address)


def is_in(client: str, networks: Networks) -> bool:
    """Whether an address is in one of them."""
    address = _address(client)
    return address is not None and _is_in(address, networks)


def _is_in(address: IPv4Address | IPv6Address, networks: Networks) -> bool:
    return any(address in one for one in networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
