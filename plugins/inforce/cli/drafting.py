"""Commands that write drafts: a new revision, and what was published before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from inforce.cli.answering import print_json, told
from inforce.cli.arguments import json_option
from inforce.cli.project import at_the_door, lines, settings_of


@click.command()
@click.argument("policy")
@click.option("--name", help="The revision's name; by default today's date in the policy's time zone.")
@click.pass_obj
@told
def new(config_file: Path | None, policy: str, name: str | None) -> None:
    """Begin a draft for POLICY: the newest revision's text under a new front matter."""
    from inforce.core.address import near_slug, slug_fault
    from inforce.workflows.new_draft import new_draft

    if name is not None and (fault := slug_fault(name, "revision")):
        raise click.BadParameter(f"{fault}. Try {near_slug(name)}.", param_hint="--name")
    settings = settings_of(config_file)
    path = new_draft(settings, at_the_door(), policy, name, lines())
    click.echo(path.relative_to(settings.folder).as_posix())


@click.command(name="import")
@click.argument("repository", metavar="REPO", type=click.Path(path_type=Path))
@click.argument("path", required=False)
@click.option("--policy", metavar="SLUG", help="The name of the policy, with PATH.")
@click.option("--all", "pattern", metavar="GLOB", help="Import every file that GLOB means as a policy each.")
@click.option("--title", help="The policy's title; by default the newest text's heading.")
@click.option("--language", metavar="TAG", help="The texts' language; by default en.")
@click.option("--time-zone", metavar="NAME", help="The policy's time zone; by default UTC.")
@click.option("--branch", "ref", metavar="REF", help="A branch, tag or commit of REPO; by default its HEAD.")
@click.option("--source-name", metavar="NAME", help="What sources call REPO; by default the name of its folder.")
@click.option("--encoding", metavar="NAME", help="The encoding of texts that are not UTF-8.")
@click.option("--dry-run", is_flag=True, help="Tell what would be written, and write nothing.")
@json_option
@click.pass_obj
@told
def import_(config_file: Path | None, /, *, dry_run: bool, as_json: bool, **asked: Any) -> None:
    """Write a policy folder from the history of a Markdown file in another repository.

    \b
      inforce import ../site-policy Policies/privacy.md --policy privacy-policy
      inforce import ../site-policy --all 'Policies/**/*.md'

    Each commit that changed the text becomes a stated revision. Nothing is committed. Running it again adds what is
    new.
    """
    from inforce.core.address import near_slug, slug_fault
    from inforce.formats.import_json import import_answer
    from inforce.formats.import_words import import_words
    from inforce.workflows.import_history import Request, import_history

    policy, pattern = asked["policy"], asked["pattern"]
    if (asked["path"] is None) == (pattern is None):
        raise click.UsageError("say either PATH, for one file, or --all GLOB.")
    if pattern is None and policy is None:
        raise click.UsageError("say --policy SLUG: what is the policy called?")
    if pattern is not None and policy is not None:
        raise click.UsageError("with --all, policies are named by their paths: leave out --policy.")
    if pattern is not None and asked["title"] is not None:
        raise click.UsageError("with --all, each policy has its own title: leave out --title.")
    if policy is not None and (fault := slug_fault(policy, "policy")):
        raise click.BadParameter(f"{fault}. Try {near_slug(policy)}.", param_hint="--policy")
    report = import_history(settings_of(config_file), at_the_door(), Request(**asked, is_dry_run=dry_run), lines())
    if as_json:
        print_json(import_answer(report))
    else:
        click.echo("\n".join(import_words(report)))
