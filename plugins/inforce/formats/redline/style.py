"""How a redline looks: on a site's pages, and on a page that is whole by itself."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files as resources

PALETTE = {
    "deleted": ("#9b1c1c", "#ffa8a8"),
    "deleted-ground": ("#fdecec", "#40191c"),
    "inserted": ("#0b3c9c", "#a5c8ff"),
    "inserted-ground": ("#e9f0fd", "#152a4d"),
    "moved": ("#145a2c", "#93dfab"),
    "moved-ground": ("#e8f5ec", "#143420"),
    "bar": ("#8a4b00", "#e3a95c"),
    "quiet": ("#525c69", "#aeb7c4"),
    "line": ("#868f9c", "#6f7a89"),
}
"""The colours by their names, on light paper and on dark."""
PAPER = {"page": ("#ffffff", "#1b1e25"), "ink": ("#1c222b", "#e6e9ee")}
"""Those that the theme gives on a site."""


def site_style() -> str:
    """The style for pages of a site, in the colours of the theme's schemes."""
    dark = '[data-md-color-scheme="slate"],\n[data-bs-theme="dark"]'
    return "\n".join([_light(PALETTE, f":root,\n{dark}", dark), _source("redline.css")])


def page_style() -> str:
    """The style of a page that is whole by itself, light or dark as the reader's system is."""
    colours = {**PALETTE, **PAPER}
    dark = _rule(":root", colours, is_dark=True)
    return "\n".join(
        [
            _rule(":root", colours),
            f"@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n",
            _source("redline.css"),
            _source("page.css"),
        ]
    )


def _light(colours: dict[str, tuple[str, str]], every: str, dark: str) -> str:
    """The colours of a site: on paper always the light ones."""
    on_screen = _rule(":root", colours) + _rule(dark, colours, is_dark=True)
    return f"{on_screen}\n@media print {{\n{_rule(every, colours)}}}\n"


def _rule(selector: str, colours: dict[str, tuple[str, str]], *, is_dark: bool = False) -> str:
    lines = "".join(f"  --inforce-{name}: {pair[is_dark]};\n" for name, pair in colours.items())
    return f"{selector} {{\n{lines}}}\n"


@lru_cache
def _source(name: str) -> str:
    return resources(__package__).joinpath(name).read_text("utf-8")
