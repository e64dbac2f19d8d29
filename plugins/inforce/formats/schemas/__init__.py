"""The JSON Schemas of the published formats: they ship with the package and lie on the site."""

from __future__ import annotations

from importlib.resources import files


def schema(name: str) -> bytes:
    """The schema of that name: `clauses`, `in-force`, `manifest`, `notice`, `notices`, `policies`, `postings`,
    `record`, `redline` or `verdict`.
    """
    return files(__name__).joinpath(f"{name}.schema.json").read_bytes()


NAMES = ("clauses", "in-force", "manifest", "notice", "notices", "policies", "postings", "record", "redline", "verdict")
