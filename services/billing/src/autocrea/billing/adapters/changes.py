"""Which rows differ from what was read."""

from collections.abc import Mapping
from typing import Any

Row = tuple[Any, ...]
Read = dict[tuple[str, object], Row]
"""Rows as they were read, by table and key."""


def changed(read: Read, table: str, rows: Mapping[Any, Row]) -> list[Row]:
    """The rows that are new or differ, in the order of their keys."""
    return [rows[key] for key in sorted(rows) if read.get((table, key)) != rows[key]]
