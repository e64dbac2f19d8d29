"""May this be posted now? A declaration judged against its policy's terms and the revisions before it (rules 4 to 8).

Whatever is wrong makes the file unreadable *as a posting*: it stays a broken draft, and a further commit mends it
(rule 1). So no judgement is ever passed on a text that is posted already, and no mistake can become permanent.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import overload

from inforce.core.effect import Audience
from inforce.core.errors import Fault, did_you_mean
from inforce.core.instant import first_instant, format_instant
from inforce.core.policy import ChangeClass, Declaration, Effect, Posting, Revision, Terms
from inforce.core.timeline import Timeline

CLASSES = "`change: material` (rights or duties change), `clarifying` or `editorial` (meaning unchanged)"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A revision file that asks to be posted: its place, its text's id, and what it declares."""

    policy: str
    name: str
    blob: str
    declaration: Declaration


@dataclass(frozen=True, slots=True)
class Judgement:
    """The revision, posted; or the faults that keep it a draft."""

    revision: Revision | None
    faults: tuple[Fault, ...]


class Posted(Sequence[Revision]):
    """A policy's posted revisions in order of posting, with what is asked of them at each further posting at hand."""

    def __init__(self, revisions: Iterable[Revision] = ()) -> None:
        """Put the revisions in order."""
        self._revisions: list[Revision] = []
        self.first_recorded: Revision | None = None
        self.last_start: datetime | None = None
        for revision in revisions:
            self.add(revision)

    def add(self, revision: Revision) -> None:
        """Take a further one into its place."""
        if is_last := self._is_last(revision):
            self._revisions.append(revision)
        else:
            insort(self._revisions, revision, key=_order)
        starts = [effect.start for effect in revision.effects.values() if effect.start is not None]
        self.last_start = max([*starts, *([self.last_start] if self.last_start else [])], default=None)
        first = self.first_recorded
        if not revision.posting.is_stated and (first is None or (not is_last and revision.order < first.order)):
            self.first_recorded = revision

    def around(self, revision: Revision) -> tuple[Sequence[Revision], Sequence[Revision]]:
        """The revisions before this one, and those after it; good until another is added."""
        if self._is_last(revision):
            return self._revisions, []
        place = bisect_left(self._revisions, revision.order, key=_order)
        return self._revisions[:place], self._revisions[place:]

    def _is_last(self, revision: Revision) -> bool:
        return not self._revisions or self._revisions[-1].order < revision.order

    @overload
    def __getitem__(self, place: int) -> Revision: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Revision]: ...
    def __getitem__(self, place: int | slice) -> Revision | Sequence[Revision]:
        return self._revisions[place]

    def __len__(self) -> int:
        return len(self._revisions)


def _order(revision: Revision) -> tuple[datetime, bool, int, str]:
    return revision.order


def stated_instant(declaration: Declaration, terms: Terms) -> datetime | None:
    """The instant that a stated posting states (rule 8), a bare date being its first instant; None where none is."""
    return _instant_of(declaration.posted, terms)


def judge(candidate: Candidate, terms: Terms, posting: Posting, posted: Posted) -> Judgement:
    """Post the candidate by this commit at this instant, or say why not.

    Args:
        candidate: the file, read without fault.
        terms: the policy's terms in that commit (rule 7).
        posting: the one that git records (rule 1); a stated posting brings its own instant and source.
        posted: the policy's revisions posted so far.
    """
    declared = candidate.declaration
    stated = stated_instant(declared, terms)
    recorded = posting.instant
    if stated is not None:
        joined = posting.joined or recorded
        posting = replace(posting, instant=stated, source=declared.source, joined=joined)
    effects, faults = _effects(declared, terms, posting.instant)
    revision = Revision(
        policy=candidate.policy,
        name=candidate.name,
        title=declared.title or terms.title,
        digest=declared.digest,
        blob=candidate.blob,
        posting=posting,
        effects={} if declared.change is ChangeClass.EDITORIAL else effects,
        terms=terms,
        change=declared.change,
        summary=declared.summary,
        accept_by=_instant_of(declared.accept_by, terms),
        overtakes=declared.overtakes,
        keeps=declared.keeps,
        corrects=declared.corrects,
    )
    earlier, later = posted.around(revision)
    faults += [
        *_stated_faults(declared, revision, recorded, posted.first_recorded),
        *_class_faults(declared, is_first=not earlier),
        *_naming_faults(declared, revision, earlier, posted.last_start),
        *_acceptance_faults(declared, revision),
    ]
    if faults:
        return Judgement(None, tuple(faults))
    faults = [*_interposed_faults(revision, earlier, later)]
    return Judgement(None if faults else revision, tuple(faults))


def _instant_of(value: date | datetime | None, terms: Terms) -> datetime | None:
    if value is None or isinstance(value, datetime):
        return value
    return first_instant(value, terms.zone)


def _effects(declared: Declaration, terms: Terms, posted: datetime) -> tuple[dict[Audience, Effect], list[Fault]]:
    effects: dict[Audience, Effect] = {}
    wrongs: dict[str, list[str]] = {}
    for audience, rule in {**terms.effective, **(declared.effective or {})}.items():
        try:
            effects[audience] = Effect(rule, rule.starts(posted, terms.zone))
        except ValueError as wrong:
            wrongs.setdefault(str(wrong), []).append(audience)
    if not wrongs:
        return effects, []
    todo = "give a day or an instant that is not past, or `on posting`; nothing takes effect backwards (rule 6)"
    instant, line = format_instant(posted, terms.zone), declared.lines.get("effective")
    return effects, [
        Fault(f"`effective` for {' and '.join(audiences)}: {wrong} ({instant})", todo, line)
        for wrong, audiences in wrongs.items()
    ]


def _stated_faults(
    declared: Declaration, draft: Revision, recorded: datetime, first_recorded: Revision | None
) -> Iterator[Fault]:
    line = declared.lines.get("posted", declared.lines.get("source"))
    if declared.is_stated != (declared.source is not None):
        missing = "source" if declared.is_stated else "posted"
        yield Fault(
            f"a stated posting has both `posted` and `source`; `{missing}` is missing",
            "say both for a revision that was published before this record existed, and neither for a new one (rule 8)",
            line,
        )
    if declared.change is ChangeClass.IMPORTED and not declared.is_stated:
        yield Fault("`change: imported` is for stated postings alone", f"say {CLASSES}", declared.lines.get("change"))
    if not declared.is_stated:
        return
    if first_recorded is not None:
        yield Fault(
            f"a stated posting comes after {first_recorded.name}, which git recorded in commit "
            f"{first_recorded.posting.commit[:12]}",
            "stated postings stand before the first recorded one; leave out `posted` and `source`, and git will tell "
            "the instant (rule 8)",
            line,
        )
    elif draft.posted >= recorded:
        yield Fault(
            "`posted` is not before the commit that brings the file",
            "leave out `posted` and `source`: git records the posting; state only what was published earlier (rule 8)",
            line,
        )


def _class_faults(declared: Declaration, *, is_first: bool) -> Iterator[Fault]:
    line = declared.lines.get("change")
    if is_first:
        if declared.change not in (None, ChangeClass.IMPORTED):
            yield Fault(
                f"`change: {declared.change}` on the first revision of a policy, which changes nothing",
                "leave out `change`; if another revision should come first, post that one first",
                line,
            )
    elif declared.change is None:
        yield Fault("`change` is missing", f"say {CLASSES}", line)
    if not is_first and not declared.summary and declared.change is not ChangeClass.IMPORTED:
        yield Fault("`summary` is missing", "say in plain sentences what changed, one list item for each change")
    if declared.change is ChangeClass.EDITORIAL:
        if declared.corrects is None:
            yield Fault(
                "`change: editorial` without `corrects`", "name the revision whose text this one corrects", line
            )
        for key in ("effective", "overtakes", "accept_by"):
            if key in declared.lines:
                yield Fault(
                    f"`{key}` in an editorial revision, which stands for the one it corrects",
                    f"leave out `{key}`, or class the change as clarifying or material (rule 5)",
                    declared.lines[key],
                )
    elif declared.corrects is not None:
        yield Fault(
            f"`corrects` in a revision that is not editorial but {declared.change or 'the first'}",
            "say `change: editorial`, or leave out `corrects` (rule 5)",
            declared.lines.get("corrects"),
        )


def _acceptance_faults(declared: Declaration, draft: Revision) -> Iterator[Fault]:
    if draft.accept_by is not None and draft.accept_by <= draft.posted:
        yield Fault(
            "`accept_by` is not after the posting",
            "give a later day, or leave it out",
            declared.lines.get("accept_by"),
        )


def _naming_faults(
    declared: Declaration, draft: Revision, earlier: Sequence[Revision], last_start: datetime | None
) -> Iterator[Fault]:
    """Rules 4 and 5: who is named must be there, and who is scheduled must be named."""
    named = {
        "overtakes": draft.overtakes,
        "keeps": draft.keeps,
        "corrects": (draft.corrects,) if draft.corrects else (),
    }
    names = {one.name for one in earlier} if any(named.values()) else set()
    is_unknown = False
    for key, values in named.items():
        for value in values:
            if value not in names:
                is_unknown = True
                yield Fault(
                    f"`{key}` names {value}, which is not posted before this one{did_you_mean(value, names)}",
                    "name a posted revision of this policy by its file's name without `.md`",
                    declared.lines.get(key),
                )
    if is_unknown or not (names or (last_start is not None and last_start > draft.posted)):
        return
    timeline = Timeline(earlier)
    if draft.corrects is not None:
        yield from _correction_faults(declared, draft, timeline)
    scheduled = [one.name for one in timeline.scheduled(draft.posted)]
    yield from _overtaking_faults(declared, draft, timeline, scheduled)
    if draft.change is ChangeClass.EDITORIAL:
        return
    said = {timeline.root(name) for name in (*draft.overtakes, *draft.keeps)}
    for name in scheduled:
        if name not in said:
            dates = ", ".join(
                f"{format_instant(start, draft.zone)} for {audience}"
                for audience in Audience
                if (start := timeline.start(name, audience)) is not None and start > draft.posted
            )
            yield Fault(
                f"{name} is still scheduled ({dates}), and this revision does not say what becomes of it",
                f"say `overtakes: [{name}]` (it never takes effect) or `keeps: [{name}]` (it takes effect as planned, "
                "after this one) (rule 4)",
            )


def _correction_faults(declared: Declaration, draft: Revision, timeline: Timeline) -> Iterator[Fault]:
    corrected = draft.corrects or ""
    standing = timeline.standing(corrected, draft.posted)
    if corrected not in (standing, timeline.root(corrected)):
        yield Fault(
            f"`corrects` names {corrected}, for which {standing} stands already",
            f"say `corrects: {standing}`, having begun from its text",
            declared.lines.get("corrects"),
        )


def _overtaking_faults(
    declared: Declaration, draft: Revision, timeline: Timeline, scheduled: Sequence[str]
) -> Iterator[Fault]:
    for name in draft.overtakes:
        root = timeline.root(name)
        offers = (timeline.offer(root, audience) for audience in Audience)
        offered = any(offer is not None and offer.contains(draft.posted) for offer in offers)
        if root not in scheduled and not offered:
            yield Fault(
                f"`overtakes` names {name}, of which nothing is scheduled or offered any more at this posting",
                f"leave {name} out: what has taken effect stays done, and this revision follows it (rule 4)",
                declared.lines.get("overtakes"),
            )
    overtaken = {timeline.root(name) for name in draft.overtakes}
    for name in draft.keeps:
        if timeline.root(name) in overtaken:
            said = "in `overtakes`" if name in draft.overtakes else "what it corrects in `overtakes`,"
            yield Fault(
                f"{name} stands {said} and in `keeps`",
                "decide for one (rule 4)",
                declared.lines.get("keeps"),
            )
            continue
        if timeline.root(name) not in scheduled:
            yield Fault(
                f"`keeps` names {name}, which is not scheduled any more at this posting",
                f"leave {name} out (rule 4)",
                declared.lines.get("keeps"),
            )


def _interposed_faults(revision: Revision, earlier: Sequence[Revision], later: Sequence[Revision]) -> Iterator[Fault]:
    """A stated posting that joins the record after younger ones: what they said must still be true."""
    if not later:
        return
    timeline = Timeline([*earlier, revision])
    for one in later:
        if one.change is not ChangeClass.EDITORIAL:
            scheduled = {each.name for each in timeline.scheduled(one.posted)}
            said = {timeline.root(name) for name in (*one.overtakes, *one.keeps) if name in timeline}
            if revision.name in scheduled - said:
                yield Fault(
                    f"this revision would still be scheduled at the posting of {one.name}, which is in the record and "
                    "says nothing of it",
                    "state when it took effect, if before that; else leave it out of the record (rule 4)",
                )
                return
            if gone := sorted(said & {timeline.root(name) for name in revision.overtakes}):
                yield Fault(
                    f"this revision withdraws {gone[0]}, of which {one.name}, which is in the record, says otherwise",
                    "leave it out of `overtakes`, or this revision out of the record (rule 4)",
                )
                return
        timeline = Timeline([*timeline.revisions, one])
