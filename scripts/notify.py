#!/usr/bin/env python3
"""Tells people of changes: pulls a site's notices, and sends each to whom it concerns, once.

Makes .venv ready first, as all scripts do; everything else is done by `inforce notify`, which tells its options by
`scripts/notify.py --help`.
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
os.execv(command, [str(command), "notify", *sys.argv[1:]])
