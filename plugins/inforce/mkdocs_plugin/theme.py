"""What of MkDocs' own structures our pages need: navigation, table of contents, a page of the theme."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import partial
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, DictLoader
from mkdocs.commands.build import get_context
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents, get_toc

from inforce.core.address import ACCEPTANCE, ARCHIVE, NOTICES, RECEIPT, compare_address, on_address
from inforce.core.record import PolicyRecord, Record
from inforce.formats.messages import Languages
from inforce.formats.page_head import with_canonical, with_head
from inforce.formats.redline.style import site_style
from inforce.mkdocs_plugin import shell as marks
from inforce.mkdocs_plugin.content import ASSETS, Content, Link
from inforce.mkdocs_plugin.notices import FEED
from inforce.mkdocs_plugin.shell import Shell

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.nav import Navigation
    from mkdocs.theme import Theme

STYLE = f"{ASSETS}inforce.css"
STALE = f"{ASSETS}stale.js"
"""The script of every page; it does nothing before a change is due."""
FEEDS = f"{ASSETS}feeds.js"
"""The script of every page that names feeds."""
INDEX = "index.md"
SPLICED = "inforce-spliced.html"
"""The template of pages that go the way of MkDocs' own, but for the theme's rendering: a shell is put around them."""
_MOST_IN_NAV = 20
_SEARCH = 'data-md-component="search" role="dialog"'
_SEARCH_FIELD = re.compile(r'<input\b[^>]*\bclass="md-search__input"[^>]*?(\baria-label="[^"]*")')
_CONTENTS, _CONTENTS_LABEL = ' id="__toc"', ' for="__toc"'


def as_markup(text: str) -> str:
    """A text for the theme, whose templates take titles and descriptions for markup."""
    return html.escape(text)


def are_in_nav(record: Record) -> bool:
    """Whether the navigation has the policies; beyond a certain number home alone lists them."""
    return len(record.policies) <= _MOST_IN_NAV


def generated_page(config: MkDocsConfig, source: str, *, is_in_nav: bool) -> File:
    """A page that MkDocs makes of nothing, for us to fill; MkDocs is told where the navigation does without it."""
    policy = source.partition("/")[0]
    asked = (on_address(policy), compare_address(policy), ARCHIVE, NOTICES, ACCEPTANCE)
    is_asked = source in [f"{place}{INDEX}" for place in asked]
    is_receipt = source == f"{RECEIPT}{INDEX}"  # Nobody comes there but with a receipt.
    is_left_out = not is_in_nav or is_receipt or (is_asked and config.nav is not None)
    inclusion = InclusionLevel.NOT_IN_NAV if is_left_out else InclusionLevel.UNDEFINED
    return File.generated(config, source, content="", inclusion=inclusion)


def has_search(config: MkDocsConfig) -> bool:
    """Whether there is a search that finds what stands in the pages that MkDocs makes."""
    return any(name.rpartition("/")[2] == "search" for name in config.plugins)


def with_policies(nav: list[Any], record: Record, languages: Languages) -> list[Any]:
    """The configured navigation, each policy's page and history coming right after its first entry.

    A policy's entries are in its own language, as its pages are.

    Revisions never are in the navigation, and more than a few policies are not: every page would grow with them.
    """
    if not are_in_nav(record):
        return nav
    return [*nav[:1], *(_entry(policy, languages) for policy in record.policies), *nav[1:]]


def page_for_auditors(files: Files) -> Link | None:
    """The site's own page for auditors, to which the home page links."""
    file = files.get_file_from_path("auditors.md")
    if file is None or file.page is None:
        return None
    return file.url, str(file.page.title or "auditors")


def _entry(policy: PolicyRecord, languages: Languages) -> dict[str, list[dict[str, str]]]:
    say = languages.messages_in(policy.terms.language)
    pages = {"nav.in_force": f"{policy.slug}/{INDEX}", "nav.history": f"{policy.slug}/history/{INDEX}"}
    return {as_markup(policy.terms.title): [{as_markup(say(key)): page} for key, page in pages.items()]}


def assets(config: MkDocsConfig) -> Iterator[File]:
    """Our style sheet and scripts, as files of the site; how redlines look is said once for all of their pages."""
    for asset in sorted(resources("inforce.mkdocs_plugin").joinpath("assets").iterdir(), key=lambda one: one.name):
        place = f"{ASSETS}{asset.name}"
        more = f"\n{site_style()}".encode() if place == STYLE else b""
        yield File.generated(config, place, content=asset.read_bytes() + more)


def scripts(*, with_notices: bool) -> Iterator[ExtraScriptValue]:
    """The scripts of every page, as the theme loads them: modules, which wait until the page is read."""
    for place in (STALE, FEEDS) if with_notices else (STALE,):
        script = ExtraScriptValue(place)
        script.type = "module"
        yield script


def feed_relation(theme: Theme) -> str:
    """As what pages link feeds: `alternate`, which `feeds.js` hides from Material while it looks at a page.

    It cannot where Material exchanges the content of pages. There a space at the end, which is no part of the word
    (HTML), keeps Material away, and with it those feed readers that look for the word to the letter.
    """
    return f"{FEED} " if "navigation.instant" in (theme.get("features") or ()) else FEED


def table_of_contents(content: Content) -> TableOfContents:
    """The headings as MkDocs' own table of contents."""
    roots: list[Any] = []
    path: list[dict[str, Any]] = []
    for heading in content.headings:
        token = {"level": heading.level, "id": heading.anchor, "name": as_markup(heading.words), "children": []}
        while path and path[-1]["level"] >= heading.level:
            path.pop()
        (path[-1]["children"] if path else roots).append(token)
        path.append(token)
    return get_toc(roots)


def mended(page: str) -> str:
    """A page of the theme without two faults of Material: a dialog without a name, and a label of nothing.

    The search gets the name that its field has. Other themes' pages stay as they are.
    """
    if (field := _SEARCH_FIELD.search(page)) is not None:
        page = page.replace(_SEARCH, f"{_SEARCH} {field[1]}", 1)
    return page if _CONTENTS in page else page.replace(_CONTENTS_LABEL, "")


class Shells:
    """The theme's pages with marks, each rendered when it is first wanted.

    A policy that is in the navigation has one of its own, in which its entries are marked as the active ones. All
    others share one for each depth of address, as relative addresses depend on nothing else.
    """

    def __init__(
        self, env: Environment, config: MkDocsConfig, nav: Navigation, files: Files, *, is_in_nav: bool
    ) -> None:
        """Keep what the theme renders with, and give it the template of the pages that are spliced.

        `is_in_nav` says whether the navigation has the policies.
        """
        env.loader = ChoiceLoader([DictLoader({SPLICED: ""}), *filter(None, [env.loader])])
        self._render = partial(_rendered, env, config, nav, files)
        self._is_in_nav = is_in_nav
        self._shells: dict[str, Shell] = {}

    def around(self, content: Content) -> str:
        """The whole page of that content."""
        return self.shell(content.address).around(content)

    def shell(self, address: str) -> Shell:
        """What goes around a page of that address."""
        policy, _, rest = address.partition("/")
        place = f"{policy if self._is_in_nav else marks.POLICY}/{f'{marks.ADDRESS}/' * rest.count('/')}"
        if place not in self._shells:
            self._shells[place] = self._render(place)
        return self._shells[place]

    def sources(self) -> Iterator[str]:
        """The pages with marks that were rendered so far."""
        return (shell.source for shell in self._shells.values())


def _rendered(env: Environment, config: MkDocsConfig, nav: Navigation, files: Files, place: str) -> Shell:
    """The theme's page for an address, rendered with marks."""
    file = File.generated(config, f"{place}{INDEX}", content="", inclusion=InclusionLevel.NOT_IN_NAV)
    page = Page(marks.TITLE, file, config)
    page.content = marks.CONTENT
    page.meta = {"description": marks.DESCRIPTION, "title": marks.TITLE}
    page.toc = TableOfContents([AnchorLink(marks.ENTRY, marks.ENTRY, 2)])
    source = env.get_template("main.html").render(get_context(nav, files, config, page))
    return Shell(with_head(with_canonical(mended(source), page.canonical_url), marks.HEAD), place)
