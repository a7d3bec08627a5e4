"""Steps, calls and models between memory and tables: loaded under lock, saved with one statement a table."""

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString
from uuid import UUID

from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.domain.breaker import ANSWERS, FAILURES, WINDOW_SECONDS, Breaker, Window
from autocrea.llm_router.domain.providers import ModelKey, ModelStatus
from autocrea.llm_router.domain.rows import ANY_RUN, MODELS, STEPS, RowKey, Rows
from autocrea.llm_router.domain.steps import BookedCall, Booking, Step, StepKey, StepState

# Rows that nobody has heard of are made first, sorted: there must be something to lock.
_ENSURE_MODELS: LiteralString = """
INSERT INTO providers (provider, model, revision, available)
SELECT provider, model, 0, false FROM unnest($1::text[], $2::text[]) AS m (provider, model) ORDER BY provider, model
ON CONFLICT DO NOTHING"""
_LOCK_MODELS: LiteralString = """
SELECT provider, model, revision, available, reason, open_reason, open_until, probe_until, failed_probes, closed_at
FROM providers
WHERE (provider, model) IN (SELECT * FROM unnest($1::text[], $2::text[])) ORDER BY provider, model FOR UPDATE"""
# `greatest` ignores nulls: a breaker that never closed counts the whole window.
_WINDOWS: LiteralString = """
SELECT p.provider, p.model, count(*) FILTER (WHERE outcome = ANY($3::text[])) AS answered,
    count(*) FILTER (WHERE outcome = ANY($4::text[])) AS failed
FROM providers p JOIN unnest($1::text[], $2::text[]) AS m (provider, model) USING (provider, model)
    JOIN llm_calls c USING (provider, model)
WHERE c.ended_at > greatest(now() - make_interval(secs => $5), p.closed_at) GROUP BY p.provider, p.model"""
_ENSURE_STEPS: LiteralString = """
INSERT INTO steps (generation_id, run, step, state, attempt)
SELECT generation_id, run, step, 'none', 0
FROM unnest($1::uuid[], $2::int[], $3::text[]) AS s (generation_id, run, step)
ORDER BY generation_id, run, step ON CONFLICT DO NOTHING"""
_OF_GENERATIONS: LiteralString = (
    "SELECT generation_id, run, step FROM steps WHERE generation_id = ANY($1::uuid[])"
)
_LOCK_STEPS: LiteralString = """
SELECT generation_id, run, step, state, attempt FROM steps
WHERE (generation_id, run, step) IN (SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[]))
ORDER BY generation_id, run, step FOR UPDATE"""
# Calls need no lock of their own: whoever writes one holds its step's row, shared or alone.
_CALLS: LiteralString = """
SELECT c.generation_id, c.run, c.step, call_id, attempt, made_output, booking
FROM llm_calls c JOIN unnest($1::uuid[], $2::int[], $3::text[]) AS s (generation_id, run, step)
    USING (generation_id, run, step)
ORDER BY placed_at, call_id"""

_SAVE_MODELS: LiteralString = """
UPDATE providers SET revision = m.revision, available = m.available, reason = m.reason, changed_at = now(),
    open_reason = m.open_reason, open_until = m.open_until, probe_until = m.probe_until,
    failed_probes = m.failed_probes, closed_at = m.closed_at
FROM unnest($1::text[], $2::text[], $3::int[], $4::bool[], $5::text[], $6::text[], $7::timestamptz[],
        $8::timestamptz[], $9::int[], $10::timestamptz[])
    AS m (provider, model, revision, available, reason, open_reason, open_until, probe_until, failed_probes, closed_at)
WHERE providers.provider = m.provider AND providers.model = m.model"""
_SAVE_STEPS: LiteralString = """
UPDATE steps SET state = s.state, attempt = s.attempt
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::int[]) AS s (generation_id, run, step, state, attempt)
WHERE steps.generation_id = s.generation_id AND steps.run = s.run AND steps.step = s.step"""
_SAVE_CALLS: LiteralString = """
UPDATE llm_calls SET made_output = c.made_output, booking = c.booking
FROM unnest($1::uuid[], $2::bool[], $3::text[]) AS c (call_id, made_output, booking)
WHERE llm_calls.call_id = c.call_id"""


class RouterRepository:
    """The service's `Repository`."""

    async def load(self, connection: Connection, keys: Sequence[RowKey]) -> Rows:
        rows = Rows()
        models = [ModelKey(key.first, key.last) for key in keys if key.table == MODELS]
        steps = {
            StepKey(GenerationId(UUID(key.first)), key.run, StepName(key.last))
            for key in keys
            if key.table == STEPS and key.run != ANY_RUN
        }
        generations = [UUID(key.first) for key in keys if key.table == STEPS and key.run == ANY_RUN]
        if models:
            await self._load_models(connection, rows, models)
        if generations:
            steps |= {_step_key(row) for row in await connection.fetch(_OF_GENERATIONS, generations)}
        if steps:
            await self._load_steps(connection, rows, sorted(steps))
        return rows

    async def save(self, connection: Connection, rows: Rows) -> None:
        models = (one for one in rows.models.values() if one.changed)
        await _write(
            connection,
            _SAVE_MODELS,
            (
                (*one.key, one.revision, one.available, one.reason, *_columns_of(one.breaker))
                for one in models
            ),
        )
        steps = (step for step in rows.steps.values() if step.changed)
        await _write(
            connection,
            _SAVE_STEPS,
            ((*step.key, step.state.value, step.attempt) for step in steps),
        )
        calls = (call for step in rows.steps.values() for call in step.calls if call.changed)
        await _write(
            connection,
            _SAVE_CALLS,
            ((c.call_id, c.made_output, None if c.booking is None else c.booking.value) for c in calls),
        )

    async def _load_models(self, connection: Connection, rows: Rows, keys: Sequence[ModelKey]) -> None:
        columns = _columns(keys)
        await connection.execute(_ENSURE_MODELS, *columns)
        for row in await connection.fetch(_LOCK_MODELS, *columns):
            key = ModelKey(row["provider"], row["model"])
            breaker = breaker_of(row)
            rows.models[key] = ModelStatus(key, row["available"], row["reason"], row["revision"], breaker)
        windows = await connection.fetch(_WINDOWS, *columns, [*ANSWERS], [*FAILURES], WINDOW_SECONDS)
        for row in windows:
            window = Window(row["answered"], row["failed"])
            rows.models[ModelKey(row["provider"], row["model"])].window = window

    async def _load_steps(self, connection: Connection, rows: Rows, keys: Sequence[StepKey]) -> None:
        columns = _columns(keys)
        await connection.execute(_ENSURE_STEPS, *columns)
        for row in await connection.fetch(_LOCK_STEPS, *columns):
            key = _step_key(row)
            rows.steps[key] = Step(key, StepState(row["state"]), row["attempt"])
        for row in await connection.fetch(_CALLS, *columns):
            booking = None if row["booking"] is None else Booking(row["booking"])
            call = BookedCall(row["call_id"], row["attempt"], row["made_output"], booking)
            rows.steps[_step_key(row)].calls.append(call)


def breaker_of(row: Any) -> Breaker:
    """The breaker in a row of `providers`."""
    reason = None if row["open_reason"] is None else CallOutcome(row["open_reason"])
    return Breaker(reason, row["open_until"], row["probe_until"], row["failed_probes"], row["closed_at"])


def _columns_of(breaker: Breaker) -> tuple[Any, ...]:
    return (
        breaker.reason,
        breaker.open_until,
        breaker.probe_until,
        breaker.failed_probes,
        breaker.closed_at,
    )


def _step_key(row: Any) -> StepKey:
    return StepKey(row["generation_id"], row["run"], row["step"])


def _columns(rows: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True))


async def _write(connection: Connection, statement: LiteralString, rows: Iterable[tuple[Any, ...]]) -> None:
    if columns := _columns(rows):
        await connection.execute(statement, *columns)
