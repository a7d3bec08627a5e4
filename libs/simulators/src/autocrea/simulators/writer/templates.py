"""Templates: real files with `§{name}` in them, filled in such that no value can leave its string or its markup."""

import html
import json
import string
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

SUFFIX = ".tpl"
APPLICATIONS = files("autocrea.simulators") / "applications"

# In these a value stands inside a double-quoted string, whose escapes are JSON's.
_QUOTED = frozenset((".py", ".js", ".json", ".yaml", ".toml"))


class Block(str):
    """Text that is made of code already and goes in as it is."""

    __slots__ = ()


class _Template(string.Template):
    """`§{name}` and nothing else: neither `$` nor braces of the generated languages mean anything."""

    delimiter = "§"
    idpattern = r"(?!)"
    braceidpattern = r"[a-z][a-z0-9_]*"


def escaped(value: str, path: str) -> str:
    """A value as it may stand in a file of this name."""
    if isinstance(value, Block):
        return value
    suffix = PurePosixPath(path).suffix
    if suffix == ".html":
        return html.escape(value)
    if suffix in _QUOTED:
        inner = json.dumps(value, ensure_ascii=False)[1:-1]
        return inner.replace("`", "\\u0060").replace("${", "\\u0024{") if suffix == ".js" else inner
    if suffix == ".sql":
        return value.replace("'", "''")
    return value


def render(template: str, path: str, values: Mapping[str, str]) -> str:
    """The file; raises `KeyError` for a name without a value."""
    return _Template(template).substitute({name: escaped(value, path) for name, value in values.items()})


@cache
def tree(*folders: str) -> Mapping[str, str]:
    """Path → template of the given folders of `applications/`; a later folder's file replaces an earlier one's."""
    found: dict[str, str] = {}
    for folder in folders:
        root = APPLICATIONS.joinpath(*folder.split("/"))
        found |= _read(root, PurePosixPath())
    return found


def _read(folder: Traversable, at: PurePosixPath) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found |= _read(entry, at / entry.name)
        elif entry.name.endswith(SUFFIX):
            found[str(at / entry.name.removesuffix(SUFFIX))] = entry.read_text(encoding="utf-8")
    return found


def text(path: str) -> str:
    """One file of `applications/`, as it is."""
    return APPLICATIONS.joinpath(*path.split("/")).read_text(encoding="utf-8")


def names(folder: str) -> list[str]:
    """The names in a folder of `applications/`, sorted."""
    return sorted(entry.name for entry in APPLICATIONS.joinpath(*folder.split("/")).iterdir())
