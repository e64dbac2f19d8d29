"""What of MkDocs' own structures our pages need: navigation, table of contents, a page of the theme."""

from __future__ import annotations

import html
from collections.abc import Iterator
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

from mkdocs.commands.build import get_context
from mkdocs.config.config_options import ExtraScriptValue
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents, get_toc

from inforce.core import address
from inforce.core.record import Record
from inforce.mkdocs_plugin import shell as marks
from inforce.mkdocs_plugin.pages import ASSETS, Content
from inforce.mkdocs_plugin.shell import Shell

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.nav import Navigation

STYLE = f"{ASSETS}inforce.css"
STALE = f"{ASSETS}stale.js"
"""The script of every page; it does nothing before a change is due."""
INDEX = "index.md"


def as_markup(text: str) -> str:
    """A text for the theme, whose templates take titles and descriptions for markup."""
    return html.escape(text)


def with_policies(nav: list[Any], record: Record) -> list[Any]:
    """The configured navigation, each policy's page and history coming right after its first entry.

    Revisions never are in the navigation: it would grow with them on every page.
    """
    policies = [
        {
            as_markup(policy.terms.title): [
                {"In force": f"{policy.slug}/{INDEX}"},
                {"History": f"{policy.slug}/history/{INDEX}"},
            ]
        }
        for policy in record.policies
    ]
    return [*nav[:1], *policies, *nav[1:]]


def assets(config: MkDocsConfig) -> Iterator[File]:
    """Our style sheet and scripts, as files of the site."""
    for asset in sorted(resources("inforce.mkdocs_plugin").joinpath("assets").iterdir(), key=lambda one: one.name):
        yield File.generated(config, f"{ASSETS}{asset.name}", content=asset.read_bytes())


def stale_script() -> ExtraScriptValue:
    """The script of every page, as the theme loads it: a module, which waits until the page is read."""
    script = ExtraScriptValue(STALE)
    script.type = "module"
    return script


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


def rendered_shell(env: Environment, config: MkDocsConfig, nav: Navigation, files: Files, policy: str) -> Shell:
    """The theme's page for a policy's revisions, rendered with marks."""
    place = address.revision_address(policy, marks.ADDRESS)
    file = File.generated(config, f"{place}{INDEX}", content="", inclusion=InclusionLevel.NOT_IN_NAV)
    page = Page(marks.TITLE, file, config)
    page.content = marks.CONTENT
    page.meta = {"description": marks.DESCRIPTION, "title": marks.TITLE}
    page.toc = TableOfContents([AnchorLink(marks.ENTRY, marks.ENTRY, 2)])
    source = env.get_template("main.html").render(get_context(nav, files, config, page))
    return Shell(source.replace("</head>", f"{marks.ROBOTS}</head>", 1), place)
