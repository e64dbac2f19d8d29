"""Effective rules: when a revision takes effect for an audience (rules 2, 3 and 6).

The forms, as counsel writes them::

    on posting · on acceptance · never · 2018-05-10 · 2018-05-10T09:00:00+09:00 · 30 days after posting
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum

from inforce.core.errors import did_you_mean
from inforce.core.instant import days_later, first_instant, local_day, parse_date, parse_instant

_DAYS_AFTER = re.compile(r"([1-9]\d{0,4}) days? after posting", re.ASCII)
FORMS = (
    "write `on posting`, `on acceptance`, `never`, a date such as 2018-05-10, an instant such as "
    "2018-05-10T09:00:00+09:00, or `30 days after posting`"
)


class Audience(StrEnum):
    """The two audiences, relative to one revision: registered before its posting, or at or after it."""

    CURRENT_USERS = "current_users"
    NEW_USERS = "new_users"


class Kind(StrEnum):
    """The kinds of effective rule."""

    ON_POSTING = "on posting"
    ON_ACCEPTANCE = "on acceptance"
    NEVER = "never"
    DAY = "day"
    INSTANT = "instant"
    DAYS_AFTER = "days after posting"


@dataclass(frozen=True, slots=True)
class Rule:
    """One effective rule; `text` is what counsel wrote. Exactly the field that its kind needs is set."""

    kind: Kind
    text: str
    day: date | None = None
    instant: datetime | None = None
    days: int | None = None

    @property
    def needs_acceptance(self) -> bool:
        """Whether the revision binds only who accepts it."""
        return self.kind is Kind.ON_ACCEPTANCE

    def starts(self, posted: datetime, zone: tzinfo) -> datetime | None:
        """The instant of effect under this rule, or None (`on acceptance`, `never`).

        Raises:
            ValueError: the day or instant lies before the posting (rule 6: retroactive), told for a person.
        """
        match self.kind:
            case Kind.ON_POSTING:
                return posted
            case Kind.DAYS_AFTER:
                try:
                    return days_later(posted, self.days or 0, zone)
                except OverflowError:
                    raise ValueError(f"`{self.text}` lies beyond the calendar") from None
            case Kind.DAY if self.day is not None:
                today = local_day(posted, zone)
                if self.day < today:
                    raise ValueError(f"takes effect on {self.day}, before the day of its posting, {today}")
                # Where clocks go back over midnight, a day can begin before a posting of the day before.
                return posted if self.day == today else max(posted, first_instant(self.day, zone))
            case Kind.INSTANT if self.instant is not None:
                if self.instant < posted:
                    raise ValueError(f"takes effect at {self.text}, before its posting")
                return self.instant
        return None


ON_POSTING = Rule(Kind.ON_POSTING, Kind.ON_POSTING.value)
_FIXED = {kind.value: Rule(kind, kind.value) for kind in (Kind.ON_POSTING, Kind.ON_ACCEPTANCE, Kind.NEVER)}


def parse_rule(text: str) -> Rule:
    """The rule that the text says.

    Raises:
        ValueError: no rule; the message says what is wrong, for a person, with a hint where a form is near.
    """
    words = " ".join(text.split())
    if words in _FIXED:
        return _FIXED[words]
    if found := _DAYS_AFTER.fullmatch(words):
        return Rule(Kind.DAYS_AFTER, words, days=int(found[1]))
    if day := parse_date(words):
        return Rule(Kind.DAY, words, day=day)
    if instant := parse_instant(words):
        return Rule(Kind.INSTANT, words, instant=instant)
    raise ValueError(f"`{text}` is no effective rule{did_you_mean(words.lower(), [*_FIXED, '30 days after posting'])}")
