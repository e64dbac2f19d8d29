r"""`acceptances.yml`: how the operator sets up the register of acceptances.

The whole format; every value is text, and only `address`, `keys` and `applications` have to be there::

    address: https://accept.qstore.example/     # where people and applications reach the app
    database: sqlite:///acceptances.db          # an SQLAlchemy address; this one, beside this file, if left out
    keys: [register-key.pem]                    # private keys; the first signs, the others are of an earlier time
    public_keys: acceptance-keys.json           # the public keys of all times (JWKS); that file if left out
    applications:                               # who may ask, by names of your own
      shop:
        secret_file: /run/secrets/shop          # or secret_env: the credential, 32 characters or more
        return_to:                              # where people may be sent back to, letter for letter; optional
          - https://qstore.example/registered
    lifetime: 15 minutes                        # within which an address is to be opened; that, or an hour at the most
    reading: 24 hours                           # how long people may then read, before they answer; that if left out
    keeps: [ip, user_agent]                     # what rows have of the connection; nothing if left out
    heads:
      rows: 1000                                # a head is signed after so many rows …
      every: 10 minutes                         # … and so long after the last one, if there were any; both if left out
      file: heads.jws                           # heads a second time, a line each, to take elsewhere; optional
    trusted_proxies: [127.0.0.1, 10.0.0.0/8]    # whose X-Forwarded-For is believed; nobody's if left out
    limits:
      rate: 10 per second                       # requests of one client, over time; that if left out
      connections: 500                          # at once; that if left out
      connections_per_client: 100               # of one client, unless it is a trusted proxy; that if left out
      timeout: 10 seconds                       # to send a request; that if left out

The database can be one that asks for a password::

    database:
      database: postgresql+psycopg://register@db.example/acceptances
      password_file: /run/secrets/database      # or password_env; optional

Paths are relative to the folder of this file. Secrets never stand in it.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from inforce.core.acceptance_settings import KEEPABLE, AcceptanceSettings, Application, Heads, Limits
from inforce.core.errors import Fault, did_you_mean
from inforce.core.record import Reading
from inforce.core.secret import Secret
from inforce.core.web_address import address_fault
from inforce.formats.acceptance.app_address import app_address
from inforce.formats.settings_fields import (
    database_field,
    nested,
    number,
    rate_field,
    required,
    secret_field,
    timeout_of,
)
from inforce.formats.strict_yaml import Fields, Keys, read_mapping

KEYS = (
    *("address", "database", "keys", "public_keys", "applications", "lifetime", "reading"),
    *("keeps", "heads", "trusted_proxies", "limits"),
)
APPLICATION_KEYS = ("secret_file", "secret_env", "return_to")
HEADS_KEYS = ("rows", "every", "file")
LIMITS_KEYS = ("rate", "connections", "connections_per_client", "timeout")
DATABASE = "sqlite:///acceptances.db"
PUBLIC_KEYS = "acceptance-keys.json"
_LIFETIME, _LONGEST = timedelta(minutes=15), timedelta(hours=1)
_READING, _LONGEST_READING = timedelta(hours=24), timedelta(days=7)
_TIME = re.compile(r"([1-9]\d{0,4}) (second|minute|hour)s?", re.ASCII)
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_EXAMPLE = "https://accept.qstore.example/"
_BY_HTTPS = "write it with https://; plain http is for this machine alone"
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)


def parse_acceptances(data: bytes) -> Reading[AcceptanceSettings]:
    """The settings that an `acceptances.yml` says, or everything that is wrong with it."""
    read = read_mapping(data)
    return Reading(None, read.faults) if read.value is None else _read(read.value)


def _read(keys: Keys) -> Reading[AcceptanceSettings]:
    top = Fields(keys, KEYS)
    address = _address(top)
    database = database_field(top, keys, "database", DATABASE)
    signing = top.texts("keys")
    if top.line("keys") is None:
        todo = (
            "make a key with `inforce acceptances new-key --out register-key.pem --jwks acceptance-keys.json`, "
            "and add `keys: [register-key.pem]`"
        )
        top.faults.append(Fault("`keys` is missing: nothing could be signed", todo, top.first_line))
    public = top.text("public_keys") or PUBLIC_KEYS
    applications = tuple(_applications(top, keys))
    lifetime = _time(top, "lifetime", _LIFETIME)
    if lifetime > _LONGEST:
        top.fault(
            "lifetime", "`lifetime`: an address that is good for long can be found for long", "write an hour or less"
        )
    reading = _time(top, "reading", _READING)
    if reading > _LONGEST_READING:
        what = "`reading`: a page that was open for longer than a week may be anybody's"
        top.fault("reading", what, "write 168 hours or less; 20 or more leave everybody time enough (WCAG 2.2.1)")
    keeps = top.texts("keeps")
    for one in keeps:
        if one not in KEEPABLE:
            what = f"`keeps: {one}` is nothing that can be kept{did_you_mean(one, KEEPABLE)}"
            top.fault("keeps", what, f"what can be kept is {', '.join(KEEPABLE)}")
    heads = _heads(nested(top, keys, "heads", HEADS_KEYS), top.faults)
    proxies = top.texts("trusted_proxies")
    for one in proxies:
        if not _is_network(one):
            what = f"`trusted_proxies: {one}` is no address and no network"
            top.fault("trusted_proxies", what, "write 127.0.0.1, or 10.0.0.0/8")
    limits = _limits(nested(top, keys, "limits", LIMITS_KEYS), top.faults)
    if top.faults:
        return Reading(None, tuple(sorted(top.faults, key=lambda fault: fault.line or 0)))
    return Reading(
        AcceptanceSettings(
            address,
            database,
            signing,
            public,
            applications,
            lifetime,
            frozenset(keeps),
            heads,
            proxies,
            limits,
            reading,
        )
    )


def _address(top: Fields) -> str:
    address = required(top, "address", "where people and applications reach the app") or ""
    if not address:
        return ""
    if fault := address_fault(address, example=_EXAMPLE, by_https=_BY_HTTPS):
        top.fault("address", f"`address`: {fault.what}", fault.todo)
    elif urlsplit(address).query or urlsplit(address).fragment:
        top.fault("address", "`address` has a query or a fragment", f"write it as {_EXAMPLE}")
    elif urlsplit(address).path not in ("", "/"):
        what = "`address` has a path: the app answers at the root of a host"
        top.fault("address", what, f"give it a host of its own, as {_EXAMPLE}")
    else:
        try:
            return app_address(address)
        except ValueError:
            top.fault("address", "`address` has a host that is no name", f"write it as {_EXAMPLE}")
    return address


def _applications(top: Fields, keys: Keys) -> Iterator[Application]:
    value = keys.values.get("applications")
    if not isinstance(value, Keys) or not value.values:
        what = "`applications` has to name who may ask"
        todo = "write under it a name, and under that `secret_file` or `secret_env`"
        top.faults.append(Fault(what, todo, top.line("applications") or top.first_line))
        return
    names = Fields(value, tuple(value.values))
    for name in value.values:
        if not _NAME.fullmatch(name):
            todo = "write it in small letters, digits, dots, hyphens"
            names.fault(name, f"`{name}` is no name for an application", todo)
        fields = nested(names, value, name, APPLICATION_KEYS)
        if fields is None:
            continue
        secret = secret_field(fields, "secret")
        if secret is None:
            todo = "add `secret_file` or `secret_env`"
            what = f"`{name}` has no secret by which it is known"
            fields.faults.append(Fault(what, todo, fields.first_line))
        return_to = fields.texts("return_to")
        for one in return_to:
            if fault := _return_fault(one):
                fields.fault("return_to", *fault)
        names.faults += fields.faults
        yield Application(name, secret or Secret(), return_to)
    top.faults += names.faults


def _return_fault(address: str) -> tuple[str, str] | None:
    """What is wrong with an address to which people are sent back, and what to do."""
    if fault := address_fault(address, example="https://qstore.example/registered", by_https=_BY_HTTPS):
        return f"`return_to`: {fault.what}", fault.todo
    if urlsplit(address).fragment or not address.isascii() or re.search(r"[\s\"'<>;,\\]", address):
        what = f"`return_to: {address}` has signs in it that cannot stand there, or a fragment"
        return what, "write it as https://qstore.example/registered"
    return None


def _heads(fields: Fields | None, faults: list[Fault]) -> Heads:
    if fields is None:
        return Heads()
    usual = Heads()
    heads = Heads(number(fields, "rows", usual.rows), _time(fields, "every", usual.pause), fields.text("file") or "")
    faults += fields.faults
    return heads


def _limits(fields: Fields | None, faults: list[Fault]) -> Limits:
    if fields is None:
        return Limits()
    usual = Limits()
    rate = rate_field(fields, "rate") or usual.rate
    limits = Limits(
        rate,
        number(fields, "connections", usual.connections),
        number(fields, "connections_per_client", usual.connections_per_client),
        timeout_of(fields, 10),
    )
    faults += fields.faults
    return limits


def _time(fields: Fields, key: str, default: timedelta) -> timedelta:
    text = fields.text(key)
    found = _TIME.fullmatch(text) if text else None
    if text and not found:
        fields.fault(key, f"`{key}: {text}` is not understood", "write `15 minutes`, `30 seconds`, `1 hour`")
    return timedelta(seconds=int(found[1]) * _SECONDS[found[2]]) if found else default


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
