"""Which messages this service has handled: the ids it has seen, kept longer than anything can be repeated."""

from collections.abc import Sequence
from uuid import UUID

from autocrea.chassis.handlers import Connection

# Sorted, so that two replicas that were given copies of the same messages cannot deadlock.
_INSERT = """
INSERT INTO inbox (id, type)
SELECT DISTINCT ON (m.id) m.id, m.type FROM unnest($1::uuid[], $2::text[]) AS m (id, type) ORDER BY m.id
ON CONFLICT (id) DO NOTHING
RETURNING id"""


async def insert(connection: Connection, messages: Sequence[tuple[UUID, str]]) -> set[UUID]:
    """Note ids and types; returns the ids that were not there yet. A copy that another batch holds is waited for."""
    if not messages:
        return set()
    rows = await connection.fetch(_INSERT, [id_ for id_, _ in messages], [type_ for _, type_ in messages])
    return {row["id"] for row in rows}
