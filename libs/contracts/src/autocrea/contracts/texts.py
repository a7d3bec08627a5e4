"""Which texts can travel and be kept: what JSON cannot carry or PostgreSQL cannot store is refused at the edge."""

from pydantic import JsonValue


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
    """The same for every string in a JSON document, keys included."""
    waiting = [document]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found = flaw(value)
            if found is not None:
                return found
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
    return None
