"""The plugin's hooks: translate, call, hand back."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mkdocs.exceptions import PluginError
from mkdocs.plugins import BasePlugin, event_priority, get_plugin_logger
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page

from inforce.adapters.clock import VARIABLE, read_clock
from inforce.adapters.git_record import places_of_change
from inforce.adapters.site_folder import SiteFolder
from inforce.core import address
from inforce.core.errors import InforceError
from inforce.core.record import FOLDER
from inforce.formats.content_security import ContentSecurity
from inforce.formats.page_head import NO_INDEX, with_canonical, with_head
from inforce.formats.sitemap import compressed, sitemap
from inforce.formats.text.markdown import with_fit_tables
from inforce.mkdocs_plugin.config import (
    InforceConfig,
    Surroundings,
    folder_of,
    language_of,
    problems_of,
    refuse_own_files,
    require_directory_urls,
    settings_of,
)
from inforce.mkdocs_plugin.content import Content
from inforce.mkdocs_plugin.kept_pages import KeptPages
from inforce.mkdocs_plugin.page_dates import dated
from inforce.mkdocs_plugin.pages import Pages
from inforce.mkdocs_plugin.permanent_pages import PermanentPages
from inforce.mkdocs_plugin.theme import (
    INDEX,
    SPLICED,
    STYLE,
    Shells,
    are_in_nav,
    as_markup,
    assets,
    feed_relation,
    generated_page,
    has_search,
    mended,
    page_for_auditors,
    scripts,
    table_of_contents,
    with_policies,
)
from inforce.workflows.progress import Progress
from inforce.workflows.publish_site import Site, gathered
from inforce.workflows.read_messages import languages_of

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
        self._made: dict[str, Callable[[], Content]] = {}
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
        for warning in self.site.lacking:
            log.log(logging.INFO if self._is_preview else logging.WARNING, "%s", warning)
        config.extra_css.append(STYLE)
        config.extra_javascript += scripts(with_notices=self.site.notices is not None)
        if config.nav is not None:
            config.nav = with_policies(config.nav, self.site.record, self.pages.languages)
        return config

    def on_pre_build(self, *, config: MkDocsConfig) -> None:
        """Save what the old site has of our folders from MkDocs, which now empties the site's."""
        self._folder = SiteFolder(Path(config.site_dir))
        self._open.callback(self._folder.clear)
        own = [address.NOTICES.rstrip("/")] if self.site.notices is not None else []
        self._folder.set_aside([*(policy.slug for policy in self.site.record.policies), *own])

    def on_files(self, files: Files, *, config: MkDocsConfig) -> Files:
        """Add the pages that MkDocs makes: home, each policy, its history, and which text bound whom.

        Of many policies these are the pages of the texts in force, which its search has to find; else none.
        """
        archive, notices = self.site.archive.is_wanted, self.site.notices is not None
        asked = self.site.acceptance.is_wanted
        refuse_own_files(files, self.site.record, with_archive=archive, with_notices=notices, with_acceptance=asked)
        found = [address.policy_address] if has_search(config) else []
        self._made = {
            f"{place(policy.slug)}{INDEX}": partial(self.kept_pages.content, policy, place(policy.slug))
            for policy in self.site.record.policies
            for place in (self.pages.of_policies if self._is_in_nav else found)
        }
        if archive:
            self._made[f"{address.ARCHIVE}{INDEX}"] = self.pages.archive
        if notices:
            self._made[f"{address.NOTICES}{INDEX}"] = self.pages.all_notices
        if asked:
            self._made[f"{address.ACCEPTANCE}{INDEX}"] = self.pages.accept
        if self.site.acceptance.option is not None:
            self._made[f"{address.RECEIPT}{INDEX}"] = self.pages.receipt
        self._places = {source.removesuffix(INDEX) for source in self._made}
        self._folder.bring_back(self.pages.files_but_for(self._places))
        made = [*self._made, *([] if files.get_file_from_path(INDEX) else [INDEX])]
        for source in made:
            files.append(generated_page(config, source, is_in_nav=self._is_in_nav))
        for asset in assets(config):
            files.append(asset)
        return files

    def on_nav(self, nav: Navigation, *, config: MkDocsConfig, files: Files) -> Navigation:
        """Keep the navigation, which the permanent pages show."""
        self._nav = nav
        return nav

    @event_priority(-100)
    def on_env(self, env: Environment, *, config: MkDocsConfig, files: Files) -> Environment:
        """Begin to write what MkDocs has no part in, now that everything is known that pages are rendered with."""
        self._files = files
        self._shells = Shells(env, config, self._nav, files, is_in_nav=self._is_in_nav)
        self._permanent = PermanentPages(self.site, self.kept_pages, self._shells, self._folder, config)
        self._begun = self._permanent.begin(self._places)
        self._open.callback(self._begun.stop)
        return env

    @event_priority(100)
    def on_page_content(self, html: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
        """Put our content in the place of the empty page's; home keeps its own above ours."""
        if page.file.src_uri == INDEX:
            home = self.pages.home(with_fit_tables(html), page_for_auditors(files))
            page.meta.setdefault("description", as_markup(home.description))
            return home.html
        if page.file.src_uri not in self._made:
            return with_fit_tables(html)
        content = self._contents[page.file.src_uri] = self._made[page.file.src_uri]()
        page.title, page.toc = as_markup(content.title), table_of_contents(content)
        page.meta.setdefault("title", page.title)  # Of any other, Material makes text, which it does not escape.
        page.meta.setdefault("description", as_markup(content.description))
        if page.file.src_uri.startswith(address.ACCEPTANCE):  # The texts are found on their own pages.
            page.meta.setdefault("search", {"exclude": True})
        if not content.headings:  # Room for the table.
            page.meta.setdefault("hide", ["toc"])
        if not self._is_in_nav:
            page.meta["template"] = SPLICED
        return content.html

    @event_priority(-100)
    def on_post_page(self, output: str, *, page: Page, config: MkDocsConfig) -> str:
        """Say at the end of the head what machines are told, whatever the theme; and look what the page has inside."""
        content = self._contents.pop(page.file.src_uri, None)
        if content is not None and not self._is_in_nav:
            return self._shells.around(content)
        head = self.pages.head_of_other(page.file.url) if content is None else content.whole_head
        output = with_head(with_canonical(mended(output), page.canonical_url), head)
        self._security.look_at(output)
        return output

    @event_priority(-100)
    def on_post_template(self, output_content: str, *, template_name: str, config: MkDocsConfig) -> str:
        """The theme's pages that have no address of their own, such as `404.html`."""
        if not template_name.endswith(".html"):
            return output_content
        output_content = with_head(mended(output_content), NO_INDEX)
        self._security.look_at(output_content)
        return output_content

    def on_post_build(self, *, config: MkDocsConfig) -> None:
        """Write the rest: the permanent pages, as far as they are not written yet, and the data files."""
        folder, root = self._folder, config.site_url or ""
        for place, data in self.site.files():
            folder.write(place, data)
        listed = self._permanent.finish(self._begun, Progress(log.info))
        for source in self._shells.sources():
            self._security.look_at(source)
        self._security.allow_styles(self.site.acceptance.styles)
        folder.write(address.CONTENT_SECURITY, f"{self._security.value}\n".encode())
        if root:  # The entries of a sitemap are whole addresses.
            data = sitemap(dated(self._files, self.pages, listed, root))
            folder.write(address.SITEMAP, data)
            folder.write(f"{address.SITEMAP}.gz", compressed(data))
        self._open.close()

    def on_build_error(self, *, error: Exception) -> None:
        """Leave nothing open or half done."""
        self._open.close()

    def on_shutdown(self) -> None:
        """Leave nothing open or half done."""
        self._open.close()

    def on_serve(self, server: LiveReloadServer, *, config: MkDocsConfig, builder: Any) -> LiveReloadServer:
        """Reload on changes in the record: in its files, and in what is committed."""
        folder = folder_of(config)
        own = [folder / self.config.messages] if self.config.messages else []
        for place in (folder / FOLDER, *own, *places_of_change(folder)):
            if place.exists():
                server.watch(str(place))
        return server

    def _gather(self, config: MkDocsConfig) -> None:
        self._open.close()
        door, progress = read_clock(), Progress(log.info)
        settings = settings_of(self.config, Surroundings.of(config))
        languages = languages_of(settings)
        site = gathered(settings, door, languages, with_drafts=self._is_preview, progress=progress)
        self.site: Site = self._open.enter_context(site)
        self._is_in_nav = are_in_nav(self.site.record)
        language, feed = language_of(config.theme), feed_relation(config.theme)
        self.pages = Pages(self.site, config.site_url or "", languages, language, feed=feed)
        self.kept_pages = KeptPages(self.pages, self.site.pages)
        self.kept_pages.make(progress, settings.workers)
        self._security = ContentSecurity()
        if not self._is_preview:  # A build's other dates are of the same instant; a preview asks anew at each change.
            os.environ.setdefault(VARIABLE, str(int(door.asked.timestamp())))
