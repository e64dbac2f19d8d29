"""What is allowed, but deserves a word before it is too late (rules 4 and 14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from inforce.core.effect import Audience
from inforce.core.errors import Fault
from inforce.core.instant import format_instant, local_day
from inforce.core.policy import ChangeClass, Revision, Terms
from inforce.core.timeline import Status, Timeline


def advice(revision: Revision, terms: Terms, timeline: Timeline, instant: datetime) -> Iterator[Fault]:
    """What `check` warns of in a revision that is not history yet at the instant.

    Args:
        revision: posted, or a draft judged as if it were.
        terms: the policy's terms at its posting.
        timeline: the policy's timeline with this revision.
        instant: when it is asked; what is superseded for everybody by then needs no advice any more.
    """
    statuses = {timeline.status(revision.name, audience, max(instant, revision.posted)) for audience in Audience}
    if revision.change is ChangeClass.EDITORIAL or statuses <= {Status.SUPERSEDED, Status.OVERTAKEN, Status.NEVER}:
        return
    yield from _short_notice(revision, terms)
    for name in revision.keeps:
        if timeline.root(name) in (one.name for one in timeline.scheduled(max(instant, revision.posted))):
            yield Fault(
                f"`keeps: [{name}]`: when {name} takes effect, its text will replace this one's",
                "make sure that this text may go then; otherwise post another revision after it (rule 4)",
            )


def _short_notice(revision: Revision, terms: Terms) -> Iterator[Fault]:
    start = revision.effects[Audience.CURRENT_USERS].start
    if revision.change is not ChangeClass.MATERIAL or terms.notice_period is None or start is None:
        return
    days = (local_day(start, revision.zone) - local_day(revision.posted, revision.zone)).days
    if days < terms.notice_period:
        yield Fault(
            f"a material change takes effect for current users {days} days after its posting "
            f"({format_instant(start, revision.zone)}); the policy promises {terms.notice_period}",
            f"courts have called terms that change on posting illusory: say `current_users: {terms.notice_period} days "
            "after posting`, or a later day (rule 14)",
        )
