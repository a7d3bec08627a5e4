"""SQL is written out beside the code that runs it; nothing is ever pasted into a statement."""

import ast
import re
from collections.abc import Iterator

from architecture_rules.tree import Source, Tree, Violation

MEMBERS = frozenset({"chassis"})  # and every service; administering test databases is another matter
METHODS = frozenset(
    {"execute", "executemany", "fetch", "fetchrow", "fetchval", "cursor", "prepare", "copy_from_query"}
)

_STATEMENT = re.compile(
    r"^\s*(SELECT\s.+|INSERT\s+INTO\s.+|UPDATE\s+\S+\s+SET\s.+|DELETE\s+FROM\s.+|WITH\s+\w+\s+AS\s.+|"
    r"(CREATE|ALTER|DROP)\s+(TABLE|INDEX|DATABASE|ROLE|USER|SCHEMA|TYPE)\b.*)",
    re.DOTALL,
)


def check(tree: Tree) -> Iterator[Violation]:
    for member in tree.members:
        if member.is_service or member.folder.name in MEMBERS:
            for source in member.sources:
                yield from _source(source)


def _source(source: Source) -> Iterator[Violation]:
    for node in source.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            if node.args and _is_pasted(node.args[0]):
                yield _broken(source, node.args[0])
        elif _is_pasted(node) and _STATEMENT.match(_beginning(node)):
            yield _broken(source, node)


def _is_pasted(node: ast.AST) -> bool:
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod | ast.Add):
        return _is_text(node.left) or _is_text(node.right)
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and _is_text(node.func.value)
    )


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _beginning(node: ast.AST) -> str:
    texts = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
    return texts[0] if texts else ""


def _broken(source: Source, node: ast.AST) -> Violation:
    line = getattr(node, "lineno", 1)
    sentence = "this statement is pasted together; write it out and pass values as $1, $2"
    return source.broken(line, "literal-sql", sentence)
