"""What `inforce import` answers, as JSON.

::

    {
      "cleaned": {"images": 2},
      "commit": "…40 hexadecimal digits…",
      "left_out": [{"path": "Policies/logo.md", "reason": "the text is empty"}],
      "policies": [
        {
          "already": 0,
          "assumed": ["language", "time_zone"],
          "cleaned": {"images": 2},
          "language": "en",
          "left_out": [{"commit": "…", "dated": "2018-04-11T09:00:00+00:00", "is_dropped": false,
                        "path": "…", "reason": "…"}],
          "path": "Policies/privacy.md",
          "policy": "privacy-policy",
          "revisions": [{"commit": "…", "dated": null, "path": "Policies/privacy.md",
                         "posted": "2018-04-10T09:00:00+00:00", "revision": "2018-04-10"}],
          "time_zone": "UTC",
          "title": "Privacy Policy"
        }
      ],
      "repository": "site-policy",
      "written": true
    }

`revisions` are those that were added now, `already` is the number of those that were there. `dated` of a revision is
its commit's own date where another instant is stated. The `left_out` of a policy are commits that are no revision, with
`is_dropped` where something is lost by that; the other ones are files that are no policy. `cleaned` counts what was
done to the texts, by kind. In a dry run `written` is false, and the rest says what would be written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

from inforce.core.importing import LeftOut, Stated
from inforce.core.instant import format_instant
from inforce.formats.in_force_json import instant_or_null
from inforce.formats.json_text import Json


@dataclass(frozen=True, slots=True)
class PolicyImport:
    """What an import makes of one file: the policy's terms, its revisions, and what is none of them.

    `assumed` names the keys of `policy.yml` that nobody gave. `revisions` are all of the file's, those included that
    are there already.
    """

    policy: str
    path: str
    title: str
    language: str
    time_zone: str
    zone: tzinfo
    is_new: bool
    assumed: tuple[str, ...]
    revisions: Sequence[Stated]
    left_out: Sequence[LeftOut]
    cleaned: Mapping[str, int]

    @property
    def added(self) -> list[Stated]:
        """The revisions that are not there already."""
        return [one for one in self.revisions if one.is_new]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do: the other repository and its commit, the policies, the files that are none."""

    repository: str
    commit: str
    policies: Sequence[PolicyImport]
    left_out: Sequence[tuple[str, str]] = field(default_factory=tuple)
    is_written: bool = True

    @property
    def cleaned(self) -> Mapping[str, int]:
        """What was done to the texts of all policies, by kind."""
        return sum((Counter(one.cleaned) for one in self.policies), Counter[str]())


def import_answer(report: ImportReport) -> Json:
    """What `inforce import` answers."""
    return {
        "cleaned": dict(report.cleaned),
        "commit": report.commit,
        "left_out": [{"path": path, "reason": reason} for path, reason in report.left_out],
        "policies": [_policy(one) for one in report.policies],
        "repository": report.repository,
        "written": report.is_written,
    }


def _policy(one: PolicyImport) -> Json:
    return {
        "already": len(one.revisions) - len(one.added),
        "assumed": list(one.assumed),
        "cleaned": dict(one.cleaned),
        "language": one.language,
        "left_out": [_left_out(each, one.zone) for each in one.left_out],
        "path": one.path,
        "policy": one.policy,
        "revisions": [_revision(each, one.zone) for each in one.added],
        "time_zone": one.time_zone,
        "title": one.title,
    }


def _revision(stated: Stated, zone: tzinfo) -> Json:
    return {
        "commit": stated.version.commit,
        "dated": instant_or_null(stated.dated, zone),
        "path": stated.version.path,
        "posted": format_instant(stated.posted, zone),
        "revision": stated.name,
    }


def _left_out(one: LeftOut, zone: tzinfo) -> Json:
    return {
        "commit": one.version.commit,
        "dated": format_instant(one.version.instant, zone),
        "is_dropped": one.is_dropped,
        "path": one.version.path,
        "reason": one.reason,
    }
