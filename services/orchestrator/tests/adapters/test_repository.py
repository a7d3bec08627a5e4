"""The repository on a real PostgreSQL: what is saved is loaded, under lock, contents only where they are asked for."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from autocrea.chassis.database import Database, Trouble, classify
from autocrea.contracts.application import SecurityReport
from autocrea.contracts.ids import StepName
from autocrea.contracts.llm_router.v1 import FilesOutput
from autocrea.contracts.shapes import GeneratedFile
from autocrea.orchestrator.adapters.codecs import UnknownStateVersion, decode_saga, encode_saga
from autocrea.orchestrator.adapters.materials import StoredMaterials
from autocrea.orchestrator.adapters.repository import SagaRepository
from autocrea.orchestrator.adapters.rows import LoadedRows
from autocrea.orchestrator.domain.library import StoredOutput
from autocrea.orchestrator.domain.saga import OutputRef, RunState, Saga
from autocrea.orchestrator.handlers.publish_pipelines import PublishPipeline
from autocrea.orchestrator.ports import CONTENTS, DIGEST, PIPELINE, PUBLICATION, SAGA, Key
from saga_talk import T0, Talk
from saga_values import GENERATION, WEBAPP, executed, output_of

ID = str(GENERATION)


@pytest.fixture
async def database(make_database: Any) -> AsyncIterator[Database]:
    database = Database(await make_database("autocrea.orchestrator"), name="test", size_max=4)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def repository() -> SagaRepository:
    return SagaRepository()


async def load(database: Database, repository: SagaRepository, *keys: Key) -> LoadedRows:
    async with database.transaction() as connection:
        return await repository.load(connection, sorted(keys))


async def save(database: Database, repository: SagaRepository, rows: LoadedRows) -> None:
    async with database.transaction() as connection:
        await repository.save(connection, rows)


async def put(
    database: Database, repository: SagaRepository, saga: Saga, *, prompt: str | None = None
) -> None:
    rows = await load(database, repository, Key(SAGA, ID))
    rows.put(saga)
    if prompt is not None:
        rows.set_prompt(GENERATION, prompt)
    for step in saga.steps:
        if step.completed or step.answer is not None:
            ref = OutputRef(step.run, step.name, step.attempt)
            rows.keep_output(GENERATION, ref, StoredOutput(output_of(step.name)))
    await save(database, repository, rows)


async def publish(database: Database, repository: SagaRepository) -> int:
    rows = await load(database, repository, Key(PUBLICATION, WEBAPP.name))
    revision, effects = PublishPipeline(WEBAPP)(rows, T0)
    await save(database, repository, rows)
    assert effects.messages[0].model_dump()["revision"] == revision
    return revision


def verifying(talk: Talk) -> Saga:
    return talk.running().step("architecture").given(executed("backend")).saga


async def test_saga_is_the_same_after_it_was_stored(
    database: Database, repository: SagaRepository, talk: Talk
) -> None:
    for saga in (talk.running().saga, verifying(Talk()), Talk().completed().saga):
        await put(database, repository, saga)
        rows = await load(database, repository, Key(SAGA, ID))
        assert rows.saga(GENERATION) == saga
        assert rows.library(GENERATION) is None


async def test_absent_generation_is_not_stored_when_nothing_was_decided(
    database: Database, repository: SagaRepository
) -> None:
    rows = await load(database, repository, Key(SAGA, ID))
    assert rows.saga(GENERATION).state is RunState.ABSENT
    await save(database, repository, rows)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM sagas") == 0


async def test_contents_are_loaded_when_they_are_asked_for(
    database: Database, repository: SagaRepository, talk: Talk
) -> None:
    await publish(database, repository)
    await put(database, repository, verifying(talk), prompt="Una agenda")
    rows = await load(database, repository, Key(CONTENTS, ID))
    library = rows.library(GENERATION)
    assert library is not None
    assert (library.prompt, library.pipeline) == ("Una agenda", WEBAPP)
    assert sorted(library.outputs) == [OutputRef(1, "architecture", 1), OutputRef(1, "backend", 1)]


async def test_prompt_stays_when_the_saga_changes(
    database: Database, repository: SagaRepository, talk: Talk
) -> None:
    await publish(database, repository)
    await put(database, repository, talk.running().saga, prompt="Una agenda")
    await put(database, repository, talk.step("architecture").saga)
    library = (await load(database, repository, Key(CONTENTS, ID))).library(GENERATION)
    assert library is not None
    assert library.prompt == "Una agenda"


async def test_output_is_kept_as_it_came_first(
    database: Database, repository: SagaRepository, talk: Talk
) -> None:
    await publish(database, repository)
    await put(database, repository, verifying(talk))
    rows = await load(database, repository, Key(SAGA, ID))
    other = FilesOutput(files=(GeneratedFile(path="other.py", text="\u0000 ñ\r\n"),))
    rows.keep_output(GENERATION, OutputRef(1, StepName("backend"), 1), StoredOutput(other))
    rows.keep_output(GENERATION, OutputRef(1, StepName("backend"), 2), StoredOutput(other))
    await save(database, repository, rows)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM step_outputs") == 3
    library = (await load(database, repository, Key(CONTENTS, ID))).library(GENERATION)
    assert library is not None
    assert library.outputs[OutputRef(1, StepName("backend"), 1)] == StoredOutput(output_of("backend"))


async def test_report_is_kept_beside_the_audit_as_it_came(
    database: Database, repository: SagaRepository, talk: Talk
) -> None:
    await publish(database, repository)
    await put(database, repository, talk.completed().saga)
    ref = OutputRef(1, StepName("security_audit"), 1)
    report = SecurityReport(summary="Ñ", unscanned=("a.py",))
    rows = await load(database, repository, Key(CONTENTS, ID))
    rows.keep_report(GENERATION, ref, report)
    now = rows.library(GENERATION)
    assert now is not None
    assert now.outputs[ref].report == report
    await save(database, repository, rows)
    library = (await load(database, repository, Key(CONTENTS, ID))).library(GENERATION)
    assert library is not None
    assert library.outputs[ref] == StoredOutput(output_of("security_audit"), report=report)
    assert '"Ñ"' in library.delivered(rows.saga(GENERATION), ref.step)[0].text


async def test_erasure_leaves_no_words(database: Database, repository: SagaRepository, talk: Talk) -> None:
    await put(database, repository, verifying(talk), prompt="canary")
    rows = await load(database, repository, Key(SAGA, ID))
    rows.put(replace(rows.saga(GENERATION), erased=True))
    rows.erase(GENERATION)
    await save(database, repository, rows)
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM step_outputs") == 0
        assert await connection.fetchval("SELECT prompt FROM sagas") is None


async def test_race_for_a_new_saga_is_a_conflict_that_runs_again(
    database: Database, repository: SagaRepository, talk: Talk
) -> None:
    saga = talk.running().saga
    first = await load(database, repository, Key(SAGA, ID))
    second = await load(database, repository, Key(SAGA, ID))
    for rows in (first, second):
        rows.put(saga)
    await save(database, repository, first)
    with pytest.raises(asyncpg.UniqueViolationError) as raised:
        await save(database, repository, second)
    assert classify(raised.value) is Trouble.CONFLICT


async def test_loaded_sagas_are_locked(database: Database, repository: SagaRepository, talk: Talk) -> None:
    await put(database, repository, talk.running().saga)
    async with database.transaction() as connection:
        await repository.load(connection, [Key(SAGA, ID)])
        async with database.connection() as other, other.transaction():
            await other.execute("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await repository.load(other, [Key(SAGA, ID)])


async def test_revisions_count_publications(database: Database, repository: SagaRepository) -> None:
    assert [await publish(database, repository) for _ in range(3)] == [1, 2, 3]
    rows = await load(
        database, repository, Key(DIGEST, WEBAPP.digest), Key(DIGEST, "x"), Key(PIPELINE, WEBAPP.name)
    )
    assert rows.pipeline(WEBAPP.digest) == WEBAPP
    assert rows.current(WEBAPP.name) == WEBAPP
    assert rows.pipeline("x") is None


async def test_old_definition_stays_when_a_new_one_is_in_force(
    database: Database, repository: SagaRepository
) -> None:
    await publish(database, repository)
    newer = replace(WEBAPP, system="You are another engineer.")
    rows = await load(database, repository, Key(PUBLICATION, WEBAPP.name))
    PublishPipeline(newer)(rows, T0)
    await save(database, repository, rows)
    rows = await load(database, repository, Key(DIGEST, WEBAPP.digest), Key(PIPELINE, WEBAPP.name))
    assert rows.pipeline(WEBAPP.digest) == WEBAPP
    assert rows.current(WEBAPP.name) == newer


async def test_material_is_there_while_the_attempt_is_verified(
    database: Database, repository: SagaRepository, talk: Talk
) -> None:
    await publish(database, repository)
    await put(database, repository, verifying(talk))
    materials = StoredMaterials(database, repository)
    material = await materials.material(GENERATION, 1, StepName("backend"), 1)
    assert material is not None
    assert material.contract is not None
    assert material.taken == ("docs/architecture.json", "docs/architecture.md")
    assert await materials.material(GENERATION, 1, StepName("backend"), 2) is None
    assert await materials.material(GENERATION, 2, StepName("backend"), 1) is None
    assert await materials.material(GENERATION, 1, StepName("frontend"), 1) is None


def test_older_state_is_upcast(talk: Talk) -> None:
    import json

    state = json.loads(encode_saga(talk.running().saga))
    renamed = {**state, "generation": state["generation_id"]}
    del renamed["generation_id"]

    def upcast(old: dict[str, Any]) -> dict[str, Any]:
        return {
            **{key: value for key, value in old.items() if key != "generation"},
            "generation_id": old["generation"],
        }

    assert decode_saga(renamed, 0, {0: upcast}) == talk.saga


@pytest.mark.parametrize("version", [-1, 2])
def test_state_of_an_unknown_version_is_refused(talk: Talk, version: int) -> None:
    with pytest.raises(UnknownStateVersion):
        decode_saga({}, version)
