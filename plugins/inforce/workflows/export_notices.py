"""Export notices: all of their files, written into a folder as the site has them, without building the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from inforce.adapters.clock import Door
from inforce.adapters.files import staged
from inforce.core.errors import ConfigurationError, Problem, RecordError
from inforce.formats.notices.authority import TODO
from inforce.workflows.notice_authority import settled_authority
from inforce.workflows.progress import Progress
from inforce.workflows.read_messages import languages_of
from inforce.workflows.read_record import opened
from inforce.workflows.settings import Settings
from inforce.workflows.site_archive import site_archive
from inforce.workflows.site_notices import site_notices


@dataclass(frozen=True, slots=True)
class Report:
    """What an export found and did: how many notices there are, how many are told by then, and the files written."""

    notices: int
    told: int
    files: int
    written: int


def export_notices(settings: Settings, door: Door, at: datetime, out: Path, progress: Progress | None = None) -> Report:
    """Write every file of the notices, as the site of that instant has them; nothing where anything is wrong.

    All are made before one is written. Each is replaced whole, and the index last, so that whoever reads meanwhile
    finds what it names.

    Args:
        settings: where the record lies.
        door: the clock.
        at: as of which instant.
        out: the folder; what else lies there is left alone.
        progress: told of each commit.

    Raises:
        ConfigurationError: no notices are wanted, or the authority is another than before.
        RecordError: the record or the archive has errors, or the folder cannot be written to.
    """
    with opened(settings, door, progress) as source:
        if source.record.errors:
            raise RecordError(source.record.errors)
        authority = settled_authority(settings, source, at)
        if authority is None:
            raise ConfigurationError([Problem(settings.file, "plugins: inforce: `notices` is missing", TODO)])
        archive, record = site_archive(settings, source.record, at), source.record.as_of(at)
        notices = site_notices(settings, authority, record, archive, as_of=at, languages=languages_of(settings))
    files = list(notices.files())
    try:
        with staged(out) as staging:
            for place, data in files:
                staging.write(place, data)
            written = staging.replace()
    except OSError as wrong:
        what = f"the notices cannot be written: {wrong.strerror or wrong}"
        raise RecordError([Problem(str(wrong.filename or out), what, "name another folder: --out DIR")]) from None
    return Report(len(notices.all), len(notices.told), len(files), written)
