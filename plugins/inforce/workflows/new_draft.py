"""Begin a new revision: the newest one's text under a new front matter."""

from __future__ import annotations

from pathlib import Path

from inforce.adapters.clock import Door
from inforce.adapters.files import write_atomically
from inforce.core.effect import ON_POSTING, Audience
from inforce.core.errors import ConfigurationError, Problem, RecordError, did_you_mean
from inforce.core.instant import local_day
from inforce.core.policy import Terms
from inforce.core.record import FOLDER, PolicyRecord, Record
from inforce.core.timeline import Timeline
from inforce.formats.revision_file import UNWRITTEN_SUMMARY
from inforce.workflows.progress import Progress
from inforce.workflows.read_record import OpenRecord, opened
from inforce.workflows.settings import Settings

_FRONT_MATTER = """\
---
change: material                # material (rights or duties change) | clarifying | editorial (then: corrects: …)
summary:
  - {summary}
{effective}{scheduled}---
"""


def new_draft(
    settings: Settings, door: Door, policy: str, name: str | None = None, progress: Progress | None = None
) -> Path:
    """Write the draft, named by today's date in the policy's zone unless a name is given; answers where it lies.

    Raises:
        ConfigurationError: no such policy.
        RecordError: the record is at fault, or the file is there already.
    """
    with opened(settings, door, progress) as source:
        known = find_policy(source.record, policy)
        if source.record.errors:
            raise RecordError(source.record.errors)
        name = name or _free_name(settings.folder, known, door)
        path = settings.folder / FOLDER / policy / f"{name}.md"
        if path.exists() or f"{policy}/{name}.md" in source.record.entries:
            todo = "go on with that draft, or give another name: `inforce new POLICY --name NAME`"
            raise RecordError([Problem(f"{FOLDER}/{policy}/{name}.md", "this file is there already", todo)])
        write_atomically(path, _text(source, known, door).encode())
        return path


def find_policy(record: Record, slug: str) -> PolicyRecord:
    """The policy of that name.

    Raises:
        ConfigurationError: there is none; the names that there are, are told.
    """
    known = record.policy(slug)
    if known is not None:
        return known
    names = [one.slug for one in record.policies]
    what = f"no policy `{slug}` is posted{did_you_mean(slug, names)}"
    listed = ", ".join(names) or "none; commit the first revision to the published branch"
    raise ConfigurationError([Problem("POLICY", what, f"the posted policies are: {listed}")])


def _free_name(folder: Path, policy: PolicyRecord, door: Door) -> str:
    today = local_day(door.asked, policy.terms.zone).isoformat()
    taken = {one.name for one in policy.revisions} | {one.stem for one in (folder / FOLDER / policy.slug).glob("*.md")}
    names = [today, *(f"{today}-{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name not in taken)


def _text(source: OpenRecord, policy: PolicyRecord, door: Door) -> str:
    timeline = Timeline(policy.revisions)
    newest = timeline.revisions[-1]
    text = source.text(newest).replace("\r\n", "\n")
    front_matter = _FRONT_MATTER.format(
        summary=UNWRITTEN_SUMMARY,
        effective=_effective(policy.terms),
        scheduled=_scheduled([one.name for one in timeline.scheduled(door.asked)]),
    )
    return front_matter + text


def _effective(terms: Terms) -> str:
    """The policy's default rules; where they give effect on posting, what its promises make of that."""
    rules = {audience: rule.text for audience, rule in terms.effective.items()}
    promised = {Audience.CURRENT_USERS: f"{terms.notice_period} days after posting" if terms.notice_period else None}
    promised[Audience.NEW_USERS] = "on acceptance" if terms.acceptance_asked else None
    for audience, rule in terms.effective.items():
        if rule == ON_POSTING:
            rules[audience] = promised[audience] or rule.text
    return "".join(["effective:\n", *(f"  {audience}: {rules[audience]}\n" for audience in Audience)])


def _scheduled(names: list[str]) -> str:
    if not names:
        return ""
    listed = ", ".join(names)
    return f"# still scheduled: {listed}. Say one of the two:\n# overtakes: [{listed}]\n# keeps: [{listed}]\n"
