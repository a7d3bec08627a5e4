"""Words: what people read in a generated application, in both languages, from `words.toml` files."""

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from autocrea.simulators.writer.brief import Language
from autocrea.simulators.writer.templates import text

PURPOSES = "purposes"


@cache
def words(language: Language, *folders: str) -> Mapping[str, str]:
    """Name → text of all folders' words; a later folder's word replaces an earlier one's."""
    found: dict[str, str] = {}
    for folder in folders:
        table = _table(folder)
        found |= {name: both[language] for name, both in table.items() if name != PURPOSES}
    return found


@cache
def purposes(language: Language, *folders: str) -> Mapping[str, str]:
    """Path → what the file is for."""
    found: dict[str, str] = {}
    for folder in folders:
        found |= {path: both[language] for path, both in _table(folder).get(PURPOSES, {}).items()}
    return found


@cache
def _table(folder: str) -> dict[str, Any]:
    return tomllib.loads(text(f"{folder}/words.toml"))
