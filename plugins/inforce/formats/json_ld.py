"""JSON-LD for policies and revisions: schema.org's `Legislation`, which has words for texts in force (it has them from
the European Legislation Identifier).

The whole format of a permanent page; addresses are absolute where the site's is known, else relative to the page::

    {
      "@context": "https://schema.org",
      "@id": "https://policies.qstore.example/privacy-policy/2018-04-10/",
      "@type": "Legislation",
      "abstract": "Your information is now stored in the Republic of Korea.",
      "datePublished": "2018-04-10T09:00:00+09:00",
      "encoding": {
        "@type": "LegislationObject",
        "contentUrl": "https://policies.qstore.example/privacy-policy/2018-04-10/source.md",
        "encodingFormat": "text/markdown",
        "sha256": "…64 hexadecimal digits…"
      },
      "exampleOfWork": {
        "@id": "https://policies.qstore.example/privacy-policy/",
        "@type": "Legislation",
        "inLanguage": "en",
        "legislationIdentifier": "privacy-policy",
        "name": "Privacy Policy",
        "url": "https://policies.qstore.example/privacy-policy/"
      },
      "inLanguage": "en",
      "legislationChanges": {"@id": "https://policies.qstore.example/privacy-policy/2014-03-01/"},
      "legislationDate": "2018-04-10",
      "legislationIdentifier": "privacy-policy/2018-04-10",
      "legislationLegalForce": "https://schema.org/PartiallyInForce",
      "name": "Privacy Policy",
      "temporalCoverage": ["2018-05-10T00:00:00+09:00/..", "2018-04-10T09:00:00+09:00/.."],
      "url": "https://policies.qstore.example/privacy-policy/2018-04-10/",
      "version": "2018-04-10"
    }

`legislationLegalForce` is `InForce` where the revision is in force for every audience that it is for, `NotInForce`
where it is neither in force nor offered for any, else `PartiallyInForce`. `temporalCoverage` has the stretches of `in-
force.json`'s rows, those of current users first, each once (ISO 8601; `..` for no known end). `encoding` is the exact
source, or a list of it and the signed PDF. `legislationChanges` is the predecessor; `legislationCorrects` and
`legislationRepeals` stand for `corrects` and `overtakes`; `abstract` is the summary. The page of a policy has the
policy itself (like `exampleOfWork`, with `@context`, `dateModified` and its own `legislationLegalForce`), and as
`workExample` the revisions that are in force, offered or scheduled.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from inforce.core import address
from inforce.core.archive import Archived
from inforce.core.effect import Audience
from inforce.core.instant import format_instant, local_day
from inforce.core.lineage import Lineage
from inforce.core.policy import Revision
from inforce.core.record import PolicyRecord
from inforce.core.timeline import Basis, Span, Status, Timeline
from inforce.formats.json_text import Json

Locate = Callable[[str], str]
_CONTEXT = "https://schema.org"
_WEIGHTS = {Status.IN_FORCE: "InForce", Status.OFFERED: "PartiallyInForce"}
_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


@dataclass(frozen=True, slots=True)
class Known:
    """A policy as it stands at an instant."""

    policy: PolicyRecord
    timeline: Timeline
    lineage: Lineage
    instant: datetime

    def statuses(self, name: str) -> list[Status | None]:
        """How a revision stands towards each audience."""
        return [self.timeline.status(name, audience, self.instant) for audience in Audience]


def json_ld_script(value: Json) -> str:
    """The value as a script element that no page can be broken by, and a line's end."""
    text = json.dumps({"@context": _CONTEXT, **value}, ensure_ascii=False, sort_keys=True).translate(_UNSAFE)
    return f'<script type="application/ld+json">{text}</script>\n'


def of_revision(revision: Revision, known: Known, archived: Archived | None, locate: Locate) -> Json:
    """What the revision's permanent page says.

    Args:
        revision: whose page it is.
        known: its policy.
        archived: its signed PDF, if there is one.
        locate: makes of an address below the root the one that is given.
    """
    told = _expression(revision, known, locate) | {"exampleOfWork": _work(known, locate)}
    if archived is not None:
        told["encoding"] = [told["encoding"], _signed_pdf(archived, locate)]
    return told


def of_policy(known: Known, locate: Locate) -> Json:
    """What the policy's page says; there is a posting by the instant."""
    timeline, instant = known.timeline, known.instant
    living = {Status.IN_FORCE, Status.OFFERED, Status.SCHEDULED}
    shown = [one for one in timeline.revisions if living.intersection(known.statuses(one.name))]
    rows = [timeline.on(audience, instant).basis for audience in Audience]
    force = {Basis.BINDS: Status.IN_FORCE, Basis.OFFERED: Status.OFFERED}
    last = max(change for change in timeline.changes() if change <= instant)
    return _work(known, locate) | {
        "dateModified": format_instant(last, known.policy.terms.zone),
        "legislationLegalForce": _force([force[basis] if basis else None for basis in rows]),
        "workExample": [_expression(one, known, locate) for one in shown],
    }


def _work(known: Known, locate: Locate) -> Json:
    """The policy: the continuing work."""
    terms, slug = known.policy.terms, known.policy.slug
    place = locate(address.policy_address(slug))
    told: Json = {
        "@id": place,
        "@type": "Legislation",
        "inLanguage": terms.language,
        "legislationIdentifier": slug,
        "name": terms.title,
        "url": place,
    }
    return told | ({"legislationType": terms.relation} if terms.relation else {})


def _expression(revision: Revision, known: Known, locate: Locate) -> Json:
    """One revision of it, as it stands at the instant."""
    place = locate(address.revision_address(revision.policy, revision.name))

    def named(name: str) -> Json:
        return {"@id": locate(address.revision_address(revision.policy, name))}

    told: Json = {
        "@id": place,
        "@type": "Legislation",
        "datePublished": format_instant(revision.posted, revision.zone),
        "encoding": _source(revision, locate),
        "inLanguage": known.policy.terms.language,
        "legislationDate": local_day(revision.posted, revision.zone).isoformat(),
        "legislationIdentifier": f"{revision.policy}/{revision.name}",
        "legislationLegalForce": _force(known.statuses(revision.name)),
        "name": revision.title,
        "url": place,
        "version": revision.name,
    }
    before = known.lineage.predecessor.get(revision.name)
    optional = {
        "abstract": " ".join(revision.summary),
        "legislationChanges": named(before) if before else None,
        "legislationCorrects": named(revision.corrects) if revision.corrects else None,
        "legislationRepeals": [named(name) for name in revision.overtakes],
        "temporalCoverage": _coverage(revision, known.timeline),
    }
    return told | {key: value for key, value in optional.items() if value}


def _force(statuses: Sequence[Status | None]) -> str:
    told = [_WEIGHTS.get(status, "NotInForce") if status else "NotInForce" for status in statuses if status != "never"]
    force = told[0] if told and len(set(told)) == 1 else "PartiallyInForce" if told else "NotInForce"
    return f"{_CONTEXT}/{force}"


def _coverage(revision: Revision, timeline: Timeline) -> list[str]:
    spans = [
        span
        for audience in Audience
        for span in timeline.row_of(revision.name, audience)
        if span.revision == revision.name
    ]
    return list(dict.fromkeys(_interval(span, revision) for span in spans))


def _interval(span: Span, revision: Revision) -> str:
    until = format_instant(span.until, revision.zone) if span.until else ".."
    return f"{format_instant(span.start, revision.zone)}/{until}"


def _signed_pdf(archived: Archived, locate: Locate) -> Json:
    return {
        "@type": "LegislationObject",
        "contentSize": f"{archived.present.size} B",
        "contentUrl": locate(address.pdf_address(*archived.key)),
        "encodingFormat": "application/pdf",
        "sha256": archived.present.digest,
    }


def _source(revision: Revision, locate: Locate) -> Json:
    return {
        "@type": "LegislationObject",
        "contentUrl": locate(address.source_address(revision.policy, revision.name)),
        "encodingFormat": "text/markdown",
        "sha256": revision.digest,
    }
