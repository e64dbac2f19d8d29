"""The previous build's `postings.json`, from a file or from the site where it lies (rule 7)."""

from __future__ import annotations

from collections.abc import Sequence
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from inforce.core.errors import Problem, RecordError
from inforce.core.record import Published
from inforce.formats.postings_json import parse_postings

_SECONDS = 30
_MOST_BYTES = 64 << 20


def read_previous(place: str, folder: Path) -> Sequence[Published]:
    """What the previous build published.

    Args:
        place: an `https://` (or `http://`) address, or a path, relative to the folder; empty: there is none.
        folder: where `mkdocs.yml` lies.

    Raises:
        RecordError: it is not there, or not what a build writes.
    """
    if not place:
        return ()
    try:
        data = _fetch(place) if urlsplit(place).scheme in ("http", "https") else (folder / place).read_bytes()
        return parse_postings(data)
    except (OSError, URLError, HTTPException) as wrong:
        what = f"the previous build's postings cannot be read: {getattr(wrong, 'reason', None) or wrong}"
        todo = (
            "give the `postings.json` that is published now; only for the very first build is `previous` empty (rule 7)"
        )
    except ValueError as wrong:
        what = f"this is not what a build writes into postings.json: {wrong}"
        todo = "give the `postings.json` that is published now, unchanged (rule 7)"
    raise RecordError([Problem(place, what, todo)])


def _fetch(address: str) -> bytes:
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310 - http and https alone, see above
    with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
        data: bytes = answer.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES} bytes")
    return data
