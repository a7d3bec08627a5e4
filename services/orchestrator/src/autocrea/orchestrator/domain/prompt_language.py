"""In which of the product's languages a request is written: the application speaks it, whatever the page was in."""

import re
from typing import Final

# Words that stand in almost every sentence of one language and in none of the other.
_WORDS: Final = {
    "es": frozenset(
        {
            "el",
            "la",
            "los",
            "las",
            "de",
            "del",
            "con",
            "para",
            "que",
            "una",
            "un",
            "en",
            "por",
            "y",
            "mi",
            "mis",
            "sin",
        }
        | {
            "quiero",
            "necesito",
            "crear",
            "crea",
            "página",
            "tienda",
            "usuarios",
            "gestionar",
            "donde",
            "sistema",
        }
    ),
    "en": frozenset(
        {
            "the",
            "of",
            "with",
            "for",
            "and",
            "that",
            "an",
            "to",
            "my",
            "by",
            "where",
            "without",
            "which",
            "is",
            "are",
        }
        | {"want", "need", "create", "build", "page", "shop", "users", "manage", "website", "in", "from"}
    ),
}
_WORD: Final = re.compile(r"[^\W\d_]+")
WORDS_MAX: Final = 400  # the beginning tells


def language_of_request(text: str, otherwise: str) -> str:
    """Spanish or English by the words found; `otherwise` where neither has more of them."""
    words = [match[0].lower() for match, _ in zip(_WORD.finditer(text), range(WORDS_MAX), strict=False)]
    spanish = sum(word in _WORDS["es"] for word in words) + any(mark in text for mark in "ñ¿¡")
    english = sum(word in _WORDS["en"] for word in words)
    if spanish == english:
        return otherwise
    return "es" if spanish > english else "en"
