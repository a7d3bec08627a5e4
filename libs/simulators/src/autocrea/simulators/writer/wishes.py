"""Wishes that this writer understands and cannot fulfil: it says so in the contract's deviations."""

import re
import tomllib
from functools import cache
from typing import Any

from autocrea.simulators.writer.order import Order, plain
from autocrea.simulators.writer.templates import text


def deviations(order: Order, but: tuple[str, ...] = ()) -> list[str]:
    """A sentence for every such wish in the request; `but` names those that the application does fulfil."""
    request = plain(order.request)
    found: list[str] = []
    technologies: list[str] = []
    for name, wish in _wishes().items():
        if name in but or not re.search(rf"\b(?:{wish['pattern']})\b", request):
            continue
        if "name" in wish:
            technologies.append(wish["name"])
        else:
            found.append(wish[order.language])
    if technologies:
        table = "technology" if "backend" in order.steps else "technology_of_pages"
        sentence: str = _table()[table][order.language]
        found.insert(0, sentence.replace("{names}", ", ".join(technologies)))
    return found


def _wishes() -> dict[str, Any]:
    wishes: dict[str, Any] = _table()["wishes"]
    return wishes


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(text("wishes.toml"))
