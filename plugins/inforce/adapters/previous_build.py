"""What the previous build published, from files or from the site: `postings.json` (rule 7), the archive's manifest."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

from inforce.core.address import ARCHIVE
from inforce.core.archive import MANIFEST, Manifest
from inforce.core.errors import Problem, RecordError
from inforce.core.record import Published
from inforce.formats.manifest_json import parse_manifest
from inforce.formats.notices.json import INDEX
from inforce.formats.postings_json import parse_postings

T = TypeVar("T")
_SECONDS = 30
_MOST_BYTES = 64 << 20
_NOT_THERE = (404, 410)
"""How a server says that."""


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
        return parse_postings(_read(place, folder))
    except (OSError, URLError, HTTPException) as wrong:
        what = f"the previous build's postings cannot be read: {getattr(wrong, 'reason', None) or wrong}"
        todo = (
            "give the `postings.json` that is published now; only for the very first build is `previous` empty (rule 7)"
        )
    except ValueError as wrong:
        what = f"this is not what a build writes into postings.json: {wrong}"
        todo = "give the `postings.json` that is published now, unchanged (rule 7)"
    raise RecordError([Problem(place, what, todo)])


def read_previous_manifest(place: str, folder: Path) -> Manifest | None:
    """What the previous build published of its archive; None where it had none.

    Args:
        place: of its `postings.json`, as for `read_previous`.
        folder: where `mkdocs.yml` lies.

    Raises:
        RecordError: it cannot be read, or is not what a build publishes.
    """
    todo = "if there was none, say so once: --new-archive"
    return _beside(place, folder, f"{ARCHIVE}{MANIFEST}", parse_manifest, ("whether an archive was published", todo))


def read_previous_authority(place: str, folder: Path) -> str | None:
    """With what the identities of the notices begin that the previous build published; None where it had none.

    Args:
        place: of its `postings.json`, as for `read_previous`.
        folder: where `mkdocs.yml` lies.

    Raises:
        RecordError: it cannot be read, or is not what a build publishes.
    """
    todo = "give the site that is published now, unchanged (rule 7)"
    return _beside(place, folder, INDEX, _authority, ("how notices were called", todo))


def _authority(index: bytes) -> str:
    try:
        return str(json.loads(index)["authority"])
    except (KeyError, TypeError, RecursionError):
        raise ValueError("it has another shape than schemas/notices.schema.json says") from None


def _beside(place: str, folder: Path, name: str, parse: Callable[[bytes], T], untold: tuple[str, str]) -> T | None:
    """A file of the previous site, found beside its `postings.json`; None where it had none.

    `untold` says what cannot be told without it, and what to do.
    """
    if not place:
        return None
    beside = urljoin(place, name)
    try:
        return parse(_read(beside, folder))
    except FileNotFoundError:
        return None
    except (OSError, URLError, HTTPException, ValueError) as wrong:
        if isinstance(wrong, HTTPError) and wrong.code in _NOT_THERE:
            return None
        reason = getattr(wrong, "reason", None) or wrong
    what, todo = untold
    raise RecordError([Problem(beside, f"{what} cannot be told: {reason}", todo)])


def _read(place: str, folder: Path) -> bytes:
    return _fetch(place) if urlsplit(place).scheme in ("http", "https") else (folder / place).read_bytes()


def _fetch(address: str) -> bytes:
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310 - http and https alone, see above
    with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310
        data: bytes = answer.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES} bytes")
    return data
