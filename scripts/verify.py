#!/usr/bin/env python3
"""Checks copies of signed PDFs: files, folders and ZIP files.

Makes .venv ready first, as all scripts do; everything else is done by `inforce verify`, which tells its options by
`scripts/verify.py --help`.
"""

from hand_on import hand_on

hand_on("verify")
