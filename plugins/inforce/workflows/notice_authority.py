"""In whose name notices are called never changes: it is held to what was committed first, and to what is published."""

from __future__ import annotations

from datetime import datetime

from inforce.adapters.previous_build import read_previous_authority
from inforce.core.errors import ConfigurationError, Problem
from inforce.core.notice import Authority
from inforce.formats.notices.authority import authority_in
from inforce.workflows.read_record import OpenRecord
from inforce.workflows.settings import Settings


def settled_authority(settings: Settings, source: OpenRecord, asked: datetime) -> Authority | None:
    """The authority of the options; None where no notices are wanted.

    Args:
        settings: with the authority, and where the previous build is.
        source: the record, with its repository at hand.
        asked: the instant of the build.

    Raises:
        ConfigurationError: it is not the one that was said first, or the one that is published, or lies in the future.
        RecordError: what is published cannot be read.
    """
    authority, file = settings.notices, settings.folder / settings.file
    first = next(filter(None, map(authority_in, source.versions(file))), None) if authority is not None else None
    published = read_previous_authority(settings.previous, settings.folder)
    problems = []
    if published is not None and (authority is None or authority.prefix != published):
        problems.append(_changed(settings, f"what is published has identities that begin with {published}", first))
    elif published is None and first is not None and authority != first:
        problems.append(_changed(settings, f"the first one committed was {_told(first)}", first))
    if authority is not None and authority.year > asked.year:
        what = f"plugins: inforce: notices: year: {authority.year} lies in the future"
        problems.append(Problem(settings.file, what, "name a year on whose first day the name was yours (RFC 4151)"))
    if problems:
        raise ConfigurationError(problems)
    if authority is not None and not settings.root:
        what = "`site_url` is missing: feeds and messages name the whole addresses of pages"
        raise ConfigurationError([Problem(settings.file, what, "say where the site is: `site_url: https://…/`")])
    return authority


def _changed(settings: Settings, what: str, first: Authority | None) -> Problem:
    now = "is gone" if settings.notices is None else f"is now {_told(settings.notices)}"
    todo = "put it back: identities of notices are for ever, and readers would get every one of them again (rule 12)"
    written = f": `notices: {{authority: {first.name}, year: {first.year}}}`" if first else ""
    return Problem(settings.file, f"plugins: inforce: notices: the authority {now}, but {what}", f"{todo}{written}")


def _told(authority: Authority) -> str:
    return f"{authority.name}, {authority.year}"
