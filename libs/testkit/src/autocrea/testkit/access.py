"""What of a page keeps people out: rules of WCAG that it breaks, and text that does not fit the window."""

from pathlib import Path
from typing import Any

from autocrea.testkit.stack_environment import frontend
from playwright.async_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


async def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, each with the first element concerned."""
    if not await page.evaluate("() => 'axe' in window"):
        source = frontend().folder / "node_modules" / "axe-core" / "axe.min.js"
        await page.evaluate(Path(source).read_text("utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "rules => axe.run(document, { runOnly: { type: 'tag', values: rules } })", RULES
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


async def overflows(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    root = "document.documentElement"
    return int(await page.evaluate(f"() => {root}.scrollWidth - {root}.clientWidth"))
