"""The plugin's options in `mkdocs.yml`: the one place of configuration. The command reads them here as well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from mkdocs.config import config_options as c
from mkdocs.config.base import Config, ValidationError
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import ConfigurationError as MkDocsConfigurationError
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import Files
from mkdocs.utils.yaml import yaml_load

from inforce.adapters.workers import processors
from inforce.core.address import POLICIES, POSTINGS, SCHEMAS
from inforce.core.errors import ConfigurationError, Problem, did_you_mean
from inforce.core.record import Record
from inforce.workflows.settings import Settings

NAME = "inforce"


class _Count(c.Type[int]):
    """A whole number, 0 or more."""

    def __init__(self, default: int) -> None:
        super().__init__(int, default=default)

    def run_validation(self, value: object) -> int:
        number = super().run_validation(value)
        if isinstance(value, bool) or number < 0:
            raise ValidationError(f"{value!r} is no number of processes: write 0, 1, 2 …")
        return number


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
    """

    branch = c.Type(str, default="main")
    previous = c.Type(str, default="")
    cache = c.Type(str, default=".cache/inforce")
    workers = _Count(default=0)
    messages = c.Type(str, default="")


def problems_of(config: InforceConfig, path: str) -> list[Problem]:
    """Everything that is wrong with the options, told together."""
    errors, warnings = config.validate()
    known = sorted(key for key, _ in config._schema)  # noqa: SLF001 - MkDocs lists an own schema in no other way
    found = [
        Problem(path, f"plugins: {NAME}: {key}: {wrong}", f"the options are {', '.join(known)}")
        for key, wrong in errors
    ]
    for key, _ in warnings:
        what = f"plugins: {NAME}: there is no option `{key}`{did_you_mean(key, known)}"
        found.append(Problem(path, what, f"the options are {', '.join(known)}"))
    return found


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
        todo = "work in the folder that holds mkdocs.yml, or name the file: --config-file PATH"
        raise ConfigurationError([Problem(path, f"cannot be read: {wrong.strerror}", todo)]) from None
    except (yaml.YAMLError, MkDocsConfigurationError) as wrong:
        raise ConfigurationError([Problem(path, f"is not understood: {wrong}", "mend the file")]) from None
    for options in _plugin_options((loaded or {}).get("plugins")):
        config = InforceConfig()
        config.load_dict(options)
        if problems := problems_of(config, path):
            raise ConfigurationError(problems)
        return settings_of(config, config_file.resolve().parent)
    what = f"the plugin `{NAME}` is not switched on"
    raise ConfigurationError([Problem(path, what, f"write `plugins: [search, {NAME}]`")])


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


def refuse_own_files(files: Files, record: Record) -> None:
    """What lies in `docs/` may not stand where the record's pages and files do.

    Raises:
        PluginError: something does.
    """
    for file in files:
        first, _, rest = file.dest_uri.partition("/")
        if first in (POLICIES, POSTINGS) or (rest and (first == SCHEMAS.rstrip("/") or record.policy(first))):
            raise PluginError(
                f"docs/{file.src_uri} stands where the policy `{first}` is, or a file of ours: name it otherwise"
            )


def settings_of(config: InforceConfig, folder: Path) -> Settings:
    """The options as workflows take them."""
    cache = folder / config.cache if config.cache else None
    workers = config.workers or processors()
    return Settings(folder, config.branch, config.previous, config.messages, cache, workers)


def _plugin_options(plugins: Any) -> Iterator[dict[str, Any]]:
    """The options of each mention of the plugin; MkDocs takes a list of names and mappings, or one mapping."""
    mentions = list(plugins.items()) if isinstance(plugins, Mapping) else []
    for mention in plugins if isinstance(plugins, list) else ():
        mentions += mention.items() if isinstance(mention, Mapping) else [(mention, {})]
    yield from (dict(options or {}) for name, options in mentions if name == NAME)
