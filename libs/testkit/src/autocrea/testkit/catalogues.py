"""Which language a page speaks: its words beside the two catalogues of texts that the pages have."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

from autocrea.testkit.stack_environment import frontend
from playwright.async_api import Page

Language = Literal["es", "en"]

_COMMENTS = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)
_IMPORTS = re.compile(r"^import .*?$", re.MULTILINE)
_TEXTS = re.compile(r"\"((?:[^\"\\\n]|\\.)*)\"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`")
_HOLES = re.compile(r"\$\{[^}]*\}")

LETTERS_MIN = 4
"""Of a text that is looked for: `s` and `px` belong to everybody."""

WORDS = {
    "es": re.compile(r"[áéíóúñü¿¡«»]|\b(de|del|la|los|las|una|para|que|con|por|tus?|está)\b", re.IGNORECASE),
    "en": re.compile(r"\b(the|of|and|with|is|are|your|you|this|from|for|not)\b", re.IGNORECASE),
}
"""Each language's most frequent words, whose text no catalogue may have; names of things are in neither."""

SAID = """() => {
  const foreign = '[lang]:not(html), code, pre, .cm-editor, iframe, option:not(:checked), [data-quoted]';
  const said = [document.title];
  for (const one of document.querySelectorAll('body *')) {
    if (one.closest(foreign) || !one.checkVisibility()) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt']) said.push(one.getAttribute(name) ?? '');
    const own = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    said.push(own.map((node) => node.textContent).join(''));
  }
  return [...new Set(said.map((text) => text.trim().replace(/\\s+/g, ' ')))].filter(Boolean);
}"""


async def foreign_texts(page: Page, language: Language) -> list[str]:
    """What is said on a page, aloud or in sight, in the other language than this one.

    What people and models write is passed over where the page marks it as quoted or as of another language.
    """
    other: Language = "en" if language == "es" else "es"
    said: Sequence[str] = await page.evaluate(SAID)
    return [text for text in said if WORDS[other].search(text) or _only_in(other).fullmatch(text)]


@cache
def _only_in(language: Language) -> re.Pattern[str]:
    """Any text of this catalogue that the other one has not."""
    other: Language = "en" if language == "es" else "es"
    texts = _texts(language) - _texts(other)
    return re.compile("|".join(sorted(texts, key=len, reverse=True)))


@cache
def _texts(language: Language) -> frozenset[str]:
    """Patterns of the catalogue's texts, with anything where a text has a hole."""
    found: set[str] = set()
    for file in sorted((frontend().folder / "src" / "shared" / "i18n" / language).glob("*.ts")):
        source = _IMPORTS.sub("", _COMMENTS.sub("", file.read_text("utf-8")))
        for double, single, template in _TEXTS.findall(source):
            pieces = _HOLES.split(template) if template else [double or single]
            if sum(character.isalpha() for piece in pieces for character in piece) >= LETTERS_MIN:
                found.add(".+".join(re.escape(piece) for piece in pieces))
    assert found, f"no texts are found in {language}"
    return frozenset(found)
