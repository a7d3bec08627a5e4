"""What a deletion removes from the tables, and what it has to know before."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, LiteralString
from uuid import UUID

from autocrea.chassis.handlers import Connection
from autocrea.contracts.gateway.v1 import PROJECT_GENERATIONS_MAX
from autocrea.contracts.ids import GenerationId, ProjectId
from autocrea.gateway.domain.read_model import Rows, generation_stream, user_stream

_PROJECT_CONTENTS: LiteralString = """
SELECT project_id, generation_id FROM unnest($1::uuid[]) AS p (project_id) CROSS JOIN LATERAL (
    SELECT generation_id FROM generations WHERE project_id = p.project_id LIMIT $2) g
ORDER BY project_id, generation_id"""
_USER_CONTENTS: LiteralString = """
SELECT p.project_id, g.generation_id FROM projects p LEFT JOIN generations g USING (project_id)
WHERE p.user_id = ANY($1::text[]) ORDER BY p.project_id, g.generation_id"""
_ERASED: LiteralString = "SELECT generation_id FROM erased_generations WHERE generation_id = ANY($1::uuid[])"
_REMEMBER: LiteralString = """
INSERT INTO erased_generations (generation_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING"""
_GENERATIONS: tuple[LiteralString, ...] = (
    "DELETE FROM steps WHERE generation_id = ANY($1::uuid[])",
    "DELETE FROM files WHERE generation_id = ANY($1::uuid[])",
    "DELETE FROM generations WHERE generation_id = ANY($1::uuid[])",
)
_FEEDS: LiteralString = "DELETE FROM feed_events WHERE stream = ANY($1::text[])"
# An answer may name what it was about; a request sent again after the deletion is a new one.
_ANSWERS: LiteralString = """
DELETE FROM idempotency_keys WHERE user_id = ANY($1::text[]) AND body ->> 'project_id' = ANY($2::text[])"""
_PROJECTS: LiteralString = "DELETE FROM projects WHERE project_id = ANY($1::uuid[])"
_ACCOUNTS: tuple[LiteralString, ...] = (
    "DELETE FROM idempotency_keys WHERE user_id = ANY($1::text[])",
    "DELETE FROM access_tokens WHERE user_id = ANY($1::text[])",
)


async def load_contents(
    connection: Connection, rows: Rows, project_ids: Sequence[str], user_ids: Sequence[str]
) -> None:
    """Add which generations are in these projects, and in all projects of these people."""
    if project_ids:
        ids = [UUID(id_) for id_ in project_ids]
        _add(rows, await connection.fetch(_PROJECT_CONTENTS, ids, PROJECT_GENERATIONS_MAX))
    if user_ids:
        _add(rows, await connection.fetch(_USER_CONTENTS, user_ids))


def _add(rows: Rows, found: Sequence[Any]) -> None:
    for project_id, entries in groupby(found, key=lambda row: row["project_id"]):
        ids = (row["generation_id"] for row in entries)
        rows.contents[ProjectId(project_id)] = tuple(GenerationId(id_) for id_ in ids if id_ is not None)


async def find_erased(connection: Connection, ids: Sequence[GenerationId]) -> set[GenerationId]:
    """Which of these were deleted."""
    return {row["generation_id"] for row in await connection.fetch(_ERASED, ids)} if ids else set()


async def save(connection: Connection, rows: Rows) -> None:
    """Remove what is to go. Comes before what the same decision adds to a person's feed."""
    if rows.erasures:
        generations = [id_ for erasure in rows.erasures for id_ in erasure.generation_ids]
        projects = [erasure.project_id for erasure in rows.erasures]
        await connection.execute(_REMEMBER, generations)
        for statement in _GENERATIONS:
            await connection.execute(statement, generations)
        await connection.execute(_FEEDS, [generation_stream(id_) for id_ in generations])
        owners = [erasure.user_id for erasure in rows.erasures]
        await connection.execute(_ANSWERS, owners, [str(id_) for id_ in projects])
        await connection.execute(_PROJECTS, projects)
    if rows.erased_accounts:
        await connection.execute(_FEEDS, [user_stream(id_) for id_ in rows.erased_accounts])
        for statement in _ACCOUNTS:
            await connection.execute(statement, rows.erased_accounts)
