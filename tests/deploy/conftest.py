"""Puts the rules and the scripts on the path and offers what kustomize renders of each overlay."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from deploy_rules.manifests import OVERLAYS, ROOT, WHOLE, Manifests, render

sys.path.insert(0, str(ROOT / "deploy"))  # as where they are run: each finds its neighbours


@pytest.fixture(scope="session", params=[*OVERLAYS, WHOLE])
def manifests(request: pytest.FixtureRequest) -> Manifests:
    """One overlay after the other."""
    return render(request.param)


@pytest.fixture(scope="session")
def production() -> Manifests:
    return render("prod")
