"""The clock, read once, at the door (rule 11)."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from inforce.core.errors import ConfigurationError, Problem

VARIABLE = "SOURCE_DATE_EPOCH"


@dataclass(frozen=True, slots=True)
class Door:
    """The instant that a run asks about, and the latest that anybody's clock can show.

    `asked` is `SOURCE_DATE_EPOCH` where that is set (reproducible builds), else the clock. `latest` is the later of the
    two: a posting after it lies in the future (rule 9); one between the two is merely not there yet.
    """

    asked: datetime
    latest: datetime


def read_clock() -> Door:
    """Read the clock and the environment.

    Raises:
        ConfigurationError: `SOURCE_DATE_EPOCH` is no whole number of seconds.
    """
    now = datetime.fromtimestamp(int(time.time()), UTC)
    said = os.environ.get(VARIABLE, "").strip()
    if not said:
        return Door(now, now)
    try:
        asked = datetime.fromtimestamp(int(said), UTC)
    except (ValueError, OverflowError, OSError):
        what = f"{VARIABLE}={said} is no number of seconds since 1970"
        raise ConfigurationError([Problem(VARIABLE, what, "set it to what `date +%s` prints, or unset it")]) from None
    return Door(asked, max(asked, now))
