#!/usr/bin/env python3
"""Checks copies of signed PDFs, `scripts/verify.py FILE|FOLDER|ZIP…`: sets up what it needs, and is `inforce verify`.

All options are those of `inforce verify --help`.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Set up, and become the command."""
    done = subprocess.run([ROOT / "scripts" / "set-up", "publish"], check=False)
    if done.returncode:
        sys.exit(done.returncode)
    command = str(ROOT / ".venv" / "bin" / "inforce")
    os.execv(command, [command, "verify", *sys.argv[1:]])


if __name__ == "__main__":
    main()
