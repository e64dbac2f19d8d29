"""The command `inforce`: the only code that prints and chooses exit statuses.

0: done, or the answer is good. 1: the record, the input or the thing checked is at fault. 2: the command line or the
configuration is at fault. Answers go to standard output and nothing else does; errors go to standard error in the
form `path:line: what is wrong`, and under it, indented, what to do.

Whatever is heavy is imported by the command that needs it: `inforce --help` answers at once.
"""

from __future__ import annotations

from pathlib import Path

import click

from inforce.cli.acceptances import acceptances
from inforce.cli.archive import export_pdfs, verify
from inforce.cli.asking import check, history, messages, next_, redline, which
from inforce.cli.drafting import import_, new
from inforce.cli.notices import export_feed, notify
from inforce.cli.serving import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="inforce", message="%(prog)s %(version)s")
@click.option(
    "-f",
    "--config-file",
    type=click.Path(path_type=Path),
    help="mkdocs.yml; by default the nearest one, from this folder upwards.",
)
@click.pass_context
def main(context: click.Context, config_file: Path | None) -> None:
    """Which text of a policy binds whom, from when: asked of the record in git.

    A day (2018-05-10) means its first instant in the policy's time zone; an instant has an offset
    (2018-05-10T09:00:00+09:00). Exit status: 0, done or good; 1, the record or the input is at fault;
    2, the command line or the configuration is.
    """
    context.obj = config_file


for _command in (
    check,
    which,
    history,
    next_,
    new,
    import_,
    redline,
    export_pdfs,
    verify,
    export_feed,
    notify,
    acceptances,
    messages,
):
    main.add_command(_command)
acceptances.add_command(serve)
