"""A Chromium for browser tests: the machine's own, else Debian's unpacked into the cache; nothing is installed."""

import asyncio
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from autocrea.cli.parts import debian
from autocrea.cli.parts.processes import Registry, alone
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
    folder = cache / "chromium"
    async with alone(cache / "chromium.lock"):
        if not (folder / PROGRAM).exists():
            await _fetch(folder, cache)
    places = ("lib/*-linux-gnu", "usr/lib/*-linux-gnu", "usr/lib/*-linux-gnu/pulseaudio")
    libraries = [str(path) for place in places for path in folder.glob(place)]
    return Chromium(
        folder / PROGRAM,
        {"LD_LIBRARY_PATH": os.pathsep.join(libraries), "XDG_DATA_HOME": str(folder / "usr/share")},
    )


async def _fetch(folder: Path, cache: Path) -> None:
    if not debian.available():
        raise NoBrowser("no Chromium is installed, and without apt-get none can be fetched")
    registry, log = Registry(cache / "chromium-run"), cache / "chromium.log"
    half = folder.with_suffix(".half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    try:
        archives = await debian.fetch(await _missing(), cache / "chromium-apt", registry=registry, log=log)
        await debian.unpack(archives, half, registry=registry, log=log)
    except Trouble as trouble:
        raise NoBrowser(f"Debian's Chromium could not be fetched: {trouble}") from trouble
    shutil.rmtree(folder, ignore_errors=True)
    half.rename(folder)
    shutil.rmtree(cache / "chromium-apt", ignore_errors=True)


async def _missing() -> list[str]:
    """The packages, and what they depend on that this machine lacks, as apt itself would install them."""
    asking = await asyncio.create_subprocess_exec(
        "apt-get",
        "install",
        "--simulate",
        "--no-install-recommends",
        *PACKAGES,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, "LC_ALL": "C"},
    )
    said, complaint = await asking.communicate()
    found = [line.split()[1] for line in said.decode().splitlines() if line.startswith("Inst ")]
    if not found:
        raise NoBrowser(f"apt does not know Debian's Chromium: {complaint.decode().strip()[-300:]}")
    return found
