"""Projects over the API: made, found, renamed, and gone for good with everything in them."""

import asyncio
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import pytest
from autocrea.chassis import erasure
from autocrea.contracts.gateway.v1 import PROJECT_GENERATIONS_MAX
from autocrea.gateway.domain.project import search_form

CANARY = "canario-9b1c"
TABLES = ("projects", "generations", "steps", "files", "feed_events", "idempotency_keys", "users", "balances")


async def rows_of(stack: Any, tables: Iterable[str] = (*TABLES, "outbox", "jobs", "dead_letters")) -> str:
    """Everything these tables hold, as text."""
    found = [await stack.fetch(f"SELECT t::text AS row FROM {table} t") for table in tables]
    outbox = await stack.fetch("SELECT convert_from(body, 'UTF8') AS row FROM outbox")
    return "\n".join(row["row"] for rows in (*found, outbox) for row in rows)


async def make(stack: Any, name: str, user: str = "user_ada", **options: Any) -> dict[str, Any]:
    answer = await stack.post("/api/projects", user, json={"name": name}, **options)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/projects/{body['project_id']}"
    return body


async def change(stack: Any, method: str, path: str, user: str = "user_ada", **options: Any) -> Any:
    return await stack.http.request(method, path, headers=stack.headers(user), **options)


async def ended(
    stack: Any, history: Any, name: str = "mi-super-app", prompt: str = "Un blog"
) -> dict[str, Any]:
    """A generation of Ada's that ran to its end; what was asked for and what the models said has the canary."""
    answer = await stack.post("/api/generate", json={"prompt": f"{prompt} {CANARY}", "project_name": name})
    body: dict[str, Any] = answer.json()
    history.generation_id = UUID(body["generation_id"])
    history.started().step(0).step(1, repairs=1).step(2).completed()
    told = [
        event.model_copy(update={"summary": f"Hecho {CANARY}"}) if hasattr(event, "summary") else event
        for event in history.events
    ]
    await stack.tell(*told)
    return body


async def test_project_is_there_with_its_generations_when_it_was_made_and_used(stack: Any) -> None:
    made = await make(stack, "Tienda de ñandúes")
    assert (made["generations"], made["latest_status"]) == (0, None)
    body = {"prompt": "Una tienda", "project_id": made["project_id"]}
    accepted = (await stack.post("/api/generate", json=body)).json()
    found = (await stack.get(f"/api/projects/{made['project_id']}")).json()
    assert found["name"] == "Tienda de ñandúes"
    assert [one["generation_id"] for one in found["recent_generations"]] == [accepted["generation_id"]]
    assert (found["generations"], found["next_cursor"]) == (1, None)


async def test_one_project_is_made_when_the_request_is_repeated_under_its_key(stack: Any) -> None:
    key = {"headers": {"Idempotency-Key": "k1"}}
    first, second = await make(stack, "uno", **key), await make(stack, "uno", **key)
    assert first == second
    other = await stack.post("/api/projects", json={"name": "dos"}, **key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert len((await stack.get("/api/projects")).json()["items"]) == 1


async def test_projects_are_found_by_a_part_of_their_name_however_it_is_written(stack: Any) -> None:
    for name in ("Tienda de Ñandúes", "Blog 100% mío", "tienda_b", "Otra cosa"):
        await make(stack, name)
    await make(stack, "Tienda de Bruno", "user_bruno")

    async def names(search: str, **more: Any) -> list[str]:
        page = (await stack.get("/api/projects", params={"search": search, **more})).json()
        return [one["name"] for one in page["items"]]

    assert await names("NANDUES") == ["Tienda de Ñandúes"]
    assert await names("tienda") == ["tienda_b", "Tienda de Ñandúes"]
    assert await names("0% M") == ["Blog 100% mío"]
    assert await names("tienda_") == ["tienda_b"]
    assert await names("%") == ["Blog 100% mío"]
    assert await names("nada") == []
    assert len(await names("")) == 4
    page = (await stack.get("/api/projects", params={"search": "tienda", "limit": 1})).json()
    assert await names("tienda", limit=1, cursor=page["next_cursor"]) == ["Tienda de Ñandúes"]


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ñandú", "nandu"), ("ÁRBOL", "arbol"), ("Straße", "strasse"), (" dos  palabras ", "dos palabras")],
)
def test_names_are_the_same_to_a_search_when_only_their_spelling_differs(one: str, other: str) -> None:
    assert search_form(one) == search_form(other)


async def test_owner_alone_sees_and_changes_a_project(stack: Any) -> None:
    path = f"/api/projects/{(await make(stack, 'de Ada'))['project_id']}"
    for method, options in (("GET", {}), ("PATCH", {"json": {"name": "de Bruno"}}), ("DELETE", {})):
        answer = await change(stack, method, path, "user_bruno", **options)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), method
    renamed = await change(stack, "PATCH", path, json={"name": "  Árboles  "})
    assert (renamed.status_code, renamed.json()["name"]) == (200, "Árboles")
    page = (await stack.get("/api/projects", params={"search": "arbol"})).json()
    assert [one["name"] for one in page["items"]] == ["Árboles"]
    for name in ("", "dos\nlíneas", "x" * 81):
        assert (await change(stack, "PATCH", path, json={"name": name})).status_code == 422


async def test_nothing_of_a_project_is_left_when_it_is_deleted(stack: Any, history: Any) -> None:
    accepted = await ended(stack, history, f"tienda {CANARY}")
    await stack.tell(stack.balance(85))
    headers = {"Idempotency-Key": "k"}
    body = {"prompt": CANARY, "project_id": accepted["project_id"]}
    assert (await stack.post("/api/generate", json=body, headers=headers)).status_code == 202
    assert CANARY in await rows_of(stack)
    deleted = await change(stack, "DELETE", f"/api/projects/{accepted['project_id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    [job, *_] = await stack.fetch("SELECT payload FROM jobs WHERE kind = $1 ORDER BY key", erasure.KIND)
    await erasure.erase(stack.service.database, job["payload"]["generation_ids"])
    assert CANARY not in await rows_of(stack)
    [told] = await stack.sent("gateway.project_deleted.v1")
    assert accepted["generation_id"] in told["generation_ids"]
    assert len(told["generation_ids"]) == 2
    generation = f"/api/generations/{accepted['generation_id']}"
    for path in ("", "/events", "/steps", "/files", "/archive"):
        assert (await stack.get(generation + path)).status_code == 404, path
    assert (await change(stack, "DELETE", f"/api/projects/{accepted['project_id']}")).status_code == 404
    assert (await stack.get("/api/tokens/balance")).json()["available"] == 85


async def test_what_comes_late_is_dropped_when_its_project_is_deleted(stack: Any, history: Any) -> None:
    accepted = await ended(stack, history)
    await change(stack, "DELETE", f"/api/projects/{accepted['project_id']}")
    await stack.tell(*history.events[::-1])
    left = await stack.fetch("SELECT type FROM feed_events WHERE stream LIKE 'generation:%'")
    assert left == []
    assert await stack.fetch("SELECT 1 FROM dead_letters") == []


async def test_open_feed_of_a_generation_ends_when_its_project_is_deleted(stack: Any, history: Any) -> None:
    accepted = await stack.generate()
    history.generation_id = UUID(accepted["generation_id"])
    await stack.tell(*history.started().step(0).events)
    lines: list[str] = []
    path = f"/api/generations/{accepted['generation_id']}/events"
    async with asyncio.timeout(20), stack.http.stream("GET", path, headers=stack.headers()) as response:
        async for line in response.aiter_lines():
            lines.append(line)
            if line == "id: 3":
                await change(stack, "DELETE", f"/api/projects/{accepted['project_id']}")
    assert len([line for line in lines if line.startswith("id: ")]) == 3


async def test_no_more_is_begun_in_a_project_than_its_deletion_can_name(stack: Any) -> None:
    project_id = (await make(stack, "lleno"))["project_id"]
    await stack.fetch(
        """INSERT INTO generations (generation_id, user_id, project_id, prompt, language, pipeline, quote_tokens,
               created_at, run, status, cancel_requested, projected_sequence, updated_at)
           SELECT gen_random_uuid(), 'user_ada', $1, 'p', 'es', 'webapp', 1, now(), 1, 'failed', false, 0, now()
           FROM generate_series(1, $2)""",
        UUID(project_id),
        PROJECT_GENERATIONS_MAX,
    )
    refused = await stack.post("/api/generate", json={"prompt": "una más", "project_id": project_id})
    assert (refused.status_code, refused.json()["code"]) == (409, "project_full")
    assert (await change(stack, "DELETE", f"/api/projects/{project_id}")).status_code == 204
    [told] = await stack.sent("gateway.project_deleted.v1")
    assert len(told["generation_ids"]) == PROJECT_GENERATIONS_MAX


async def test_everything_of_a_person_goes_and_their_amounts_stay_when_they_leave(
    stack: Any, history: Any
) -> None:
    await ended(stack, history, f"tienda {CANARY}")
    await make(stack, f"vacío {CANARY}", headers={"Idempotency-Key": "k"})
    await stack.generate("user_bruno", "de Bruno")
    await stack.tell(stack.balance(85))
    assert (await change(stack, "DELETE", "/api/me")).status_code == 204
    jobs = await stack.fetch("SELECT payload FROM jobs WHERE kind = $1", erasure.KIND)
    await erasure.erase(
        stack.service.database, {id_ for job in jobs for id_ in job["payload"]["generation_ids"]}
    )
    assert CANARY not in await rows_of(stack)
    assert len(await stack.sent("gateway.project_deleted.v1")) == 2
    assert (await stack.get("/api/projects")).json()["items"] == []
    assert (await stack.get("/api/tokens/balance")).json()["available"] == 85
    assert len((await stack.get("/api/projects", "user_bruno")).json()["items"]) == 1
    [event] = await stack.fetch("SELECT type, sequence FROM feed_events WHERE stream = 'user:user_ada'")
    assert event["type"] == "account_erased"
    assert (await change(stack, "DELETE", "/api/me")).status_code == 204


async def test_feed_tells_of_projects_without_their_names_when_they_change(stack: Any) -> None:
    await stack.get("/api/me")
    made = await make(stack, CANARY)
    path = f"/api/projects/{made['project_id']}"
    await change(stack, "PATCH", path, json={"name": f"{CANARY} 2"})
    await change(stack, "PATCH", path, json={"name": f"{CANARY} 2"})
    await change(stack, "DELETE", path)
    events = await stack.fetch(
        "SELECT type, data FROM feed_events WHERE stream = 'user:user_ada' ORDER BY sequence"
    )
    assert [event["type"] for event in events] == ["project_created", "project_renamed", "project_deleted"]
    assert {event["data"]["project_id"] for event in events} == {made["project_id"]}
    assert CANARY not in str(events)


async def test_project_that_is_not_there_is_not_there_for_anybody(stack: Any) -> None:
    path = f"/api/projects/{uuid4()}"
    assert (await change(stack, "DELETE", path)).status_code == 404
    assert (await change(stack, "PATCH", path, json={"name": "x"})).status_code == 404
