"""What a parser says about a file, in the words of the rules; how it found out is an adapter's."""

from dataclasses import dataclass
from typing import Literal

Language = Literal[
    "python",
    "javascript",
    "typescript",
    "tsx",
    "html",
    "css",
    "json",
    "toml",
    "yaml",
    "dockerfile",
    "requirements",
    "text",
]

FACTS_MAX = 2_000  # of one kind in one file: more are data, and no rule needs them
NAME_CHARACTERS_MAX = 300  # of a path, module or name in a fact: longer ones are data as well

_SUFFIXES: dict[str, Language] = {
    ".py": "python",
    ".pyi": "python",
    ".js": "javascript",
    ".mjs": "javascript",
    ".cjs": "javascript",
    ".jsx": "javascript",
    ".ts": "typescript",
    ".mts": "typescript",
    ".cts": "typescript",
    ".tsx": "tsx",
    ".html": "html",
    ".htm": "html",
    ".css": "css",
    ".json": "json",
    ".toml": "toml",
    ".yaml": "yaml",
    ".yml": "yaml",
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
class Named:
    """A name and where it stands: an environment variable, a package, a path, the kind of a secret."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Import:
    """What a Python file imports besides the standard library, or the specifier of a JavaScript import.

    A relative import has its dots in front.
    """

    module: str
    line: int


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path: declared by a back end, or called by a front end. No method: it could not be read.

    What is only known when the program runs stands as `{}` in the path.
    """

    method: str | None
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Build:
    """What a compose file has built: its context and, inside it, the Dockerfile; both relative, as they stand there."""

    context: str
    dockerfile: str
    line: int


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file as its parser saw it. `crashed` says that the parser gave no answer at all, and why."""

    path: str
    language: Language
    fault: SyntaxFault | None = None
    crashed: str | None = None
    imports: tuple[Import, ...] = ()
    env: tuple[Named, ...] = ()  # environment variables that it reads
    routes: tuple[Route, ...] = ()  # that it answers
    mounts: tuple[str, ...] = ()  # prefixes under which it puts routes of other files
    requests: tuple[Route, ...] = ()  # that it makes
    references: tuple[Named, ...] = ()  # files that a page or style sheet loads or links
    packages: tuple[Named, ...] = ()  # that a manifest declares
    copies: tuple[Named, ...] = ()  # sources that a Dockerfile copies from its context
    builds: tuple[Build, ...] = ()
    env_files: tuple[Named, ...] = ()
    secrets: tuple[Named, ...] = ()


def language_of(path: str) -> Language:
    """The language by which a file is checked; `text` where only secrets are looked for."""
    *folders, name = path.lower().split("/")
    if name in _COMMENTED_JSON or name.startswith("tsconfig.") or not _EDITOR_FOLDERS.isdisjoint(folders):
        return "text"
    if name == "dockerfile" or name.startswith("dockerfile.") or name.endswith(".dockerfile"):
        return "dockerfile"
    if name.endswith(".txt") and "requirements" in name:
        return "requirements"
    dot = name.rfind(".")
    return _SUFFIXES.get(name[dot:], "text") if dot >= 0 else "text"
