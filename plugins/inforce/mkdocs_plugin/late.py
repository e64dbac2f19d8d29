"""Marks in a page for what is known only when it is written: the text of a revision, and whatever tells the present.

What a page of a policy says changes with postings and effects, not with every build. So it is made with marks, can be
kept from build to build, and gets what belongs to this one in their place. A mark stands between two characters that no
text of a record can hold (private use, rule 10): `TEXT` for the text of the revision that the page shows, `LISTED` and
`REDLINE` for what the revision changed, `PICTURE` for the picture of the timeline and its legend, three for what
somebody is asked to accept, and three for the instant of the build, in a time zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from markupsafe import Markup

_MARK = re.compile("\ue000([^\ue001]*)\ue001")


def _mark(*words: str) -> Markup:
    return Markup("\ue000{}\ue001").format("|".join(words))


TEXT, PICTURE = _mark("text"), _mark("picture")
LISTED, REDLINE = _mark("listed"), _mark("redline")


def article_of(policy: str, revision: str, audience: str) -> Markup:
    """Stands for what the audience is asked of a revision: the whole article."""
    return _mark("article", policy, revision, audience)


def asked_part_of(policy: str, revision: str, audience: str) -> Markup:
    """Stands for the end of that article: what is asked, without the text."""
    return _mark("asked", policy, revision, audience)


def effect_of(policy: str, revision: str, audience: str) -> Markup:
    """Stands for what that article says of when the text takes effect."""
    return _mark("effect", policy, revision, audience)


def as_of_instant(zone: str) -> Markup:
    """Stands for the instant as data has it."""
    return _mark("instant", zone)


def as_of_moment(language: str, zone: str, *, exactly: bool = False) -> Markup:
    """Stands for the instant in words of a language; with its seconds where they are wanted."""
    return _mark("moment-exactly" if exactly else "moment", zone, language)


def is_marked(html: str) -> bool:
    """Whether the HTML has any mark."""
    return "\ue000" in html


def filled(html: str, late: Callable[[str, Sequence[str]], str]) -> str:
    """The HTML with what belongs in the place of each mark, given by the mark's name and its further words."""
    if not is_marked(html):
        return html

    def found(mark: re.Match[str]) -> str:
        name, *arguments = mark[1].split("|")
        return late(name, arguments)

    return _MARK.sub(found, html)
