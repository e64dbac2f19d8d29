"""The content of a page, which goes into the theme's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inforce.formats.page_head import NO_INDEX
from inforce.formats.text.markdown import Heading
from inforce.mkdocs_plugin import late

PAGE = "index.html"
"""The file of a page, in the folder of its address."""
ASSETS = "assets/inforce/"
"""Where our styles and scripts lie on the site."""
Link = tuple[str, str]
"""A page of the site: its address, and its title."""


@dataclass(frozen=True, slots=True)
class Content:
    """What goes into the theme's page: title, description, HTML, headings, and whether search engines may list it.

    `head` is HTML for the end of the page's head. `shows` names the revision whose text belongs where the HTML has the
    mark for it (see `late`), `compares` the one whose changes do. `is_permanent` says that whatever its marks stand for
    is settled by what else the page says.
    """

    address: str
    title: str
    description: str
    html: str
    headings: Sequence[Heading] = ()
    is_listed: bool = True
    head: str = ""
    shows: str | None = None
    compares: str | None = None
    is_permanent: bool = False

    @property
    def whole_head(self) -> str:
        """The end of the page's head, with the word to search engines."""
        return self.head if self.is_listed else f"{NO_INDEX}{self.head}"

    @property
    def is_of_any_time(self) -> bool:
        """Whether nothing on the page is of the build's instant: it stays as it is until its content is another."""
        is_settled = self.compares is not None or self.is_permanent
        return is_settled or (self.shows is None and not late.is_marked(self.html))
