"""Which commits of a foreign file become revisions, when, and by what names (rule 8).

Each commit that changed the text becomes a stated revision. The commits of one instant are one change, and the last of
them counts. An instant that is not later than that of the revision before it becomes that one's plus one second: the
record never runs backwards.

What was imported before stays as it is, whatever would be decided of it today; only what is not there yet is added.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from inforce.core.instant import EARLIEST, format_instant, local_day
from inforce.core.record import Entry

UNCHANGED = "the text is the same as before, but for white space or front matter"
NOT_TAKEN_OVER = "the text is the same as before, but for what is not taken over (see `cleaned`)"


@dataclass(frozen=True, slots=True)
class Version:
    """What one commit of the foreign repository left of the file.

    `path` is where the file lay then; `entry` is None where the commit took it away.
    """

    commit: str
    instant: datetime
    path: str
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Stated:
    """A version that is a revision: its name and the instant that it states.

    `dated` is the commit's own date where `posted` is another. `is_new` is false where it was imported before.
    """

    version: Version
    name: str
    posted: datetime
    dated: datetime | None = None
    is_new: bool = True


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A version that is no revision, and why; `is_dropped` where something is lost by that, be it ever so little."""

    version: Version
    reason: str
    is_dropped: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """What decides whether a text is another one than before: digests of it without its white space.

    `original` is of the text as the commit has it, without its front matter; `cleaned` of what a revision would have.
    """

    original: str
    cleaned: str


@dataclass(frozen=True, slots=True)
class Imported:
    """A revision that was imported before: its name, and the instant that it states."""

    name: str
    posted: datetime


class Course:
    """Decides over a file's versions, one after the other, oldest first.

    Args:
        zone: the policy's time zone: revisions are named by their day there.
        latest: the present instant.
        imported: what is there already, by commit and path.
        taken: names that are not free.
    """

    def __init__(
        self,
        zone: tzinfo,
        latest: datetime,
        imported: Mapping[tuple[str, str], Imported] | None = None,
        taken: Sequence[str] = (),
    ) -> None:
        """Begin before the first version."""
        self._zone = zone
        self._latest = latest
        self._imported = imported or {}
        self._taken = {*taken, *(one.name for one in self._imported.values())}
        self._last: datetime | None = None
        self._text: Text | None = None

    def readable(self, versions: Sequence[Version]) -> Iterator[Version | LeftOut]:
        """The versions whose texts have to be looked at, and those that are left out whatever they say."""
        for version, following in zip(versions, [*versions[1:], None], strict=True):
            if self._key(version) in self._imported:
                yield version
            elif version.entry is None:
                yield LeftOut(version, "the commit took the file away", is_dropped=False)
            elif following is not None and following.entry is not None and following.instant == version.instant:
                yield LeftOut(version, f"commit {following.commit[:12]} of the same instant counts")
            elif not _can_be_meant(version.instant, self._latest):
                when = format_instant(version.instant, self._zone)
                yield LeftOut(version, f"it is dated {when}, which cannot be when it was published")
            else:
                yield version

    def take(self, version: Version, text: Text) -> Stated | LeftOut:
        """Decide over the next version.

        Args:
            version: one that `readable` gave.
            text: what its text is to be known by.
        """
        before, self._text = self._text, text
        if (known := self._imported.get(self._key(version))) is not None:
            self._last = known.posted
            return Stated(version, known.name, known.posted, is_new=False)
        if before is not None and text.cleaned == before.cleaned:
            is_dropped = text.original != before.original
            return LeftOut(version, NOT_TAKEN_OVER if is_dropped else UNCHANGED, is_dropped=is_dropped)
        posted = version.instant
        if self._last is not None and posted <= self._last:
            posted = self._last + timedelta(seconds=1)
        self._last = posted
        return Stated(version, self._name(posted), posted, version.instant if posted != version.instant else None)

    def _name(self, posted: datetime) -> str:
        """The day in the policy's zone; with `-2`, `-3` where that is taken."""
        day = local_day(posted, self._zone).isoformat()
        names = [day, *(f"{day}-{number}" for number in range(2, len(self._taken) + 3))]
        name = next(name for name in names if name not in self._taken)
        self._taken.add(name)
        return name

    @staticmethod
    def _key(version: Version) -> tuple[str, str]:
        return version.commit, version.path


def _can_be_meant(instant: datetime, latest: datetime) -> bool:
    """Whether something can have been published then: it is not in the future, and has a year."""
    return instant < latest and instant.year > EARLIEST
