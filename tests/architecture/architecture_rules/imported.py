"""What a file imports, with lines; imports for type checkers alone are left out."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from architecture_rules.tree import Source


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, or a name from it."""

    module: str
    line: int

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    @property
    def member(self) -> str | None:
        """The member of ours that is imported."""
        parts = self.module.split(".")
        return ".".join(parts[:2]) if parts[0] == "autocrea" and len(parts) > 1 else None


def imports_of(source: Source, *, for_type_checkers: bool = False) -> Iterator[Import]:
    """Names imported from a package count as modules of it: `from autocrea.contracts import internal`."""
    blocks = [] if for_type_checkers else _for_type_checkers(source)
    skipped = {id(node) for block in blocks for node in ast.walk(block)}
    for node in source.nodes:
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
            for alias in node.names:
                yield Import(f"{node.module}.{alias.name}", node.lineno)


def _for_type_checkers(source: Source) -> Iterator[ast.stmt]:
    for node in source.nodes:
        if isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            yield from node.body
