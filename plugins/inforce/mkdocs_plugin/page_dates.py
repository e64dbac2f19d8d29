"""Which pages the sitemap lists, and since when each says what it says.

A page of ours changed with the last posting or effect that it tells of; an ordinary page with the last commit of the
published branch that changed its file; home with the later of both. The instant of the build has no part in this.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from mkdocs.structure.files import File, Files

from inforce.core.address import RECEIPT
from inforce.mkdocs_plugin.pages import Pages


def dated(files: Files, ours: Pages, permanent: Iterable[str], root: str) -> dict[str, datetime | None]:
    """The whole address of each page that search engines may list, with its last change, in order of address.

    Args:
        files: those of MkDocs, for the pages that it makes.
        ours: says what is known of the record's pages.
        permanent: the addresses of the permanent pages that may be listed.
        root: the site's address, with a slash at its end.
    """
    pages = files.documentation_pages()
    sources = {_place(file): Path(file.abs_src_path) for file in pages if file.abs_src_path}
    committed = ours.site.source.last_changed(sources.values())
    places = {*map(_place, pages), *permanent} - {RECEIPT}

    def changed(place: str) -> datetime | None:
        known = [ours.last_change(place), committed.get(sources[place]) if place in sources else None]
        return max((instant for instant in known if instant is not None), default=None)

    return {f"{root}{place}": changed(place) for place in sorted(places)}


def _place(file: File) -> str:
    """The address of a file's page below the root; MkDocs calls home `./`."""
    return file.url.removeprefix("./")
