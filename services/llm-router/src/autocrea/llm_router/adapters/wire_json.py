"""JSON as providers send it: objects or nothing, characters that escapes cut in two, names that may be repeated."""

import json
import re
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


class Broken(Exception):
    """The JSON is not what the wire promises; the sentence says how and quotes nothing."""


def json_object(text: str) -> dict[str, Any]:
    """The object in this text; raises Broken."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Broken("an event that is no JSON") from error
    if not isinstance(found, dict):
        raise Broken("an event that is no JSON object")
    return found


def member(value: object, name: str) -> dict[str, Any]:
    """An object inside an object; empty where there is none."""
    found = value.get(name) if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def plain_name(value: object) -> str:
    """A code of an error as far as it is safe to repeat: a provider's own words can quote a prompt or a key."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and _NAME.fullmatch(value) else ""


class Mender:
    """Joins the halves of characters that JSON escapes cut in two, also across events."""

    def __init__(self) -> None:
        self._half = ""

    def mended(self, text: str) -> str:
        """The text with every whole character; a half at its end waits for the next text."""
        text, self._half = self._half + text, ""
        if text and "\ud800" <= text[-1] <= "\udbff":
            text, self._half = text[:-1], text[-1]
        if _SURROGATE.search(text):
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        return text
