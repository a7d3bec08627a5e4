"""Puts this folder, and the saga's and the ledger's own support, on the path."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

sys.path[:0] = [
    str(Path(__file__).parent),
    str(ROOT / "services" / "orchestrator" / "tests" / "support"),
    str(ROOT / "services" / "billing" / "tests" / "support"),
]
