"""The key `effective` of both files that counsel writes: one rule for both audiences, or a mapping (rule 2)."""

from __future__ import annotations

from collections.abc import Mapping

from inforce.core.effect import FORMS, Audience, Rule, parse_rule
from inforce.core.errors import Fault, did_you_mean
from inforce.formats.strict_yaml import Fields

KEY = "effective"


def take_effective(fields: Fields) -> Mapping[Audience, Rule] | None:
    """The rules said, by audience; audiences left out of a mapping are left out. None where nothing is said."""
    rules: dict[Audience, Rule] = {}
    said = fields.mapping(KEY)
    if said is None:
        text = fields.text(KEY)
        if text is None:
            return None
        try:
            return dict.fromkeys(Audience, parse_rule(text))
        except ValueError as wrong:
            fields.fault(KEY, f"`{KEY}`: {wrong}", FORMS)
            return None
    for name, text, line in said:
        if name not in list(Audience):
            what = f"`{KEY}` has no audience `{name}`{did_you_mean(name, list(Audience))}"
            fields.faults.append(Fault(what, "the audiences are current_users and new_users", line))
            continue
        try:
            rules[Audience(name)] = parse_rule(text)
        except ValueError as wrong:
            fields.faults.append(Fault(f"`{KEY}` for {name}: {wrong}", FORMS, line))
    return rules
