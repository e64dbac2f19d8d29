"""What the picture of a timeline shows, in sentences, for whoever cannot see it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, tzinfo

from inforce.core.effect import Audience
from inforce.core.timeline import Span, Status, Timeline
from inforce.formats.messages import Messages


def description(timeline: Timeline, now: datetime, messages: Messages, zone: tzinfo) -> Iterator[str]:
    """The sentences: how many revisions, what each audience has now and will have, what never took effect."""
    yield _postings_words(timeline, messages)
    for audience in Audience:
        yield from _row_words(timeline, audience, now, messages, zone)
    for offer in offers_to_current_users(timeline):
        if offer.contains(now):
            name, start = timeline.standing(offer.revision, now), messages.moment(offer.start, zone)
            yield messages("timeline.current_users.offered.now", name=name, start=start, until="")
    overtaken = [one.name for one in timeline.revisions if is_overtaken(timeline, one.name, now)]
    if overtaken:
        yield messages("timeline.overtaken", names=", ".join(overtaken))
    yield messages("timeline.table")


def is_overtaken(timeline: Timeline, name: str, now: datetime) -> bool:
    """Whether the revision was withdrawn without having taken effect for anyone; no correction of it is meant."""
    if timeline[name].corrects is not None or timeline.overtaken_by(name) is None:
        return False
    statuses = {timeline.status(name, audience, now) for audience in Audience}
    return Status.OVERTAKEN in statuses and statuses <= {Status.OVERTAKEN, Status.NEVER}


def offers_to_current_users(timeline: Timeline) -> list[Span]:
    """What current users are offered, by root; until they accept it they stay bound by what their row has."""
    roots = (one.name for one in timeline.revisions if one.corrects is None)
    offers = (timeline.offer(name, Audience.CURRENT_USERS) for name in roots)
    return [offer for offer in offers if offer is not None and offer.start != offer.until]


def _postings_words(timeline: Timeline, messages: Messages) -> str:
    first, last = timeline.revisions[0], timeline.revisions[-1]
    began = messages.moment(first.posted, first.zone)
    if first is last:
        return messages("timeline.postings.one", first=began)
    count, ended = len(timeline.revisions), messages.moment(last.posted, last.zone)
    return messages("timeline.postings.many", count=count, first=began, last=ended)


def _row_words(
    timeline: Timeline, audience: Audience, now: datetime, messages: Messages, zone: tzinfo
) -> Iterator[str]:
    """What the audience's row has now, and what is to come in it."""
    ahead = [span for span in timeline.row(audience) if span.until is None or span.until > now]
    if not ahead or ahead[0].start > now:
        yield messages(f"timeline.{audience}.nothing")
    for span in ahead:
        when = "now" if span.start <= now else "later"
        start = messages.moment(span.start, zone)
        until = messages("timeline.until", moment=messages.moment(span.until, zone)) if span.until else ""
        yield messages(f"timeline.{audience}.{span.basis}.{when}", name=span.revision, start=start, until=until)
