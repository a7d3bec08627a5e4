"""The browser's fixtures, which no other test pays for."""

from pathlib import Path

import pytest
from autocrea.testkit.browser import browser, chromium, open_screen

__all__ = ["browser", "chromium", "open_screen"]

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of a worker have one browser and therefore one event loop."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
