"""Check: every problem and every warning of the record, and of the drafts as if they were posted."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from inforce.adapters.clock import Door
from inforce.core import address
from inforce.core.advice import advice
from inforce.core.errors import ConfigurationError, Fault, Problem, RecordError, Severity, did_you_mean
from inforce.core.record import FOLDER, PolicyRecord
from inforce.core.timeline import Timeline
from inforce.formats.pdf.fonts import has_rare
from inforce.formats.text.markdown import anchors_of, links_of
from inforce.workflows.acceptance.site_acceptance import register_keys
from inforce.workflows.notice_authority import settled_authority
from inforce.workflows.progress import Progress
from inforce.workflows.publish_site import draft_rendition
from inforce.workflows.read_record import Draft, OpenRecord, opened
from inforce.workflows.settings import Settings

_WEAKER = [Severity.WARNING, Severity.ERROR].index


@dataclass(frozen=True, slots=True)
class Findings:
    """What there is, and what is wrong with it. A record that cannot be read at all has nothing but problems."""

    problems: tuple[Problem, ...]
    is_readable: bool = False
    policies: int = 0
    revisions: int = 0
    drafts: tuple[Draft, ...] = ()

    @property
    def errors(self) -> int:
        """How many of the problems stop publishing."""
        return sum(problem.is_error for problem in self.problems)


def check(
    settings: Settings, door: Door, as_if_posted: date | datetime | None = None, progress: Progress | None = None
) -> Findings:
    """Check the record.

    Args:
        settings: where it lies.
        door: the clock.
        as_if_posted: judge the drafts as if they were posted then (a day: at its first instant): what is wrong with
            them is then an error. Without it, it is a warning, as drafts are not published.
        progress: told of each commit.
    """
    try:
        return _check(settings, door, as_if_posted, progress)
    except RecordError as wrong:
        return Findings(wrong.problems)


def _check(settings: Settings, door: Door, as_if_posted: date | datetime | None, progress: Progress | None) -> Findings:
    with opened(settings, door, progress) as source:
        drafts, problems = source.working_tree(as_if_posted or door.latest)
        severity = Severity.WARNING if as_if_posted is None else Severity.ERROR
        found = [
            *source.record.problems,
            *_signing_problems(settings, door.latest),
            *_authority_problems(settings, source, door.asked),
            *_acceptance_problems(settings),
            *(warning for policy in source.record.policies for warning in _policy_advice(policy, door.asked)),
            *(warning for policy in source.record.policies for warning in _not_archivable(policy, source, settings)),
            *(replace(one, severity=min(one.severity, severity, key=_WEAKER)) for one in problems),
            *(problem for draft in drafts for problem in _draft_problems(draft, source, drafts, severity, settings)),
        ]
        policies = source.record.policies
        unique = sorted(dict.fromkeys(found), key=lambda one: (one.path, one.line or 0, one.severity, one.what))
        posted = sum(len(one.revisions) for one in policies)
        return Findings(tuple(unique), is_readable=True, policies=len(policies), revisions=posted, drafts=tuple(drafts))


def _authority_problems(settings: Settings, source: OpenRecord, instant: datetime) -> tuple[Problem, ...]:
    """What keeps notices from being published, and with them everything else: the words are those of a build."""
    try:
        settled_authority(settings, source, instant)
    except RecordError as wrong:  # a previous build that cannot be read, which may be told of already
        return () if source.record.errors else wrong.problems
    except ConfigurationError as wrong:
        return wrong.problems
    return ()


def _acceptance_problems(settings: Settings) -> tuple[Problem, ...]:
    """What keeps the register's public keys from being published, and with them everything else."""
    try:
        register_keys(settings)
    except ConfigurationError as wrong:
        return wrong.problems
    return ()


def _signing_problems(settings: Settings, instant: datetime) -> tuple[Problem, ...]:
    """What is wrong with the files that the option `signing` names, as far as it can be told without a passphrase.

    These are warnings: whoever checks a draft need not have the key.
    """
    if settings.signing is None:
        return ()
    from inforce.adapters.signing.files import problems_of_files  # noqa: PLC0415 - it loads what signs

    found = problems_of_files(settings.signing, instant)
    return tuple(replace(one, severity=Severity.WARNING) for one in found)


def _policy_advice(policy: PolicyRecord, instant: datetime) -> Iterator[Problem]:
    timeline = policy.timeline
    for revision in policy.revisions:
        for fault in advice(revision, policy.terms, timeline, instant):
            path = f"{FOLDER}/{revision.policy}/{revision.name}.md"
            yield Problem.of(fault, path, Severity.WARNING, revision.posting.commit)


def _dead_links(draft: Draft, source: OpenRecord, drafts: list[Draft]) -> Iterator[Fault]:
    """Links to texts of the record that are not there: once posted they could never be mended."""
    places = {address.policy_address(one.slug) for one in source.record.policies}
    places |= {address.history_address(one.slug) for one in source.record.policies}
    names = [(one.policy, one.name) for one in source.record.postings()]
    names += [(one.policy, one.name) for one in drafts]
    places |= {address.policy_address(policy) for policy, _ in names}
    places |= {address.revision_address(policy, name) for policy, name in names}
    places |= {address.source_address(policy, name) for policy, name in names}
    places |= {address.in_force_address(policy) for policy, _ in names}
    policies = {policy for policy, _ in names}
    rendition = draft_rendition(draft)
    anchors = anchors_of(rendition)
    text = draft.data.decode("utf-8", "replace")
    for place, anchor in links_of(rendition, address.revision_address(draft.policy, draft.name)):
        is_known = (place in places or place.split("/")[0] not in policies) if place else anchor in {*anchors, ""}
        if not is_known:
            target = place or f"#{anchor}"
            near = did_you_mean(target, places if place else {f"#{one}" for one in anchors})
            at = text.find(anchor if not place else place.rstrip("/").rpartition("/")[2])
            line = text.count("\n", 0, at) + 1 if at >= 0 else None
            yield Fault(
                f"a link leads to {target}, which is not there{near}", "mend it: a posted text keeps its links", line
            )


def _not_printable(draft: Draft, settings: Settings) -> Iterator[Fault]:
    """Characters that PDFs could not have: once posted they could be archived with a further font alone."""
    text = draft.data.decode("utf-8", "replace")
    if not settings.archive or not has_rare(text):
        return
    from inforce.adapters.fontconfig_fonts import lacking  # noqa: PLC0415 - a second, which hardly any draft needs

    for one in lacking(text, settings.fonts):
        what = f"no font for PDFs has the character U+{ord(one):04X} ({unicodedata.name(one, 'without a name')})"
        todo = "write it otherwise, or install a font that has it and name its family in the option `fonts`"
        yield Fault(what, todo, text.count("\n", 0, text.index(one)) + 1)


def _not_archivable(policy: PolicyRecord, source: OpenRecord, settings: Settings) -> Iterator[Problem]:
    """The newest revision of a policy, if PDFs cannot have its characters. Others are not read: they may be thousands.

    A machine without fonts checks the record nevertheless; it makes no PDFs.
    """
    if not settings.archive or not policy.revisions:
        return
    revision = policy.revisions[-1]
    text = source.data(revision).decode("utf-8", "replace")
    if not has_rare(text):
        return
    from inforce.adapters.fontconfig_fonts import lacking  # noqa: PLC0415 - as above

    try:
        missing = lacking(text, settings.fonts)
    except ConfigurationError:
        return
    if missing:
        named = ", ".join(f"U+{ord(one):04X} ({unicodedata.name(one, 'without a name')})" for one in missing)
        todo = "install fonts that have them and name their families in the option `fonts`: else it is not archived"
        fault = Fault(f"no font for PDFs has {named}", todo, text.count("\n", 0, text.index(missing[0])) + 1)
        path = f"{FOLDER}/{revision.policy}/{revision.name}.md"
        yield Problem.of(fault, path, Severity.WARNING, revision.posting.commit)


def _draft_problems(
    draft: Draft, source: OpenRecord, drafts: list[Draft], severity: Severity, settings: Settings
) -> Iterator[Problem]:
    for fault in draft.faults:
        yield Problem.of(fault, draft.path, severity)
    if draft.revision is None or draft.terms is None:
        return
    for fault in (*_dead_links(draft, source, drafts), *_not_printable(draft, settings)):
        yield Problem.of(fault, draft.path, severity)
    known = source.record.policy(draft.policy)
    others = [one.revision for one in drafts if one.policy == draft.policy and one.revision is not None]
    timeline = Timeline([*(known.revisions if known else ()), *others])
    for fault in advice(draft.revision, draft.terms, timeline, draft.revision.posted):
        yield Problem.of(fault, draft.path, Severity.WARNING)
