"""The command that serves the register of acceptances."""

from __future__ import annotations

import signal
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from inforce.cli.acceptances import settings_of_register, settings_option
from inforce.cli.answering import told
from inforce.cli.project import lines, settings_of


@click.command()
@settings_option
@click.option("--host", default="127.0.0.1", metavar="ADDRESS", help="Where to listen; 127.0.0.1, if not said.")
@click.option("--port", type=click.IntRange(0, 65535), default=8600, help="8600, if not said; 0: any that is free.")
@click.pass_obj
@told
def serve(config_file: Path | None, settings: Path | None, host: str, port: int) -> None:
    """Ask people, and record what they answer: the app with its pages, until SIGTERM.

    It reads the record from the repository that mkdocs.yml lies in, and again when the branch has moved; SIGHUP has it
    look at once. What happens is written on standard error, a line of JSON for each call.
    """
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # who starts reads the record anyway, and would be ended by it
    from inforce.acceptance_app.app import Beside, application, front_of
    from inforce.acceptance_app.server import log_to_standard_error
    from inforce.acceptance_app.server import serve as serve_app
    from inforce.core.errors import ConfigurationError, Problem
    from inforce.workflows.acceptance.desk import open_desk
    from inforce.workflows.acceptance.set_up import what_the_site_says_otherwise

    (path, setup), record = settings_of_register(config_file, settings), settings_of(config_file)
    for one in what_the_site_says_otherwise(setup, path, record):
        click.echo(one, err=True)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        place = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as wrong:
        todo = "choose another --host or --port, or stop what listens there"
        raise ConfigurationError([Problem(f"{host}:{port}", f"this cannot be listened at: {wrong}", todo)]) from None
    with place, open_desk(setup, path.parent, record, datetime.now(UTC), lines()) as desk:
        log_to_standard_error()
        front = front_of(desk, lambda: datetime.now(UTC), time.monotonic)
        beside = Beside(desk, front.clock)
        serve_app(application(front, beside, time.monotonic), setup, place, beside.again.set)
