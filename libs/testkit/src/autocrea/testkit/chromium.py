"""A Chromium for browser tests: the machine's own, else Debian's unpacked into the cache; nothing is installed."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from autocrea.cli.parts import debian
from autocrea.cli.trouble import Trouble

INSTALLED = ("chromium", "chromium-browser", "google-chrome")
PACKAGES = ("chromium", "fonts-noto-color-emoji", "fonts-dejavu-core")
PROGRAM = Path("usr/lib/chromium/chromium")

ARGUMENTS = (
    "--no-sandbox",  # tests run as root in places where its sandbox cannot
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
"""A browser that talks to nobody but the page under test."""


class NoBrowser(Exception):
    """Why there is none here; tests that need one are skipped with this reason."""


@dataclass(frozen=True, slots=True)
class Chromium:
    """A program and what it needs in its environment."""

    program: Path
    environment: dict[str, str]


async def find_chromium(cache: Path) -> Chromium:
    """The machine's, else one unpacked below `cache`, fetched the first time. Raises NoBrowser."""
    for name in INSTALLED:
        if found := shutil.which(name):
            return Chromium(Path(found), {})
    if not debian.available():
        raise NoBrowser("no Chromium is installed, and without apt-get none can be fetched")
    folder = cache / "chromium"
    try:
        await debian.have(PACKAGES, folder, log=cache / "chromium.log", with_dependencies=True)
    except Trouble as trouble:
        raise NoBrowser(f"Debian's Chromium could not be fetched: {trouble}") from trouble
    libraries = os.pathsep.join(debian.libraries(folder))
    return Chromium(
        folder / PROGRAM, {"LD_LIBRARY_PATH": libraries, "XDG_DATA_HOME": str(folder / "usr/share")}
    )
