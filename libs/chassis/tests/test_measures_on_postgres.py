"""What the database says of a service is at its metrics: due jobs by kind, letters that wait."""

from uuid import uuid4

from autocrea.chassis import dead_letters, jobs
from autocrea.chassis.database import Database
from autocrea.chassis.dead_letters import DeadLetter
from autocrea.chassis.handlers import Connection, NewJob
from autocrea.chassis.measures import Measures
from prometheus_client import REGISTRY


def due(kind: str) -> float | None:
    return REGISTRY.get_sample_value("autocrea_jobs_due", {"kind": kind})


async def test_due_jobs_and_open_letters_are_told_when_they_are_measured(database: Database) -> None:
    measures = Measures(database, lambda: ["measured", "never"])
    seen: list[int] = []

    async def own(connection: Connection) -> None:
        seen.append(await connection.fetchval("SELECT 1"))

    measures.add(own)
    async with database.transaction() as connection:
        await jobs.add(connection, [(NewJob("measured", str(number)), None, None) for number in range(3)])
        await dead_letters.record(
            connection, [DeadLetter("inbox", "x", uuid4(), None, b"{}", "a bug", "a traceback")]
        )
    await measures.take()
    assert (due("measured"), due("never"), seen) == (3.0, 0.0, [1])
    assert REGISTRY.get_sample_value("autocrea_dead_letters_open") == 1.0
