"""Generations survive the way through PostgreSQL, and two transactions cannot decide past each other."""

import asyncio
from typing import Any
from uuid import uuid4

from autocrea.artifacts.adapters.repository import GenerationRepository
from autocrea.artifacts.adapters.shelf import DatabaseShelf
from autocrea.artifacts.domain.generation import ArchiveState, Generation, Package
from autocrea.artifacts.domain.step_set import SetState, StepSet, accept
from autocrea.chassis.database import Database
from autocrea.contracts.artifacts.v1 import StoreStepFiles
from autocrea.contracts.faults import FaultCode
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.testkit.waiting import eventually

PACKAGE = Package("0" * 64, 4321, 2)


async def _load(database: Database, *keys: GenerationId) -> dict[GenerationId, Generation]:
    async with database.transaction() as connection:
        return await GenerationRepository().load(connection, sorted(keys))


async def _change(database: Database, key: GenerationId, change: Any) -> Any:
    repository = GenerationRepository()
    async with database.transaction() as connection:
        rows = await repository.load(connection, [key])
        result = change(rows[key])
        await repository.save(connection, rows)
    return result


def _store(generation: Generation, command: StoreStepFiles) -> Any:
    generation.belongs_to(command.project_id, command.user_id)
    stored = StepSet(command.run, command.step, command.sha256, SetState.STORED)
    return generation.store(stored, accept(command.files, command.sha256))


async def test_a_generation_is_the_same_when_it_is_loaded_again(database: Database, story: Any) -> None:
    key = story.generation_id
    backend = story.store("backend", {"api.py": "1", "raro/ñ.txt": "\x00 línea\r\n"})
    await _change(database, key, lambda g: _store(g, backend))
    await _change(
        database, key, lambda g: g.store(StepSet(1, StepName("devops"), "d" * 64, SetState.FAILED, "no"))
    )
    await _change(
        database, key, lambda g: g.want(1, "Tienda ñ.zip", {"frontend": "f" * 64, "backend": "b" * 64})
    )
    await _change(database, key, lambda g: g.want(2, "b.zip", dict(story.digests)))
    await _change(database, key, lambda g: g.packaged(2, PACKAGE))
    await _change(database, key, lambda g: g.give_up(3, "c.zip", FaultCode.INTERNAL, "bug"))
    loaded = (await _load(database, key))[key]
    assert (loaded.project_id, loaded.user_id, loaded.erased) == (story.project_id, story.user_id, False)
    assert {found.state for found in loaded.sets.values()} == {SetState.STORED, SetState.FAILED}
    assert list(loaded.archives[1].wanted) == ["frontend", "backend"]
    assert loaded.archives[1].file_name == "Tienda ñ.zip"
    assert [loaded.archives[run].state for run in (1, 2, 3)] == [
        ArchiveState.WANTED,
        ArchiveState.READY,
        ArchiveState.FAILED,
    ]
    assert (loaded.archives[2].package, loaded.archives[3].fault) == (PACKAGE, FaultCode.INTERNAL)
    assert (loaded.changed, loaded.changed_sets, loaded.changed_archives) == (False, set(), set())


async def test_files_are_read_byte_for_byte_when_they_were_stored(database: Database, story: Any) -> None:
    shelf, key = DatabaseShelf(database), story.generation_id
    text = "\x00 línea\r\n sin salto final 🦙"
    await _change(database, key, lambda g: _store(g, story.store("backend", {"raro.txt": text})))
    found = await shelf.file(key, "raro.txt", None)
    assert found is not None
    assert (found.content, found.step) == (text.encode(), "backend")
    assert await shelf.file(key, "raro.txt", StepName("frontend")) is None
    assert await shelf.file(key, "otro.txt", None) is None


async def test_the_step_asked_for_answers_when_two_steps_wrote_one_path(
    database: Database, story: Any
) -> None:
    shelf, key = DatabaseShelf(database), story.generation_id
    for step in ("backend", "devops"):
        await _change(database, key, lambda g, step=step: _store(g, story.store(step, {"README.md": step})))
    newest = await shelf.file(key, "README.md", None)
    named = await shelf.file(key, "README.md", StepName("backend"))
    assert newest is not None
    assert named is not None
    assert (newest.content, named.content) == (b"devops", b"backend")


async def test_an_archive_has_the_wanted_sets_alone_when_other_runs_delivered_others(
    database: Database, story: Any
) -> None:
    shelf, key = DatabaseShelf(database), story.generation_id
    for command in (
        story.store("frontend", {"index.html": "old"}),
        story.store("backend", {"api.py": "1"}),
        story.store("backend", {"api.py": "1"}, run=2),
        story.store("frontend", {"index.html": "new", "b.js": "2"}, run=2),
    ):
        await _change(database, key, lambda g, command=command: _store(g, command))
    await _change(database, key, lambda g: g.want(2, "a.zip", dict(story.digests)))
    files = await shelf.files_of_archive(key, 2)
    assert sorted((f.step, f.path, f.content) for f in files) == [
        ("backend", "api.py", b"1"),
        ("frontend", "b.js", b"2"),
        ("frontend", "index.html", b"new"),
    ]


async def test_the_newest_set_of_each_step_is_offered_when_there_is_no_archive(
    database: Database, story: Any
) -> None:
    shelf, key = DatabaseShelf(database), story.generation_id
    for command in (
        story.store("frontend", {"index.html": "old", "gone.js": "x"}),
        story.store("backend", {"api.py": "1"}),
        story.store("frontend", {"index.html": "new"}, run=2),
    ):
        await _change(database, key, lambda g, command=command: _store(g, command))
    assert [(f.step, f.content) for f in await shelf.newest_files(key)] == [
        ("backend", b"1"),
        ("frontend", b"new"),
    ]


async def test_no_row_holds_a_text_when_a_generation_was_erased(database: Database, story: Any) -> None:
    key = story.generation_id
    await _change(database, key, lambda g: _store(g, story.store("backend", {"canario.py": "canario"})))
    await _change(database, key, lambda g: g.want(1, "canario.zip", dict(story.digests)))
    await _change(database, key, lambda g: g.packaged(1, PACKAGE))
    await _change(database, key, lambda g: g.erase(story.now))
    async with database.connection() as connection:
        for table in ("generations", "step_sets", "files", "archives"):
            rows = await connection.fetch(
                {
                    "generations": "SELECT g::text AS row FROM generations g",
                    "step_sets": "SELECT s::text AS row FROM step_sets s",
                    "files": "SELECT f::text AS row FROM files f",
                    "archives": "SELECT a::text AS row FROM archives a",
                }[table]
            )
            assert all("canario" not in row["row"] for row in rows)
        assert await connection.fetchval("SELECT count(*) FROM files") == 0
        assert await connection.fetchval("SELECT state FROM archives") == "erased"
    loaded = (await _load(database, key))[key]
    assert loaded.erased_at == story.now
    assert loaded.sets == {}


async def test_only_objects_that_are_wanted_count_as_referenced(database: Database, story: Any) -> None:
    from autocrea.artifacts.domain.naming import object_key

    key = story.generation_id
    await _change(database, key, lambda g: g.want(1, "a.zip", {}))
    await _change(database, key, lambda g: g.packaged(1, PACKAGE))
    await _change(database, key, lambda g: g.want(2, "a.zip", {}))
    await _change(database, key, lambda g: g.give_up(3, "a.zip", FaultCode.INTERNAL, ""))
    keys = [object_key(key, run) for run in (1, 2, 3, 4)]
    assert await DatabaseShelf(database).referenced(keys) == set(keys[:2])


async def test_the_second_transaction_waits_when_two_meet_an_unknown_generation(
    database: Database, story: Any
) -> None:
    """The set and the wish arrive at two replicas at once: one of them must see the other's row."""
    key = story.generation_id
    repository = GenerationRepository()
    async with database.transaction() as first:
        rows = await repository.load(first, [key])
        second = asyncio.create_task(
            _change(database, key, lambda g: g.want(1, "a.zip", dict(story.digests)))
        )

        async def second_waits() -> bool:
            async with database.connection() as connection:
                return bool(await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))

        command = story.store("backend", {"api.py": "1"})
        await eventually(second_waits)
        _store(rows[key], command)
        await repository.save(first, rows)
    assert [archive.state for archive in await second] == [ArchiveState.PACKAGING]


async def test_many_generations_are_locked_in_one_order_when_batches_overlap(database: Database) -> None:
    keys = sorted(GenerationId(uuid4()) for _ in range(30))
    repository = GenerationRepository()

    async def batch(start: int) -> None:
        async with database.transaction() as connection:
            chosen = sorted(keys[start:] + keys[: start // 2])
            rows = await repository.load(connection, chosen)
            for generation in rows.values():
                generation.want(start + 1, "a.zip", {StepName("backend"): "b" * 64})
            await repository.save(connection, rows)

    await asyncio.gather(*(batch(start) for start in range(6)))
    loaded = await _load(database, *keys)
    assert set(loaded[keys[-1]].archives) == {1, 2, 3, 4, 5, 6}
