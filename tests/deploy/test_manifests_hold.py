"""The manifests of every overlay keep every rule."""

from collections.abc import Iterator
from typing import Protocol

import pytest
from deploy_rules import environment, lifecycle, network, operators, pods, references, route, scaling, stores
from deploy_rules.manifests import Manifests


class Rule(Protocol):
    __name__: str

    def check(self, manifests: Manifests) -> Iterator[str]: ...


RULES: tuple[Rule, ...] = (
    environment,
    lifecycle,
    network,
    operators,
    pods,
    references,
    route,
    scaling,
    stores,
)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__.rpartition(".")[2])
def test_nothing_is_broken_when_an_overlay_is_rendered(manifests: Manifests, rule: Rule) -> None:
    broken = list(rule.check(manifests))
    assert not broken, "\n" + "\n".join(broken)
