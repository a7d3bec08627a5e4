"""Metrics and their readings."""

import sqlite3
from datetime import UTC, datetime

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from database import connection

# A chart of two minutes at one reading every two seconds.
READINGS_SHOWN = 60

router = APIRouter()


class NewReading(BaseModel):
    """What a source sends."""

    metric: str = Field(max_length=50)
    value: float = Field(ge=-1e12, le=1e12, allow_inf_nan=False)


class Reading(NewReading):
    """A stored reading."""

    id: int
    measured_at: str


class Metric(BaseModel):
    """A metric with its latest value; the change is against the mean of the readings shown."""

    metric: str
    label: str
    unit: str
    value: float | None
    change_percent: float | None
    measured_at: str | None


class MetricList(BaseModel):
    """All metrics."""

    metrics: list[Metric]


class ReadingList(BaseModel):
    """Readings of one metric, oldest first."""

    metric: str
    readings: list[Reading]


@router.get("/api/metrics")
def list_metrics() -> MetricList:
    """Every metric with its latest value."""
    with connection() as db:
        rows = db.execute("SELECT metric, label, unit FROM metrics ORDER BY position").fetchall()
        return MetricList(metrics=[_latest(db, row) for row in rows])


@router.get("/api/metrics/{metric}/readings")
def list_readings(metric: str) -> ReadingList:
    """The last readings of a metric."""
    with connection() as db:
        _known(db, metric)
        return ReadingList(metric=metric, readings=_readings(db, metric))


@router.post("/api/readings", status_code=201)
def create_reading(reading: NewReading) -> Reading:
    """Record a reading."""
    with connection() as db:
        _known(db, reading.metric)
        row = db.execute(
            "INSERT INTO readings (metric, value, measured_at) VALUES (?, ?, ?) RETURNING *",
            (reading.metric, reading.value, datetime.now(UTC).isoformat(timespec="milliseconds")),
        ).fetchone()
    return Reading(**row)


def _known(db: sqlite3.Connection, metric: str) -> None:
    if db.execute("SELECT 1 FROM metrics WHERE metric = ?", (metric,)).fetchone() is None:
        raise HTTPException(404, "§{metric_unknown}")


def _readings(db: sqlite3.Connection, metric: str) -> list[Reading]:
    rows = db.execute(
        "SELECT * FROM readings WHERE metric = ? ORDER BY id DESC LIMIT ?", (metric, READINGS_SHOWN)
    ).fetchall()
    return [Reading(**row) for row in reversed(rows)]


def _latest(db: sqlite3.Connection, row: sqlite3.Row) -> Metric:
    readings = _readings(db, row["metric"])
    if not readings:
        return Metric(**row, value=None, change_percent=None, measured_at=None)
    last = readings[-1]
    mean = sum(reading.value for reading in readings) / len(readings)
    change = round((last.value - mean) / mean * 100, 1) if mean else 0.0
    return Metric(**row, value=last.value, change_percent=change, measured_at=last.measured_at)
