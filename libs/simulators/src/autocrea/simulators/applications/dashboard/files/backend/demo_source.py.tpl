"""The demonstration source: invents plausible readings, so that there is something to look at from the first second."""

import asyncio
import logging
import random
import sqlite3
from datetime import UTC, datetime, timedelta

from database import connection

SECONDS_BETWEEN_READINGS = 2
READINGS_AT_START = 60
# About three hours of four metrics; older readings make room.
READINGS_KEPT = 20_000
# How far a value may move at once, as a part of its usual range.
STEP = 0.12

logger = logging.getLogger(__name__)


async def run_demo_source() -> None:
    """Write readings until cancelled; a locked database only skips a beat."""
    await asyncio.to_thread(_write_past)
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_READINGS)
        try:
            await asyncio.to_thread(_write_now)
        except sqlite3.OperationalError:
            logger.exception("the demonstration source could not write")


def _write_past() -> None:
    """Fill the charts of an empty database."""
    now = datetime.now(UTC)
    with connection() as db:
        if db.execute("SELECT 1 FROM readings").fetchone() is None:
            for beat in range(READINGS_AT_START, 0, -1):
                _write(db, now - timedelta(seconds=beat * SECONDS_BETWEEN_READINGS))


def _write_now() -> None:
    with connection() as db:
        _write(db, datetime.now(UTC))
        db.execute("DELETE FROM readings WHERE id <= (SELECT max(id) FROM readings) - ?", (READINGS_KEPT,))


def _write(db: sqlite3.Connection, when: datetime) -> None:
    for row in db.execute("SELECT * FROM metrics").fetchall():
        last = db.execute(
            "SELECT value FROM readings WHERE metric = ? ORDER BY id DESC LIMIT 1", (row["metric"],)
        ).fetchone()
        low, high = row["usual_low"], row["usual_high"]
        start = last["value"] if last else (low + high) / 2
        moved = start + random.uniform(-STEP, STEP) * (high - low)
        value = round(min(max(moved, low), high), 1)
        db.execute(
            "INSERT INTO readings (metric, value, measured_at) VALUES (?, ?, ?)",
            (row["metric"], value, when.isoformat(timespec="milliseconds")),
        )
