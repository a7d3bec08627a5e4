"""What every file says about itself, and what it must not leave for later."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from architecture_rules.tree import Source, Tree, Violation

_LATER = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b")


def check(tree: Tree) -> Iterator[Violation]:
    for source in tree.sources:
        if source.text.strip() and ast.get_docstring(source.tree) is None:
            yield source.broken(1, "docstring", "a module begins with a sentence on what lives here")
        yield from _left_for_later(source)


def _left_for_later(source: Source) -> Iterator[Violation]:
    for token in tokenize.generate_tokens(io.StringIO(source.text).readline):
        if token.type == tokenize.COMMENT and _LATER.search(token.string):
            yield source.broken(token.start[0], "left-for-later", "do it now or write an issue")
