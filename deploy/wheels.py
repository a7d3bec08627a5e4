"""What is installed with pip: the wheels of the contracts, the chassis and the command line."""

import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from commit import ROOT

UV = ROOT / ".tools" / "bin" / "uv"
PACKAGES = ("autocrea-contracts", "autocrea-chassis", "autocrea-cli")
"""What subscribers install, and what operators install; the chassis because the command line needs it."""


def build(source: Path, folder: Path, time: int, packages: Iterable[str] = PACKAGES) -> dict[str, bytes]:
    """Wheels by their names, built into the folder by the pinned uv, which is its own build backend."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(time)}
    for package in packages:
        argv = ["build", "--quiet", "--wheel", "--package", package, "--out-dir", str(folder)]
        subprocess.run([str(UV), *argv], cwd=source, env=environment, check=True)
    return {path.name: path.read_bytes() for path in folder.glob("*.whl")}
