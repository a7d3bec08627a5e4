"""Fetches Debian packages as an ordinary user and unpacks them into a folder: nothing is installed,
configured or enabled."""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from autocrea.cli.parts.processes import Registry, gone, quiet_environment
from autocrea.cli.trouble import Trouble

FETCH_SECONDS = 280.0
"""33 MB at 1 Mbit/s; above it the network is as good as down and a person should hear it."""

RESOLVE_SECONDS = 30.0
"""apt reads its lists and asks nobody."""

UNPACK_SECONDS = 120.0
"""18 packages of 58 MB unpack in 2 s; a slow disk gets its time."""


def available() -> bool:
    return all(shutil.which(program) for program in ("apt-get", "dpkg"))


async def fetch(
    packages: Sequence[str], folder: Path, *, registry: Registry, log: Path, with_dependencies: bool = False
) -> list[Path]:
    """Download the packages' archives (apt checks their signatures' chain) into `folder/archives`, on demand with
    whatever they depend on and this machine lacks. Raises Trouble.

    First with the machine's own package lists; when these are missing or stale, with lists fetched into
    `folder`, so that root is not needed and the machine's lists stay as they are.
    """
    archives = folder / "archives"
    shutil.rmtree(archives, ignore_errors=True)  # an interrupted download: apt would not notice a short file
    archives.mkdir(parents=True)
    run = partial(_run, registry=registry, cwd=archives, log=log, seconds=FETCH_SECONDS)

    async def download(options: Sequence[str]) -> bool:
        wanted = await asyncio.to_thread(_to_install, packages, options) if with_dependencies else packages
        return bool(wanted) and await run(["apt-get", *options, "download", *wanted])

    if not await download([]):
        private = _private_lists(folder)
        if not await run(["apt-get", *private, "update"]):
            raise Trouble("apt_failed", command="apt-get update", log=log)
        if not await download(private):
            raise Trouble("apt_failed", command=f"apt-get {packages[-1]}", log=log)
    return sorted(archives.glob("*.deb"))


async def unpack(archives: Sequence[Path], into: Path, *, registry: Registry, log: Path) -> None:
    """Unpack every archive's files below `into`."""
    run = partial(_run, registry=registry, cwd=into, log=log, seconds=UNPACK_SECONDS)
    for archive in archives:
        if not await run(["dpkg", "-x", str(archive), str(into)]):
            raise Trouble("unpack_failed", archive=archive.name, log=log)


def _private_lists(folder: Path) -> list[str]:
    for name in ("lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    options = [f"Dir::State::Lists={folder / 'lists'}", f"Dir::Cache={folder / 'cache'}"]
    if os.geteuid() == 0:
        options.append("APT::Sandbox::User=root")  # the download user cannot write below a home directory
    return [word for option in options for word in ("-o", option)]


def _to_install(packages: Sequence[str], options: Sequence[str]) -> list[str]:
    """What apt would install to have these packages here; nothing when it does not know them."""
    argv = ["apt-get", *options, "--simulate", "--no-install-recommends", "install", *packages]
    said = subprocess.run(  # noqa: S603 -- argv is ours
        argv,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=quiet_environment(LC_ALL="C"),
        timeout=RESOLVE_SECONDS,
        check=False,
    )
    return re.findall(r"^Inst (\S+)", said.stdout, re.MULTILINE) if said.returncode == 0 else []


async def _run(argv: Sequence[str], *, registry: Registry, cwd: Path, log: Path, seconds: float) -> bool:
    """Run to its end, output to the log. A cancellation ends it; should this program be killed, the registry
    knows of it."""
    child = registry.spawn("fetching", argv, env=quiet_environment(LC_ALL="C"), log=log, cwd=cwd)
    try:
        return await gone(child, seconds) and child.popen.returncode == 0
    finally:
        await registry.end(child, grace_seconds=0)
