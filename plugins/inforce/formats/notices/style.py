"""The style sheet with which a feed is readable in a browser: browsers are giving up XSLT, and all know CSS."""

from __future__ import annotations

from importlib.resources import files


def feed_style() -> bytes:
    """The style sheet."""
    return files(__package__).joinpath("feed.css").read_bytes()
