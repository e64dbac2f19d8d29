"""What the scripts that are twins of commands have in common: the set-up, and the command of this project."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = ("--config-file", str(ROOT / "mkdocs.yml"))
"""For a command about this project, from wherever it is called."""


def hand_on(*command: str) -> None:
    """Make .venv ready, and become `inforce` with that command and what was given to the script."""
    ready = subprocess.run([ROOT / "scripts" / "set-up", "publish"], check=False)
    if ready.returncode:
        sys.exit(ready.returncode)
    inforce = str(ROOT / ".venv" / "bin" / "inforce")
    os.execv(inforce, [inforce, *command, *sys.argv[1:]])
