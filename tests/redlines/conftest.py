"""Redlines are drawn by two small texts: what was changed is told in lines, what was kept is left out."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
