"""The npm packages that the built page is made of: the front end's dependencies by its lock, without build tools."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

LOCK = Path(__file__).resolve().parent.parent / "frontend" / "package-lock.json"
BUILD_TOOLS = frozenset({"vite", "@vitejs/plugin-react", "@tailwindcss/vite"})
"""Dependencies because whoever installs the page builds it. Of Tailwind itself a style sheet is in the page."""


def shipped() -> Iterator[tuple[str, str, str]]:
    """Name, version and licence of each package whose code may be in the page; rather one too many."""
    locked: Mapping[str, Mapping[str, Any]] = json.loads(LOCK.read_text())["packages"]
    waiting = [("", name) for name in locked[""]["dependencies"].keys() - BUILD_TOOLS]
    seen: set[str] = set()
    while waiting:
        place = _place(locked, *waiting.pop())
        if place is None or place in seen:
            continue
        seen.add(place)
        package = locked[place]
        wanted = package.get("dependencies", {}).keys() | package.get("peerDependencies", {}).keys()
        waiting += [(place, name) for name in wanted]
    for place in sorted(seen):
        yield place.rpartition("node_modules/")[2], locked[place]["version"], locked[place].get("license", "")


def _place(locked: Mapping[str, Mapping[str, Any]], asker: str, name: str) -> str | None:
    """Where Node finds a package for the one that asks: in its own folder, or further up. Types are nobody's code."""
    while True:
        place = f"{asker}/node_modules/{name}".lstrip("/")
        if place in locked:
            return None if {"dev", "devOptional"} & locked[place].keys() else place
        if not asker:
            return None  # a peer that is not wanted here
        asker = asker.rpartition("node_modules/")[0].rstrip("/")
