"""Our own tree keeps every rule."""

from collections.abc import Iterator
from typing import Protocol

import pytest
from architecture_rules import borders, dependencies, prose, purity, rooms, sizes, statements, waits
from architecture_rules.tree import Tree, Violation


class Rule(Protocol):
    __name__: str

    def check(self, tree: Tree) -> Iterator[Violation]: ...


@pytest.mark.parametrize(
    "rule",
    [borders, dependencies, prose, purity, rooms, sizes, statements, waits],
    ids=lambda rule: rule.__name__.rpartition(".")[2],
)
def test_nothing_is_broken_when_the_tree_is_read(tree: Tree, rule: Rule) -> None:
    broken = sorted(rule.check(tree))
    assert not broken, "\n" + "\n".join(str(violation) for violation in broken)


def test_every_member_is_seen_when_the_tree_is_read(tree: Tree) -> None:
    modules = {member.module for member in tree.members}
    services = {member.module for member in tree.services}
    assert services == {
        f"autocrea.{name}" for name in ("gateway", "orchestrator", "llm_router", "billing", "artifacts")
    }
    assert {"autocrea.contracts", "autocrea.chassis", "autocrea.cli"} <= modules
    assert all(member.sources for member in tree.members)
