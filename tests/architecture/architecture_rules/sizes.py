"""Files that can be read in one go, functions that fit on a screen."""

import ast
from collections.abc import Iterator

from architecture_rules.tree import Tree, Violation

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70


def check(tree: Tree) -> Iterator[Violation]:
    for source in tree.sources:
        lines = len(source.text.splitlines())
        if lines > FILE_LINES_MAX:
            sentence = f"{lines} lines; a file has at most {FILE_LINES_MAX}, aim at 150"
            yield source.broken(FILE_LINES_MAX + 1, "file-size", sentence)
        for node in source.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_MAX:
                    sentence = f"{node.name} has {length} lines; a function has at most {FUNCTION_LINES_MAX}"
                    yield source.broken(node.lineno, "function-size", sentence)
