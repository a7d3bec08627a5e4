"""A member imports only what it declares: in one shared environment nothing else would notice."""

import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions

from architecture_rules.imported import imports_of
from architecture_rules.tree import Member, Tree, Violation, normalised

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
