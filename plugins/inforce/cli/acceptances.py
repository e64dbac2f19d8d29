"""Commands about the register of acceptances."""

from __future__ import annotations

import click


@click.group()
def acceptances() -> None:
    """Ask people to accept, and what they answered."""
