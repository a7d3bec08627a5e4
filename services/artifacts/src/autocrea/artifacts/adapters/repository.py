"""Generations between memory and tables: loaded under lock, saved with one statement a table."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, LiteralString

from autocrea.artifacts.domain.generation import Archive, ArchiveState, Generation, Package
from autocrea.artifacts.domain.naming import object_key
from autocrea.artifacts.domain.step_set import SetState, StepSet
from autocrea.chassis.handlers import Connection
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId

Rows = dict[GenerationId, Generation]

# Sorted, so that two transactions that meet the same new generations wait for each other in one order.
_ENSURE: LiteralString = """
INSERT INTO generations (id) SELECT g.id FROM unnest($1::uuid[]) AS g (id) ORDER BY g.id ON CONFLICT (id) DO NOTHING"""
_LOCK: LiteralString = """
SELECT id, project_id, user_id, erased_at FROM generations WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"""
_SETS: LiteralString = """
SELECT generation_id, run, step, sha256, state, detail FROM step_sets WHERE generation_id = ANY($1::uuid[])"""
_ARCHIVES: LiteralString = """
SELECT generation_id, run, state, file_name, wanted, sha256, bytes, files, fault, detail
FROM archives WHERE generation_id = ANY($1::uuid[])"""

_SAVE_GENERATIONS: LiteralString = """
UPDATE generations SET project_id = g.project_id, user_id = g.user_id, erased_at = g.erased_at
FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) AS g (id, project_id, user_id, erased_at)
WHERE generations.id = g.id"""
_ERASE_SETS: LiteralString = (
    "DELETE FROM step_sets WHERE generation_id = ANY($1::uuid[])"  # their files go along
)
_SAVE_SETS: LiteralString = """
INSERT INTO step_sets (generation_id, run, step, sha256, state, detail)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[])
ON CONFLICT (generation_id, run, step) DO UPDATE
SET sha256 = excluded.sha256, state = excluded.state, detail = excluded.detail, arrived_at = clock_timestamp()"""
_SAVE_FILES: LiteralString = """
INSERT INTO files (generation_id, run, step, path, sha256, content)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::bytea[])"""
_SAVE_ARCHIVES: LiteralString = """
INSERT INTO archives (generation_id, run, state, file_name, wanted, object_key, sha256, bytes, files, fault, detail)
SELECT a.generation_id, a.run, a.state, a.file_name, a.wanted::json, a.object_key, a.sha256, a.bytes, a.files, a.fault,
    a.detail
FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::int[],
    $10::text[], $11::text[])
    AS a (generation_id, run, state, file_name, wanted, object_key, sha256, bytes, files, fault, detail)
ON CONFLICT (generation_id, run) DO UPDATE
SET state = excluded.state, file_name = excluded.file_name, wanted = excluded.wanted, sha256 = excluded.sha256,
    bytes = excluded.bytes, files = excluded.files, fault = excluded.fault, detail = excluded.detail,
    changed_at = now()"""


class GenerationRepository:
    """The service's `Repository`: keys are generation ids, rows every generation asked for, new ones included."""

    async def load(self, connection: Connection, keys: Sequence[GenerationId]) -> Rows:
        """A generation that nobody has heard of gets its row here, for there must be something to lock."""
        if not keys:
            return {}
        await connection.execute(_ENSURE, keys)
        rows: Rows = {
            GenerationId(row["id"]): Generation(
                row["id"], row["project_id"], row["user_id"], row["erased_at"]
            )
            for row in await connection.fetch(_LOCK, keys)
        }
        for row in await connection.fetch(_SETS, keys):
            found = StepSet(row["run"], row["step"], row["sha256"], SetState(row["state"]), row["detail"])
            rows[row["generation_id"]].sets[found.run, found.step] = found
        for row in await connection.fetch(_ARCHIVES, keys):
            rows[row["generation_id"]].archives[row["run"]] = to_archive(row)
        return rows

    async def save(self, connection: Connection, rows: Rows) -> None:
        await _write(connection, _SAVE_GENERATIONS, _generations(rows))
        if erased := [
            generation.id for generation in rows.values() if generation.changed and generation.erased
        ]:
            await connection.execute(_ERASE_SETS, erased)
        await _write(connection, _SAVE_SETS, _sets(rows))
        await _write(connection, _SAVE_FILES, _files(rows))
        await _write(connection, _SAVE_ARCHIVES, _archives(rows))


def to_archive(row: Any) -> Archive:
    """A row of `archives` as the domain has it."""
    package = None
    if row["sha256"] is not None:
        package = Package(row["sha256"], row["bytes"], row["files"])
    fault = None if row["fault"] is None else FaultCode(row["fault"])
    return Archive(
        row["run"],
        row["file_name"],
        json.loads(row["wanted"]),
        ArchiveState(row["state"]),
        package,
        fault,
        row["detail"],
    )


async def _write(connection: Connection, statement: LiteralString, rows: Iterator[tuple[Any, ...]]) -> None:
    if columns := list(zip(*rows, strict=True)):
        await connection.execute(statement, *columns)


def _generations(rows: Rows) -> Iterator[tuple[Any, ...]]:
    for generation in rows.values():
        if generation.changed:
            yield generation.id, generation.project_id, generation.user_id, generation.erased_at


def _sets(rows: Rows) -> Iterator[tuple[Any, ...]]:
    for generation in rows.values():
        for key in sorted(generation.changed_sets):
            each = generation.sets[key]
            yield generation.id, each.run, each.step, each.sha256, each.state.value, each.detail


def _files(rows: Rows) -> Iterator[tuple[Any, ...]]:
    for generation in rows.values():
        for (run, step), files in generation.new_files.items():
            for file in files:
                yield generation.id, run, step, file.path, file.sha256, file.content


def _archives(rows: Rows) -> Iterator[tuple[Any, ...]]:
    for generation in rows.values():
        for run in sorted(generation.changed_archives):
            each = generation.archives[run]
            package = each.package
            yield (
                generation.id,
                run,
                each.state.value,
                each.file_name,
                json.dumps(each.wanted),
                object_key(generation.id, run),
                None if package is None else package.sha256,
                None if package is None else package.bytes,
                None if package is None else package.files,
                None if each.fault is None else each.fault.value,
                each.detail,
            )
