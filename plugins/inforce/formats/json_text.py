"""JSON as Inforce writes it: UTF-8, keys sorted, two-space indent, newline at the end."""

from __future__ import annotations

import json
from typing import Any

Json = dict[str, Any]
"""An object of JSON."""


def to_json(value: object) -> bytes:
    """The value as JSON; the same value gives the same bytes."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
