"""A person's ledger as a table that spreadsheets open: one line a row, what it did to the tokens at hand beside it."""

import csv
from collections.abc import Iterable, Mapping
from io import StringIO

from autocrea.contracts.internal import LedgerEntry
from autocrea.contracts.vocabulary import ChangeKind

COLUMNS = (
    "entry",
    "at",
    "kind",
    "tokens",
    "available",
    "generation_id",
    "run",
    "step",
    "fault",
    "purchase_id",
    "reason",
)
_SIGNS: Mapping[str, int] = {
    ChangeKind.GRANT: 1,
    ChangeKind.PURCHASE: 1,
    ChangeKind.HOLD: -1,
    ChangeKind.CAPTURE: 0,  # it leaves the hold, which left the tokens at hand before
    ChangeKind.RELEASE: 1,
    ChangeKind.REFUND: 1,
    ChangeKind.REVERSAL: -1,
    ChangeKind.RECEIVABLE: 1,
}
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would run as a formula at the beginning of a cell."""


def heading() -> str:
    """The first row."""
    return _written([COLUMNS])


def rows(entries: Iterable[LedgerEntry]) -> str:
    """Some lines. Of a kind that is newer than this build `available` is left open."""
    return _written(_row(entry) for entry in entries)


def _row(entry: LedgerEntry) -> list[str]:
    sign = _SIGNS.get(entry.kind)
    values: dict[str, object] = {name: getattr(entry, name) for name in COLUMNS if name != "available"}
    values |= {"at": entry.at.isoformat(), "available": None if sign is None else sign * entry.tokens}
    return [_cell(values[name]) for name in COLUMNS]


def _cell(value: object) -> str:
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


def _written(table: Iterable[Iterable[str]]) -> str:
    file = StringIO()
    csv.writer(file).writerows(table)
    return file.getvalue()
