"""`/effective-dates.ics`: the dates on which revisions take effect, as a calendar to subscribe to (RFC 5545, RFC 7986).

One event for each date that was announced beforehand, with the audiences for which the revision takes effect then. Its
`UID` never changes. An event is made as of the posting that announced it, with `SEQUENCE:0`; when the revision is
overtaken it gets `SEQUENCE:1` and `STATUS:CANCELLED`, as of the posting that withdrew it. Past ones stay. The whole of
an event::

    BEGIN:VEVENT
    UID:tag:qstore.example,2014:effective-dates/privacy-policy/2018-04-10/current_users
    DTSTAMP:20180410T000000Z
    LAST-MODIFIED:20180410T000000Z
    SEQUENCE:0
    STATUS:CONFIRMED
    DTSTART;TZID=Asia/Seoul:20180510T000000
    SUMMARY;LANGUAGE=en:Privacy Policy: changes from 10 May 2018
    DESCRIPTION;LANGUAGE=en:…
    URL:https://policies.qstore.example/notices/privacy-policy/2018-04-10/
    CATEGORIES:Privacy Policy
    CLASS:PUBLIC
    TRANSP:TRANSPARENT
    BEGIN:VALARM
    ACTION:DISPLAY
    DESCRIPTION:Privacy Policy: changes from 10 May 2018
    TRIGGER:-P7D
    END:VALARM
    END:VEVENT

It takes no time: it begins and ends at the instant. There is an alarm for each day of the policy's reminders that lies
after the posting. What a time zone is the calendar says itself, as the locked zone data has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Alarm, Calendar, Event, Timezone, vDuration
from icalendar.prop import vText

from inforce.core import address
from inforce.core.announcement import Message
from inforce.core.notice import Authority, Notice
from inforce.core.notice import Event as Kind
from inforce.core.policy import Revision

_PRODUCT = "-//Inforce//Effective dates//EN"
_REFRESH = timedelta(hours=12)
_MARGIN = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class About:
    """What the calendar says of itself: its name, in whose name events are called, and the site's address.

    `root` ends in a slash.
    """

    name: str
    authority: Authority
    root: str


def calendar(
    about: About, notices: Sequence[Notice], cancelled: Mapping[str, Notice], messages: Mapping[str, Message]
) -> bytes:
    """The calendar.

    Args:
        about: what it says of itself.
        notices: all that are known, in the order in which their postings joined the record.
        cancelled: by their paths, what cancels those that are not to be told any more.
        messages: by their paths, the words of notices.
    """
    dates: dict[tuple[str, str, datetime], list[Notice]] = {}
    posted: dict[tuple[str, str], Notice] = {}
    for one in notices:
        key = one.revision.policy, one.revision.name
        if one.event is Kind.POSTED:
            posted[key] = one
        elif one.event is Kind.IN_EFFECT:
            dates.setdefault((*key, one.due), []).append(one)
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("name", about.name)
    made.add("x-wr-calname", about.name)
    made.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    made.add("source", f"{about.root}{address.CALENDAR}", parameters={"VALUE": "URI"})
    for zone in _zones(one.revision for group in dates.values() for one in group):
        made.add_component(zone)
    for group in dates.values():
        first = group[0]
        told = messages[posted[first.revision.policy, first.revision.name].path]
        made.add_component(_event(about, group, cancelled.get(first.path), told))
    data: bytes = made.to_ical()
    return data


def _event(about: About, group: Sequence[Notice], canceller: Notice | None, message: Message) -> Event:
    revision = group[0].revision
    audiences = "+".join(str(one.audience) for one in group)
    since = (canceller.cause if canceller is not None else revision).joined.astimezone(UTC)
    event = Event()
    event.add("uid", about.authority.id_of(f"effective-dates/{revision.policy}/{revision.name}/{audiences}"))
    event.add("dtstamp", since)
    event.add("last-modified", since)
    event.add("sequence", 0 if canceller is None else 1)
    event.add("status", "CONFIRMED" if canceller is None else "CANCELLED")
    event.add("dtstart", group[0].due.astimezone(revision.zone))
    event.add("summary", _text(message.subject, revision.language))
    event.add("description", _text(message.text, revision.language))
    event.add("url", f"{about.root}{address.notices_address(revision.policy, revision.name)}")
    event.add("categories", [revision.policy_title])
    event.add("class", "PUBLIC")
    event.add("transp", "TRANSPARENT")
    for days in revision.terms.reminders if canceller is None else ():
        if group[0].due - timedelta(days=days) > revision.posted:
            event.add_component(_alarm(days, message.subject))
    return event


def _alarm(days: int, subject: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", subject)
    alarm["trigger"] = vDuration(-timedelta(days=days))
    return alarm


def _text(words: str, language: str) -> vText:
    return vText(words, params={"LANGUAGE": language})


def _zones(revisions: Iterable[Revision]) -> list[Timezone]:
    """What the zones of these revisions are, for the years in which they take effect."""
    spans: dict[str, list[Revision]] = {}
    for one in revisions:
        if one.time_zone != "UTC":
            spans.setdefault(one.time_zone, []).append(one)
    return [_zone(name, found) for name, found in sorted(spans.items())]


def _zone(name: str, revisions: Sequence[Revision]) -> Timezone:
    starts = [effect.start for one in revisions for effect in one.effects.values() if effect.start is not None]
    first, last = (date(one.year, 1, 1) for one in (min(starts) - _MARGIN, max(starts) + 2 * _MARGIN))
    return Timezone.from_tzinfo(revisions[0].zone, name, first, last)
