"""The orchestrator's door between memory and tables: sagas under lock, outputs and pipelines where they are needed."""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import LiteralString, TypeVar
from uuid import UUID

from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import GenerationId, PipelineName
from autocrea.orchestrator.adapters.codecs import (
    STATE_VERSION,
    decode_output,
    decode_pipeline,
    decode_saga,
    encode_output,
    encode_pipeline,
    encode_report,
    encode_saga,
)
from autocrea.orchestrator.adapters.rows import LoadedRows
from autocrea.orchestrator.domain.library import Library, StoredOutput
from autocrea.orchestrator.domain.pipeline import Pipeline
from autocrea.orchestrator.domain.saga import OutputRef, Saga, output_refs
from autocrea.orchestrator.ports import CONTENTS, DIGEST, PIPELINE, PUBLICATION, SAGA, Key

T = TypeVar("T")

PIPELINES_CACHED_MAX = 64  # definitions never change under their digest; these few dozens are all in use

_LOCK_SAGAS: LiteralString = """
SELECT generation_id, state_version, state FROM sagas WHERE generation_id = ANY($1::uuid[])
ORDER BY generation_id FOR UPDATE"""
_READ_SAGAS: LiteralString = """
SELECT generation_id, state_version, state FROM sagas WHERE generation_id = ANY($1::uuid[])"""
_PROMPTS: LiteralString = "SELECT generation_id, prompt FROM sagas WHERE generation_id = ANY($1::uuid[])"
_OUTPUTS: LiteralString = """
SELECT o.generation_id, o.run, o.step, o.attempt, o.body, o.report FROM step_outputs o
JOIN unnest($1::uuid[], $2::int[], $3::text[], $4::int[]) AS w (generation_id, run, step, attempt)
    USING (generation_id, run, step, attempt)"""
_BY_DIGEST: LiteralString = "SELECT digest, definition FROM pipelines WHERE digest = ANY($1::text[])"
_IN_FORCE: LiteralString = """
SELECT DISTINCT ON (name) name, revision, definition FROM pipelines WHERE name = ANY($1::text[])
ORDER BY name, revision DESC"""
# Publications of one name one after the other: two replicas that start together must not count the same revision.
_LOCK_PUBLICATION: LiteralString = "SELECT pg_advisory_xact_lock(hashtextextended('publication ' || $1, 0))"
_ADD_SAGAS: LiteralString = """
INSERT INTO sagas (generation_id, state_version, run_state, run, state, prompt)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $5::text[]::jsonb[], $6::text[])"""
_CHANGE_SAGAS: LiteralString = """
UPDATE sagas SET state_version = c.state_version, run_state = c.run_state, run = c.run, state = c.state,
    prompt = CASE WHEN c.erased THEN NULL ELSE coalesce(c.prompt, sagas.prompt) END, updated_at = now()
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $5::text[]::jsonb[], $6::text[], $7::bool[])
    AS c (generation_id, state_version, run_state, run, state, prompt, erased)
WHERE sagas.generation_id = c.generation_id"""
_ADD_OUTPUTS: LiteralString = """
INSERT INTO step_outputs (generation_id, run, step, attempt, body)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $5::bytea[]) ON CONFLICT DO NOTHING"""
_ADD_REPORTS: LiteralString = """
UPDATE step_outputs SET report = w.report
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::int[], $5::bytea[]) AS w (generation_id, run, step, attempt, report)
WHERE (step_outputs.generation_id, step_outputs.run, step_outputs.step, step_outputs.attempt)
    = (w.generation_id, w.run, w.step, w.attempt)"""
_ERASE_OUTPUTS: LiteralString = "DELETE FROM step_outputs WHERE generation_id = ANY($1::uuid[])"
_PUBLISH: LiteralString = """
INSERT INTO pipelines (digest, name, revision, definition) VALUES ($1, $2, $3, $4)
ON CONFLICT (digest) DO UPDATE SET revision = excluded.revision, published_at = now()"""


class SagaRepository:
    """Implements the chassis' `Repository` over `LoadedRows` and `Key`."""

    def __init__(self) -> None:
        self._pipelines: OrderedDict[str, Pipeline] = OrderedDict()

    async def load(self, connection: Connection, keys: Sequence[Key]) -> LoadedRows:
        """Lock the sagas and read what the keys ask for besides."""
        named = _by_kind(keys)
        ids = sorted({UUID(one) for one in (*named[SAGA], *named[CONTENTS])})
        loaded = await _sagas(connection, _LOCK_SAGAS, ids)
        with_contents = [saga for key, saga in loaded.items() if str(key) in named[CONTENTS]]
        by_digest = await self._by_digest(connection, named[DIGEST])
        for name in named[PUBLICATION]:
            await connection.execute(_LOCK_PUBLICATION, name)
        in_force = await _in_force(connection, [*named[PIPELINE], *named[PUBLICATION]])
        libraries = await self.libraries(connection, with_contents)
        return LoadedRows(loaded, libraries, by_digest, in_force)

    async def libraries(self, connection: Connection, sagas: Sequence[Saga]) -> dict[GenerationId, Library]:
        """The contents that these sagas refer to; one whose pipeline is unknown has none."""
        wanted = [saga for saga in sagas if saga.order is not None]
        if not wanted:
            return {}
        pipelines = await self._by_digest(connection, {saga.terms.pipeline_digest for saga in wanted})
        prompts = await connection.fetch(_PROMPTS, [saga.generation_id for saga in wanted])
        by_id = {row["generation_id"]: row["prompt"] or "" for row in prompts}
        outputs = await _outputs(connection, wanted)
        return {
            saga.generation_id: Library(
                prompt=by_id.get(saga.generation_id, ""),
                pipeline=pipelines[saga.terms.pipeline_digest],
                outputs=outputs.get(saga.generation_id, {}),
            )
            for saga in wanted
            if saga.terms.pipeline_digest in pipelines
        }

    async def read(self, connection: Connection, generation_id: GenerationId) -> Saga | None:
        """A saga as it stands, without a lock."""
        found = await _sagas(connection, _READ_SAGAS, [generation_id])
        return found.get(generation_id)

    async def save(self, connection: Connection, rows: LoadedRows) -> None:
        """Write what changed, sagas in the order in which they were locked."""
        if rows.added:
            # A row that another replica added meanwhile is a unique violation, upon which the batch runs again.
            await connection.execute(_ADD_SAGAS, *_columns(rows, rows.added))
        if rows.changed:
            erased = [saga.generation_id in rows.erased for saga in rows.changed]
            await connection.execute(_CHANGE_SAGAS, *_columns(rows, rows.changed), erased)
        if rows.new_outputs:
            await connection.execute(_ADD_OUTPUTS, *_output_columns(rows.new_outputs, encode_output))
        if rows.new_reports:
            await connection.execute(_ADD_REPORTS, *_output_columns(rows.new_reports, encode_report))
        if rows.erased:
            await connection.execute(_ERASE_OUTPUTS, sorted(rows.erased))
        for revision, pipeline in rows.published:
            await connection.execute(
                _PUBLISH, pipeline.digest, pipeline.name, revision, encode_pipeline(pipeline)
            )

    async def _by_digest(self, connection: Connection, digests: Iterable[str]) -> dict[str, Pipeline]:
        wanted = set(digests)
        missing = sorted(wanted - self._pipelines.keys())
        if missing:
            for row in await connection.fetch(_BY_DIGEST, missing):
                self._pipelines[row["digest"]] = decode_pipeline(row["definition"])
        found = {digest: self._pipelines[digest] for digest in wanted if digest in self._pipelines}
        for digest in found:
            self._pipelines.move_to_end(digest)
        while len(self._pipelines) > PIPELINES_CACHED_MAX:
            self._pipelines.popitem(last=False)
        return found


def _by_kind(keys: Iterable[Key]) -> dict[str, set[str]]:
    named: dict[str, set[str]] = {kind: set() for kind in (SAGA, CONTENTS, DIGEST, PIPELINE, PUBLICATION)}
    for key in keys:
        named[key.kind].add(key.id)
    return named


async def _sagas(
    connection: Connection, statement: LiteralString, ids: Sequence[UUID]
) -> dict[GenerationId, Saga]:
    if not ids:
        return {}
    rows = await connection.fetch(statement, ids)
    return {
        GenerationId(row["generation_id"]): decode_saga(row["state"], row["state_version"]) for row in rows
    }


async def _outputs(
    connection: Connection, sagas: Sequence[Saga]
) -> dict[GenerationId, dict[OutputRef, StoredOutput]]:
    wanted = [(saga.generation_id, ref) for saga in sagas for ref in output_refs(saga)]
    found: dict[GenerationId, dict[OutputRef, StoredOutput]] = {}
    if not wanted:
        return found
    rows = await connection.fetch(
        _OUTPUTS,
        [generation_id for generation_id, _ in wanted],
        [ref.run for _, ref in wanted],
        [ref.step for _, ref in wanted],
        [ref.attempt for _, ref in wanted],
    )
    for row in rows:
        ref = OutputRef(row["run"], row["step"], row["attempt"])
        found.setdefault(GenerationId(row["generation_id"]), {})[ref] = decode_output(
            row["body"], row["report"]
        )
    return found


async def _in_force(connection: Connection, names: Sequence[str]) -> dict[PipelineName, tuple[int, Pipeline]]:
    if not names:
        return {}
    rows = await connection.fetch(_IN_FORCE, names)
    return {row["name"]: (row["revision"], decode_pipeline(row["definition"])) for row in rows}


def _columns(rows: LoadedRows, sagas: Sequence[Saga]) -> tuple[list[object], ...]:
    return (
        [saga.generation_id for saga in sagas],
        [STATE_VERSION for _ in sagas],
        [saga.state.value for saga in sagas],
        [saga.run for saga in sagas],
        [encode_saga(saga).decode() for saga in sagas],
        [rows.prompts.get(saga.generation_id) for saga in sagas],
    )


def _output_columns(
    outputs: Mapping[tuple[GenerationId, OutputRef], T], encode: Callable[[T], bytes]
) -> tuple[list[object], ...]:
    ordered = sorted(outputs.items(), key=lambda item: item[0])
    return (
        [generation_id for (generation_id, _), _ in ordered],
        [ref.run for (_, ref), _ in ordered],
        [ref.step for (_, ref), _ in ordered],
        [ref.attempt for (_, ref), _ in ordered],
        [encode(stored) for _, stored in ordered],
    )
