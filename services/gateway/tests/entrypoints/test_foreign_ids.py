"""Every route of the OpenAPI document with somebody else's ids, without a token, and with one that may only read.

The cases come from the document: a route that is added is called here, and one whose ids nobody can name fails.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest
from autocrea.gateway.entrypoints.api import create_app
from autocrea.gateway.ports import Options

DOCUMENT: dict[str, Any] = create_app(Options(environment="development", version="1")).openapi()
OF_OPERATORS = "/api/operations/"
NOT_OF_A_PERSON = {
    "service": "billing",
    "verb": "replay",
    "letter_id": str(uuid4()),
    "path": "backend/main.py",
}


@dataclass(frozen=True)
class Operation:
    """A method of a path, and what its document says."""

    method: str
    path: str
    said: Mapping[str, Any] = field(repr=False)

    @property
    def ids(self) -> set[str]:
        return {one["name"] for one in self.said.get("parameters", ()) if one["in"] == "path"}

    @property
    def queries(self) -> set[str]:
        return {one["name"] for one in self.said.get("parameters", ()) if one["in"] == "query"}

    def body(self) -> Any:
        """The first example of what it takes."""
        content = self.said.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None:
            return None
        schema = content["schema"]
        name = schema.get("anyOf", [schema])[0]["$ref"].rpartition("/")[
            2
        ]  # of one that may be left out, the other
        return DOCUMENT["components"]["schemas"][name]["examples"][0]


def operations() -> Iterator[Operation]:
    for path, methods in DOCUMENT["paths"].items():
        for method, said in methods.items():
            if said.get("security"):
                yield Operation(method.upper(), path, said)


OPERATIONS = sorted(operations(), key=lambda one: (one.path, one.method))
WITH_IDS = [one for one in OPERATIONS if one.ids - NOT_OF_A_PERSON.keys() and OF_OPERATORS not in one.path]
WITHOUT_IDS = [one for one in OPERATIONS if not one.ids and OF_OPERATORS not in one.path]


@pytest.fixture
async def adas(stack: Any, history: Any) -> dict[str, str]:
    """An id of Ada's for every name that a path or a query may have."""
    stack.neighbours.texts["backend/main.py"] = "print('de Ada')\n"
    accepted = await stack.generate(name="Tienda de Ada")
    history.generation_id = UUID(accepted["generation_id"])
    await stack.tell(*history.started().step(0).step(1).step(2).completed().events)
    purchase = (await stack.post("/api/billing/checkout", json={"pack": "starter"})).json()
    token = (await stack.post("/api/me/tokens", json={"name": "de Ada"})).json()
    return {
        "generation_id": accepted["generation_id"],
        "project_id": accepted["project_id"],
        "purchase_id": purchase["purchase_id"],
        "token_id": token["token_id"],
        "user_id": "user_ada",
        "search": "Tienda",
    }


async def call(stack: Any, one: Operation, values: Mapping[str, str], headers: Mapping[str, str]) -> Any:
    unknown = one.ids - values.keys() - NOT_OF_A_PERSON.keys()
    assert not unknown, f"say above whose {unknown} are, for {one}"
    path = one.path.format_map({**NOT_OF_A_PERSON, **values})
    query = {name: values[name] for name in one.queries & values.keys()}
    return await stack.http.request(one.method, path, params=query, json=one.body(), headers=headers)


async def test_another_persons_id_is_no_id_when_it_is_in_a_path(stack: Any, adas: dict[str, str]) -> None:
    before = await everything(stack)
    for one in WITH_IDS:
        foreign = await call(stack, one, adas, stack.headers("user_bruno"))
        missing = await call(stack, one, {name: str(uuid4()) for name in adas}, stack.headers("user_bruno"))
        assert foreign.status_code == missing.status_code == 404, f"{one}: {foreign.text}"
        told = [{**answer.json(), "trace_id": None} for answer in (foreign, missing)]
        assert told[0] == told[1], one
        assert await everything(stack) == before, one
        if one.method == "GET" and not one.path.endswith("/events"):
            own = await call(stack, one, adas, stack.headers())
            assert own.is_success, f"{one}: the owner gets {own.status_code}, so nothing was tested"


async def test_another_persons_id_finds_nothing_when_it_is_in_a_query(
    stack: Any, adas: dict[str, str]
) -> None:
    for one in WITHOUT_IDS:
        if one.method != "GET" or one.path == "/api/events":
            continue
        answer = await call(stack, one, adas, stack.headers("user_bruno"))
        assert answer.status_code == 200, f"{one}: {answer.text}"
        assert not [value for value in adas.values() if value in answer.text], one


async def test_another_persons_project_is_no_project_when_it_is_in_the_body(
    stack: Any, adas: dict[str, str]
) -> None:
    body = {"prompt": "Un blog", "project_id": adas["project_id"]}
    answer = await stack.post("/api/generate", "user_bruno", json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_persons_feed_is_their_own_when_another_one_follows_theirs(
    stack: Any, adas: dict[str, str]
) -> None:
    async with stack.http.stream("GET", "/api/events", headers=stack.headers("user_bruno")) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data:"):
                assert json.loads(line.removeprefix("data:"))["generations"] == []
                assert not [value for value in adas.values() if value in line]
                break


async def test_nothing_is_told_or_done_when_the_caller_may_not(stack: Any, adas: dict[str, str]) -> None:
    made = await stack.post("/api/me/tokens", json={"name": "leer", "scopes": ["read"]})
    reading = {"Authorization": f"Bearer {made.json()['token']}"}
    before = await everything(stack)
    for one in OPERATIONS:
        nobody = await call(stack, one, adas, {})
        assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated"), one
        if one.method != "GET":
            refused = await call(stack, one, adas, reading)
            assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing"), one
        if one.path.startswith(OF_OPERATORS):
            refused = await call(stack, one, adas, stack.headers())
            assert (refused.status_code, refused.json()["code"]) == (403, "operators_only"), one
        assert await everything(stack) == before, one


async def everything(stack: Any) -> dict[str, list[Any]]:
    """What of Ada's could change."""
    tables = ("projects", "generations", "steps", "pauses", "idempotency_keys")
    found = {name: await stack.fetch(f"SELECT * FROM {name} ORDER BY 1, 2") for name in tables}
    found["access_tokens"] = await stack.fetch("SELECT token_id, fingerprint FROM access_tokens ORDER BY 1")
    return {name: [dict(row) for row in rows] for name, rows in found.items()}
