"""Reads a secret from where the operator put it: a file's first line, or the environment."""

from __future__ import annotations

import os
from pathlib import Path

from inforce.core.errors import ConfigurationError, Problem
from inforce.core.secret import Secret


def secret_of(secret: Secret | None, folder: Path) -> str | None:
    """The secret; None where none is asked for; relative paths begin in the folder.

    Raises:
        ConfigurationError: it is not there, or empty.
    """
    if secret is None:
        return None
    place = secret.file or f"${secret.variable}"
    try:
        if secret.file:
            lines = (folder / secret.file).read_text(encoding="utf-8").splitlines()
            found = lines[0] if lines else ""
        else:
            found = os.environ.get(secret.variable, "")
    except (OSError, UnicodeDecodeError) as wrong:
        what = f"this secret cannot be read: {getattr(wrong, 'strerror', None) or 'it is not UTF-8'}"
        raise ConfigurationError([Problem(place, what, "put it there, and let this program read it")]) from None
    if not found:
        raise ConfigurationError([Problem(place, "this secret is empty or not there", "put it there")])
    return found
