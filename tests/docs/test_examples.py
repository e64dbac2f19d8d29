"""Every example in the documentation is an example that works."""

import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import jsonschema
import pytest
import yaml
from doc_examples import DOCS, SITE, Story, blocks, every_block, is_story, matches, pages

from inforce.formats.acceptance.settings_file import parse_acceptances
from inforce.formats.messages import message_file
from inforce.formats.notify.notify_file import parse_notify
from inforce.formats.policy_file import parse_terms
from inforce.formats.revision_file import parse_revision
from inforce.formats.schemas import schema
from inforce.formats.strict_yaml import parse_mapping
from inforce.mkdocs_plugin.config import read_settings

STORIES = {path.name: path for path in pages() if is_story(path)}
BLOCKS = every_block()


@pytest.fixture
def story(tmp_path):
    (tmp_path / "story").mkdir()
    return Story(tmp_path / "story").begin()


def blocks_of(language):
    return pytest.mark.parametrize("block", [one for one in BLOCKS if one.language == language], ids=str)


@pytest.mark.parametrize("page", STORIES)
def test_sessions_print_what_the_page_shows(story, page):
    """Played from top to bottom; to write the outputs anew, run tests/docs/doc_examples.py."""
    for block, expected, actual in story.play(STORIES[page]):
        assert matches(expected, actual), f"{block}: expected\n{expected}\nbut it is\n{actual}"


@blocks_of("json")
def test_json_is_what_its_schema_says(block):
    name = Path(block.options["address"]).stem
    jsonschema.validate(json.loads(block.text), json.loads(schema(name)))


@blocks_of("yaml")
def test_yaml_is_read(block, tmp_path):
    kind = "policy" if block.options.get("file", "").endswith("policy.yml") else block.options["of"]
    match kind:
        case "policy":
            assert parse_terms(block.text.encode()).faults == ()
        case "revision":
            assert parse_revision(f"---\n{block.text}---\n# Text\n".encode()).faults == ()
        case "mkdocs":
            (tmp_path / "mkdocs.yml").write_text(block.text)
            assert read_settings(tmp_path / "mkdocs.yml").branch == "main"
        case "messages":
            english = parse_mapping(message_file("en")).values
            assert block.text.splitlines() == [
                f'{key}: "{english[key].text}"' for key in parse_mapping(block.text).values
            ]
        case "notify":
            assert parse_notify(block.text.encode()).faults == ()
        case "notify-part":
            rest = "site: site\nwebhook:\n  address: https://hooks.qstore.example/\n  secret_env: SECRET\n"
            assert parse_notify((rest + block.text).encode()).faults == ()
        case "acceptances":
            assert parse_acceptances(block.text.encode()).faults == ()
        case "acceptances-part":
            rest = (
                "address: https://accept.qstore.example/\nkeys: [key.pem]\napplications: {shop: {secret_env: SHOP}}\n"
            )
            assert parse_acceptances((rest + block.text).encode()).faults == ()
        case "ci":
            assert yaml.safe_load(block.text)


@blocks_of("markdown")
def test_files_that_are_not_meant_to_be_broken_are_read(block):
    faults = parse_revision(block.text.encode()).faults
    assert [fault.what.partition(" (")[0] for fault in faults] == (
        ["`sumary` is no key that is known here"] if "sumary" in block.text else []
    )


@pytest.mark.parametrize("language", ["sh", "bash"])
def test_scripts_are_ones_that_the_shell_understands(language):
    for block in BLOCKS:
        if block.language == language:
            done = subprocess.run([language, "-n"], input=block.text, text=True, capture_output=True, check=False)
            assert done.returncode == 0, f"{block}: {done.stderr}"


def test_every_block_says_what_it_is():
    """So that none is left out of the tests above by mistake."""
    known = {"console", "json", "yaml", "markdown", "python", "sh", "bash", "text"}
    for block in BLOCKS:
        assert block.language in known, block
        if block.language == "console":
            assert "at" in block.options, block
        if block.language in ("json", "yaml", "markdown", "python"):
            assert block.options.keys() & {"address", "file", "of"}, block


def test_the_script_for_cron_builds_when_something_is_due(story):
    list(story.play(DOCS / "configuration.md"))
    (story.folder / ".venv").symlink_to(sys.prefix)
    story.write("scripts/publish", "#!/bin/sh\necho built\n")
    (story.folder / "scripts/publish").chmod(0o755)
    run = "sh scripts/build-if-due"
    assert story.run(run) == "built\n"
    assert story.run(run) == ""
    before_may = int(datetime.fromisoformat("2018-05-09T23:59:59+09:00").timestamp())
    story.write(".last-build", f"{before_may}\n")
    assert story.run(run) == "built\n"
    assert story.run(run) == ""


def test_the_program_for_the_notification_job_has_ten_lines():
    (program,) = (one for one in BLOCKS if one.language == "python" and one.page == "notification-job.md")
    assert len(program.text.splitlines()) <= 10


def test_completion_is_there():
    """As docs/command.md says it is switched on."""
    found = re.search(r"_INFORCE_COMPLETE=bash_source", (DOCS / "command.md").read_text(encoding="utf-8"))
    assert found
    name, value = found[0].split("=")
    program = Path(sys.executable).with_name("inforce")
    told = subprocess.run([program], env={**os.environ, name: value}, text=True, capture_output=True, check=False)
    assert "_inforce_completion" in told.stdout


def test_no_example_shows_this_machine():
    for path in pages():
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"/(?:root|home|work|tmp)/|file://", text), path.name
    assert SITE.endswith(".example/")


def test_stories_are_found():
    assert {"formats.md", "command.md", "counsel.md", "auditors.md", "notification-job.md"} <= STORIES.keys()
    assert all(blocks(path) for path in STORIES.values())
