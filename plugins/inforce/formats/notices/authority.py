"""The option `notices` of `mkdocs.yml`: in whose name notices are called (RFC 4151). It is said once, for ever.

Shown whole::

    notices:
      authority: qstore.example     # a domain name or mail address that was the publisher's on 1 January of that year
      year: 2014
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import yaml

from inforce.core.errors import Fault, did_you_mean
from inforce.core.notice import Authority
from inforce.core.record import Reading

KEYS = ("authority", "year")
TODO = "write `notices: {authority: qstore.example, year: 2014}`: see the page Configuration"
_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_NAME = re.compile(rf"(?:[a-z0-9._-]+@)?{_LABEL}(?:\.{_LABEL})*", re.ASCII)
_YEAR = re.compile(r"[12]\d{3}", re.ASCII)


def parse_authority(written: Any) -> Reading[Authority]:
    """What the option says, or everything that is wrong with it."""
    if not isinstance(written, Mapping):
        return Reading(None, (Fault("notices: has to be a mapping", TODO),))
    faults = [
        Fault(f"notices: there is no key `{key}`{did_you_mean(str(key), KEYS)}", f"the keys are {', '.join(KEYS)}")
        for key in written
        if key not in KEYS
    ]
    faults += [Fault(f"notices: `{key}` is missing", TODO) for key in KEYS if key not in written]
    name, year = written.get("authority", ""), written.get("year", "")
    if "authority" in written and not (isinstance(name, str) and _NAME.fullmatch(name)):
        todo = "write it in small letters, as RFC 4151 has it: qstore.example, or policies@qstore.example"
        faults.append(Fault(f"notices: authority: {name!r} is neither a domain name nor a mail address", todo))
    if "year" in written and (isinstance(year, bool) or not _YEAR.fullmatch(str(year))):
        faults.append(Fault(f"notices: year: {year!r} is no year", "write the year alone: `year: 2014`"))
    return Reading(None, tuple(faults)) if faults else Reading(Authority(name, int(year)))


def authority_in(data: bytes) -> Authority | None:
    """The authority that a `mkdocs.yml` names; None where it names none, or cannot be read."""
    try:
        plugins = yaml.load(data, _Lenient)["plugins"]  # noqa: S506 - a safe loader, which makes nothing of tags
        options = [plugins] if isinstance(plugins, dict) else [one for one in plugins if isinstance(one, dict)]
        return next(parse_authority(one["inforce"]["notices"]).value for one in options if "notices" in one["inforce"])
    except (yaml.YAMLError, KeyError, TypeError, StopIteration, ValueError, RecursionError):
        return None


class _Lenient(yaml.SafeLoader):
    """Reads the tags that MkDocs knows (`!ENV`, `!!python/name:…`) as nothing."""


_Lenient.add_multi_constructor("!", lambda *_: None)
_Lenient.add_multi_constructor("tag:yaml.org,2002:python/", lambda *_: None)
