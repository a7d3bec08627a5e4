"""The browser's fixtures, which no other test pays for."""

from autocrea.testkit.browser import browser, chromium, open_screen

__all__ = ["browser", "chromium", "open_screen"]
