"""A revision as templates show it: how it stands, and in which words that is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from inforce.core import address
from inforce.core.effect import Audience
from inforce.core.lineage import lineage_of
from inforce.core.occasion import is_asked
from inforce.core.policy import Revision
from inforce.core.standing import Standing, standings
from inforce.core.timeline import Status, Timeline
from inforce.formats.words import Words, capital
from inforce.workflows.read_record import Draft
from inforce.workflows.site_archive import SignedPdf


@dataclass(frozen=True)
class RevisionFacts:
    """A revision as templates show it, at the instant of the build, told in the words of a language."""

    revision: Revision
    timeline: Timeline
    instant: datetime
    words: Words
    draft: Draft | None = None
    pdf: SignedPdf | None = None

    @cached_property
    def standings(self) -> list[Standing]:
        """Its standing towards each audience, cohort by cohort."""
        name = self.revision.name
        return [one for audience in Audience for one in standings(self.timeline, name, audience, self.instant)]

    @property
    def sentences(self) -> list[tuple[str, str]]:
        """For each cohort: who they are, and what the revision is to them."""
        return self.words.told(self.standings, self.instant, self.revision.zone, self.calling)

    @cached_property
    def statuses(self) -> list[Status]:
        """The statuses for the audiences, each once; `never` only where there is no other."""
        found = list(dict.fromkeys(one.status for one in self.standings))
        return [status for status in found if status is not Status.NEVER] or found

    @cached_property
    def kind(self) -> str:
        """The word that marks the page: in-force, offered, scheduled, overtaken, superseded or draft."""
        if self.draft is not None:
            return "draft"
        ranks = (Status.IN_FORCE, Status.OFFERED, Status.SCHEDULED, Status.OVERTAKEN, Status.SUPERSEDED, Status.NEVER)
        return min(self.statuses, key=ranks.index).replace(" ", "-")

    @cached_property
    def heading(self) -> str:
        """The status in a few words."""
        say = self.words.messages
        if self.draft is not None:
            return say("box.draft")
        if self.correction is not None:
            return say("box.corrected")
        statuses = {one.audience: one.status for one in self.standings}
        if len(self.statuses) == 1:
            return capital(self.words.status(self.statuses[0]))
        current, new = (self.words.status(statuses[audience]) for audience in Audience)
        return say("box.audiences", current=current, new=new)

    @cached_property
    def root(self) -> Revision:
        """The revision that this one in the end corrects, or itself (rule 5)."""
        return self.timeline[self.timeline.root(self.revision.name)]

    @cached_property
    def predecessor(self) -> Revision | None:
        """The revision from which this one was made; None of a first one."""
        name = lineage_of(self.timeline).predecessor.get(self.revision.name)
        return self.timeline[name] if name else None

    @cached_property
    def correction(self) -> Revision | None:
        """The correction that stands for this revision now (rule 5)."""
        name = self.timeline.standing(self.revision.name, self.instant)
        return self.timeline[name] if name != self.revision.name else None

    @property
    def is_asked(self) -> bool:
        """Whether anybody is ever asked to accept it."""
        return any(is_asked(self.root, audience) for audience in Audience)

    @property
    def pdf_address(self) -> str | None:
        """Where its signed PDF lies, if there is one."""
        if self.pdf is None:
            return None
        return address.pdf_address(self.revision.policy, self.revision.name, is_test=self.pdf.is_test)

    @property
    def pdf_size(self) -> str:
        """How large that is, in the words of the language."""
        return self.words.messages.size(self.pdf.archived.present.size) if self.pdf is not None else ""

    @property
    def successors(self) -> list[Revision]:
        """The revisions that follow this one, for one audience or the other; not a correction of it."""
        names = dict.fromkeys(one.successor for one in self.standings)
        standing_now = self.timeline.standing(self.revision.name, self.instant)
        return [self.timeline[name] for name in names if name not in (None, standing_now)]

    @property
    def overtaker(self) -> Revision | None:
        """The revision that withdrew this one, as far as that had not taken effect (rule 4)."""
        names = {one.overtaker for one in self.standings if one.status is Status.OVERTAKEN}
        return next((self.timeline[name] for name in names if name is not None), None)

    def calling(self, name: str) -> str:
        """How sentences call another revision."""
        return self.words.calling(self.timeline[name])
