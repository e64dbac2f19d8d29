"""Links lead somewhere, and nothing that a user can write is left out of the documentation."""

import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import click
import pytest
import yaml
from doc_examples import DOCS, ROOT, pages
from markdown import Markdown

from inforce.cli import main
from inforce.core.address import RESERVED
from inforce.core.effect import Audience, Kind
from inforce.core.policy import ChangeClass
from inforce.formats import policy_file, revision_file
from inforce.formats.schemas import NAMES
from inforce.mkdocs_plugin.config import InforceConfig

PAGES = pages()
NOT_MADE_YET = {"docs/assets/policy-page.png"}


class Anchors(HTMLParser):
    """The anchors and links of a page."""

    def __init__(self):
        super().__init__()
        self.ids, self.links = set(), []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.ids |= {found["id"]} if "id" in found else set()
        self.links += [found[key] for key in ("href", "src") if key in found]


def parsed(path):
    """The page as MkDocs renders it, with its own extensions."""
    source = Markdown(extensions=["toc", "tables", "fenced_code"]).convert(path.read_text(encoding="utf-8"))
    anchors = Anchors()
    anchors.feed(source)
    return anchors


def said(name):
    return (DOCS / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_and_anchors_lead_somewhere(path):
    for link in parsed(path).links:
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        if target.is_relative_to(ROOT) and target.relative_to(ROOT).as_posix() in NOT_MADE_YET:
            continue
        assert target.is_file(), f"{path.name}: {link}"
        assert not parts.fragment or parts.fragment in parsed(target).ids, f"{path.name}: {link}"


def test_pages_of_the_site_link_to_pages_of_the_site():
    for path in DOCS.glob("*.md"):
        for link in parsed(path).links:
            assert not link.startswith(".."), f"{path.name}: {link}"


@pytest.mark.parametrize("command", [None, *main.commands])
def test_every_command_and_option_is_told(command):
    text = said("command.md")
    told = main if command is None else main.commands[command]
    section = text if command is None else text.partition(f"\n## inforce {command}\n")[2].partition("\n## ")[0]
    assert section, f"no section for {command}"
    for option in told.params:
        if isinstance(option, click.Option):
            place = text if option.name in ("help", "as_json", "version") else section
            assert all(f"`{name}" in place or f" {name} " in place for name in option.opts), option.opts


def test_every_option_of_the_plugin_is_told():
    for option, _ in InforceConfig._schema:
        assert f"\n### {option}\n" in said("configuration.md")


def test_every_key_that_counsel_writes_is_told():
    formats, counsel = said("formats.md"), said("counsel.md").partition("## The front matter, key by key")[2]
    for key in {*policy_file.KEYS, *revision_file.KEYS}:
        assert f"| `{key}` |" in formats, key
    for key in revision_file.KEYS:
        assert re.search(rf"^### (?:\w+ and )?{key}\b", counsel, re.MULTILINE), key
        assert re.search(rf"^{key}: ?", counsel, re.MULTILINE), f"{key} has no example"


def test_every_word_of_the_domain_is_told():
    for kind in Kind:
        assert kind.value in said("formats.md") or kind in (Kind.DAY, Kind.INSTANT)
    for audience in Audience:
        assert f"`{audience}`" in said("formats.md")
    for change in ChangeClass:
        assert f"`{change}`" in said("formats.md")
        assert f"`{change}`" in said("rules.md")
    for word in RESERVED:
        assert f"`{word}`" in said("formats.md").partition("### Reserved words")[2], word
    for name in NAMES:
        assert f"`schemas/{name}.schema.json`" in said("formats.md")


def test_every_rule_has_its_number():
    assert re.findall(r"^### (\d+)\.", said("rules.md"), re.MULTILINE) == [str(number) for number in range(1, 15)]


def test_every_page_is_in_the_navigation():
    nav = re.findall(r": (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    ours = ["accept/index.md", "archive/index.md", "notices/index.md"]  # Those pages are made by the build.
    assert nav[0] == "index.md"
    assert sorted(nav) == sorted([*ours, *(path.name for path in DOCS.glob("*.md"))])


def test_every_script_is_told():
    for script in (ROOT / "scripts").iterdir():
        if script.is_file() and not script.suffix:
            assert f"| `scripts/{script.name}` |" in said("configuration.md"), script.name


def test_readme_shows_the_commands_first():
    first = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## ")[0]
    assert all(f"scripts/{name}" in first for name in ("publish", "test", "serve"))
    assert "docs/assets/policy-page.png" in first


def test_the_example_of_the_options_is_yaml_with_the_defaults():
    text = re.sub(r"!ENV \[\w+, (\S+)\]", r"\1", said("configuration.md"))
    block = re.search(r"```\{\.yaml of=mkdocs\}\n(.*?)```", text, re.DOTALL)
    options = yaml.safe_load(block[1])["plugins"][1]["inforce"]
    assert options == {name: option.default for name, option in InforceConfig._schema}
