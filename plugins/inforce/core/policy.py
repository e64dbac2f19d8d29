"""The values of the record: a policy's terms, what counsel declares of a revision, and the posted revision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum

from inforce.core.effect import ON_POSTING, Audience, Rule

REMINDERS = (30, 7, 1)
"""How many days before a revision takes effect people are reminded of it, where the policy says nothing else."""


class ChangeClass(StrEnum):
    """How much a revision changes, as counsel declares it; `imported` where nobody classed it (rule 8)."""

    MATERIAL = "material"
    CLARIFYING = "clarifying"
    EDITORIAL = "editorial"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a `policy.yml` says.

    `effective` is the default rule of each audience, `notice_period` the least number of days that current users are
    promised before a material change, `time_zone` the IANA name of `zone`. `reminders` says how many days before a
    revision takes effect people are reminded of it, the most days first.
    """

    title: str
    language: str
    time_zone: str
    zone: tzinfo
    relation: str | None = None
    effective: Mapping[Audience, Rule] = field(default_factory=lambda: dict.fromkeys(Audience, ON_POSTING))
    notice_period: int | None = None
    acceptance_asked: bool = False
    contact: str | None = None
    reminders: tuple[int, ...] = REMINDERS


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a revision file says of itself: its front matter and its digest.

    Names are not yet resolved and days not yet instants: that needs the terms and the posting. `lines` gives the line
    of each key, for telling what is wrong with it. `posted` is given for stated postings alone (rule 8); a bare date
    there is kept as a date.
    """

    digest: str
    title: str | None = None
    change: ChangeClass | None = None
    summary: tuple[str, ...] = ()
    effective: Mapping[Audience, Rule] | None = None
    accept_by: date | datetime | None = None
    overtakes: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    corrects: str | None = None
    posted: date | datetime | None = None
    source: str | None = None
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def is_stated(self) -> bool:
        """Whether the publisher states the posting, rather than git recording it."""
        return self.posted is not None


@dataclass(frozen=True, slots=True)
class Posting:
    """The instant at which a revision joined the record, and how that is known.

    `commit` is always the commit that brought the revision into the repository. Where `source` is given the posting is
    *stated*: known from there, and earlier than that commit. `sequence` is the commit's place in the branch's history,
    and `joined` the instant at which the record had it, which is `instant` where nothing else is said.
    """

    instant: datetime
    commit: str
    source: str | None = None
    sequence: int = 0
    joined: datetime | None = None

    @property
    def is_stated(self) -> bool:
        """Whether the publisher states the instant; otherwise git records it."""
        return self.source is not None


@dataclass(frozen=True, slots=True)
class Effect:
    """When a revision takes effect for one audience: its rule, and the instant (None: on acceptance, or never)."""

    rule: Rule
    start: datetime | None


@dataclass(frozen=True, slots=True)
class Revision:
    """A posted revision: one immutable text of a policy, with everything that was declared of it.

    `terms` are those of the policy at the posting (rule 7), `blob` is git's id of the text. An editorial revision has
    no effects of its own: it stands for the revision it `corrects` (rule 5).
    """

    policy: str
    name: str
    title: str
    digest: str
    blob: str
    posting: Posting
    effects: Mapping[Audience, Effect]
    terms: Terms
    change: ChangeClass | None = None
    summary: tuple[str, ...] = ()
    accept_by: datetime | None = None
    overtakes: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    corrects: str | None = None

    @property
    def posted(self) -> datetime:
        """The instant of the posting."""
        return self.posting.instant

    @property
    def joined(self) -> datetime:
        """The instant at which the record had it: of a stated posting, later than that of the posting (rule 8)."""
        return self.posting.joined or self.posting.instant

    @property
    def zone(self) -> tzinfo:
        """Where its bare dates begin."""
        return self.terms.zone

    @property
    def time_zone(self) -> str:
        """The name of that zone."""
        return self.terms.time_zone

    @property
    def language(self) -> str:
        """The language of the text (BCP 47)."""
        return self.terms.language

    @property
    def policy_title(self) -> str:
        """What the policy was called when this was posted."""
        return self.terms.title

    @property
    def order(self) -> tuple[datetime, bool, int, str]:
        """Where it stands among its policy's revisions; names decide among those of one commit (rule 1)."""
        return self.posting.instant, not self.posting.is_stated, self.posting.sequence, self.name
