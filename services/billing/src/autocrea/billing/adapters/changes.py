"""Which rows differ from what was read, and rows turned into the columns that `unnest` takes."""

from collections.abc import Mapping, Sequence
from typing import Any

Row = tuple[Any, ...]
Read = dict[tuple[str, object], Row]
"""Rows as they were read, by table and key."""


def changed(read: Read, table: str, rows: Mapping[Any, Row]) -> list[Row]:
    """The rows that are new or differ, in the order of their keys."""
    return [rows[key] for key in sorted(rows) if read.get((table, key)) != rows[key]]


def columns(rows: Sequence[Row], count: int) -> list[list[Any]]:
    """One list per column."""
    return [[row[column] for row in rows] for column in range(count)]
