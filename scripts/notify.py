#!/usr/bin/env python3
"""Tells people of changes: pulls a site's notices, and sends each to whom it concerns, once.

Makes .venv ready first, as all scripts do; everything else is done by `inforce notify`, which tells its options by
`scripts/notify.py --help`.
"""

from hand_on import hand_on

hand_on("notify")
