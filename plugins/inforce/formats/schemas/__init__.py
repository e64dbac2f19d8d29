"""The JSON Schemas of the published formats: they ship with the package and lie on the site."""

from __future__ import annotations

from importlib.resources import files


def schema(name: str) -> bytes:
    """The schema of that name, one of `NAMES`."""
    return files(__name__).joinpath(f"{name}.schema.json").read_bytes()


NAMES = (
    "acceptance-row",
    "clauses",
    "in-force",
    "manifest",
    "notice",
    "notices",
    "policies",
    "postings",
    "receipt",
    "record",
    "redline",
    "verdict",
)
