"""Compare two texts: files, or posted revisions."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from inforce.adapters.clock import Door
from inforce.core.errors import ConfigurationError, Problem, RecordError, did_you_mean
from inforce.core.instant import format_instant
from inforce.core.record import FOLDER, PolicyRecord
from inforce.core.redline import redline
from inforce.formats.redline.words import Comparison, Text
from inforce.formats.revision_file import body, examine
from inforce.formats.text.clauses import clauses_of, read_clauses
from inforce.workflows.caches import cache_folder, html_cache, redlines_cache
from inforce.workflows.convert_texts import SiteTexts
from inforce.workflows.name_clauses import ClauseHistory
from inforce.workflows.new_draft import find_policy
from inforce.workflows.progress import Progress
from inforce.workflows.read_record import OpenRecord, opened
from inforce.workflows.settings import Settings

_NEARLY_REVISION = re.compile(rf"(?:.*{FOLDER}/)?([a-z0-9][a-z0-9.-]*)[/ ]([a-z0-9][a-z0-9.-]*?)(?:\.md)?/?")
_REVISION = re.compile(r"([a-z0-9][a-z0-9.-]*)/([a-z0-9][a-z0-9.-]*)")


def compare(
    old: str, new: str, read_settings: Callable[[], Settings], read_clock: Callable[[], Door], progress: Progress
) -> Comparison:
    """Compare two texts.

    Args:
        old: a file, or POLICY/REVISION. What is there as a file is meant as one.
        new: the same.
        read_settings: where the record is; asked for only if one of the two is a revision, and so not a file.
        read_clock: the clock; the same.
        progress: told of each commit that is read.

    Raises:
        RecordError: a file is not there or its text is refused, or the record is at fault; what is wrong with both
            files is told together.
        ConfigurationError: no such policy or revision.
    """
    with ExitStack() as stack:
        source: OpenRecord | None = None
        settings: Settings | None = None
        if any(_is_revision(one) for one in (old, new)):
            settings = read_settings()
            source = stack.enter_context(opened(settings, read_clock(), progress))
            if source.record.errors:
                raise RecordError(source.record.errors)
        language: str | None = None
        texts: list[Text] = []
        problems: list[Problem] = []
        for asked in (old, new):
            try:
                if source is not None and settings is not None and _is_revision(asked):
                    texts.append(_posted(asked, source, settings.folder))
                    language = find_policy(source.record, asked.partition("/")[0]).terms.language
                else:
                    texts.append(_text(asked, _bytes_of(asked), asked))
            except RecordError as wrong:
                problems += wrong.problems
        if problems:
            raise RecordError(dict.fromkeys(problems))
        if source is not None and settings is not None and _are_of_one_policy(old, new):
            return _by_identities(texts[0], texts[1], source, settings, progress)
    return Comparison(texts[0], texts[1], redline(texts[0].clauses, texts[1].clauses), language)


def _are_of_one_policy(old: str, new: str) -> bool:
    return _is_revision(old) and _is_revision(new) and old.partition("/")[0] == new.partition("/")[0]


def _by_identities(old: Text, new: Text, source: OpenRecord, settings: Settings, progress: Progress) -> Comparison:
    """The comparison of two revisions of a policy, by the identities that clauses have over its history."""
    slug = old.name.partition("/")[0]
    policy = find_policy(source.record.as_of(source.door.asked), slug)
    with cache_folder(settings, progress) as folder:
        texts = SiteTexts([policy], source.text_source(), html_cache(folder))
        source.rest()
        texts.convert(progress, settings.workers)
        history = ClauseHistory(policy, lambda one: read_clauses(texts.passages(one)), redlines_cache(folder))
        before, after = (policy.timeline[one.name.partition("/")[2]] for one in (old, new))
        sides = (
            replace(text, identities=history.account(revision).identified.names)
            for text, revision in ((old, before), (new, after))
        )
        return Comparison(next(sides), next(sides), history.between(before, after), policy.terms.language)


def _is_revision(asked: str) -> bool:
    is_name = _REVISION.fullmatch(asked) is not None and not asked.endswith(".md")
    return is_name and not Path(asked).exists()


def _bytes_of(asked: str) -> bytes:
    try:
        return Path(asked).read_bytes()
    except FileNotFoundError:
        todo = "give the path of a file, or a posted revision as POLICY/REVISION"
        if (meant := _NEARLY_REVISION.fullmatch(asked.lower())) is not None:
            todo = f"give the path of a file; a posted revision is asked for as {meant[1]}/{meant[2]}"
        raise RecordError([Problem(asked, "there is no such file", todo)]) from None
    except OSError as wrong:
        what = f"this cannot be read: {wrong.strerror}"
        raise RecordError([Problem(asked, what, "give the path of a file that you may read")]) from None


def _posted(asked: str, source: OpenRecord, folder: Path) -> Text:
    slug, _, name = asked.partition("/")
    policy = find_policy(source.record.as_of(source.door.asked), slug)
    revision = next((one for one in policy.revisions if one.name == name), None)
    if revision is None:
        raise ConfigurationError([_unknown(policy, name, folder)])
    place = f"{FOLDER}/{slug}/{name}.md"
    return _text(asked, source.data(revision), place, format_instant(revision.posted, revision.zone))


def _unknown(policy: PolicyRecord, name: str, folder: Path) -> Problem:
    names = [one.name for one in policy.revisions]
    place = f"{FOLDER}/{policy.slug}/{name}.md"
    if (folder / place).is_file():
        todo = f"give the file, to compare it as it lies there: {place}"
        return Problem("REVISION", f"{policy.slug} has no posted revision `{name}`, but a draft", todo)
    what = f"{policy.slug} has no posted revision `{name}`{did_you_mean(name, names)}"
    return Problem("REVISION", what, f"its posted revisions are: {', '.join(names)}")


def _text(asked: str, data: bytes, place: str, posted: str | None = None) -> Text:
    faults = examine(data).faults
    if faults:
        raise RecordError(Problem.of(fault, place) for fault in faults)
    return Text(asked, hashlib.sha256(data).hexdigest(), clauses_of(body(data)), posted)
