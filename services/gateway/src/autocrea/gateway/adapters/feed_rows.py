"""Generations with their steps, files and events in their tables; rows travel as JSON, one array a statement."""

from collections.abc import Iterable, Sequence
from typing import Any, LiteralString
from uuid import UUID

from autocrea.chassis.handlers import Connection
from autocrea.contracts.catalogue import MESSAGES
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.gateway.adapters.erasure_rows import find_erased
from autocrea.gateway.domain.feed import Event, Feed
from autocrea.gateway.domain.generation import Generation, Step
from autocrea.gateway.domain.read_model import FeedEvent, NewGeneration, Rows

_LOAD: LiteralString = """
SELECT generation_id, user_id, project_id, run, status, quote_tokens, cancel_requested, projected_sequence,
    result, notice, created_at AS accepted_at, started_at, updated_at
FROM generations WHERE generation_id = ANY($1::uuid[]) ORDER BY generation_id FOR UPDATE"""
_LOAD_STEPS: LiteralString = "SELECT * FROM steps WHERE generation_id = ANY($1::uuid[]) ORDER BY position"
_LOAD_PARKED: LiteralString = """
SELECT p.generation_id, f.sequence, f.message_id, f.type, f.time, f.data, f.trace_id
FROM unnest($1::uuid[], $2::bigint[]) AS p (generation_id, projected)
JOIN feed_events f ON f.stream = 'generation:' || p.generation_id AND f.sequence > p.projected"""
_INSERT: LiteralString = """
INSERT INTO generations (generation_id, user_id, project_id, prompt, language, pipeline, model_preference,
    quote_tokens, created_at, run, status, cancel_requested, projected_sequence, updated_at)
SELECT generation_id, user_id, project_id, prompt, language, pipeline, model_preference,
    quote_tokens, created_at, run, status, cancel_requested, projected_sequence, updated_at
FROM jsonb_populate_recordset(NULL::generations, $1)"""
_UPDATE: LiteralString = """
UPDATE generations g
SET run = c.run, status = c.status, cancel_requested = c.cancel_requested,
    projected_sequence = c.projected_sequence, result = c.result, notice = c.notice,
    started_at = c.started_at, updated_at = c.updated_at
FROM jsonb_populate_recordset(NULL::generations, $1) AS c
WHERE g.generation_id = c.generation_id"""
_SAVE_STEPS: LiteralString = """
INSERT INTO steps SELECT * FROM jsonb_populate_recordset(NULL::steps, $1)
ON CONFLICT (generation_id, step) DO UPDATE SET position = excluded.position, run = excluded.run,
    state = excluded.state, title = excluded.title, icon = excluded.icon, cap_tokens = excluded.cap_tokens,
    depends_on = excluded.depends_on, reused = excluded.reused, attempt = excluded.attempt,
    model = excluded.model, usage = excluded.usage, charge_tokens = excluded.charge_tokens,
    net_tokens = excluded.net_tokens, summary = excluded.summary, findings = excluded.findings,
    calls = excluded.calls, fault = excluded.fault, duration_ms = excluded.duration_ms,
    started_at = excluded.started_at, ended_at = excluded.ended_at"""
_SAVE_FILES: LiteralString = """
INSERT INTO files SELECT * FROM jsonb_populate_recordset(NULL::files, $1)
ON CONFLICT (generation_id, step, path) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes"""
_CLEAR: tuple[LiteralString, ...] = (
    "DELETE FROM steps WHERE generation_id = ANY($1::uuid[])",
    "DELETE FROM files WHERE generation_id = ANY($1::uuid[])",
)
# A step that completes is never executed again, so its set of files never shrinks.
_SAVE_EVENTS: LiteralString = """
INSERT INTO feed_events (stream, sequence, message_id, type, time, data, trace_id)
SELECT * FROM unnest(
    $1::text[], $2::bigint[], $3::uuid[], $4::text[], $5::timestamptz[], $6::jsonb[], $7::text[])
ON CONFLICT (stream, sequence) DO NOTHING"""


async def load_feeds(connection: Connection, rows: Rows, generation_ids: Sequence[str]) -> None:
    """Lock the generations and add their steps and the events that wait for earlier ones."""
    if not generation_ids:
        return
    ids = [GenerationId(UUID(id_)) for id_ in generation_ids]
    generations = {
        GenerationId(row["generation_id"]): Generation.model_validate(dict(row))
        for row in await connection.fetch(_LOAD, ids)
    }
    steps: dict[GenerationId, dict[StepName, Step]] = {id_: {} for id_ in generations}
    for row in await connection.fetch(_LOAD_STEPS, list(generations)):
        step = Step.model_validate(dict(row))
        steps[step.generation_id][step.step] = step
    # A generation that this database does not know has events only: kept until its row is there, unless it was deleted.
    erased = await find_erased(connection, [id_ for id_ in ids if id_ not in generations])
    projected = [generations[id_].projected_sequence if id_ in generations else 0 for id_ in ids]
    parked: dict[GenerationId, dict[int, Event]] = {id_: {} for id_ in ids}
    for row in await connection.fetch(_LOAD_PARKED, ids, projected):
        parked[row["generation_id"]][row["sequence"]] = _event(row)
    rows.feeds = {
        id_: Feed(generations.get(id_), steps.get(id_, {}), parked=waiting, erased=id_ in erased)
        for id_, waiting in parked.items()
    }


async def load_histories(connection: Connection, rows: Rows, generation_ids: Sequence[str]) -> None:
    """Add every stored event of these generations."""
    if generation_ids:
        ids = [UUID(id_) for id_ in generation_ids]
        for row in await connection.fetch(_LOAD_PARKED, ids, [0] * len(ids)):
            rows.histories.setdefault(row["generation_id"], {})[row["sequence"]] = _event(row)


def _event(row: Any) -> Event:
    model = MESSAGES.get(row["type"])
    data = model.model_validate(row["data"]) if model is not None else None
    return Event(row["sequence"], row["message_id"], row["type"], row["time"], data, row["trace_id"])


async def save(connection: Connection, rows: Rows) -> None:
    """Write what changed, one statement per table."""
    if rows.new_generations:
        await connection.execute(_INSERT, [_new_record(new) for new in rows.new_generations])
    if rows.rebuilt:
        for statement in _CLEAR:
            await connection.execute(statement, rows.rebuilt)
    before = rows.loaded.feeds if rows.loaded else {}
    changed = [(before.get(id_), feed) for id_, feed in rows.feeds.items() if before.get(id_) is not feed]
    generations = [
        after.generation.model_dump(mode="json")
        for was, after in changed
        if after.generation is not None and (was is None or was.generation is not after.generation)
    ]
    if generations:
        await connection.execute(_UPDATE, generations)
    steps = [step.model_dump(mode="json") for was, after in changed for step in _changed_steps(was, after)]
    if steps:
        await connection.execute(_SAVE_STEPS, steps)
    files = [record for _, after in changed for record in _file_records(after)]
    if files:
        await connection.execute(_SAVE_FILES, files)
    if rows.new_events:
        await _save_events(connection, rows.new_events)


async def _save_events(connection: Connection, events: Sequence[FeedEvent]) -> None:
    await connection.execute(
        _SAVE_EVENTS,
        [event.stream for event in events],
        [event.sequence for event in events],
        [event.message_id for event in events],
        [event.type for event in events],
        [event.time for event in events],
        [event.data for event in events],
        [event.trace_id for event in events],
    )


def _new_record(new: NewGeneration) -> dict[str, Any]:
    return new.generation.model_dump(mode="json") | {
        "prompt": new.prompt,
        "language": new.language,
        "pipeline": new.pipeline,
        "model_preference": new.model_preference,
        "created_at": new.created_at.isoformat(),
    }


def _changed_steps(was: Feed | None, after: Feed) -> Iterable[Step]:
    known = was.steps if was is not None else {}
    return (step for name, step in after.steps.items() if known.get(name) is not step)


def _file_records(feed: Feed) -> Iterable[dict[str, Any]]:
    if feed.generation is not None:
        for step, entries in feed.files.items():
            for entry in entries:
                yield entry.model_dump(mode="json") | {
                    "generation_id": str(feed.generation.generation_id),
                    "step": step,
                }
