"""The two files that an import writes.

A revision file: what is known of the revision, and its text::

    ---
    change: imported
    posted: 2018-04-10T09:00:00+09:00
    source: commit 0123456789ab of Policies/privacy.md in site-policy
    ---
    # Privacy Policy
    …

The source of a revision whose commit bears another date goes on: `…; dated 2018-04-01T12:00:00+09:00 there, not later
than the commit before it`. Of the commit stand the first twelve digits of its id, of the repository its name, which
is the same wherever it lies.

The policy's terms, `policy.yml`, with what has to be there and nothing else::

    title: Privacy Policy
    language: en
    time_zone: UTC
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime, tzinfo

from inforce.core.errors import Fault
from inforce.core.importing import Stated, Version
from inforce.core.instant import first_instant, format_instant, parse_date, parse_instant
from inforce.formats.policy_file import parse_terms
from inforce.formats.revision_file import split
from inforce.formats.strict_yaml import Fields, YamlError, parse_mapping

_ID = 12
_PLAIN = re.compile(r"[A-Za-z0-9](?:[\w ,()/+–—’&.-]|:(?! )(?=.))*(?<! )")
_SOURCE = re.compile(r"commit ([0-9a-f]{12}) of (.+)")


def imported_revision(stated: Stated, repository: str, zone: tzinfo, text: str) -> bytes:
    """A revision file.

    Args:
        stated: when it was posted, and by which commit.
        repository: the name of the other repository.
        zone: the policy's time zone.
        text: Markdown that rule 10 takes.
    """
    source = source_words(stated.version, repository)
    if stated.dated is not None:
        source += f"; dated {format_instant(stated.dated, zone)} there, not later than the commit before it"
    posted = format_instant(stated.posted, zone)
    return f"---\nchange: imported\nposted: {posted}\nsource: {_scalar(source)}\n---\n{text}".encode()


def imported_terms(title: str, language: str, time_zone: str) -> tuple[bytes, tuple[Fault, ...]]:
    """A policy's terms as a file, and what is wrong with them."""
    keys = {"title": title, "language": language, "time_zone": time_zone}
    data = "".join(f"{key}: {_scalar(value)}\n" for key, value in keys.items()).encode("utf-8", "backslashreplace")
    return data, parse_terms(data).faults


def source_words(version: Version, repository: str) -> str:
    """Where a revision is known from."""
    return f"{_from(version)}{shown(repository)}"


def repository_of(source: str, version: Version) -> str | None:
    """The other repository's name, where this is the source of a revision imported from that version; else None."""
    if not source.startswith(_from(version)):
        return None
    return source.removeprefix(_from(version)).partition("; dated ")[0]


def commit_of(source: str) -> str | None:
    """The beginning of the commit's id in the source of an imported revision; None where it is no such source."""
    found = _SOURCE.match(source)
    return found[1] if found else None


def short_id(commit: str) -> str:
    """As much of a commit's id as a source has."""
    return commit[:_ID]


def stated_source(data: bytes) -> tuple[str, datetime] | None:
    """The source and the instant that a revision file states; None where it states none that can be read.

    A bare date, which somebody has written since, is taken for its first instant in UTC.
    """
    try:
        front_matter = split(data.decode("utf-8"))[0]
        fields = Fields(parse_mapping(front_matter or ""), ())
        said = fields.text("posted") or ""
        day = parse_date(said)
        posted = parse_instant(said) if day is None else first_instant(day, UTC)
    except (ValueError, YamlError):
        return None
    source = fields.text("source")
    return (source, posted) if source is not None and posted is not None else None


def shown(words: str) -> str:
    """A path or a name as a text can show it: in form NFC, on one line, without what cannot be seen."""
    composed = " ".join(unicodedata.normalize("NFC", words).split())
    return "".join(one if one.isprintable() and one != "\ufffd" else ascii(one)[1:-1] for one in composed)


def _from(version: Version) -> str:
    return f"commit {short_id(version.commit)} of {shown(version.path)} in "


def _scalar(text: str) -> str:
    """A text as YAML has it, in quotation marks where it needs them."""
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
