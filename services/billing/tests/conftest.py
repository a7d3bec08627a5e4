"""Puts the desk on the path and offers it."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))

from billing_desk import Desk, opened


@pytest.fixture
def desk() -> Desk:
    """Nobody has an account yet."""
    return Desk()


@pytest.fixture
def ada(desk: Desk) -> Desk:
    """Ada was welcomed with 100 tokens."""
    desk.send(opened())
    return desk
