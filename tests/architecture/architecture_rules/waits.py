"""Tests wait for conditions, never for time to pass."""

import ast
from collections.abc import Iterator

from architecture_rules.tree import Tree, Violation


def check(tree: Tree) -> Iterator[Violation]:
    for source in tree.tests:
        loops = [node for node in source.nodes if isinstance(node, ast.While)]
        polling = {id(inner) for loop in loops for inner in ast.walk(loop)}
        for node in source.nodes:
            if not isinstance(node, ast.Call) or id(node) in polling or not node.args:
                continue
            called = ast.unparse(node.func)
            if called in ("time.sleep", "asyncio.sleep") and ast.unparse(node.args[0]) != "0":
                yield source.broken(node.lineno, "no-sleeps", f"{called}: wait for the condition instead")
