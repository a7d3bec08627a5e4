"""The object store fails while runs are packaged, or artifacts dies beside it: one archive, nothing unreferenced."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from autocrea.testkit.checker import check
from autocrea.testkit.objects import read_objects
from autocrea.testkit.people import Person
from autocrea.testkit.s3_line import Fault, S3Line
from autocrea.testkit.stack import Stack
from autocrea.testkit.waiting import eventually

ARTIFACTS = "artifacts"
RETRY_NOW = "UPDATE jobs SET due_at = now() WHERE kind = 'package_generation' RETURNING key"


async def _completes_with_one_archive(stack: Stack, person: Person, generation_id: str) -> None:
    end = await person.end(generation_id)
    assert end.name == "generation_completed", end
    archive = (await person.download(generation_id)).content
    assert hashlib.sha256(archive).hexdigest() == end.data["archive"]["sha256"]
    keys = [key for key in await read_objects(stack.places.s3, stack.places.bucket) if generation_id in key]
    assert keys == [f"archives/{generation_id}/1.zip"]


async def _nothing_is_wrong_or_unreferenced(stack: Stack) -> None:
    assert await stack.checker.findings() == []  # and everything on its way has arrived
    assert check(replace(await stack.checker.evidence(), orphans_after=timedelta(0))) == []


async def _tried_again(stack: Stack, line: S3Line) -> bool:
    await stack.fetch(ARTIFACTS, RETRY_NOW)
    return line.met > 1


async def test_archives_are_whole_when_the_store_answers_500_is_slow_or_breaks_off(stack: Stack) -> None:
    async with (
        S3Line(stack.places.s3.port) as line,
        stack.with_settings(ARTIFACTS, AWS_S3_ENDPOINT_URL=line.url),
        stack.person(tokens=150) as person,
    ):
        for fault in Fault:
            await line.break_with(fault)
            generation_id = await person.generate(f"almacén {fault.name}")
            await eventually(lambda: line.met, what=f"a put that is {fault.value}")
            if fault is not Fault.SLOW:
                await eventually(lambda: _tried_again(stack, line), what="a second attempt")
                assert (await person.generation(generation_id))["status"] == "running"
                await line.break_with(None)
                await stack.fetch(ARTIFACTS, RETRY_NOW)
            await _completes_with_one_archive(stack, person, generation_id)
        assert await stack.fetch(ARTIFACTS, "SELECT id FROM dead_letters") == []
        await _nothing_is_wrong_or_unreferenced(stack)


@pytest.mark.parametrize("point", ["after_take_job", "after_work"])
async def test_there_is_one_archive_when_artifacts_dies_before_the_put_or_before_the_row(
    stack: Stack, tmp_path: Path, point: str
) -> None:
    dying = {
        "AUTOCREA_CRASH_AT": f"{ARTIFACTS}.{point}/package_generation",
        "AUTOCREA_CRASH_ONCE": str(tmp_path / "crashed"),
    }
    process = stack.processes[ARTIFACTS]
    async with stack.person() as person:
        async with stack.with_settings(ARTIFACTS, **dying):
            generation_id = await person.generate("a medias")
            await eventually(lambda: not process.alive, what="the crash")
            there = [
                key
                for key in await read_objects(stack.places.s3, stack.places.bucket)
                if generation_id in key
            ]
            assert len(there) == (point == "after_work")
            query = f"SELECT state FROM archives WHERE generation_id = '{generation_id}'"
            assert [row["state"] for row in await stack.fetch(ARTIFACTS, query)] == ["packaging"]
            await stack.let_time_pass(ARTIFACTS)
        await _completes_with_one_archive(stack, person, generation_id)
        await _nothing_is_wrong_or_unreferenced(stack)
