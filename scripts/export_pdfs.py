#!/usr/bin/env python3
"""Puts every posted revision that the archive lacks into it, as a signed PDF.

Makes .venv ready first, as all scripts do; everything else is done by `inforce export-pdfs`, which tells its options by
`scripts/export_pdfs.py --help`.
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
os.execv(command, [str(command), "--config-file", str(ROOT / "mkdocs.yml"), "export-pdfs", *sys.argv[1:]])
