"""What operators look at in the read model: everybody's generations without their content, the models' calls."""

from collections.abc import Sequence
from typing import Any, LiteralString

from autocrea.chassis.database import Database
from autocrea.gateway.adapters.queries import END
from autocrea.gateway.adapters.reading import fetch
from autocrea.gateway.domain.generation import Status
from autocrea.gateway.domain.operations import CallStatistics, GenerationFilter, OperatedGeneration
from autocrea.gateway.domain.views import Position

_GENERATIONS: LiteralString = """
SELECT generation_id, user_id, project_id, pipeline, status, run, cancel_requested, quote_tokens,
    result ->> 'fault' AS fault, created_at, started_at, updated_at
FROM generations
WHERE (created_at, generation_id) < ($1, $2) AND ($3::text IS NULL OR status = $3)
    AND ($4::text IS NULL OR user_id = $4) AND ($5::text IS NULL OR result ->> 'fault' = $5)
ORDER BY created_at DESC, generation_id DESC LIMIT $6"""
_CALLS: LiteralString = """
SELECT c.provider, c.model, count(*)::int AS calls, count(*) FILTER (WHERE c.outcome <> 'completed')::int AS failed,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY c.first_token_ms)::int AS first_token_ms_p50,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY c.total_ms)::int AS total_ms_p50,
    percentile_disc(0.95) WITHIN GROUP (ORDER BY c.total_ms)::int AS total_ms_p95
FROM (SELECT calls FROM steps WHERE ended_at > now() - interval '1 hour' ORDER BY ended_at DESC LIMIT 5000) s
CROSS JOIN LATERAL jsonb_to_recordset(s.calls)
    AS c (provider text, model text, outcome text, first_token_ms bigint, total_ms bigint)
GROUP BY c.provider, c.model ORDER BY c.provider, c.model"""


class OperatorQueries:
    """Reads over the service's database; raises `Unavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_generations(
        self, wanted: GenerationFilter, *, limit: int, after: Position | None
    ) -> Sequence[OperatedGeneration]:
        end = after or END
        rows = await fetch(
            self._database,
            _GENERATIONS,
            end.created_at,
            end.id,
            wanted.status.value if wanted.status is not None else None,
            wanted.user_id,
            wanted.fault,
            limit,
        )
        return [_generation(row) for row in rows]

    async def call_statistics(self) -> Sequence[CallStatistics]:
        """Of the last hour, by provider and model; at most of the five thousand steps that ended last."""
        return [CallStatistics(**dict(row)) for row in await fetch(self._database, _CALLS)]


def _generation(row: Any) -> OperatedGeneration:
    return OperatedGeneration(**{**dict(row), "status": Status(row["status"])})
