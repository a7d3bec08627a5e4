"""Tree-sitter's grammars: a text into a tree, its first fault, its nodes by pattern. Runs in a worker process only."""

from collections.abc import Mapping
from functools import cache
from typing import Literal

import tree_sitter_javascript
import tree_sitter_typescript
from autocrea.orchestrator.domain.facts import SyntaxFault
from tree_sitter import Language, Node, Parser, Query, QueryCursor

Grammar = Literal["javascript", "typescript", "tsx"]

_LANGUAGES = {
    "javascript": tree_sitter_javascript.language,
    "typescript": tree_sitter_typescript.language_typescript,
    "tsx": tree_sitter_typescript.language_tsx,
}
SHOWN_CHARACTERS = 40  # of the text at which parsing stops


def parse(grammar: Grammar, text: str) -> Node:
    """The root of the text's tree. There always is one: what cannot be read is an error node in it."""
    return Parser(_language(grammar)).parse(text.encode()).root_node


def captures(grammar: Grammar, root: Node, pattern: str) -> Mapping[str, list[Node]]:
    """The nodes that the pattern names, each name's in the order of the text."""
    found = QueryCursor(_query(grammar, pattern)).captures(root)
    return {name: sorted(nodes, key=lambda node: node.start_byte) for name, nodes in found.items()}


def fault_of(root: Node) -> SyntaxFault | None:
    """The innermost of the first fault."""
    if not root.has_error:
        return None
    node = root
    while True:
        inner = next((one for one in node.children if one.has_error or one.is_error or one.is_missing), None)
        if inner is None:
            break
        node = inner
    line = line_of(node)
    if node.is_missing:
        return SyntaxFault(line, f"{node.type} is missing")
    shown = " ".join(text_of(node).split())[:SHOWN_CHARACTERS]
    return SyntaxFault(line, f"unexpected {shown}" if shown else "it does not parse")


def text_of(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")


def line_of(node: Node) -> int:
    return node.start_point.row + 1


@cache
def _language(grammar: Grammar) -> Language:
    return Language(_LANGUAGES[grammar]())


@cache
def _query(grammar: Grammar, pattern: str) -> Query:
    return Query(_language(grammar), pattern)
