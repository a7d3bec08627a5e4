"""Has the files of Debian packages in a folder, fetched and unpacked as an ordinary user: nothing is installed,
configured or enabled."""

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from autocrea.cli.parts.processes import Registry, alone, gone, quiet_environment
from autocrea.cli.trouble import Trouble

FETCH_SECONDS = 280.0
"""33 MB at 1 Mbit/s; above it the network is as good as down and a person should hear it."""

RESOLVE_SECONDS = 30.0
"""apt reads its lists and asks nobody."""

UNPACK_SECONDS = 120.0
"""18 packages of 58 MB unpack in 2 s; a slow disk gets its time."""


def available() -> bool:
    return all(shutil.which(program) for program in ("apt-get", "dpkg"))


async def have(
    packages: Sequence[str],
    folder: Path,
    *,
    log: Path,
    with_dependencies: bool = False,
    whole: Callable[[Path], bool] = Path.exists,
    finish: Callable[[Path], None] = lambda _: None,
) -> None:
    """See that the packages' files are below `folder`, unless it is `whole`; on demand also the files of whatever
    they depend on and this machine lacks. Raises Trouble.

    They are unpacked beside it, given to `finish` and renamed, so an interrupted one is simply made again. Of
    several programs that want them in the same place one fetches and the others wait.
    """
    apt, half = folder.with_name(f"{folder.name}-apt"), folder.with_name(f"{folder.name}.half")
    async with alone(folder.with_name(f"{folder.name}.lock")):
        if whole(folder):
            return
        registry = Registry(apt / "run")
        await registry.end_leftovers()
        archives = await _fetch(
            packages, apt, registry=registry, log=log, with_dependencies=with_dependencies
        )
        for stale in (half, folder):
            shutil.rmtree(stale, ignore_errors=True)
        half.mkdir(parents=True)
        await _unpack(archives, half, registry=registry, log=log)
        finish(half)
        half.rename(folder)
        shutil.rmtree(apt, ignore_errors=True)


def libraries(folder: Path) -> list[str]:
    """Where unpacked programs find their shared libraries: Debian puts some below /lib."""
    places = ("lib/*-linux-gnu", "usr/lib/*-linux-gnu", "usr/lib/*-linux-gnu/pulseaudio")
    return [str(path) for place in places for path in sorted(folder.glob(place))]


async def _fetch(
    packages: Sequence[str], folder: Path, *, registry: Registry, log: Path, with_dependencies: bool
) -> list[Path]:
    """Download the packages' archives (apt checks their signatures' chain) into `folder/archives`.

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


async def _unpack(archives: Sequence[Path], into: Path, *, registry: Registry, log: Path) -> None:
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
