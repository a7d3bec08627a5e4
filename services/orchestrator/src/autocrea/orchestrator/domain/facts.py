"""What a parser says about a file, in the words of the rules; how it found out is an adapter's."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["python", "json", "toml", "yaml", "html"]

_SUFFIXES: dict[str, Language] = {
    ".py": "python",
    ".pyi": "python",
    ".json": "json",
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".html": "html",
    ".htm": "html",
}
_COMMENTED_JSON = (
    "tsconfig.json",
    "jsconfig.json",
    ".eslintrc.json",
    "devcontainer.json",
)  # JSON in name only

_EDITOR_FOLDERS = frozenset({".vscode", ".devcontainer"})  # the same


@dataclass(frozen=True, slots=True)
class SyntaxFault:
    """Where and why a file does not parse."""

    line: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file as its parser saw it. `crashed` says that the parser gave no answer at all, and why."""

    path: str
    language: Language
    fault: SyntaxFault | None = None
    crashed: str | None = None


def language_of(path: str) -> Language | None:
    """The language by which a file is checked, or None for one that nobody parses."""
    *folders, name = path.lower().split("/")
    if name in _COMMENTED_JSON or name.startswith("tsconfig.") or not _EDITOR_FOLDERS.isdisjoint(folders):
        return None
    dot = name.rfind(".")
    return _SUFFIXES.get(name[dot:]) if dot >= 0 else None
