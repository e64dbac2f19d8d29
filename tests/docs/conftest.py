"""The tests of the documentation find their one helper, `doc_examples`, beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
