"""What `inforce import` tells a person."""

from __future__ import annotations

from collections.abc import Iterator

from inforce.core.importing import LeftOut
from inforce.core.instant import format_instant
from inforce.formats.foreign.markdown import KINDS
from inforce.formats.import_json import ImportReport, PolicyImport
from inforce.formats.imported_file import short_id


def import_words(report: ImportReport) -> Iterator[str]:
    """The lines of the report."""
    for policy in report.policies:
        yield from _policy_lines(policy)
    for path, reason in report.left_out:
        yield f"left out: {path}: {reason}"
    if cleaned := report.cleaned:
        yield "done to these texts:"
        yield from (f"  {KINDS[kind]}: {number}" for kind, number in sorted(cleaned.items()))
    added = sum(len(one.added) for one in report.policies)
    verb = "written, not committed" if report.is_written else "would be written (--dry-run)"
    policies = f"{len(report.policies)} {'policy' if len(report.policies) == 1 else 'policies'}"
    yield f"{policies}, {added} new {'revision' if added == 1 else 'revisions'}: {verb if added else 'nothing is new'}"


def _policy_lines(policy: PolicyImport) -> Iterator[str]:
    added = policy.added
    already = len(policy.revisions) - len(added)
    there = f", {already} there already" if already else ""
    days = f", {added[0].name} to {added[-1].name}" if added else ""
    yield f"{policy.policy}: {len(added)} new{there}{days} (from {policy.path})"
    if policy.is_new:
        values = {"title": policy.title, "language": policy.language, "time_zone": policy.time_zone}
        yield "  " + ", ".join(
            f"{key}: {value}{' (assumed)' if key in policy.assumed else ''}" for key, value in values.items()
        )
    for stated in added:
        if stated.dated is not None:
            dated = format_instant(stated.dated, policy.zone)
            yield f"  {stated.name}: its commit is dated {dated}, not later than the one before it"
    same = sum(not one.is_dropped for one in policy.left_out)
    if same:
        commits = "1 commit" if same == 1 else f"{same} commits"
        yield f"  {commits} changed white space or front matter alone, or took the file away"
    yield from (_loss(one, policy) for one in policy.left_out if one.is_dropped)


def _loss(one: LeftOut, policy: PolicyImport) -> str:
    dated = format_instant(one.version.instant, policy.zone)
    return f"  left out: commit {short_id(one.version.commit)} of {dated}: {one.reason}"
