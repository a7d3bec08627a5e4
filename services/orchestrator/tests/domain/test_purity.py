"""The domain decides from its arguments alone: no clock, no ids, no chance, no I/O, nothing awaited."""

import ast
from importlib.resources import files
from pathlib import Path

import pytest

DOMAIN = Path(str(files("autocrea.orchestrator") / "domain"))
MAY_IMPORT = {
    "collections",
    "contextlib",
    "dataclasses",
    "datetime",
    "enum",
    "fnmatch",
    "hashlib",
    "json",
    "math",
    "re",
    "typing",
    "pydantic",
    "pydantic_core",
    "autocrea.contracts",
    "autocrea.orchestrator.domain",
}
NEVER_CALLED = {"now", "utcnow", "today", "uuid1", "uuid4", "open", "print", "random", "time"}


@pytest.mark.parametrize("module", sorted(DOMAIN.rglob("*.py")), ids=lambda path: path.stem)
def test_module_is_pure(module: Path) -> None:
    tree = ast.parse(module.read_text("utf-8"))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith)
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in _imported(node):
                assert _allowed(name), f"{module.name}:{node.lineno} imports {name}"
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            assert called not in NEVER_CALLED, f"{module.name}:{node.lineno} calls {called}"


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]


def _allowed(name: str) -> bool:
    return any(name == allowed or name.startswith(f"{allowed}.") for allowed in MAY_IMPORT)
