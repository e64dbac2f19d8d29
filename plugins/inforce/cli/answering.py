"""How answers and errors are told, and with which exit status a command ends."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

import click

P = ParamSpec("P")
AT_FAULT, MISUSED = 1, 2


def told(command: Callable[P, int | None]) -> Callable[P, None]:
    """Run a command; tell its errors on standard error, and exit with the status that fits them."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from inforce.core.errors import ConfigurationError, InforceError

        try:
            status = command(*args, **kwargs) or 0
        except InforceError as wrong:
            for problem in wrong.problems:
                click.echo(problem, err=True)
            status = MISUSED if isinstance(wrong, ConfigurationError) else AT_FAULT
        sys.exit(status)

    return run


def print_json(value: Any) -> None:
    """Answer with a value, as JSON is written here."""
    from inforce.formats.json_text import to_json

    click.echo(to_json(value), nl=False)


def count(number: int, one: str, many: str = "") -> str:
    """A number of things in words: `1 policy`, `2 policies`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
