r"""`/effective-dates.ics`: the dates on which revisions take effect, as a calendar to subscribe to (RFC 5545, 7986).

One event for each date that was announced beforehand, with the audiences for which the revision takes effect then. Its
`UID` never changes. An event is made as of the posting that announced it, with `SEQUENCE:0`; when the revision is
overtaken it gets `SEQUENCE:1`, `STATUS:CANCELLED` and other words, as of the posting that withdrew it: so programs that
show cancelled events say so too. Past ones stay. The whole of an event::

    BEGIN:VEVENT
    UID:tag:qstore.example\,2014:effective-dates/privacy-policy/2018-04-10/current_users
    DTSTAMP:20180410T000000Z
    LAST-MODIFIED:20180410T000000Z
    SEQUENCE:0
    STATUS:CONFIRMED
    DTSTART;TZID=Asia/Seoul:20180510T000000
    SUMMARY;LANGUAGE=en:Privacy Policy: changes take effect\, for current users
    DESCRIPTION;LANGUAGE=en:…
    URL:https://policies.qstore.example/notices/privacy-policy/2018-04-10/
    CATEGORIES:Privacy Policy
    CLASS:PUBLIC
    TRANSP:TRANSPARENT
    BEGIN:VALARM
    ACTION:DISPLAY
    DESCRIPTION;LANGUAGE=en:Privacy Policy: changes take effect\, for current users
    TRIGGER:-P7D
    END:VALARM
    END:VEVENT

It takes no time: it begins and ends at the instant. There is an alarm for each day of the policy's reminders that lies
after the posting. What a time zone is the calendar says itself (see `calendar_zones`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vDuration
from icalendar.prop import vText

from inforce.core import address
from inforce.core.notice import Authority, Notice
from inforce.core.notice import Event as Kind
from inforce.formats.messages import Messages
from inforce.formats.notices.calendar_zones import described, on_clock
from inforce.formats.notices.feed import Entry

_PRODUCT = "-//Inforce//Effective dates//EN"
_REFRESH = timedelta(hours=12)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""What a text cannot have (RFC 5545, section 3.1)."""


@dataclass(frozen=True, slots=True)
class About:
    """What the calendar says of itself: its name, in whose name events are called, and the site's address.

    `root` ends in a slash.
    """

    name: str
    authority: Authority
    root: str


def calendar(
    about: About, notices: Sequence[Notice], cancelled: Mapping[str, Notice], entries: Mapping[str, Entry]
) -> bytes:
    """The calendar.

    Args:
        about: what it says of itself.
        notices: all that are known, in the order in which their postings joined the record.
        cancelled: by their paths, what cancels those that are not to be told any more.
        entries: by their paths, the words of notices.
    """
    dates: dict[tuple[str, str, datetime], list[Notice]] = {}
    posted: dict[tuple[str, str], Notice] = {}
    for one in notices:
        key = one.revision.policy, one.revision.name
        if one.event is Kind.POSTED:
            posted[key] = one
        elif one.event is Kind.IN_EFFECT:
            dates.setdefault((*key, one.due), []).append(one)
    events = []
    for (policy, name, _), group in dates.items():
        told = cancelled.get(group[0].path, posted[policy, name])
        events.append(_event(about, group, entries[told.path]))
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("name", _plain(about.name))
    made.add("x-wr-calname", _plain(about.name))
    made.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    made.add("source", f"{about.root}{address.CALENDAR}", parameters={"VALUE": "URI"})
    for component in (*described(events), *events):
        made.add_component(component)
    data: bytes = made.to_ical()
    return data


def _event(about: About, group: Sequence[Notice], told: Entry) -> Event:
    """A date; `told` is the notice of the posting that announced it, or of its overtaking."""
    revision = group[0].revision
    is_cancelled = told.notice.event is Kind.OVERTAKEN
    audiences = "+".join(str(one.audience) for one in group)
    since = told.notice.cause.joined.astimezone(UTC)
    summary = _text(_summary(group, told.say, is_cancelled=is_cancelled), told.say)
    event = Event()
    event.add("uid", about.authority.id_of(f"effective-dates/{revision.policy}/{revision.name}/{audiences}"))
    event.add("dtstamp", since)
    event.add("last-modified", since)
    event.add("sequence", int(is_cancelled))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("dtstart", on_clock(group[0].due, revision.zone))
    event.add("summary", summary)
    event.add("description", _text(told.message.text, told.say))
    event.add("url", f"{about.root}{address.notices_address(revision.policy, revision.name)}")
    event.add("categories", [_plain(revision.policy_title)])
    event.add("class", "PUBLIC")
    event.add("transp", "TRANSPARENT")
    for days in () if is_cancelled else revision.terms.reminders:
        if group[0].due - timedelta(days=days) > revision.posted:
            event.add_component(_alarm(days, summary))
    return event


def _summary(group: Sequence[Notice], say: Messages, *, is_cancelled: bool) -> str:
    """What becomes of which policy then, and for whom: a calendar shows little else of an event."""
    kind = "withdrawn" if is_cancelled else "changes"
    if group[0].is_first:
        kind = "withdrawn.first" if is_cancelled else "first"
    whom = say("notices.for.everybody" if len(group) > 1 else f"notices.for.{group[0].audience}")
    return say(f"feed.date.{kind}", title=group[0].revision.title, whom=whom)


def _alarm(days: int, summary: vText) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm["trigger"] = vDuration(-timedelta(days=days))
    return alarm


def _text(words: str, say: Messages) -> vText:
    return vText(_plain(words), params={"LANGUAGE": say.language})


def _plain(words: str) -> str:
    """The words with a sign in the place of what a calendar cannot have."""
    return _CONTROL.sub("\ufffd", words)
