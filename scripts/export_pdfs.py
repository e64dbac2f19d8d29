#!/usr/bin/env python3
"""Puts every posted revision that the archive lacks into it, as a signed PDF.

Makes .venv ready first, as all scripts do; everything else is done by `inforce export-pdfs`, which tells its options by
`scripts/export_pdfs.py --help`.
"""

from hand_on import CONFIGURATION, hand_on

hand_on(*CONFIGURATION, "export-pdfs")
