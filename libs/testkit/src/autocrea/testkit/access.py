"""What of a page keeps people out: rules of WCAG that it breaks, text that does not fit, what colour alone tells."""

from pathlib import Path
from typing import Any

from autocrea.testkit.stack_environment import frontend
from playwright.async_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

CUT_OFF = """() => {
  const hides = (overflow) => overflow === 'hidden' || overflow === 'clip';
  return [...document.querySelectorAll('header *, main *')].filter((one) => {
    if (!one.checkVisibility() || !one.textContent.trim()) return false;
    if (one.closest('.sr-only, .cm-editor, svg') || one.querySelector('iframe')) return false;
    const style = getComputedStyle(one);
    if (style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none') return false;
    return (hides(style.overflowX) && one.scrollWidth > one.clientWidth + 1)
      || (hides(style.overflowY) && one.scrollHeight > one.clientHeight + 1);
  }).map((one) => one.outerHTML.slice(0, 200));
}"""

MARK_WHAT_IS_PAINTED = """() => {
  const clear = 'rgba(0, 0, 0, 0)';
  for (const one of document.querySelectorAll('header *, main *')) {
    if (one.closest('.cm-editor, .sr-only, svg') || !one.checkVisibility()) continue;
    const { backgroundColor, backgroundImage } = getComputedStyle(one);
    if (one.matches('a, button') && backgroundImage !== 'none') one.dataset.painted = 'control';
    if (one.childNodes.length === 0 && one.matches('span, div, i') && one.clientHeight > 0
      && (backgroundImage !== 'none' || backgroundColor !== clear)) one.dataset.painted = 'mark';
  }
}"""
"""Controls that are seen by their ground alone, and marks that are nothing but a ground: bars, keys of a legend."""

LOST_WITHOUT_COLOURS = """() => {
  const lost = [];
  const tell = (what, one) => lost.push(`${what}: ${one.outerHTML.slice(0, 200)}`);
  const page = getComputedStyle(document.body).backgroundColor;
  for (const one of document.querySelectorAll('[data-painted]')) {
    const { backgroundColor, backgroundImage, borderTopWidth, borderTopStyle } = getComputedStyle(one);
    const edged = borderTopStyle !== 'none' && parseFloat(borderTopWidth) > 0;
    if (one.dataset.painted === 'control' && !edged) tell('a control without an edge', one);
    const flat = backgroundImage === 'none' && [page, 'rgba(0, 0, 0, 0)'].includes(backgroundColor);
    if (one.dataset.painted === 'mark' && !edged && flat) tell('a mark that nobody sees', one);
  }
  const chosen = '[aria-selected=true], [aria-current]:not([aria-current=false]), label:has(:checked)';
  const looks = (one) => {
    const style = getComputedStyle(one);
    return ['color', 'backgroundColor', 'borderTopWidth', 'borderBottomColor', 'borderBottomWidth', 'fontWeight',
      'outlineStyle', 'textDecorationLine'].map((name) => style[name]).join();
  };
  for (const one of document.querySelectorAll(chosen)) {
    const group = one.closest('nav, fieldset, [role=tablist]');
    const alike = `${one.tagName}:not([aria-label], [aria-expanded])`;
    const others = [...(group?.querySelectorAll(alike) ?? [])].filter(
      (other) => other.checkVisibility() && !other.matches(chosen));
    if (one.checkVisibility() && others.some((other) => looks(other) === looks(one)))
      tell('chosen, and looks like the others', one);
  }
  return lost;
}"""


OVERFLOW = """async () => {
  const root = document.documentElement;
  for (let frames = 0; frames < 60 && root.scrollWidth > root.clientWidth; frames += 1)
    await new Promise(requestAnimationFrame);
  return root.scrollWidth - root.clientWidth;
}"""
"""What measures itself, a preview above all, is drawn anew a frame or two after the window has changed."""

LISTEN = """() => {
  window.heard = [];
  const live = '[aria-live]:not([aria-live=off]), [role=log], [role=status], [role=alert]';
  const hear = (node) => {
    const one = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const region = one?.closest(live) ?? (one?.querySelector?.(live) || null);
    const text = (region?.contains(one) ? one : region)?.textContent.trim();
    if (text) window.heard.push(text);
  };
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes)
      (type === 'characterData' ? [target] : [...addedNodes]).forEach(hear);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


async def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, each with the first element concerned."""
    if not await page.evaluate("() => 'axe' in window"):
        source = frontend().folder / "node_modules" / "axe-core" / "axe.min.js"
        await page.evaluate(Path(source).read_text("utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "rules => axe.run(document, { runOnly: { type: 'tag', values: rules } })", RULES
    )
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]


async def listen(page: Page) -> None:
    """From now on, write down what a screen reader is told without its person's asking; `heard` gives it."""
    await page.evaluate(LISTEN)


async def heard(page: Page) -> list[str]:
    """Every announcement since `listen`, in its order."""
    return list(await page.evaluate("() => window.heard"))


async def overflows(page: Page) -> int:
    """By how many pixels the page is wider than the window, once it has followed the window's size."""
    return int(await page.evaluate(OVERFLOW))


async def cut_off(page: Page) -> list[str]:
    """Boxes that hide a part of their own text; those that end in an ellipsis do it on purpose."""
    return list(await page.evaluate(CUT_OFF))


async def lost_without_colours(page: Page) -> list[str]:
    """What cannot be told any more when the system's few colours take the place of the page's."""
    await page.evaluate(MARK_WHAT_IS_PAINTED)
    await page.emulate_media(forced_colors="active")
    try:
        return list(await page.evaluate(LOST_WITHOUT_COLOURS))
    finally:
        await page.emulate_media(forced_colors="none")
