"""Writes the golden files that are missing, and touches no other."""

import sys
from pathlib import Path

from autocrea.contracts.catalogue import MESSAGES
from autocrea.contracts.samples import golden_file, golden_text, sealed_sample


def main() -> None:
    """Print the name of each file written."""
    for message_type in MESSAGES:
        path = Path(str(golden_file(message_type)))
        if not path.exists():
            path.write_text(golden_text(sealed_sample(message_type)), encoding="utf-8")
            sys.stdout.write(f"{path.name}\n")


if __name__ == "__main__":
    main()
