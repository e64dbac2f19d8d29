"""What a run does to an archive, decided from what the record and the archive hold, before anything is written.

A run goes through these steps for each file, and each step is durable before the next one begins::

    .pending/P/R.json        the entry that the manifest will have: the file's facts
    .pending/P/P-R.pdf       the signed bytes, in whole or in part
    P/P-R.pdf                the same file under this name too: whole, and never in the place of another one

and for the manifest, when there are files enough, or no more::

    .pending/P/P-R.….html    presentations, which the manifest will have
    .pending/certificates.pem, .pending/SHA256SUMS, .pending/manifest.json.p7s
    .pending/manifest.json   from here on, these four and the presentations are the archive's, wherever they lie
    P/P-R.….html             whole, and never in the place of another one
    certificates.pem, SHA256SUMS, manifest.json.p7s, manifest.json      moved there, in this order
    .pending/P/…             what the manifest has is removed

So whatever instant a run is killed at, `recovered` tells from what lies there how far it came: facts whose signed bytes
are durable are adopted, others are dropped. What an archive timestamp adds to a file goes the same way, but that the
file moves into the place of the one with whose bytes it begins. Presentations that no manifest has yet are dropped, and
made once more: nobody has seen them, and it costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from inforce.core.archive import LOCK, OWN_FILES, Archived, KeptPresentation, Key, Manifest
from inforce.core.effect import Audience
from inforce.core.errors import Problem
from inforce.core.occasion import Occasion, Occasions
from inforce.core.policy import Revision
from inforce.core.record import FOLDER, Record

_SHOWN = 12
"""How many digits of a digest a sentence has."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What lies in an archive: the manifest, and the digest of each PDF and presentation, by its place.

    `facts` and `staged` are what an interrupted run left: entries that the manifest has not yet, and the digest of
    what lies in `.pending`, whole or not, by the place for which it is meant.
    """

    manifest: Manifest = field(default_factory=Manifest)
    files: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[Key, Archived] = field(default_factory=dict)
    staged: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recovery:
    """What becomes of an interrupted run: entries to adopt, files to move to their places before that.

    `contents` is the archive as it will be then.
    """

    adopted: tuple[Archived, ...]
    moved: tuple[Archived, ...]
    contents: Contents


@dataclass(frozen=True, slots=True)
class Plan:
    """What there is to do: revisions to sign, in order of posting, and files to which to add an archive timestamp.

    `kept` counts the PDFs of the manifest, adopted ones among them.
    """

    missing: tuple[Revision, ...]
    upgraded: tuple[Archived, ...]
    kept: int


def recovered(contents: Contents) -> Recovery:
    """Decide what becomes of what an interrupted run left."""
    manifest = contents.manifest
    adopted, moved = [], []
    for key, fact in sorted(contents.facts.items()):
        entry, place = manifest.files.get(key), manifest.place(fact)
        lying, staged = contents.files.get(place), contents.staged.get(place)
        wanted = fact.present.digest
        if entry is not None and not _continues(entry, fact):
            continue
        if lying == wanted:
            adopted.append(fact)
        elif staged == wanted and lying == (entry.present.digest if entry else None):
            adopted.append(fact)
            moved.append(fact)
    files = {**contents.files, **{manifest.place(one): one.present.digest for one in moved}}
    return Recovery(tuple(adopted), tuple(moved), Contents(manifest.with_files(adopted), files))


def plan(
    record: Record, asked: datetime, contents: Contents, where: str, *, with_upgrade: datetime | None = None
) -> tuple[Plan, tuple[Problem, ...]]:
    """What there is to do, and everything that forbids doing anything.

    Args:
        record: everything that is posted.
        asked: revisions that were posted by then are archived.
        contents: the archive, recovered.
        where: the archive's address, for a person.
        with_upgrade: add an archive timestamp to each file that had none added since then.
    """
    postings = record.postings()
    posted = {(one.policy, one.name): one for one in postings}
    manifest = contents.manifest
    problems = [*_entry_problems(contents, posted, where), *_stray_problems(contents, where)]
    problems += _name_problems(record)
    missing = tuple(one for one in postings if one.posted <= asked and (one.policy, one.name) not in manifest.files)
    upgraded = tuple(one for one in manifest if with_upgrade is not None and not _is_newer(one, with_upgrade))
    return Plan(missing, upgraded, len(manifest.files)), tuple(problems)


def unpresented(record: Record, asked: datetime, manifest: Manifest) -> Iterator[Occasion]:
    """Each occasion on which people are asked something, of revisions posted by then, that no presentation shows yet.

    Where a throw-away key signs, nothing is kept: there are none.
    """
    for policy in () if manifest.is_test else record.policies:
        occasions = Occasions(policy.revisions, policy.timeline)
        posted = (one for one in policy.revisions if one.posted <= asked)
        for name, audience in ((one.name, audience) for one in posted for audience in Audience):
            if (policy.slug, name, audience) not in manifest.presentations:
                occasion = occasions.of(name, audience)
                yield from () if occasion is None else (occasion,)


def _is_newer(entry: Archived, since: datetime) -> bool:
    return len(entry.states) > 1 and entry.present.time >= since


def _continues(entry: Archived, fact: Archived) -> bool:
    """Whether the facts are the entry's, and one state more."""
    same = ("source", "unsigned", "unsigned_size", "certificate")
    return fact.states[:-1] == entry.states and all(getattr(entry, name) == getattr(fact, name) for name in same)


def _entry_problems(contents: Contents, posted: Mapping[Key, Revision], where: str) -> Iterator[Problem]:
    """What is wrong with the entries of the manifest."""
    for entry in contents.manifest:
        place = f"{where}/{contents.manifest.place(entry)}"
        revision = posted.get(entry.key)
        name = "/".join(entry.key)
        if revision is None:
            todo = "bring the record back to what was posted (rule 7); or is this the archive of another record?"
            yield Problem(place, f"the archive has {name} signed, and the record has no such revision", todo)
        elif revision.digest != entry.source:
            what = f"the archive has {name} with the digest {entry.source[:_SHOWN]}…, the record with "
            todo = f"bring {FOLDER}/{name}.md back to what was posted and signed (rule 7)"
            yield Problem(place, f"{what}{revision.digest[:_SHOWN]}…", todo)
        yield from _file_problems(entry, contents.files.get(contents.manifest.place(entry)), place)
    for kept in contents.manifest.kept:
        yield from _presentation_problems(kept, posted, contents.files.get(kept.place), f"{where}/{kept.place}")


def _presentation_problems(
    kept: KeptPresentation, posted: Mapping[Key, Revision], lying: str | None, place: str
) -> Iterator[Problem]:
    """What is wrong with a presentation; `lying` is the digest of what lies in its place."""
    if (kept.policy, kept.revision) not in posted:
        what = f"the archive has what people are asked of {kept.policy}/{kept.revision}, and the record has no such"
        todo = "bring the record back to what was posted (rule 7); or is this the archive of another record?"
        yield Problem(place, f"{what} revision", todo)
    todo = f"bring it back from a backup: its SHA-256 is {kept.digest}"
    if lying is None:
        yield Problem(place, "the manifest has this presentation, and it is not there", todo)
    elif lying != kept.digest:
        yield Problem(place, f"this is not the presentation that was kept: its SHA-256 is {lying[:_SHOWN]}…", todo)


def _file_problems(entry: Archived, lying: str | None, place: str) -> Iterator[Problem]:
    """What is wrong with an entry's file; `lying` is the digest of what lies in its place."""
    if lying == entry.present.digest:
        return
    todo = f"bring it back from a backup: its SHA-256 is {entry.present.digest}"
    if lying is None:
        yield Problem(place, "the manifest has this file, and it is not there", todo)
    elif lying in {state.digest for state in entry.states}:
        yield Problem(place, "this is the file as it was before its latest archive timestamp was added", todo)
    else:
        yield Problem(place, f"this is not the file that was signed: its SHA-256 is {lying[:_SHOWN]}…", todo)


def _stray_problems(contents: Contents, where: str) -> Iterator[Problem]:
    """PDFs and presentations that the manifest does not know."""
    for place in sorted(contents.files.keys() - contents.manifest.digests.keys()):
        todo = "move it away; or was the manifest replaced by an older one? Then bring back the newest from a backup"
        yield Problem(f"{where}/{place}", "the manifest does not know this file", todo)


def _name_problems(record: Record) -> Iterator[Problem]:
    """Policies that are called as a file of the archive is."""
    for policy in record.policies:
        if policy.slug in {name.lower() for name in (*OWN_FILES, LOCK)}:
            what = "a policy of this name cannot be archived: the archive has a file that is called so"
            yield Problem(f"{FOLDER}/{policy.slug}", what, 'leave the archive out (`archive: ""`)')
