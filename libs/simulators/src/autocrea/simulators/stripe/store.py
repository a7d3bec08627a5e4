"""Everything that the simulated Stripe remembers, as JSON in SQLite: it survives a restart as Stripe's memory does."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_CREATE = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, created INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (kind, seq);
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL
);
"""
# The newest first, as Stripe lists; what exists for itself only is not listed.
_LIST = "SELECT seq, body FROM objects WHERE kind = ? AND created >= ? AND seq < ? ORDER BY seq DESC"

_LAST = 2**62

Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """What to list: at most `limit` objects created at `since` or later, after (older than) the object `after`."""

    kind: str
    since: int = 0
    after: str | None = None
    limit: int = 10
    equal: dict[str, Any] = field(default_factory=dict)
    types: tuple[str, ...] = ()


class Store:
    """Objects by id. Every change is on disk before the next answer; a crash of this machine may cost the last."""

    def __init__(self, path: Path | None) -> None:
        self._database = sqlite3.connect(str(path) if path else ":memory:", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.executescript(_CREATE)

    def put(self, value: Object) -> Object:
        """Add an object, or replace the one of its id."""
        self._database.execute(
            "INSERT INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (value["id"], value["object"], value["created"], json.dumps(value, ensure_ascii=False)),
        )
        return value

    def get(self, kind: str, id_: str) -> Object | None:
        """The object, if it is there and of this kind."""
        row = self._database.execute(
            "SELECT body FROM objects WHERE id = ? AND kind = ?", (id_, kind)
        ).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def page(self, listing: Listing) -> tuple[list[Object], bool]:
        """A page, the newest first, and whether there is more."""
        found: list[Object] = []
        for value in self._matching(listing):
            if len(found) == listing.limit:
                return found, True
            found.append(value)
        return found, False

    def all(self, kind: str, **equal: Any) -> list[Object]:
        """Every object of a kind whose fields equal these, the oldest first."""
        return list(self._matching(Listing(kind, equal=equal)))[::-1]

    def answered(self, key: str) -> tuple[str, int, Object] | None:
        """What was asked and answered under an idempotency key."""
        row = self._database.execute(
            "SELECT request, status, body FROM answers WHERE key = ?", (key,)
        ).fetchone()
        return None if row is None else (row[0], row[1], json.loads(row[2]))

    def answer(self, key: str, request: str, status: int, body: Object) -> None:
        """Remember an answer under an idempotency key."""
        self._database.execute(
            "INSERT INTO answers (key, request, status, body) VALUES (?, ?, ?, ?)",
            (key, request, status, json.dumps(body, ensure_ascii=False)),
        )

    def _matching(self, listing: Listing) -> Iterator[Object]:
        last = _LAST
        if listing.after is not None:
            row = self._database.execute("SELECT seq FROM objects WHERE id = ?", (listing.after,)).fetchone()
            last = 0 if row is None else row[0]
        for _, body in self._database.execute(_LIST, (listing.kind, listing.since, last)):
            value = json.loads(body)
            fits = all(value.get(name) == wanted for name, wanted in listing.equal.items())
            if fits and (not listing.types or value.get("type") in listing.types):
                yield value
