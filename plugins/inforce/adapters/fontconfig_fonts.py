"""Fontconfig: finds the fonts in which PDFs are set, and no others.

What is hidden here: fontconfig reads its configuration from a file that the environment names, once; ours knows the
usual folders of fonts and nothing of a machine's own preferences, which would give other bytes on each machine.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from weasyprint.text.ffi import ffi, fontconfig
from weasyprint.text.fonts import FontConfiguration

from inforce.core.errors import ConfigurationError, Problem
from inforce.formats.pdf.fonts import FAMILIES, NEEDED

_VARIABLE = "FONTCONFIG_FILE"
_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "/Library/Fonts",
    "~/Library/Fonts",
    "/opt/homebrew/share/fonts",
)
_TODO = (
    "install them (scripts/set-up does; Debian's packages are fonts-noto-core, fonts-noto-cjk, fonts-noto-mono, "
    "fonts-symbola and fontconfig)"
)
_TODO_FONTS = "install it, or write the name as `fc-list : family` has it"
_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors."""


@lru_cache(4)
def fonts(more: tuple[str, ...] = ()) -> FontConfiguration:
    """The fonts, found once by each process: ours, and those of further families.

    Raises:
        ConfigurationError: some are not there.
    """
    with _configured(more):
        found = FontConfiguration()
    families = _families(found)
    problems = [
        Problem("mkdocs.yml", f"plugins: inforce: fonts: no font of the family `{name}` is installed", _TODO_FONTS)
        for name in more
        if name not in families
    ]
    if missing := sorted(set(NEEDED) - families):
        problems.append(Problem("fonts", f"PDFs cannot be set without the fonts {', '.join(missing)}", _TODO))
    if problems:
        raise ConfigurationError(problems)
    return found


def lacking(text: str, more: tuple[str, ...] = ()) -> list[str]:
    """The characters of a text that no font has, each once; not those that are not seen.

    Raises:
        ConfigurationError: fonts are missing, or the program `fc-list`, which knows what they have.
    """
    covered = _covered(more)
    seen = dict.fromkeys(text)
    return [one for one in seen if ord(one) not in covered and not _is_unseen(one)]


def _is_unseen(character: str) -> bool:
    """Whether a character has no glyph of its own: controls, spaces, and what only chooses the form of another."""
    return unicodedata.category(character)[0] in "CZ" or _SELECTOR.fullmatch(character) is not None


@lru_cache(4)
def _covered(more: tuple[str, ...]) -> frozenset[int]:
    """Every code point for which one of the fonts has a glyph."""
    fonts(more)
    with _configured(more):
        try:
            listed = subprocess.run(["fc-list", "--format", "%{charset}\n"], capture_output=True, check=True).stdout
        except (OSError, subprocess.CalledProcessError):
            problem = Problem("fonts", "the program fc-list does not run: what fonts have is not known", _TODO)
            raise ConfigurationError([problem]) from None
    found: set[int] = set()
    for stretch in set(listed.decode("ascii", "replace").split()):
        first, _, last = stretch.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(found)


def configuration(more: tuple[str, ...] = ()) -> str:
    """Our configuration for fontconfig (fonts-conf(5)), with further families."""
    accepted = "".join(
        f'<pattern><patelt name="family"><string>{escape(name)}</string></patelt></pattern>'
        for name in (*FAMILIES, *more)
    )
    return "\n".join(
        [
            '<?xml version="1.0"?>',
            '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
            "<fontconfig>",
            *(f"<dir>{folder}</dir>" for folder in _FOLDERS),
            '<dir prefix="xdg">fonts</dir>',
            "<cachedir>/var/cache/fontconfig</cachedir>",
            '<cachedir prefix="xdg">fontconfig</cachedir>',
            f"<selectfont><acceptfont>{accepted}</acceptfont><rejectfont><pattern/></rejectfont></selectfont>",
            "</fontconfig>",
        ]
    )


@contextmanager
def _configured(more: tuple[str, ...]) -> Iterator[None]:
    """Meanwhile, fontconfig finds our configuration."""
    before = os.environ.get(_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="inforce-fonts-") as folder:
        place = Path(folder) / "fonts.conf"
        place.write_text(configuration(more), "utf-8")
        os.environ[_VARIABLE] = str(place)
        try:
            yield
        finally:
            if before is None:
                del os.environ[_VARIABLE]
            else:
                os.environ[_VARIABLE] = before


def _families(found: Any) -> set[str]:
    """The families of the fonts that were found, by each of their names."""
    fonts = fontconfig.FcConfigGetFonts(found._config, fontconfig.FcSetSystem)  # noqa: SLF001 - nothing else tells
    if fonts == ffi.NULL:
        return set()
    return {name for place in range(fonts.nfont) for name in _names(fonts.fonts[place])}


def _names(pattern: Any) -> Iterator[str]:
    name = ffi.new("FcChar8 **")
    number = 0
    while fontconfig.FcPatternGetString(pattern, b"family", number, name) == fontconfig.FcResultMatch:
        yield ffi.string(ffi.cast("char *", name[0])).decode("utf-8", "replace")
        number += 1
