r"""`policy.yml`: a policy's terms.

The whole format::

    title: Privacy Policy
    relation: privacy-policy            # RFC 6903 link relation, optional: privacy-policy | terms-of-service
    language: en                        # BCP 47; the authoritative language
    time_zone: Asia/Seoul               # where bare dates begin
    effective: on posting               # the default rule, for both audiences, or one for each; this one if left out
    notice_period: 30 days              # promised to current users for material changes; optional
    acceptance: asked                   # asked | not asked; not asked if left out
    contact: Personal Information Manager, Qstore    # optional
    reminders: [30 days, 7 days, 1 day] # before a revision takes effect; these if left out, or `none`
"""

from __future__ import annotations

import re

from inforce.core.effect import ON_POSTING, Audience, Kind, Rule
from inforce.core.policy import REMINDERS, Terms
from inforce.core.record import Reading
from inforce.formats.effective import KEY as EFFECTIVE
from inforce.formats.effective import take_effective
from inforce.formats.strict_yaml import Fields, read_mapping
from inforce.formats.time_zones import time_zone

KEYS = (
    "title",
    "relation",
    "language",
    "time_zone",
    "effective",
    "notice_period",
    "acceptance",
    "contact",
    "reminders",
)
_LANGUAGE = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*", re.ASCII)
_DAYS = re.compile(r"([1-9]\d{0,3}) days?", re.ASCII)
_NO_REMINDERS = "none"
_IN_DAYS = "write it in days: `30 days`"
_DAYS_OR_NONE = f"write it in days: `[30 days, 1 day]`, or `{_NO_REMINDERS}`"


def parse_terms(data: bytes) -> Reading[Terms]:
    """The terms that a `policy.yml` says, or everything that is wrong with it."""
    read = read_mapping(data)
    if read.value is None:
        return Reading(None, read.faults)
    keys = read.value
    fields = Fields(keys, KEYS)
    for key in ("title", "language", "time_zone"):
        if key not in keys.values:
            fields.fault(key, f"`{key}` is missing", f"write `{key}: …`")
    title, language, zone_name = fields.text("title"), fields.text("language"), fields.text("time_zone")
    if language is not None and not _LANGUAGE.fullmatch(language):
        fields.fault(
            "language", f"`language: {language}` is no language tag", "write one as BCP 47 has it: en, ko, pt-BR"
        )
    zone = None
    if zone_name is not None:
        try:
            zone = time_zone(zone_name)
        except ValueError as wrong:
            fields.fault("time_zone", f"`time_zone`: {wrong}", "write an IANA name: Asia/Seoul, Europe/Berlin, UTC")
    relation = fields.choice("relation", ("privacy-policy", "terms-of-service"))
    acceptance = fields.choice("acceptance", ("asked", "not asked"))
    effective = {**dict.fromkeys(Audience, ON_POSTING), **(take_effective(fields) or {})}
    _refuse_fixed_days(fields, *effective.values())
    notice_period = _notice_period(fields)
    contact = fields.text("contact")
    reminders = _reminders(fields) if "reminders" in keys.values else REMINDERS
    if fields.faults or title is None or language is None or zone is None or zone_name is None:
        return Reading(None, tuple(sorted(fields.faults, key=lambda fault: fault.line or 0)))
    is_asked = acceptance == "asked"
    return Reading(
        Terms(title, language, zone_name, zone, relation, effective, notice_period, is_asked, contact, reminders)
    )


def _refuse_fixed_days(fields: Fields, *rules: Rule) -> None:
    for rule in dict.fromkeys(rules):
        if rule.kind in (Kind.DAY, Kind.INSTANT):
            fields.fault(
                EFFECTIVE,
                f"`{EFFECTIVE}: {rule.text}` cannot be a default: it would be past for later revisions",
                "say `on posting`, `on acceptance`, `never` or `30 days after posting`; dates stand in the revisions",
            )


def _notice_period(fields: Fields) -> int | None:
    text = fields.text("notice_period")
    return None if text is None else _days(fields, "notice_period", text, _IN_DAYS)


def _reminders(fields: Fields) -> tuple[int, ...]:
    """The numbers of days, each once, the most first."""
    texts = fields.texts("reminders", _DAYS_OR_NONE)
    if texts == (_NO_REMINDERS,):
        return ()
    days = {_days(fields, "reminders", text, _DAYS_OR_NONE) for text in texts}
    return tuple(sorted((one for one in days if one is not None), reverse=True))


def _days(fields: Fields, key: str, text: str, todo: str) -> int | None:
    if found := _DAYS.fullmatch(text):
        return int(found[1])
    fields.fault(key, f"`{key}: {text}` is not understood", todo)
    return None
