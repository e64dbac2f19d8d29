"""The plugin's options in `mkdocs.yml`: the one place of configuration. The command reads them here as well."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from mkdocs.config import config_options as c
from mkdocs.config.base import Config, ValidationError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError as MkDocsConfigurationError
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files
from mkdocs.theme import Theme
from mkdocs.utils.yaml import yaml_load

from inforce.adapters.workers import processors
from inforce.core.address import (
    ACCEPTANCE,
    ARCHIVE,
    CALENDAR,
    NOTICES,
    POLICIES,
    POSTINGS,
    SCHEMAS,
    atom_address,
    json_feed_address,
)
from inforce.core.errors import ConfigurationError, Problem, did_you_mean
from inforce.core.record import FOLDER, Record
from inforce.formats.acceptance import site_option
from inforce.formats.messages import ENGLISH
from inforce.formats.notices.authority import TODO, parse_authority
from inforce.formats.text.clean_text import faults_of
from inforce.mkdocs_plugin.signing_options import SigningOptions
from inforce.workflows.settings import TEST_ARCHIVE, Settings

NAME = "inforce"
_PAPERS = ("A4", "Letter")


class _Count(c.Type[int]):
    """A whole number, 0 or more."""

    def __init__(self, default: int) -> None:
        super().__init__(int, default=default)

    def run_validation(self, value: object) -> int:
        number = super().run_validation(value)
        if isinstance(value, bool) or number < 0:
            raise ValidationError(f"{value!r} is no number of processes: write 0, 1, 2 …")
        return number


class _Paper(c.Type[str]):
    """The size of a page."""

    def __init__(self) -> None:
        super().__init__(str, default="A4")

    def run_validation(self, value: object) -> str:
        paper = super().run_validation(value)
        if paper not in _PAPERS:
            near = did_you_mean(paper, _PAPERS) or did_you_mean(paper.capitalize(), _PAPERS)
            raise ValidationError(f"{paper!r} is no paper that we print on{near}: A4 or Letter")
        return paper


class _Families(c.ListOfItems[str]):
    """A list of names of fonts."""

    def __init__(self) -> None:
        super().__init__(c.Type(str), default=[])

    def run_validation(self, value: object) -> list[str]:
        if not isinstance(value, list):
            raise ValidationError("has to be a list of families")
        return super().run_validation(value)


class _Mapping(c.Type[dict[Any, Any]]):
    """A mapping, whose keys are judged elsewhere."""

    def __init__(self) -> None:
        super().__init__(dict)

    def run_validation(self, value: object) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise ValidationError("has to be a mapping")
        return value


class InforceConfig(Config):
    """The options. Shown whole::

    plugins:
      - search
      - inforce:
          branch: main                # the published branch
          previous: ""                # address or path of the postings.json that is published now
          cache: .cache/inforce       # folder for what was made, kept from build to build; "" keeps none
          workers: 0                  # processes at work; 0 means one for each processor
          messages: ""                # a folder of further message files, relative to mkdocs.yml
          archive: archive            # where signed PDFs are kept: a folder, or s3://bucket/prefix; "" makes none
          paper: A4                   # A4 or Letter
          fonts: []                   # further families of fonts, for characters that ours lack
          signing: …                  # with which key: see `signing_options`; left out, a throw-away test key
          notices: …                  # in whose name notices are called: see `authority`; left out, there are none
          acceptance: …               # where a register of acceptances is: see `site_option`; left out, there is none
    """

    branch = c.Type(str, default="main")
    previous = c.Type(str, default="")
    cache = c.Type(str, default=".cache/inforce")
    workers = _Count(default=0)
    messages = c.Type(str, default="")
    archive = c.Type(str, default="archive")
    paper = _Paper()
    fonts = _Families()
    signing = c.Optional(_Mapping())
    notices = c.Optional(_Mapping())
    acceptance = c.Optional(_Mapping())


_HINTS = {
    "acceptance": site_option.TODO,
    "notices": TODO,
    "fonts": "write a list: `fonts: [Noto Sans]`",
    "paper": "the papers are A4 and Letter",
    "signing": "write `signing: {key: qstore.p12}`: see the page Signing",
    "workers": "write `workers: 0` for one process for each processor",
}
"""What to write, for options of which that is not plain."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else of `mkdocs.yml` matters here: its folder, the site's address, the two folders of MkDocs, its own name.

    `root` ends in a slash, and is empty where no address is said; `name` is what the site is called, `language` that of
    the theme's own words.
    """

    folder: Path
    root: str
    docs: Path
    site: Path
    file: str = "mkdocs.yml"
    name: str = ""
    language: str = ENGLISH

    @classmethod
    def of(cls, config: MkDocsConfig) -> Surroundings:
        """As MkDocs has them."""
        file = Path(config.config_file_path or "mkdocs.yml").name
        docs, site = Path(config.docs_dir), Path(config.site_dir)
        language = language_of(config.theme)
        return cls(folder_of(config), config.site_url or "", docs, site, file, config.site_name, language)

    @classmethod
    def read(cls, loaded: Mapping[str, Any], folder: Path, file: str) -> Surroundings:
        """As they are written in the file; what is wrong there, MkDocs tells."""
        address, docs, site, name = (
            written if isinstance(written := loaded.get(key), str) and written else default
            for key, default in (("site_url", ""), ("docs_dir", "docs"), ("site_dir", "site"), ("site_name", ""))
        )
        root = f"{address.rstrip('/')}/" if address else ""
        theme = loaded.get("theme")
        language = language_of(theme) if isinstance(theme, Mapping) else ENGLISH
        return cls(folder, root, folder / docs, folder / site, file, name, language)


def problems_of(config: InforceConfig, path: str) -> list[Problem]:
    """Everything that is wrong with the options, told together."""
    errors, warnings = config.validate()
    known = sorted(key for key, _ in config._schema)  # noqa: SLF001 - MkDocs lists an own schema in no other way
    found = [
        Problem(path, f"plugins: {NAME}: {key}: {wrong}", _HINTS.get(key, f"the options are {', '.join(known)}"))
        for key, wrong in errors
    ]
    for key, _ in warnings:
        what = f"plugins: {NAME}: there is no option `{key}`{did_you_mean(key, known)}"
        found.append(Problem(path, what, f"the options are {', '.join(known)}"))
    if isinstance(config.signing, dict):
        faults = SigningOptions(config.signing, Path()).faults
        found += [Problem(path, f"plugins: {NAME}: {one.what}", one.todo) for one in faults]
    if isinstance(config.notices, dict):
        for one in parse_authority(config.notices).faults:
            found.append(Problem(path, f"plugins: {NAME}: {one.what}", one.todo))
    if isinstance(config.acceptance, dict):
        for one in site_option.parse_acceptance(config.acceptance).faults:
            found.append(Problem(path, f"plugins: {NAME}: {one.what}", one.todo))
    return found


def problems_of_places(config: InforceConfig, around: Surroundings, path: str) -> list[Problem]:
    """What may not lie where the options say: the archive apart from all else, the key from what is published."""
    found = []
    published = {
        "the folder of the site": around.site,
        "the folder of pages (`docs_dir`)": around.docs,
        "the record": around.folder / FOLDER,
    }
    archive = _local_folder(config.archive, around.folder)
    if archive is not None:
        apart = {**published, f"the folder of what a test key signed ({TEST_ARCHIVE})": around.folder / TEST_ARCHIVE}
        if config.cache:
            apart["the cache"] = around.folder / config.cache
        if (meant := _address_meant(config.archive)) is not None:
            what = f"plugins: {NAME}: archive: {config.archive} is neither an address nor the name of a folder"
            found.append(Problem(path, what, f"did you mean {meant}?"))
        todo = "give the archive a folder of its own, as `archive: archive`"
        found += [
            Problem(path, f"plugins: {NAME}: archive: {config.archive} and {name} lie one in the other", todo)
            for name, other in apart.items()
            if _overlap(archive, other)
        ]
    if isinstance(config.signing, dict) and isinstance(key := config.signing.get("key"), str):
        found += [
            Problem(path, f"plugins: {NAME}: signing: key: lies in {name}", "keep it apart from what is published")
            for name, other in published.items()
            if _lies_in(around.folder / Path(key).expanduser(), other)
        ]
    return found


def problems_of_site(config: InforceConfig, around: Surroundings, path: str) -> list[Problem]:
    """How a site may not be called where notices are wanted: feeds and messages say what it is called, and where."""
    said = {"site_name": around.name, "site_url": around.root} if config.notices is not None else {}
    return [
        Problem(path, f"{key}: {fault.what}", fault.todo) for key, words in said.items() for fault in faults_of(words)
    ]


def read_settings(config_file: Path) -> Settings:
    """The options as the command needs them, without loading theme and plugins.

    Raises:
        ConfigurationError: there is no such file, it is no YAML, has no plugin `inforce`, or wrong options.
    """
    path = config_file.name
    try:
        with config_file.open("rb") as file:
            loaded = yaml_load(file)
    except OSError as wrong:
        todo = "work in the folder that holds mkdocs.yml, or name the file: `inforce --config-file PATH …`"
        raise ConfigurationError([Problem(path, f"cannot be read: {wrong.strerror}", todo)]) from None
    except (yaml.YAMLError, MkDocsConfigurationError) as wrong:
        raise ConfigurationError([Problem(path, f"is not understood: {wrong}", "mend the file")]) from None
    for options in _plugin_options((loaded or {}).get("plugins")):
        config = InforceConfig()
        config.load_dict(options)
        around = Surroundings.read(loaded, config_file.resolve().parent, path)
        problems = problems_of(config, path)
        if any(not isinstance(one, str) for one in (config.archive, config.cache)):
            raise ConfigurationError(problems)  # Of places that are no text, nothing more can be said.
        problems += [*problems_of_places(config, around, path), *problems_of_site(config, around, path)]
        if problems:
            raise ConfigurationError(problems)
        return settings_of(config, around)
    what = f"the plugin `{NAME}` is not switched on"
    raise ConfigurationError([Problem(path, what, f"write `plugins: [search, {NAME}]`")])


def language_of(theme: Theme | Mapping[str, Any]) -> str:
    """The language of the theme's own words: Material's `language`, or the `locale` of MkDocs' own themes."""
    said = theme.get("language") or theme.get("locale") or ENGLISH
    return str(said).replace("_", "-")


def folder_of(config: MkDocsConfig) -> Path:
    """Where `mkdocs.yml` lies."""
    return Path(config.config_file_path or "mkdocs.yml").resolve().parent


def require_directory_urls(config: MkDocsConfig) -> None:
    """The address table's pages end in a slash.

    Raises:
        ConfigurationError: MkDocs is told to make other addresses.
    """
    if not config.use_directory_urls:
        todo = "take `use_directory_urls: false` out: addresses are for ever, and end in a slash (rule 12)"
        raise ConfigurationError([Problem("mkdocs.yml", "`use_directory_urls` is off", todo)])


def refuse_own_files(
    files: Files, record: Record, *, with_archive: bool, with_notices: bool, with_acceptance: bool
) -> None:
    """What lies in `docs/` may not stand where the record's pages and files do, or others of ours that the site has.

    Raises:
        PluginError: something does.
    """
    folders, own = {SCHEMAS.rstrip("/")}, {POLICIES, POSTINGS}
    folders |= {ARCHIVE.rstrip("/")} if with_archive else set()
    folders |= {NOTICES.rstrip("/")} if with_notices else set()
    folders |= {ACCEPTANCE.rstrip("/")} if with_acceptance else set()
    own |= {CALENDAR, atom_address(), json_feed_address()} if with_notices else set()
    for file in files:
        first, _, rest = file.dest_uri.partition("/")
        if first in own or (rest and (first in folders or record.policy(first))):
            raise PluginError(
                f"docs/{file.src_uri} stands where the policy `{first}` is, or a page of ours: name it otherwise"
            )


def settings_of(config: InforceConfig, around: Surroundings) -> Settings:
    """The options as workflows take them.

    Raises:
        ConfigurationError: a place is one that another thing has, or the site's name cannot be told.
    """
    path = around.file
    if problems := [*problems_of_places(config, around, path), *problems_of_site(config, around, path)]:
        raise ConfigurationError(problems)
    folder = around.folder
    return Settings(
        folder,
        config.branch,
        config.previous,
        config.messages,
        cache=folder / config.cache if config.cache else None,
        workers=config.workers or processors(),
        root=around.root,
        archive=config.archive,
        paper=config.paper,
        fonts=tuple(config.fonts),
        signing=SigningOptions(config.signing, folder).signing if config.signing is not None else None,
        file=around.file,
        name=around.name,
        language=around.language,
        notices=parse_authority(config.notices).value if config.notices is not None else None,
        acceptance=site_option.parse_acceptance(config.acceptance).value if config.acceptance is not None else None,
    )


def _local_folder(archive: str, folder: Path) -> Path | None:
    """The archive's folder; None where it is not on this machine, or there is to be none."""
    local = archive.removeprefix("file://")
    return folder / local if local and "://" not in local else None


def _address_meant(archive: str) -> str | None:
    """The address that was meant by what looks like one, and would make a folder called `s3:`."""
    local = archive.removeprefix("file://").removeprefix("local://")
    if "://" in local or not (":" in local or "//" in local):
        return None
    scheme, place = re.fullmatch(r"([A-Za-z0-9+.-]*)[:/]*(.*)", archive).groups()  # type: ignore[union-attr]
    return f"{scheme or 'file'}://{place}"


def _lies_in(one: Path, other: Path) -> bool:
    return one.resolve().is_relative_to(other.resolve())


def _overlap(one: Path, other: Path) -> bool:
    return _lies_in(one, other) or _lies_in(other, one)


def _plugin_options(plugins: Any) -> Iterator[dict[str, Any]]:
    """The options of each mention of the plugin; MkDocs takes a list of names and mappings, or one mapping."""
    mentions = list(plugins.items()) if isinstance(plugins, Mapping) else []
    for mention in plugins if isinstance(plugins, list) else ():
        mentions += mention.items() if isinstance(mention, Mapping) else [(mention, {})]
    yield from (dict(options or {}) for name, options in mentions if name == NAME)
