"""Which texts can travel and be kept: what JSON cannot carry or PostgreSQL cannot store is refused at the edge."""

from typing import Final

from pydantic import JsonValue

DOCUMENT_DEPTH_MAX: Final = 100
"""Parsers of JSON give up at some depth, ours at 200 with the message around it; no example needs a tenth of this."""


def flaw(text: str) -> str | None:
    """What makes a text impossible to keep, as the end of a sentence; None when nothing does."""
    if "\x00" in text:
        return "holds a NUL character"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "holds half a character (an unpaired surrogate)"
    return None


def document_flaw(document: JsonValue) -> str | None:
    """The same for every string in a JSON document, keys included, and for its depth."""
    waiting = [(document, 0)]
    while waiting:
        value, depth = waiting.pop()
        if isinstance(value, str):
            found = flaw(value)
            if found is not None:
                return found
        elif isinstance(value, list | dict):
            if depth == DOCUMENT_DEPTH_MAX:
                return f"is nested more than {DOCUMENT_DEPTH_MAX} levels deep"
            inner = value if isinstance(value, list) else [*value, *value.values()]
            waiting.extend((each, depth + 1) for each in inner)
    return None
