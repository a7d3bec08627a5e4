"""Reading files and archives for jobs and for people, and letting files go, outside any decision."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import LiteralString
from uuid import UUID

from autocrea.artifacts.adapters.repository import to_archive
from autocrea.artifacts.domain.contents import ListedFile, ShelvedFile
from autocrea.artifacts.domain.generation import Archive
from autocrea.artifacts.ports import RetirableArchive
from autocrea.chassis.database import Database
from autocrea.contracts.ids import GenerationId, StepName

_ARCHIVE: LiteralString = """
SELECT run, state, file_name, wanted, sha256, bytes, files, fault, detail
FROM archives WHERE generation_id = $1 AND run = $2"""
# Of several runs that delivered the same content the first serves: the rule of Generation.set_for.
_FILES_OF_ARCHIVE: LiteralString = """
WITH chosen AS (
    SELECT DISTINCT ON (s.step) s.run, s.step
    FROM archives a, json_each_text(a.wanted) AS w (step, sha256), step_sets s
    WHERE a.generation_id = $1 AND a.run = $2
        AND s.generation_id = a.generation_id AND s.step = w.step AND s.sha256 = w.sha256 AND s.state = 'stored'
    ORDER BY s.step, s.run
)
SELECT f.step, f.path, f.sha256, f.content, f.archived_run FROM files f JOIN chosen c USING (run, step)
WHERE f.generation_id = $1"""
_NEWEST_FILES: LiteralString = """
WITH newest AS (
    SELECT DISTINCT ON (step) run, step, arrived_at FROM step_sets
    WHERE generation_id = $1 AND state = 'stored' ORDER BY step, run DESC
)
SELECT f.step, f.path, f.sha256, f.content, f.archived_run FROM files f JOIN newest n USING (run, step)
WHERE f.generation_id = $1 ORDER BY n.arrived_at, f.path"""
_FILE: LiteralString = """
SELECT f.step, f.path, f.sha256, f.content, f.archived_run
FROM files f JOIN step_sets s USING (generation_id, run, step)
WHERE f.generation_id = $1 AND f.path = $2 AND (f.step = $3 OR $3 IS NULL)
ORDER BY s.arrived_at DESC LIMIT 1"""
_REFERENCED: LiteralString = """
SELECT object_key FROM archives WHERE object_key = ANY($1::text[]) AND state IN ('packaging', 'ready')"""

_RETIRABLE: LiteralString = """
SELECT changed_at, generation_id, run, sha256 FROM archives
WHERE state = 'ready' AND files_retired_at IS NULL AND changed_at < $1
    AND (changed_at, generation_id, run) > ($2, $3, $4)
ORDER BY changed_at, generation_id, run LIMIT $5"""
_LOCK: LiteralString = "SELECT FROM generations WHERE id = $1 FOR UPDATE"
_MARK_RETIRED: LiteralString = """
UPDATE archives SET files_retired_at = now() WHERE generation_id = $1 AND run = $2 AND state = 'ready' RETURNING run"""
_RETIRE: LiteralString = """
UPDATE files SET content = NULL, archived_run = $2
FROM unnest($3::text[], $4::text[], $5::text[]) AS l (step, path, sha256)
WHERE files.generation_id = $1 AND files.step = l.step AND files.path = l.path AND files.sha256 = l.sha256
    AND content IS NOT NULL"""
_FIRST = RetirableArchive(datetime.min.replace(tzinfo=UTC), GenerationId(UUID(int=0)), 0, "")


class DatabaseShelf:
    """A `Shelf` on this service's tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def archive(self, generation_id: GenerationId, run: int) -> Archive | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ARCHIVE, generation_id, run)
        return None if row is None else to_archive(row)

    async def files_of_archive(self, generation_id: GenerationId, run: int) -> list[ShelvedFile]:
        async with self._database.connection() as connection:
            return [
                ShelvedFile(*row) for row in await connection.fetch(_FILES_OF_ARCHIVE, generation_id, run)
            ]

    async def newest_files(self, generation_id: GenerationId) -> list[ShelvedFile]:
        async with self._database.connection() as connection:
            return [ShelvedFile(*row) for row in await connection.fetch(_NEWEST_FILES, generation_id)]

    async def file(self, generation_id: GenerationId, path: str, step: StepName | None) -> ShelvedFile | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_FILE, generation_id, path, step)
        return None if row is None else ShelvedFile(*row)

    async def referenced(self, keys: Sequence[str]) -> set[str]:
        async with self._database.connection() as connection:
            return {row["object_key"] for row in await connection.fetch(_REFERENCED, keys)}

    async def retirable(
        self, before: datetime, after: RetirableArchive | None, limit: int
    ) -> list[RetirableArchive]:
        last = after or _FIRST
        key = (last.changed_at, last.generation_id, last.run)
        async with self._database.connection() as connection:
            rows = await connection.fetch(_RETIRABLE, before, *key, limit)
        return [RetirableArchive(*row) for row in rows]

    async def retire(self, generation_id: GenerationId, run: int, files: Sequence[ListedFile]) -> None:
        columns = [[getattr(file, name) for file in files] for name in ("step", "path", "sha256")]
        async with self._database.transaction() as connection:
            await connection.execute(
                _LOCK, generation_id
            )  # no decision about the generation falls in between
            if await connection.fetchval(_MARK_RETIRED, generation_id, run) is not None:
                await connection.execute(_RETIRE, generation_id, run, *columns)
