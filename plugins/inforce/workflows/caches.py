"""The folder in which a run keeps what the next one can use."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inforce.adapters.cache import Cache, clear_out, edition, open_cache
from inforce.formats.text.markdown import CONFIGURATION
from inforce.workflows.progress import Progress
from inforce.workflows.settings import Settings


@contextmanager
def cache_folder(settings: Settings, progress: Progress) -> Iterator[Path]:
    """The folder for caches that the settings name, or one for this run alone."""
    with tempfile.TemporaryDirectory(prefix="inforce-") as for_now:
        folder = settings.cache or Path(for_now)
        try:
            open_cache(folder, "html", "")
        except OSError as wrong:
            progress.say(f"the cache {folder} cannot be used, and nothing is kept: {wrong.strerror}")
            folder = Path(for_now)
        yield folder
        clear_out(folder)


def html_cache(folder: Path) -> Cache:
    """Where texts are kept as HTML."""
    return open_cache(folder, "html", f"{edition()} {CONFIGURATION}")


def redlines_cache(folder: Path) -> Cache:
    """Where the identities of clauses and the redlines are kept."""
    return open_cache(folder, "redlines", edition())


def presentations_cache(folder: Path) -> Cache:
    """Where the digests of what people are asked to accept are kept."""
    return open_cache(folder, "presentations", f"{edition()} {CONFIGURATION}")
