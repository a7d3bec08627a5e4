"""The stand-in for MongoDB: the same operations on dictionaries, for trying the application without a database."""

import secrets
import threading
from typing import Any

ID_BYTES = 12

Record = dict[str, Any]


class MemoryStore:
    """Collections in memory; requests run in several threads, so each operation takes the lock."""

    name = "memory"

    def __init__(self) -> None:
        self._collections: dict[str, dict[str, Record]] = {}
        self._lock = threading.Lock()

    def all(self, collection: str) -> list[Record]:
        """Every record, the newest first."""
        with self._lock:
            records = self._collections.get(collection, {})
            return [{"id": key, **values} for key, values in reversed(records.items())]

    def find(self, collection: str, record_id: str) -> Record | None:
        """The record of this id."""
        with self._lock:
            values = self._collections.get(collection, {}).get(record_id)
        return None if values is None else {"id": record_id, **values}

    def insert(self, collection: str, values: Record, record_id: str | None = None) -> Record:
        """Store a new record, under a new id unless one is given."""
        key = record_id or secrets.token_hex(ID_BYTES)
        with self._lock:
            self._collections.setdefault(collection, {})[key] = dict(values)
        return {"id": key, **values}

    def replace(self, collection: str, record_id: str, values: Record) -> Record | None:
        """Replace a record."""
        with self._lock:
            records = self._collections.get(collection, {})
            if record_id not in records:
                return None
            records[record_id] = dict(values)
        return {"id": record_id, **values}

    def delete(self, collection: str, record_id: str) -> bool:
        """Delete a record; says whether it was there."""
        with self._lock:
            return self._collections.get(collection, {}).pop(record_id, None) is not None
