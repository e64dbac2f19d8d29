"""The option `acceptance` of `mkdocs.yml`: where a register of acceptances answers. Left out, the site speaks of none.

Shown whole::

    acceptance:
      register: https://accept.qstore.example/                  # where `inforce acceptances serve` answers
      keys: acceptance-keys.json                                # its public keys, relative to mkdocs.yml
      start: https://qstore.example/accept?policy={policy}      # optional: where a member begins to be asked
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inforce.core.acceptance_option import AcceptanceOption
from inforce.core.errors import Fault, did_you_mean
from inforce.core.record import Reading
from inforce.core.web_address import address_fault
from inforce.formats.acceptance.app_address import app_address

KEYS = ("register", "keys", "start")
_BY_HTTPS = "write it with https://; plain http is for this machine alone"
_NEEDED = ("register", "keys")
TODO = "write `acceptance: {register: https://…/, keys: acceptance-keys.json}`: see the page Configuration"


def parse_acceptance(written: Any) -> Reading[AcceptanceOption]:
    """What the option says, or everything that is wrong with it."""
    if not isinstance(written, Mapping):
        return Reading(None, (Fault("acceptance: has to be a mapping", TODO),))
    faults = [
        Fault(f"acceptance: there is no key `{key}`{did_you_mean(str(key), KEYS)}", f"the keys are {', '.join(KEYS)}")
        for key in written
        if key not in KEYS
    ]
    faults += [Fault(f"acceptance: `{key}` is missing", TODO) for key in _NEEDED if key not in written]
    values = {}
    for key in (one for one in KEYS if one in written):
        value = written[key]
        if not isinstance(value, str) or not value.strip():
            faults.append(Fault(f"acceptance: {key}: {value!r} is no text", TODO))
        elif key != "keys" and (fault := address_fault(value.replace("{policy}", "policy"))) is not None:
            todo = _BY_HTTPS if value.startswith("http:") else fault.todo
            faults.append(Fault(f"acceptance: {key}: {value}: {fault.what}", todo))
        elif key != "keys" and not _is_plain(value):
            faults.append(Fault(f"acceptance: {key}: {value}: an address has no spaces", "write %20 for a space"))
        elif key == "start" and "{" in value.replace("{policy}", ""):
            faults.append(Fault(f"acceptance: start: {value}: nothing but {{policy}} is filled in", "write {policy}"))
        else:
            values[key] = value
    if faults:
        return Reading(None, tuple(faults))
    try:
        register = app_address(values["register"])
    except ValueError:
        return Reading(None, (Fault(f"acceptance: register: {values['register']}: its host is no name", TODO),))
    return Reading(AcceptanceOption(register, values["keys"], values.get("start", "")))


def _is_plain(address: str) -> bool:
    return address.isprintable() and " " not in address
