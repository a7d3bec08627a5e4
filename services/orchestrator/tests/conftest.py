"""Puts the support folder on the path and offers a conversation with a saga."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))

from saga_talk import Talk


@pytest.fixture
def talk() -> Talk:
    """Nothing was said yet."""
    return Talk()
