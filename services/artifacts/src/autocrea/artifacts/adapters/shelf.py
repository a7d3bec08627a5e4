"""Reading files and archives for jobs and for people, outside any decision."""

from collections.abc import Sequence
from typing import LiteralString

from autocrea.artifacts.adapters.repository import to_archive
from autocrea.artifacts.domain.contents import PackedFile
from autocrea.artifacts.domain.generation import Archive
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
SELECT f.step, f.path, f.sha256, f.content FROM files f JOIN chosen c USING (run, step) WHERE f.generation_id = $1"""
_NEWEST_FILES: LiteralString = """
WITH newest AS (
    SELECT DISTINCT ON (step) run, step, arrived_at FROM step_sets
    WHERE generation_id = $1 AND state = 'stored' ORDER BY step, run DESC
)
SELECT f.step, f.path, f.sha256, f.content FROM files f JOIN newest n USING (run, step)
WHERE f.generation_id = $1 ORDER BY n.arrived_at, f.path"""
_FILE: LiteralString = """
SELECT f.step, f.path, f.sha256, f.content FROM files f JOIN step_sets s USING (generation_id, run, step)
WHERE f.generation_id = $1 AND f.path = $2 AND (f.step = $3 OR $3 IS NULL)
ORDER BY s.arrived_at DESC LIMIT 1"""
_REFERENCED: LiteralString = """
SELECT object_key FROM archives WHERE object_key = ANY($1::text[]) AND state IN ('packaging', 'ready')"""


class DatabaseShelf:
    """A `Shelf` on this service's tables."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def archive(self, generation_id: GenerationId, run: int) -> Archive | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_ARCHIVE, generation_id, run)
        return None if row is None else to_archive(row)

    async def files_of_archive(self, generation_id: GenerationId, run: int) -> list[PackedFile]:
        async with self._database.connection() as connection:
            return [PackedFile(*row) for row in await connection.fetch(_FILES_OF_ARCHIVE, generation_id, run)]

    async def newest_files(self, generation_id: GenerationId) -> list[PackedFile]:
        async with self._database.connection() as connection:
            return [PackedFile(*row) for row in await connection.fetch(_NEWEST_FILES, generation_id)]

    async def file(self, generation_id: GenerationId, path: str, step: StepName | None) -> PackedFile | None:
        async with self._database.connection() as connection:
            row = await connection.fetchrow(_FILE, generation_id, path, step)
        return None if row is None else PackedFile(*row)

    async def referenced(self, keys: Sequence[str]) -> set[str]:
        async with self._database.connection() as connection:
            return {row["object_key"] for row in await connection.fetch(_REFERENCED, keys)}
