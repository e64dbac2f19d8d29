"""What `inforce export-pdfs` did, or would do, in words and as JSON.

The whole JSON::

    {
      "adopted": [{"level": "B-B", "policy": "privacy-policy", "revision": "2014-03-01"}],
      "archive": "archive",
      "dry_run": false,
      "kept": 12,
      "kind": "archive",
      "presented": [{"audience": "new_users", "policy": "privacy-policy", "revision": "2018-04-10"}],
      "signed": [{"level": "B-T", "policy": "privacy-policy", "revision": "2018-04-10"}],
      "upgraded": [{"level": "B-LTA", "policy": "privacy-policy", "revision": "2014-03-01"}]
    }

`adopted` is what an interrupted run had signed already; `kept` counts the other PDFs that were there. `presented` are
the presentations that were put beside them: what people are asked, word for word. `archive` is empty where no PDFs are
wanted.

In a dry run `signed`, `upgraded` and `presented` are what would be, and `level` is null where it is not known yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from inforce.core.archive import MANIFEST, Archived, PresentationKey
from inforce.core.archiving import Report
from inforce.core.effect import Audience
from inforce.formats.json_text import Json

_ASKED = {Audience.CURRENT_USERS: "current users are asked", Audience.NEW_USERS: "new users are asked"}


def export_answer(report: Report) -> Json:
    """The answer as JSON."""
    planned = [{"level": None, "policy": policy, "revision": revision} for policy, revision in sorted(report.planned)]
    upgraded = [_entry(one, with_level=not report.is_dry_run) for one in report.upgraded]
    return {
        "adopted": [_entry(one) for one in report.adopted],
        "archive": report.where,
        "dry_run": report.is_dry_run,
        "kept": report.kept,
        "kind": "test-signed" if report.is_test else "archive",
        "presented": [
            {"audience": audience.value, "policy": policy, "revision": revision}
            for policy, revision, audience in _presented(report)
        ],
        "signed": planned if report.is_dry_run else [_entry(one) for one in sorted(report.signed, key=_key)],
        "upgraded": upgraded,
    }


def export_words(report: Report) -> Iterator[str]:
    """The answer in lines."""
    if not report.where:
        yield 'no PDFs are wanted (`archive: ""`)'
        return
    would = "would be " if report.is_dry_run else ""
    for one in report.adopted:
        yield f"{'/'.join(one.key)}: {would}adopted ({one.present.level}): an interrupted run had signed it"
    if report.is_dry_run:
        yield from (f"{policy}/{revision}: would be signed" for policy, revision in sorted(report.planned))
        yield from (f"{'/'.join(one.key)}: would get an archive timestamp" for one in report.upgraded)
    else:
        yield from (f"{'/'.join(one.key)}: signed ({one.present.level})" for one in sorted(report.signed, key=_key))
        yield from (f"{'/'.join(one.key)}: now {one.present.level}" for one in report.upgraded)
    for policy, revision, audience in _presented(report):
        yield f"{policy}/{revision}: {would}kept: what {_ASKED[audience]}"
    if report.is_signed_again:
        yield f"{MANIFEST}: {would}signed again, with the present key"
    yield f"{report.where}: {_summary(report, would)}"


def _summary(report: Report, would: str) -> str:
    signed = len(report.planned) if report.is_dry_run else len(report.signed)
    parts = [f"{len(report.adopted)} {would}adopted"] if report.adopted else []
    parts += [f"{signed} {would}signed"] if signed else []
    parts += [f"{len(report.upgraded)} {would}upgraded"] if report.upgraded else []
    presented = len(_presented(report))
    parts += [f"{presented} presentation{'' if presented == 1 else 's'} {would}kept"] if presented else []
    return ", ".join([*(parts or ["nothing new"]), f"{report.kept} there already"])


def _presented(report: Report) -> list[PresentationKey]:
    """The presentations that were kept, or would be."""
    return sorted(report.unpresented if report.is_dry_run else [one.key for one in report.presented])


def _key(one: Archived) -> tuple[str, str]:
    return one.key


def _entry(one: Archived, *, with_level: bool = True) -> Json:
    level = one.present.level.value if with_level else None
    return {"level": level, "policy": one.policy, "revision": one.revision}
