"""The manifest that a site publishes, fetched from its address or read in the folder of a built site."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message
from http.client import HTTPException
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from inforce.core.address import ARCHIVE
from inforce.core.archive import MANIFEST
from inforce.core.errors import ConfigurationError, Problem, RecordError

_SECONDS = 30
_MOST_BYTES = 32 << 20
_PLACE = f"{ARCHIVE}{MANIFEST}"


def read_published(site: str) -> bytes:
    """The manifest of a site.

    Args:
        site: its address, `https://` alone; or the folder of a built site, or of an archive.

    Raises:
        ConfigurationError: an address without a secure connection, or neither an address nor a folder.
        RecordError: it is not there.
    """
    scheme = urlsplit(site).scheme
    if scheme == "https":
        address = f"{site.rstrip('/')}/{_PLACE}"
        return _told(site, f"see that {address} can be opened from here", lambda: _fetched(address))
    if "://" in site:
        what = f"an address that begins with `{scheme}://` cannot be trusted"
        todo = f"write https://{site.partition('://')[2]}, or name the folder of the built site"
        raise ConfigurationError([Problem(site, what, todo)])
    if not Path(site).is_dir():
        todo = f"write https://{site} if it is the address of a site, or else name the folder of a built one"
        raise ConfigurationError([Problem(site, "is no folder that is there, and no address", todo)])
    return _told(site, f"see that the folder has {_PLACE}", lambda: _read(Path(site)))


def _read(folder: Path) -> bytes:
    place = next((one for one in (folder / _PLACE, folder / MANIFEST) if one.is_file()), folder / _PLACE)
    with place.open("rb") as file:
        return _bounded(file)


def _fetched(address: str) -> bytes:
    request = Request(address, headers={"Accept": "application/json"})  # noqa: S310 - https alone, see above
    with build_opener(_Secure()).open(request, timeout=_SECONDS) as answer:
        return _bounded(answer)


def _bounded(file: IO[bytes]) -> bytes:
    data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise OSError(f"it is larger than {_MOST_BYTES >> 20} MiB")
    return data


def _told(site: str, first: str, read: Callable[[], bytes]) -> bytes:
    try:
        return read()
    except (OSError, URLError, HTTPException, ValueError) as wrong:
        why = getattr(wrong, "reason", None) or getattr(wrong, "strerror", None) or wrong
        todo = f"{first}; or leave out --site, and say whom to trust with --trust"
        raise RecordError([Problem(site, f"the manifest that it publishes cannot be read: {why}", todo)]) from None


class _Secure(HTTPRedirectHandler):
    """Follows no way out of https."""

    def redirect_request(  # noqa: PLR0913, PLR0917 - urllib's
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> Request | None:
        """Refuse what is not secure."""
        if urlsplit(newurl).scheme != "https":
            raise URLError("it leads to an address without a secure connection")
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]
