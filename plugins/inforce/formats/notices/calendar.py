"""`/effective-dates.ics`: the dates on which revisions take effect, as a calendar to subscribe to (RFC 5545, RFC 7986).

One event for each date that was announced beforehand, with the audiences for which the revision takes effect then: its
summary says for whom, unless it is for everybody, and its description has the notice of the posting. Its `UID` never
changes. An event is made as of the posting that announced it, with `SEQUENCE:0`; when the revision is overtaken it gets
`SEQUENCE:1`, `STATUS:CANCELLED` and the words of that notice, as of the posting that withdrew it: so programs that show
cancelled events say so too. Past ones stay. The whole of an event::

    BEGIN:VEVENT
    UID:tag:qstore.example,2014:effective-dates/privacy-policy/2018-04-10/current_users
    DTSTAMP:20180410T000000Z
    LAST-MODIFIED:20180410T000000Z
    SEQUENCE:0
    STATUS:CONFIRMED
    DTSTART;TZID=Asia/Seoul:20180510T000000
    SUMMARY;LANGUAGE=en:Privacy Policy: changes for current users from 10 May 2018
    DESCRIPTION;LANGUAGE=en:…
    URL:https://policies.qstore.example/notices/privacy-policy/2018-04-10/
    CATEGORIES:Privacy Policy
    CLASS:PUBLIC
    TRANSP:TRANSPARENT
    BEGIN:VALARM
    ACTION:DISPLAY
    DESCRIPTION:Privacy Policy: changes for current users from 10 May 2018
    TRIGGER:-P7D
    END:VALARM
    END:VEVENT

It takes no time: it begins and ends at the instant. There is an alarm for each reminder that is a notice, as many
days before. What a time zone is the calendar says itself (see `calendar_zones`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vDuration
from icalendar.prop import vText

from inforce.core import address
from inforce.core.announcement import Message
from inforce.core.effect import Audience
from inforce.core.notice import Authority, Notice
from inforce.core.notice import Event as Kind
from inforce.core.policy import Revision
from inforce.formats.messages import Languages, Messages
from inforce.formats.notices.calendar_zones import described, on_clock
from inforce.formats.notices.words import date_of

_PRODUCT = "-//Inforce//Effective dates//EN"
_REFRESH = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class About:
    """What the calendar says of itself: its name, in whose name events are called, and the site's address.

    `root` ends in a slash.
    """

    name: str
    authority: Authority
    root: str


@dataclass(frozen=True, slots=True)
class _Date:
    """That a revision takes effect: a notice for each audience for which it does then.

    `reminders` says how many days before people are reminded, the most first.
    """

    notices: Sequence[Notice]
    reminders: Sequence[int]

    @property
    def first(self) -> Notice:
        """One of the notices."""
        return self.notices[0]

    @property
    def revision(self) -> Revision:
        """What takes effect."""
        return self.first.revision

    @property
    def audiences(self) -> str:
        """For whom, as a part of the name."""
        return "+".join(str(one.audience) for one in self.notices)

    @property
    def is_for_everybody(self) -> bool:
        """Whether it takes effect for both audiences at once."""
        return len(self.notices) == len(Audience)


def calendar(
    about: About,
    notices: Sequence[Notice],
    cancelled: Mapping[str, Notice],
    messages: Mapping[str, Message],
    languages: Languages,
) -> bytes:
    """The calendar.

    Args:
        about: what it says of itself.
        notices: all that are known, in the order in which their postings joined the record.
        cancelled: by their paths, what cancels those that are not to be told any more.
        messages: by their paths, the words of notices.
        languages: those that summaries can be written in.
    """
    dates = _dates(notices)
    posted = {_key(one): one for one in notices if one.event is Kind.POSTED}
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("name", about.name)
    made.add("x-wr-calname", about.name)
    made.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    made.add("source", f"{about.root}{address.CALENDAR}", parameters={"VALUE": "URI"})
    events = []
    for one in dates:
        told = cancelled.get(one.first.path, posted[_key(one.first)])
        say = languages.messages_in(one.revision.language)
        events.append(_event(about, one, told, messages[told.path], say))
    for component in (*described(events), *events):
        made.add_component(component)
    data: bytes = made.to_ical()
    return data


def _dates(notices: Iterable[Notice]) -> Sequence[_Date]:
    """The dates, in the order of the postings that announced them."""
    dates: dict[tuple[str, str, datetime], list[Notice]] = {}
    reminders: dict[tuple[str, str, Audience | None], list[int]] = {}
    for one in notices:
        if one.event is Kind.IN_EFFECT:
            dates.setdefault((*_key(one), one.due), []).append(one)
        elif one.days is not None:
            reminders.setdefault((*_key(one), one.audience), []).append(one.days)
    return [_Date(group, reminders.get((*_key(group[0]), group[0].audience), ())) for group in dates.values()]


def _key(notice: Notice) -> tuple[str, str]:
    return notice.revision.policy, notice.revision.name


def _event(about: About, one: _Date, told: Notice, message: Message, say: Messages) -> Event:
    """A date; `told` is the posting that announced it, or its overtaking, and `message` the words of that."""
    revision, is_cancelled = one.revision, told.event is Kind.OVERTAKEN
    summary = message.subject if is_cancelled else date_of(one.first, say, for_everybody=one.is_for_everybody)
    since = told.cause.joined.astimezone(UTC)
    event = Event()
    event.add("uid", about.authority.id_of(f"effective-dates/{revision.policy}/{revision.name}/{one.audiences}"))
    event.add("dtstamp", since)
    event.add("last-modified", since)
    event.add("sequence", int(is_cancelled))
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    event.add("dtstart", on_clock(one.first.due, revision.zone))
    event.add("summary", _text(summary, say))
    event.add("description", _text(message.text.removeprefix(f"{message.subject}\n\n"), say))
    event.add("url", f"{about.root}{address.notices_address(revision.policy, revision.name)}")
    event.add("categories", [revision.policy_title])
    event.add("class", "PUBLIC")
    event.add("transp", "TRANSPARENT")
    for days in () if is_cancelled else one.reminders:
        event.add_component(_alarm(days, summary))
    return event


def _alarm(days: int, summary: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm["trigger"] = vDuration(-timedelta(days=days))
    return alarm


def _text(words: str, say: Messages) -> vText:
    return vText(words, params={"LANGUAGE": say.language})
