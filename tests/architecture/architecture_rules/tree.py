"""The workspace as the rules see it: its members, their sources parsed once, and what a broken rule says."""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

SERVICES = "services"
_WORDS_APART = str.maketrans("-.", "__")


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """A rule broken at a place."""

    path: str
    line: int
    rule: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: [{self.rule}] {self.sentence}"


@dataclass(frozen=True)
class Source:
    """A Python file. Paths are relative to the root."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, str(self.path))

    @cached_property
    def nodes(self) -> list[ast.AST]:
        return list(ast.walk(self.tree))

    def broken(self, line: int, rule: str, sentence: str) -> Violation:
        return Violation(self.path.as_posix(), line, rule, sentence)


@dataclass(frozen=True)
class Member:
    """A distribution of the workspace."""

    root: Path
    folder: Path  # relative to the root

    @property
    def module(self) -> str:
        """The name it is imported by."""
        return f"autocrea.{self.folder.name.translate(_WORDS_APART)}"

    @property
    def package(self) -> Path:
        """The folder of that module, relative to the root."""
        return self.folder / "src" / Path(*self.module.split("."))

    @property
    def is_service(self) -> bool:
        return self.folder.parts[0] == SERVICES

    @cached_property
    def sources(self) -> list[Source]:
        """What it ships."""
        return list(read(self.root, self.folder / "src"))

    @cached_property
    def dependencies(self) -> list[str]:
        """What its pyproject declares, as normalised distribution names."""
        project = tomllib.loads((self.root / self.folder / "pyproject.toml").read_text())["project"]
        return [normalised(requirement) for requirement in project.get("dependencies", [])]


@dataclass(frozen=True)
class Tree:
    """A checkout."""

    root: Path

    @cached_property
    def members(self) -> list[Member]:
        folders = [*self.root.glob("libs/*"), *self.root.glob("services/*"), self.root / "cli"]
        return [
            Member(self.root, f.relative_to(self.root))
            for f in sorted(folders)
            if (f / "pyproject.toml").exists()
        ]

    @cached_property
    def services(self) -> list[Member]:
        return [member for member in self.members if member.is_service]

    @cached_property
    def tests(self) -> list[Source]:
        """Every test and what supports it."""
        folders = [member.folder / "tests" for member in self.members] + [Path("tests"), Path("benchmarks")]
        return [source for folder in folders for source in read(self.root, folder)]

    @cached_property
    def sources(self) -> list[Source]:
        """Every Python file that is ours."""
        return [source for member in self.members for source in member.sources] + self.tests


def read(root: Path, folder: Path) -> Iterator[Source]:
    """The Python files below a folder, in order."""
    for path in sorted((root / folder).rglob("*.py")):
        yield Source(path.relative_to(root), path.read_text("utf-8"))


def normalised(requirement: str) -> str:
    """The distribution that a requirement names, spelt as the index compares names."""
    name = requirement
    for mark in "[<>=!~; ":
        name = name.partition(mark)[0]
    return name.lower().replace("_", "-").replace(".", "-")
