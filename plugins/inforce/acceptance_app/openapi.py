"""What can be called: OpenAPI 3.1."""

from __future__ import annotations

from typing import Any


def description(address: str) -> dict[str, Any]:
    """The description of the app at an address."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Acceptances", "version": "1"},
        "servers": [{"url": address}],
        "paths": {},
    }
