"""Read the message files that a site adds: further languages, or its own words in the place of ours."""

from __future__ import annotations

from pathlib import Path

from inforce.core.errors import ConfigurationError, Problem
from inforce.formats.messages import SUFFIX, Languages, parse_messages
from inforce.workflows.settings import Settings


def languages_of(settings: Settings) -> Languages:
    """Every language that the pages of a site can be written in.

    Raises:
        ConfigurationError: the folder of messages is not there, or what is wrong with its files, told together.
    """
    return Languages(_read(settings)) if settings.messages else Languages()


def _read(settings: Settings) -> dict[str, dict[str, str]]:
    folder = settings.folder / settings.messages
    if not folder.is_dir():
        what = f"plugins: inforce: messages: there is no folder {settings.messages}"
        raise ConfigurationError([Problem("mkdocs.yml", what, "make it, or take the option out")])
    found: dict[str, dict[str, str]] = {}
    problems: list[Problem] = []
    for file in sorted(folder.iterdir()):
        if file.suffix not in (SUFFIX, ".yaml"):
            continue
        path = (Path(settings.messages) / file.name).as_posix()
        if file.suffix != SUFFIX or file.stem.lower() in map(str.lower, found):
            problems.append(Problem(path, "this file is not read", f"write one file for each language: ja{SUFFIX}"))
            continue
        reading = parse_messages(file.read_bytes(), file.stem)
        problems += [Problem.of(fault, path) for fault in reading.faults]
        found[file.stem] = dict(reading.value or {})
    if problems:
        raise ConfigurationError(problems)
    return found
