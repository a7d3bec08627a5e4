"""Every service has the same rooms and no other; no package `autocrea`; no drawer for odds and ends."""

import re
from collections.abc import Iterator
from pathlib import Path

from architecture_rules.tree import Member, Tree, Violation

ROOMS = frozenset({"domain", "handlers", "adapters", "entrypoints", "sql"})
ROOMS_OF = {"orchestrator": frozenset({"pipelines"})}
FILES = frozenset({"__init__.py", "__main__.py", "main.py", "settings.py", "ports.py", "py.typed"})
DRAWERS = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"})
HEADINGS = ["Owns", "Consumes", "Publishes", "Tables", "Invariants", "Run it"]
IGNORED = frozenset({"__pycache__"})

_MIGRATION = re.compile(r"\d{4}_(pre|post)_[a-z0-9_]+\.sql")


def check(tree: Tree) -> Iterator[Violation]:
    for member in tree.members:
        stray = member.folder / "src" / "autocrea" / "__init__.py"
        if (tree.root / stray).exists():
            sentence = "autocrea is a namespace: this file hides every other member from the interpreter"
            yield Violation(stray.as_posix(), 1, "namespace", sentence)
        for path in sorted((tree.root / member.folder).rglob("*")):
            if path.stem.lower() in DRAWERS and (path.is_dir() or path.suffix == ".py"):
                place = path.relative_to(tree.root).as_posix()
                yield Violation(
                    place, 1, "drawer", f"name it after what it holds: {path.stem} could be anything"
                )
    for service in tree.services:
        yield from _rooms(tree.root, service)
        yield from _migrations(tree.root, service)
        yield from _readme(tree.root, service)


def _rooms(root: Path, service: Member) -> Iterator[Violation]:
    rooms = ROOMS | ROOMS_OF.get(service.folder.name, frozenset())
    found = {entry.name: entry for entry in (root / service.package).iterdir() if entry.name not in IGNORED}
    for name, entry in sorted(found.items()):
        if name not in (rooms if entry.is_dir() else FILES):
            allowed = ", ".join(sorted(rooms if entry.is_dir() else FILES))
            sentence = f"a service has no other {'room' if entry.is_dir() else 'file'} beside its rooms than {allowed}"
            yield Violation((service.package / name).as_posix(), 1, "rooms", sentence)
    for name in sorted((rooms | FILES) - found.keys()):
        yield Violation(service.package.as_posix(), 1, "rooms", f"{name} is missing; every service has it")


def _migrations(root: Path, service: Member) -> Iterator[Violation]:
    folder = root / service.package / "sql"
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.is_file() and path.name != "schema.sql" and not _MIGRATION.fullmatch(path.name):
            place = path.relative_to(root).as_posix()
            yield Violation(
                place, 1, "migration-name", "a migration is named NNNN_pre_what.sql or NNNN_post_what.sql"
            )


def _readme(root: Path, service: Member) -> Iterator[Violation]:
    path = service.folder / "README.md"
    if not (root / path).exists():
        yield Violation(path.as_posix(), 1, "readme", "every service has a README")
        return
    lines = (root / path).read_text("utf-8").splitlines()
    found = [(number, line[3:].strip()) for number, line in enumerate(lines, 1) if line.startswith("## ")]
    if [heading for _, heading in found] != HEADINGS:
        differing = (n for (n, heading), wanted in zip(found, HEADINGS, strict=False) if heading != wanted)
        sentence = f"its headings are {' · '.join(HEADINGS)}"
        yield Violation(path.as_posix(), next(differing, max(len(lines), 1)), "readme", sentence)
