#!/usr/bin/env python3
"""Checks copies of signed PDFs: files, folders and ZIP files.

Makes .venv ready first, as all scripts do; everything else is done by `inforce verify`, which tells its options by
`scripts/verify.py --help`.
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
os.execv(command, [str(command), "verify", *sys.argv[1:]])
