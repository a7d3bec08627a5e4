"""Files that declare packages: requirements, pyproject.toml, package.json. Runs in a worker process only."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Any

from autocrea.orchestrator.domain.facts import Named, SyntaxFault

_REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~;@#].*|)$")
_NPM = ("dependencies", "devDependencies", "peerDependencies", "optionalDependencies")


def requirements_fault(text: str) -> SyntaxFault | None:
    """The first line that pip would not understand."""
    for number, line in _lines(text):
        if not line.startswith("-") and "://" not in line and _REQUIREMENT.match(line) is None:
            return SyntaxFault(number, "this line names no package")
    return None


def requirements(text: str) -> Iterator[Named]:
    for number, line in _lines(text):
        match = _REQUIREMENT.match(line)
        if match is not None:
            yield Named(match[1], number)


def pyproject(text: str) -> Iterator[Named]:
    """The packages that a project declares, as PEP 621 or Poetry spell it."""
    document = tomllib.loads(text)
    project = _table(document, "project")
    named = list(_list(project.get("dependencies")))
    for extra in _table(project, "optional-dependencies").values():
        named += _list(extra)
    poetry = _table(_table(document, "tool"), "poetry")
    named += [name for name in _table(poetry, "dependencies") if name != "python"]
    return _located(text, named)


def package_json(text: str) -> Iterator[Named]:
    document = json.loads(text)
    tables = (_table(document, name) for name in _NPM)
    return _located(text, [name for table in tables for name in table])


def _lines(text: str) -> Iterator[tuple[int, str]]:
    continued = False
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.partition(" #")[0].strip()
        if line and not line.startswith("#") and not continued:
            yield number, line.rstrip("\\").strip()
        continued = raw.rstrip().endswith("\\")


def _located(text: str, requirements: Iterable[str]) -> Iterator[Named]:
    for requirement in requirements:
        match = re.match(r"@?[A-Za-z0-9][A-Za-z0-9._/-]*", requirement)
        if match is not None:
            at = text.find(match[0])
            yield Named(match[0], text.count("\n", 0, max(at, 0)) + 1)


def _table(document: Any, name: str) -> dict[str, Any]:
    found = document.get(name) if isinstance(document, dict) else None
    return found if isinstance(found, dict) else {}


def _list(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []
