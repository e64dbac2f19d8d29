"""The options that a workflow needs, checked already."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the record lies and which branch is the published one.

    `folder` holds `mkdocs.yml` and `policy_versions/`; `previous` is the address or path of the previous build's
    `postings.json`, empty where there is none (rule 7); `messages` the folder of message files that the site
    adds, relative to `folder`, empty where there is none. `cache` is the folder in which what was made is kept for the
    next build, None where none are; `workers` is the number of processes that may work at once.
    """

    folder: Path
    branch: str = "main"
    previous: str = ""
    messages: str = ""
    cache: Path | None = None
    workers: int = 1
