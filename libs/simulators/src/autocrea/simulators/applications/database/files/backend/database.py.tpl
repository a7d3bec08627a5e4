"""The SQLite database: one connection per request, tables and sample data created at the first start."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATABASE_PATH = Path(os.environ.get("DATABASE_PATH") or HERE / "data.db")
LOCK_TIMEOUT_SECONDS = 5


@contextmanager
def connection() -> Iterator[sqlite3.Connection]:
    """A connection that commits at the end of the block and rolls back on an error."""
    db = sqlite3.connect(DATABASE_PATH, timeout=LOCK_TIMEOUT_SECONDS)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA foreign_keys = ON")
    try:
        with db:
            yield db
    finally:
        db.close()


def prepare() -> None:
    """Create what is missing; a database that has been prepared before keeps its data as it is."""
    DATABASE_PATH.parent.mkdir(parents=True, exist_ok=True)
    with connection() as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            db.executescript(_script("schema.sql") + _script("seed.sql") + "PRAGMA user_version = 1;")


def _script(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
