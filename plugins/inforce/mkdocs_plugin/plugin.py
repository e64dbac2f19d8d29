"""The plugin's hooks: translate, call, hand back."""

from __future__ import annotations

import os
from contextlib import ExitStack
from importlib.resources import files as resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mkdocs.commands.build import get_context
from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.structure.toc import AnchorLink, TableOfContents, get_toc

from inforce.adapters.clock import VARIABLE, read_clock
from inforce.adapters.files import write_atomically
from inforce.adapters.git_record import places_of_change
from inforce.core import address
from inforce.core.errors import ConfigurationError, InforceError, Problem
from inforce.core.record import FOLDER
from inforce.mkdocs_plugin import shell as marks
from inforce.mkdocs_plugin.config import InforceConfig, problems_of, settings_of
from inforce.mkdocs_plugin.pages import Content, Pages
from inforce.mkdocs_plugin.shell import Shell
from inforce.workflows.progress import Progress
from inforce.workflows.publish_site import gathered

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.nav import Navigation

log = get_plugin_logger("inforce")
STYLE = "assets/inforce/inforce.css"
HOME = "index.md"


class InforcePlugin(BasePlugin[InforceConfig]):
    """Publishes the record as a part of an ordinary MkDocs site."""

    def __init__(self) -> None:
        """Begin with nothing gathered."""
        self._stack = ExitStack()
        self._is_preview = False
        self._contents: dict[str, Content] = {}

    def on_startup(self, *, command: Literal["build", "gh-deploy", "serve"], dirty: bool) -> None:
        """A preview shows drafts; a build does not."""
        self._is_preview = command == "serve"

    def load_config(self, options: Any, config_file_path: str | None = None) -> tuple[list[Any], list[Any]]:
        """Every wrong option is an error, told together."""
        super().load_config(options, config_file_path)
        problems = problems_of(self.config, Path(config_file_path or "mkdocs.yml").name)
        return [("inforce", str(problem)) for problem in problems], []

    def on_config(self, config: MkDocsConfig) -> MkDocsConfig:
        """Gather everything, before anything is written."""
        self._stack.close()
        try:
            if not config.use_directory_urls:
                todo = "take `use_directory_urls: false` out: addresses are for ever, and end in a slash (rule 12)"
                raise ConfigurationError([Problem("mkdocs.yml", "`use_directory_urls` is off", todo)])
            door = read_clock()
            folder = Path(config.config_file_path or "mkdocs.yml").resolve().parent
            site = self._stack.enter_context(
                gathered(
                    settings_of(self.config, folder), door, with_drafts=self._is_preview, progress=Progress(log.info)
                )
            )
        except InforceError as wrong:
            raise PluginError(f"nothing is published:\n{wrong}") from None
        if not self._is_preview:  # which is asked anew at each change
            os.environ.setdefault(VARIABLE, str(int(door.asked.timestamp())))
        for warning in site.warnings:
            log.info("%s", warning)
        self.site, self.pages = site, Pages(site)
        config.extra_css.append(STYLE)
        _put_policies_into_nav(config, self.pages)
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the pages that MkDocs makes: home, each policy, each history."""
        self._contents = {}
        for policy in self.site.record.policies:
            for content in (self.pages.policy(policy), self.pages.history(policy)):
                source = f"{content.address}{HOME}"
                if files.get_file_from_path(source) or files.get_file_from_path(f"{content.address.rstrip('/')}.md"):
                    raise PluginError(f"docs/{source} stands where the policy `{policy.slug}` is: name one otherwise")
                self._contents[source] = content
                files.append(File.generated(config, source, content=""))
        if files.get_file_from_path(HOME) is None:
            files.append(File.generated(config, HOME, content=""))
        style = resources("inforce.mkdocs_plugin").joinpath("assets/inforce.css").read_bytes()
        files.append(File.generated(config, STYLE, content=style))
        return files

    @event_priority(100)
    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Put our content in the place of the empty page's."""
        source = page.file.src_uri
        content = self.pages.home(html) if source == HOME else self._contents.get(source)
        if content is None:
            return html
        if source != HOME:
            page.title = content.title
        page.meta.setdefault("description", content.description)
        if source != HOME:
            page.toc = _table_of_contents(content)
        return content.html

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Keep what the permanent pages are rendered with, when everything else is done."""
        self._env, self._files = env, files
        return env

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Keep the navigation, which the permanent pages show."""
        self._nav = nav
        return nav

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the permanent pages and the data files."""
        root = Path(config.site_dir)
        progress = Progress(log.info)
        for place, data in self.site.files():
            write_atomically(root / place, data)
            progress.step("files written")
        for policy in self.site.record.policies:
            shell = self._shell(policy.slug, config)
            for revision in policy.revisions:
                self._write_page(root, shell, self.pages.revision(policy, revision))
                progress.step("revisions written")
        for draft in self.site.drafts:
            self._write_page(root, self._shell(draft.policy, config), self.pages.draft(draft))
        self._stack.close()

    def on_build_error(self, *, error: Exception) -> None:
        """Let go of the repository."""
        self._stack.close()

    def on_shutdown(self) -> None:
        """Let go of the repository."""
        self._stack.close()

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Reload on changes in the record: in its files, and in what is committed."""
        folder = Path(config.config_file_path or "mkdocs.yml").resolve().parent
        for place in (folder / FOLDER, *places_of_change(folder)):
            if place.exists():
                server.watch(str(place))
        return server

    def _write_page(self, root: Path, shell: Shell, content: Content) -> None:
        write_atomically(root / content.address / "index.html", shell.around(content).encode())

    def _shell(self, policy: str, config: MkDocsConfig) -> Shell:
        """The theme's page for a policy's revisions, rendered with marks."""
        place = address.revision_address(policy, marks.ADDRESS)
        file = File.generated(config, f"{place}{HOME}", content="", inclusion=InclusionLevel.NOT_IN_NAV)
        page = Page(marks.TITLE, file, config)
        page.content = marks.CONTENT
        page.meta = {"description": marks.DESCRIPTION, "title": marks.TITLE}
        page.toc = TableOfContents([AnchorLink(marks.ENTRY, marks.ENTRY, 2)])
        context = get_context(self._nav, self._files, config, page)
        source = self._env.get_template("main.html").render(context)
        return Shell(source.replace("</head>", f"{marks.ROBOTS}</head>", 1), place)


def _put_policies_into_nav(config: MkDocsConfig, pages: Pages) -> None:
    """A policy's page and its history come right after the home page; revisions never are in the navigation."""
    if config.nav is None:
        return
    policies = [
        {policy.terms.title: [{"In force": f"{policy.slug}/{HOME}"}, {"History": f"{policy.slug}/history/{HOME}"}]}
        for policy in pages.site.record.policies
    ]
    config.nav = [*config.nav[:1], *policies, *config.nav[1:]]


def _table_of_contents(content: Content) -> TableOfContents:
    """The headings as MkDocs' own table of contents."""
    roots: list[Any] = []
    path: list[dict[str, Any]] = []
    for heading in content.headings:
        token = {"level": heading.level, "id": heading.anchor, "name": heading.words, "children": []}
        while path and path[-1]["level"] >= heading.level:
            path.pop()
        (path[-1]["children"] if path else roots).append(token)
        path.append(token)
    return get_toc(roots)
