"""The domain decides and does nothing else: no clock, no identities of its own, no waiting, no logging, no files."""

import ast
from collections.abc import Iterator

from architecture_rules.imported import imports_of
from architecture_rules.tree import Source, Tree, Violation

MODULES = {
    "asyncio": "it waits for nothing",
    "concurrent": "it waits for nothing",
    "threading": "it waits for nothing",
    "multiprocessing": "it waits for nothing",
    "logging": "what happened is in its result",
    "random": "chance is an argument",
    "secrets": "chance is an argument",
    "time": "time is an argument",
    "os": "the environment is an argument",
    "io": "it reads and writes nothing",
    "shutil": "it reads and writes nothing",
    "socket": "it reads and writes nothing",
    "subprocess": "it starts nothing",
    "tempfile": "it reads and writes nothing",
}
NAMES = {
    "pathlib.Path": "it reads and writes nothing; PurePosixPath does not",
    "pathlib": "it reads and writes nothing",
    "uuid.uuid1": "identities are arguments or derived",
    "uuid.uuid4": "identities are arguments or derived",
}
CALLS = {
    "datetime.now": "time is an argument",
    "datetime.utcnow": "time is an argument",
    "datetime.today": "time is an argument",
    "date.today": "time is an argument",
    "uuid.uuid4": "identities are arguments or derived",
    "uuid.uuid1": "identities are arguments or derived",
    "open": "it reads and writes nothing",
    "print": "what happened is in its result",
    "input": "it reads and writes nothing",
}
WAITING = ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith


def check(tree: Tree) -> Iterator[Violation]:
    for service in tree.services:
        for source in service.sources:
            if source.path.is_relative_to(service.package / "domain"):
                yield from _imports(source)
                yield from _nodes(source)


def _imports(source: Source) -> Iterator[Violation]:
    for each in imports_of(source):
        reason = MODULES.get(each.top) or NAMES.get(each.module)
        if reason is not None:
            yield source.broken(each.line, "pure-domain", f"the domain imports {each.module}: {reason}")


def _nodes(source: Source) -> Iterator[Violation]:
    for node in source.nodes:
        if isinstance(node, WAITING):
            yield source.broken(node.lineno, "pure-domain", "the domain is not async: it waits for nothing")
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            for name, reason in CALLS.items():
                if called == name or called.endswith(f".{name}"):
                    yield source.broken(node.lineno, "pure-domain", f"the domain calls {called}: {reason}")
                    break
