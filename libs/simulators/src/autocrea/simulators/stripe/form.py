"""Stripe's request bodies: forms whose names nest, as in `line_items[0][price_data][currency]=usd`."""

import re
from typing import Any
from urllib.parse import parse_qsl

_PART = re.compile(r"\[([^\]]*)\]")

# Deeper than any request of Stripe's; a longer chain of brackets is somebody's attack on the parser.
DEPTH_MAX = 12


class BadForm(Exception):
    """Names that contradict each other, such as `a=1&a[b]=2`."""


def parse_form(text: str) -> dict[str, Any]:
    """The nested mapping that a body or a query means; lists where the names count from 0. Raises `BadForm`."""
    root: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, _, rest = name.partition("[")
        path = [first, *_PART.findall(f"[{rest}")] if rest else [first]
        if len(path) > DEPTH_MAX:
            raise BadForm(f"{first} nests too deep")
        _put(root, path, value)
    return {name: _with_lists(value) for name, value in root.items()}


def _put(node: dict[str, Any], path: list[str], value: str) -> None:
    for place in path[:-1]:
        inner = node.setdefault(place, {})
        if not isinstance(inner, dict):
            raise BadForm(f"{path[0]} is a value and a mapping at once")
        node = inner
    place = path[-1] or str(len(node))  # `types[]=a&types[]=b`
    if isinstance(node.get(place), dict):
        raise BadForm(f"{path[0]} is a value and a mapping at once")
    node[place] = value


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(one) for name, one in value.items()}
    if inner and sorted(inner) == sorted(str(number) for number in range(len(inner))):
        return [inner[str(number)] for number in range(len(inner))]
    return inner
