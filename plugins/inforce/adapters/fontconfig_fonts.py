"""Fontconfig: finds the fonts in which PDFs are set, and no others.

What is hidden here: fontconfig reads its configuration from a file that the environment names, once; ours knows the
usual folders of fonts and nothing of a machine's own preferences, which would give other bytes on each machine.
"""

from __future__ import annotations

import os
import tempfile
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
    "install Noto's fonts (scripts/set-up does; Debian's packages are fonts-noto-core, fonts-noto-cjk and "
    "fonts-noto-mono)"
)


@lru_cache(1)
def fonts() -> FontConfiguration:
    """The fonts, found once by each process.

    Raises:
        ConfigurationError: some are not there.
    """
    with _configured():
        found = FontConfiguration()
    missing = sorted(set(NEEDED) - _families(found))
    if missing:
        what = f"PDFs cannot be set without the fonts {', '.join(missing)}"
        raise ConfigurationError([Problem("fonts", what, _TODO)])
    return found


def configuration() -> str:
    """Our configuration for fontconfig (fonts-conf(5))."""
    accepted = "".join(
        f'<pattern><patelt name="family"><string>{escape(name)}</string></patelt></pattern>' for name in FAMILIES
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
def _configured() -> Iterator[None]:
    """Meanwhile, fontconfig finds our configuration."""
    before = os.environ.get(_VARIABLE)
    with tempfile.TemporaryDirectory(prefix="inforce-fonts-") as folder:
        place = Path(folder) / "fonts.conf"
        place.write_text(configuration(), "utf-8")
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
