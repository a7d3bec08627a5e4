"""The stored sets and archives of a generation, for operators: paths, sizes and hashes, no contents."""

from typing import Any
from uuid import UUID

from autocrea.chassis.handlers import Connection

_SETS = """
SELECT run, step, sha256, state, arrived_at FROM step_sets WHERE generation_id = $1 ORDER BY arrived_at"""
_FILES = """
SELECT run, step, path, sha256, octet_length(content) AS bytes, archived_run FROM files
WHERE generation_id = $1 ORDER BY run, step, path"""
_ARCHIVES = """
SELECT run, state, file_name, sha256, bytes, files, fault FROM archives WHERE generation_id = $1 ORDER BY run"""


async def story(connection: Connection, generation_id: UUID) -> dict[str, Any]:
    return {
        "sets": [dict(row) for row in await connection.fetch(_SETS, generation_id)],
        "files": [dict(row) for row in await connection.fetch(_FILES, generation_id)],
        "archives": [dict(row) for row in await connection.fetch(_ARCHIVES, generation_id)],
    }
