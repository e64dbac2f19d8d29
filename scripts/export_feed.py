#!/usr/bin/env python3
"""Writes the change notices into a folder: feeds, calendar, and what the notification job reads; no pages.

Makes .venv ready first, as all scripts do; everything else is done by `inforce export-feed`, which tells its options by
`scripts/export_feed.py --help`.
"""

from hand_on import CONFIGURATION, hand_on

hand_on(*CONFIGURATION, "export-feed")
