"""The plugin's hooks: translate, call, hand back."""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from inforce.adapters.clock import VARIABLE, read_clock
from inforce.adapters.files import write_atomically
from inforce.adapters.git_record import places_of_change
from inforce.core.errors import InforceError
from inforce.core.record import FOLDER
from inforce.mkdocs_plugin.config import (
    InforceConfig,
    folder_of,
    problems_of,
    refuse_own_files,
    require_directory_urls,
    settings_of,
)
from inforce.mkdocs_plugin.pages import Content, Pages
from inforce.mkdocs_plugin.theme import (
    INDEX,
    STYLE,
    as_markup,
    assets,
    rendered_shell,
    stale_script,
    table_of_contents,
    with_policies,
)
from inforce.workflows.progress import Progress
from inforce.workflows.publish_site import Site, gathered

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.livereload import LiveReloadServer
    from mkdocs.structure.nav import Navigation

log = get_plugin_logger("inforce")


class InforcePlugin(BasePlugin[InforceConfig]):
    """Publishes the record as a part of an ordinary MkDocs site."""

    def __init__(self) -> None:
        """Begin with nothing gathered."""
        self._open = ExitStack()
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
        try:
            require_directory_urls(config)
            self._gather(config)
        except InforceError as wrong:
            raise PluginError(f"nothing is published:\n{wrong}") from None
        for warning in self.site.warnings:
            log.info("%s", warning)
        config.extra_css.append(STYLE)
        config.extra_javascript.append(stale_script())
        if config.nav is not None:
            config.nav = with_policies(config.nav, self.site.record)
        return config

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the pages that MkDocs makes: home, each policy, its history, and which text bound whom."""
        makers = (self.pages.policy, self.pages.history, self.pages.on)
        contents = [page(policy) for policy in self.site.record.policies for page in makers]
        self._contents = {f"{content.address}{INDEX}": content for content in contents}
        refuse_own_files(files, self.site.record)
        made = [*self._contents, *([] if files.get_file_from_path(INDEX) else [INDEX])]
        for source in made:
            files.append(File.generated(config, source, content=""))
        for asset in assets(config):
            files.append(asset)
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Keep the navigation, which the permanent pages show."""
        self._nav = nav
        return nav

    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Keep what the permanent pages are rendered with, when everything else is done."""
        self._shell_of = partial(rendered_shell, env, config, self._nav, files)
        return env

    @event_priority(100)
    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Put our content in the place of the empty page's; home keeps its own above ours."""
        if page.file.src_uri == INDEX:
            home = self.pages.home(html)
            page.meta.setdefault("description", as_markup(home.description))
            return home.html
        content = self._contents.get(page.file.src_uri)
        if content is None:
            return html
        page.title, page.toc = as_markup(content.title), table_of_contents(content)
        page.meta.setdefault("description", as_markup(content.description))
        return content.html

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the permanent pages and the data files."""
        root, progress = Path(config.site_dir), Progress(log.info)
        for place, data in self.site.files():
            write_atomically(root / place, data)
            progress.step("files written")
        for policy, pages in self.pages.permanent():
            shell = self._shell_of(policy)
            for content in pages:
                write_atomically(root / content.address / "index.html", shell.around(content).encode())
                progress.step("revisions written")
        self._open.close()

    def on_build_error(self, *, error: Exception) -> None:
        """Let go of the repository."""
        self._open.close()

    def on_shutdown(self) -> None:
        """Let go of the repository."""
        self._open.close()

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Reload on changes in the record: in its files, and in what is committed."""
        folder = folder_of(config)
        for place in (folder / FOLDER, *places_of_change(folder)):
            if place.exists():
                server.watch(str(place))
        return server

    def _gather(self, config: MkDocsConfig) -> None:
        self._open.close()
        door = read_clock()
        settings = settings_of(self.config, folder_of(config))
        site = gathered(settings, door, with_drafts=self._is_preview, progress=Progress(log.info))
        self.site: Site = self._open.enter_context(site)
        self.pages = Pages(self.site)
        if not self._is_preview:  # A build's other dates are of the same instant; a preview asks anew at each change.
            os.environ.setdefault(VARIABLE, str(int(door.asked.timestamp())))
