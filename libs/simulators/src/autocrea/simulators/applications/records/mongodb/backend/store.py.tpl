"""Where records live: in MongoDB if MONGODB_URL is set, else in memory until the server stops."""

import json
import logging
import os
from pathlib import Path
from typing import Any, Protocol

from memory_store import MemoryStore

Record = dict[str, Any]

SEED = Path(__file__).resolve().parent / "seed.json"

logger = logging.getLogger("uvicorn.error")


class Store(Protocol):
    """What the routes need; a record is a dictionary with an `id`."""

    name: str

    def all(self, collection: str) -> list[Record]: ...

    def find(self, collection: str, record_id: str) -> Record | None: ...

    def insert(self, collection: str, values: Record, record_id: str | None = None) -> Record: ...

    def replace(self, collection: str, record_id: str, values: Record) -> Record | None: ...

    def delete(self, collection: str, record_id: str) -> bool: ...


def open_store() -> Store:
    """The store that the environment asks for, with sample data in the collections that are empty."""
    chosen: Store
    if url := os.environ.get("MONGODB_URL"):
        # Only who uses MongoDB needs its driver.
        from mongodb_store import MongoDBStore

        chosen = MongoDBStore(url, os.environ.get("MONGODB_DATABASE", "app"))
    else:
        logger.warning("MONGODB_URL is not set: records are kept in memory and lost when the server stops")
        chosen = MemoryStore()
    for collection, records in json.loads(SEED.read_text(encoding="utf-8")).items():
        if not chosen.all(collection):
            for record in records:
                chosen.insert(collection, record["values"], record["id"])
    return chosen


store = open_store()
