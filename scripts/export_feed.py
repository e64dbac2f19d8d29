#!/usr/bin/env python3
"""Writes the change notices into a folder: feeds, calendar, and what the notification job reads; no pages.

Makes .venv ready first, as all scripts do; everything else is done by `inforce export-feed`, which tells its options by
`scripts/export_feed.py --help`.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ready = subprocess.run([ROOT / "scripts" / "set-up", "publish"], check=False)
if ready.returncode:
    sys.exit(ready.returncode)
command = ROOT / ".venv" / "bin" / "inforce"
os.execv(command, [str(command), "--config-file", str(ROOT / "mkdocs.yml"), "export-feed", *sys.argv[1:]])
