"""The options that a workflow needs, checked already."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inforce.core.acceptance_option import AcceptanceOption
from inforce.core.notice import Authority
from inforce.core.signing import Signing

TEST_ARCHIVE = "test-signed"
"""The folder, beside `mkdocs.yml`, of PDFs that a throw-away key signed."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the record lies and which branch is the published one.

    `folder` holds `mkdocs.yml` and `policy_versions/`; `previous` is the address or path of the previous build's
    `postings.json`, empty where there is none (rule 7); `messages` the folder of message files that the site
    adds, relative to `folder`, empty where there is none. `cache` is the folder in which what was made is kept for the
    next build, None where none are; `workers` is the number of processes that may work at once.

    `root` is the site's address with a slash at its end, empty where it is not said. `archive` is where signed PDFs are
    kept: a folder relative to `folder`, or any fsspec address (`s3://bucket/prefix`); empty where no PDFs are wanted.
    `paper` is `A4` or `Letter`, `fonts` are further families of fonts for PDFs. `signing` is None where no key is
    named: a throw-away test key signs then. `file` is what `mkdocs.yml` is called.

    `name` is what the site is called, `language` that of the theme's own words. `notices` says in whose name notices
    are called; without it there are none. `acceptance` says where a register of acceptances answers; without it none is
    spoken of.
    """

    folder: Path
    branch: str = "main"
    previous: str = ""
    messages: str = ""
    cache: Path | None = None
    workers: int = 1
    root: str = ""
    archive: str = ""
    paper: str = "A4"
    fonts: tuple[str, ...] = ()
    signing: Signing | None = None
    file: str = "mkdocs.yml"
    name: str = ""
    language: str = "en"
    notices: Authority | None = None
    acceptance: AcceptanceOption | None = None
