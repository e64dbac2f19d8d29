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


def cohort_words(one: Standing, zone: tzinfo) -> str:
    """Whom a sentence means: by when they registered."""
    if one.joined_from is None and one.audience is Audience.NEW_USERS:
        return f"If you registered on {moment(one.posted, zone)} or later"
    if one.joined_from is None:
        return f"If you registered before {moment(one.joined_until or one.posted, zone)}"
    if one.joined_until is None:
        return f"If you registered on {moment(one.joined_from, zone)} or later"
    return f"If you registered between {moment(one.joined_from, zone)} and {moment(one.joined_until, zone)}"


def standing_words(one: Standing, now: datetime, zone: tzinfo, titles: Titles) -> str:
    """What the revision is to somebody of the cohort, in a few sentences."""
    if one.status is Status.NEVER:
        return "This text does not apply to you."
    if one.corrected is not None and (one.by_acceptance or one.start is None) and one.status is not Status.OVERTAKEN:
        since = moment(one.corrected, zone)
        return f"Since {since} its correction stands for this text. Whatever this text was to you, that one is."
    if one.by_acceptance and one.offered_from is not None:
        return _offer_words(one, now, zone, titles)
    if one.status is Status.OVERTAKEN:
        by = f" {_capital(titles(one.overtaker))} withdrew it before that." if one.overtaker else ""
        return f"This text never took effect for you.{by}"
    if one.start is None:
        return "This text never came to bind you: another one took its place first."
    return _binding_words(one, one.start, now, zone, titles)


def _binding_words(one: Standing, begins: datetime, now: datetime, zone: tzinfo, titles: Titles) -> str:
    """Of a revision that binds without acceptance."""
    start = "your registration" if one.from_joining else moment(begins, zone)
    until = f" until {moment(one.until, zone)}" if one.until else ""
    follows = _follows(one, titles)
    if begins > now and not one.from_joining:
        return f"This text will bind you from {start}{until}.{follows}"
    if one.until is not None and one.until <= now:
        return f"This text bound you from {start}{until}.{follows}"
    return f"This text has bound you since {start}{', and will' + until if until else ''}.{follows}"


def _offer_words(one: Standing, now: datetime, zone: tzinfo, titles: Titles) -> str:
    """Of a revision that binds whoever accepts it, while it is offered."""
    until = f" until {moment(one.until, zone)}" if one.until else ""
    follows = _follows(one, titles) if one.until else ""
    if one.status is Status.OFFERED:
        then = f" It then binds you{until}.{follows}" if until else ""
        return f"This text binds you once you accept it.{then} {_without(one, now, zone)}"
    window = f"between {moment(one.offered_from, zone)} and " if one.offered_from else ""
    window += moment(one.offered_until, zone) if one.offered_until else "now"
    withdrawn = ""
    if one.status is Status.OVERTAKEN and one.overtaker:
        withdrawn = f" {_capital(titles(one.overtaker))} then withdrew the offer."
    if one.start is None:
        return f"This text was on offer {window}. Another one stands for it.{withdrawn}"
    verb = "bound" if one.until is not None and one.until <= now else "binds"
    since = (
        "your acceptance"
        if one.start == one.offered_from
        else f"{moment(one.start, zone)}, or your acceptance if later,"
    )
    accepted = f"This text {verb} you from {since}{until}, if you accepted it {window}.{follows}"
    return _tidy(f"{accepted}{withdrawn} {_without(one, now, zone)}")


def _without(one: Standing, now: datetime, zone: tzinfo) -> str:
    """What becomes of somebody who does not accept."""
    condition = "If you do not accept it" if one.status is Status.OFFERED else "If you did not accept it"
    if one.audience is Audience.CURRENT_USERS:
        return (
            f"{condition}, what bound you before {'goes' if one.status is Status.OFFERED else 'went'} on binding you."
        )
    if one.otherwise is None:
        return f"{condition}, no text of this policy binds you."
    verb = "bound" if one.otherwise <= now else "binds"
    return f"{condition}, no text of this policy {verb} you before {moment(one.otherwise, zone)}."


def _tidy(words: str) -> str:
    """An insertion ends in a comma, which goes where another comma or the full stop follows."""
    return words.replace(",,", ",").replace(",.", ".")


def _follows(one: Standing, titles: Titles) -> str:
    return f" {_capital(titles(one.successor))} follows it." if one.successor else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
