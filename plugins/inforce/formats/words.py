"""The sentences in which pages tell a member what a revision is to them. Plain text, English."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, tzinfo

from inforce.core.effect import Audience
from inforce.core.policy import ChangeClass, Revision
from inforce.core.standing import Standing
from inforce.core.timeline import Status

CLASSES = {
    ChangeClass.MATERIAL: "material: rights or duties change",
    ChangeClass.CLARIFYING: "clarifying: the same rights and duties, said more clearly",
    ChangeClass.EDITORIAL: "editorial: the meaning is unchanged",
    ChangeClass.IMPORTED: "not classified by the publisher",
    None: "first revision",
}
STATUSES = {
    Status.IN_FORCE: "in force",
    Status.OFFERED: "offered",
    Status.SCHEDULED: "scheduled",
    Status.SUPERSEDED: "superseded",
    Status.OVERTAKEN: "overtaken",
    Status.NEVER: "does not apply",
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
Titles = Callable[[str], str]
"""Gives the words by which a revision is called in a sentence, by its name."""


def moment(instant: datetime, zone: tzinfo, *, exactly: bool = False) -> str:
    """An instant in words; the time of day only where it is not midnight, seconds only where they are wanted.

    >>> from datetime import UTC
    >>> moment(datetime(2018, 4, 10, 9, tzinfo=UTC), UTC)
    '10 April 2018, 09:00'
    """
    local = instant.astimezone(zone)
    day = f"{local.day} {_MONTHS[local.month - 1]} {local.year}"
    if exactly and local.second:
        return f"{day}, {local:%H:%M:%S}"
    return day if (local.hour, local.minute) == (0, 0) else f"{day}, {local:%H:%M}"


def calling(revision: Revision) -> str:
    """How a sentence calls a revision: by its day of posting, and by its name where that says something else."""
    local = revision.posted.astimezone(revision.zone)
    name = "" if revision.name == local.date().isoformat() else f" ({revision.name})"
    return f"the revision of {moment(revision.posted, revision.zone).partition(',')[0]}{name}"


def posting_words(revision: Revision) -> str:
    """When it was posted, and how that is known (rule 8)."""
    when = moment(revision.posted, revision.zone, exactly=True)
    if revision.posting.is_stated:
        return f"{when}, as stated by the publisher ({revision.posting.source})"
    return f"{when}, recorded in commit {revision.posting.commit[:12]}" if revision.posting.commit else when


def audience_words(revision: Revision, audience: Audience) -> str:
    """Whom the audience means, relative to this revision."""
    when = moment(revision.posted, revision.zone)
    return (
        f"If you registered before {when}"
        if audience is Audience.CURRENT_USERS
        else f"If you registered on {when} or later"
    )


def standing_words(one: Standing, now: datetime, zone: tzinfo, titles: Titles) -> str:
    """What the revision is to somebody of the audience, in one or two sentences."""
    if one.status is Status.OVERTAKEN:
        by = f" {_capital(titles(one.overtaker))} withdrew it before that." if one.overtaker else ""
        return f"This text never took effect for you.{by}"
    if one.status is Status.NEVER:
        return "This text does not apply to you."
    if one.audience is Audience.CURRENT_USERS:
        return _for_current_users(one, zone, titles)
    return _for_new_users(one, now, zone, titles)


def _for_current_users(one: Standing, zone: tzinfo, titles: Titles) -> str:
    start = moment(one.start, zone) if one.start else None
    until = moment(one.until, zone) if one.until else None
    follows = f" {_capital(titles(one.successor))} follows it." if one.successor else ""
    if one.by_acceptance:
        if one.status is Status.OFFERED:
            return "This text binds you once you accept it. Until then, what bound you before goes on binding you."
        return f"This text bound you only if you accepted it between {start} and {until}." if until else ""
    match one.status:
        case Status.IN_FORCE if until:
            return f"This text has bound you since {start}, and will until {until}.{follows}"
        case Status.IN_FORCE:
            return f"This text has bound you since {start}."
        case Status.SCHEDULED if start:
            return f"This text will bind you from {start}" + (f" until {until}.{follows}" if until else ".")
        case _ if start and until:
            return f"This text bound you from {start} until {until}.{follows}"
    return "This text never came to bind you: another one took its place first."


def _for_new_users(one: Standing, now: datetime, zone: tzinfo, titles: Titles) -> str:
    begin = "acceptance" if one.by_acceptance else "registration"
    until = moment(one.until, zone) if one.until else None
    follows = f" {_capital(titles(one.successor))} follows it." if one.successor else ""
    if one.status is Status.OFFERED:
        end = f" It then binds you until {until}.{follows}" if until else ""
        return f"This text binds you once you accept it. If you do not, no text of this policy binds you.{end}"
    if one.joined_from is None:
        return "This text never came to bind you: another one took its place first."
    since = moment(one.joined_from, zone)
    if one.status is Status.SCHEDULED:
        return f"This text will bind you from {since}, or from your registration if that is later."
    if one.status is Status.IN_FORCE:
        end = f" It will until {until}.{follows}" if until else ""
        return f"This text has bound you since your {begin}, at the earliest since {since}.{end}"
    accepted = " and accepted it" if one.by_acceptance else ""
    window = f", if you registered before {moment(one.joined_until, zone)}{accepted}" if one.joined_until else ""
    if one.until is None:
        return f"This text has bound you since your {begin}{window}."
    verb = "binds" if now < one.until else "bound"
    return f"This text {verb} you from your {begin} until {until}{window}.{follows}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
