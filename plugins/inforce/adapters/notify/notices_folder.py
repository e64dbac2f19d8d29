"""A site's notices from its folder, or from the folder into which they alone were exported.

Nothing outside the folder is read, wherever links in it lead.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from inforce.core.errors import ConfigurationError, NotThereError, Problem, RecordError

_DIGEST = "digest"


class FolderReader:
    """Reads files below a folder."""

    def __init__(self, folder: Path) -> None:
        """Begin with the folder.

        Raises:
            ConfigurationError: there is none.
        """
        self.place = str(folder)
        self.warnings: list[Problem] = []
        self.clock: datetime | None = None
        if not folder.is_dir():
            todo = "name the folder of a built site (the one that has `notices/` in it), or its https:// address"
            raise ConfigurationError([Problem(self.place, "there is no such folder", todo)])
        self._folder = folder.resolve()

    def address(self, url: str) -> str:
        """What a person calls a file."""
        return f"{self.place.rstrip('/')}/{url}"

    def read(self, url: str, most: int) -> bytes:
        """The bytes of a file.

        Raises:
            RecordError: it cannot be read, lies elsewhere, or has more bytes than `most`.
        """
        try:
            path = (self._folder / url).resolve(strict=True)
            if not path.is_relative_to(self._folder):
                raise self._wrong(url, "this leads out of the folder", "copy the file into it; links are not followed")
            if not stat.S_ISREG(path.stat().st_mode):
                raise self._wrong(url, "this is no file", "build the site again")
            with path.open("rb") as file:
                data = file.read(most + 1)
        except FileNotFoundError:
            todo = "look whether `site` names the right folder, and its `mkdocs.yml` has the option `notices`"
            raise NotThereError([Problem(self.address(url), "there is no such file", todo)]) from None
        except (OSError, ValueError, RuntimeError) as wrong:
            reason = getattr(wrong, "strerror", None) or str(wrong)
            raise self._wrong(url, f"this cannot be read: {reason}", "let the job read the folder") from None
        if len(data) > most:
            raise self._wrong(url, f"this is larger than {most} bytes", "look whether it is what the site was built as")
        return data

    def read_newer(self, url: str, most: int, validators: Mapping[str, str]) -> tuple[bytes, dict[str, str]] | None:
        """The bytes of a file and by what to know them again; None where it is what it was; raises as `read` does."""
        data = self.read(url, most)
        digest = hashlib.sha256(data).hexdigest()
        return None if validators.get(_DIGEST) == digest else (data, {_DIGEST: digest})

    def close(self) -> None:
        """Nothing is held."""

    def _wrong(self, url: str, what: str, todo: str) -> RecordError:
        return RecordError([Problem(self.address(url), what, todo)])
