"""What is deleted is gone: no table, object or log keeps a word of it, whatever state it was in; the amounts stay."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
from autocrea.testkit.objects import read_objects
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import SERVICES
from autocrea.testkit.waiting import eventually

TABLES = "SELECT relname FROM pg_stat_user_tables WHERE schemaname = 'public' ORDER BY relname"
LEDGER = "SELECT t::text AS line FROM transfers t"


async def places_of(stack: Stack, canary: str) -> list[str]:
    """Where the word is found: tables, columns, objects, logs of the services."""
    found = [place for service in SERVICES for place in await _in_tables(stack, service, canary)]
    objects = await read_objects(stack.places.s3, stack.places.bucket)
    found += [f"object {key}" for key, stored in objects.items() if canary.encode() in stored.body]
    for service in SERVICES:
        found += [f"log of {service}"] if canary in stack.processes[service].log else []
    return found


async def _in_tables(stack: Stack, service: str, canary: str) -> list[str]:
    found = []
    connection = await asyncpg.connect(stack.places.admin_url(service))
    try:
        for row in await connection.fetch(TABLES):
            for record in await connection.fetch(f'SELECT * FROM "{row["relname"]}"'):
                found += [f"{service}.{row['relname']}.{name}" for name in _columns_with(record, canary)]
    finally:
        await connection.close()
    return sorted(set(found))


def _columns_with(record: Mapping[str, Any], canary: str) -> Sequence[str]:
    def text(value: Any) -> str:
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)

    return [name for name, value in record.items() if canary in text(value)]


async def delete(person: Person, path: str) -> None:
    answer = await person.request("DELETE", path)
    assert answer.status_code == httpx.codes.NO_CONTENT, answer.text


async def project_of(person: Person, generation_id: str) -> str:
    return str((await person.generation(generation_id))["project_id"])


async def gone(stack: Stack, canary: str) -> None:
    """Wait until the word is nowhere; at the end it is said where it still was."""

    async def nowhere() -> bool:
        left = await places_of(stack, canary)
        seen[:] = left
        return not left

    seen: list[str] = []
    try:
        await eventually(nowhere, what="no word is left")
    except AssertionError as error:
        raise AssertionError(f"found in {seen}") from error


async def test_no_word_is_left_anywhere_when_projects_are_deleted_in_every_state(stack: Stack) -> None:
    canary = f"canario{uuid4().hex[:10]}"
    prompt = f"Landing page de {canary} con formulario de contacto"
    broken = {"project": f"roto-{canary}", "step": "architecture"}
    async with stack.person(tokens=200) as person:
        ended = await person.generate(f"acabado-{canary}", prompt)
        await person.end(ended)
        async with stack.simulated.rule(match=broken, effect={"status": 500}):
            failed = await person.generate(f"roto-{canary}", prompt)
            await person.end(failed)
        running = await person.generate(f"en-marcha-{canary}", prompt)
        await person.stream(running, count=2)
        assert {place.split(".")[0] for place in await places_of(stack, canary)} > {"gateway", "orchestrator"}
        before = set(await stack.fetch("billing", LEDGER))
        cancelled = asyncio.create_task(person.follow(running))
        for generation_id in (running, failed, ended):
            await delete(person, f"/api/projects/{await project_of(person, generation_id)}")
        cancelled.cancel()
        await gone(stack, canary)
        for generation_id in (running, failed, ended):
            for path in ("", "/events", "/files", "/archive"):
                answer = await person.request("GET", f"/api/generations/{generation_id}{path}")
                assert answer.status_code == httpx.codes.NOT_FOUND, path

        async def nothing_held() -> bool:
            return bool((await person.balance())["held"] == 0)

        await eventually(nothing_held, what="every hold is closed")
        assert before <= set(await stack.fetch("billing", LEDGER))


async def test_person_leaves_nothing_but_amounts_when_they_leave(stack: Stack) -> None:
    canary = f"canario{uuid4().hex[:10]}"
    async with stack.person() as person:
        generation_id = await person.generate(f"mío-{canary}", f"Landing page de {canary}")
        await person.end(generation_id)
        balance = await person.balance()
        await delete(person, "/api/me")
        await gone(stack, canary)
        assert (await person.get("/api/projects"))["items"] == []
        assert (await person.get("/api/generations"))["items"] == []
        assert (await person.balance())["available"] == balance["available"]
        ledger = (await person.get("/api/tokens/ledger"))["items"]
        assert {entry["generation_id"] for entry in ledger if entry["generation_id"]} == {generation_id}
        assert not re.search(canary, str(ledger))
