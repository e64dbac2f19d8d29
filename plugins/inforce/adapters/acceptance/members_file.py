"""Who registered, and when: a CSV file of the company's (RFC 4180, UTF-8), read as a stream.

::

    subject,registered
    u-1077,2018-04-20T11:59:00+09:00

The first line has the names of the columns, in any order; other columns are left alone. A line that is broken is told
with its number and left out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from inforce.core.errors import ConfigurationError, Problem
from inforce.core.instant import parse_instant
from inforce.core.register import Member
from inforce.formats.acceptance.request_json import SUBJECT

_COLUMNS = ("subject", "registered")


def read_members(path: Path, tell: Callable[[Problem], None]) -> Iterator[Member]:
    """Everybody in the file.

    Args:
        path: the file.
        tell: told of every line that is left out.

    Raises:
        ConfigurationError: the file cannot be read, or its first line does not name the columns.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file, strict=True)
            missing = [name for name in _COLUMNS if name not in (lines.fieldnames or ())]
            if missing:
                what, todo = f"the column `{missing[0]}` is missing", "write into the first line: subject,registered"
                raise ConfigurationError([Problem(str(path), what, todo, 1)])
            for line in lines:
                try:
                    yield _member(line)
                except ValueError as wrong:
                    todo = "mend the line; the others are read all the same"
                    tell(Problem(str(path), str(wrong), todo, lines.line_num))
    except OSError as wrong:
        todo = "name the file with the members"
        raise ConfigurationError([Problem(str(path), f"this cannot be read: {wrong.strerror}", todo)]) from None
    except (UnicodeDecodeError, csv.Error) as wrong:
        todo = "save it as CSV in UTF-8: a first line of subject,registered, and a line for each member"
        raise ConfigurationError([Problem(str(path), f"this is no CSV file: {wrong}", todo)]) from None


def _member(line: dict[str | None, str | None]) -> Member:
    subject, registered = (line.get(name) or "" for name in _COLUMNS)
    if not subject:
        raise ValueError("there is no subject")
    if not re.fullmatch(SUBJECT, subject):
        raise ValueError("this subject is no id that the register knows people by: ASCII without spaces and without @")
    if not registered:
        raise ValueError("`registered` is empty")
    instant = parse_instant(registered)
    if instant is None:
        raise ValueError(f"`{registered}` is no instant with an offset, as 2018-04-20T11:59:00+09:00")
    return Member(subject, instant)
