"""ZIP archives whose bytes depend on nothing but what is in them.

Members are stored as they are: PDFs are compressed already, and what a deflater writes depends on its version. They
have the earliest time that the format can tell (1 January 1980), so that two builds give the same bytes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_UNIX = 3
_PIECE = 1 << 20


def write_zip(path: Path, members: Iterable[tuple[str, bytes | Path]]) -> None:
    """Write an archive; a member is its name there, with its bytes or the file that has them."""
    with ZipFile(path, "x", ZIP_STORED) as archive:
        for name, what in members:
            info = ZipInfo(name, _TIME)
            info.external_attr, info.create_system = _MODE, _UNIX
            info.file_size = len(what) if isinstance(what, bytes) else what.stat().st_size
            with archive.open(info, "w") as member:
                if isinstance(what, bytes):
                    member.write(what)
                else:
                    with what.open("rb") as file:
                        shutil.copyfileobj(file, member, _PIECE)
