"""The API does what its document says: called with whatever the document allows, and held against it."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import hypothesis
import pytest
import requests
import schemathesis
from autocrea.contracts.message import Message
from autocrea.gateway.domain.problems import PROBLEMS
from autocrea.gateway.entrypoints.api import create_app
from autocrea.gateway.entrypoints.examples import EXAMPLES
from autocrea.gateway.entrypoints.feed_bodies import AccountEvent, GenerationEvent
from autocrea.gateway.ports import Options
from autocrea.testkit.plugin import Vhost
from fastapi import APIRouter
from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EXAMPLES_EACH = 12  # of every operation; the whole is half a minute on two cores
ENDLESS = {"follow_account"}  # has a test of its own
LAST = {"delete_project", "delete_account"}  # what they delete, others are called with
ALWAYS_REAL = {"service"}  # the only one that is there to be asked
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TIMEOUT_SECONDS = 20
MANY = 1_000_000


@pytest.mark.timeout(300)
async def test_every_answer_is_documented_when_the_api_is_called_with_anything(
    make_stack: Any, vhost: Vhost, history: Any
) -> None:
    stack = await make_stack(
        requests_per_user=MANY, requests_per_address=MANY, broker_url=vhost.url("gateway")
    )
    stack.neighbours.texts["backend/main.py"] = "print('hola')\n"
    accepted = await stack.generate()
    history.generation_id = UUID(accepted["generation_id"])
    await stack.tell(*history.started().step(0).step(1).step(2).completed().events)
    purchase = (await stack.post("/api/billing/checkout", json={"pack": "starter"})).json()
    real = {
        "generation_id": accepted["generation_id"],
        "project_id": accepted["project_id"],
        "purchase_id": purchase["purchase_id"],
        "path": "backend/main.py",
        "service": "billing",
    }
    document = (await stack.http.get("/openapi.json")).json()
    headers = stack.headers(role="operator", exp=2**31)
    called, statuses = await asyncio.to_thread(_call_all, stack.url, document, headers, real)
    operations = {one["operationId"] for path in document["paths"].values() for one in path.values()}
    assert called == operations - ENDLESS
    # It has seen more than refusals: real things were found, made and changed.
    assert {200, 201, 202, 204, 404, 422} <= statuses


def _call_all(
    url: str, document: Any, headers: dict[str, str], real: dict[str, str]
) -> tuple[set[str], set[int]]:
    schema = schemathesis.openapi.from_dict(document)
    operations = [found.ok() for found in schema.get_all_operations()]
    named = {operation.definition.raw["operationId"]: operation for operation in operations}
    called: set[str] = set()
    statuses: set[int] = set()
    with requests.Session() as session:
        session.trust_env = False
        for name in sorted(named.keys() - ENDLESS, key=lambda one: (one in LAST, one)):
            _call(named[name], url, headers, real, session, statuses)
            called.add(name)
    return called, statuses


def _call(
    operation: Any,
    url: str,
    headers: dict[str, str],
    real: dict[str, str],
    session: requests.Session,
    statuses: set[int],
) -> None:
    @hypothesis.settings(
        max_examples=EXAMPLES_EACH,
        database=None,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
    )
    @hypothesis.given(case=operation.as_strategy(), use_real=hypothesis.strategies.booleans())
    def call(case: Any, use_real: bool) -> None:
        for name in real.keys() & (case.path_parameters or {}).keys():
            if use_real or name in ALWAYS_REAL:
                case.path_parameters[name] = real[name]
        response = case.call(
            base_url=url, session=session, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False
        )
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    call()


async def test_every_code_has_an_example_and_belongs_to_an_answer_when_the_document_is_read(
    stack: Any,
) -> None:
    document = (await stack.http.get("/openapi.json")).json()
    assert document["components"]["examples"].keys() == PROBLEMS.keys()
    used = {
        code
        for path in document["paths"].values()
        for operation in path.values()
        for answer in operation["responses"].values()
        for code in answer.get("content", {}).get("application/json", {}).get("examples", {})
    }
    # What no route of the document answers: another method of a path, and a path that is none.
    assert PROBLEMS.keys() - used == {"method_not_allowed"}
    tags = {tag["name"] for tag in document["tags"]}
    for path in document["paths"].values():
        for operation in path.values():
            assert set(operation["tags"]) <= tags
            assert operation["summary"]
            assert operation["description"], operation["operationId"]


async def test_what_makes_something_can_be_repeated_when_the_document_is_read(stack: Any) -> None:
    document = (await stack.http.get("/openapi.json")).json()
    making = {
        one["post"]["operationId"]: {parameter["name"] for parameter in one["post"].get("parameters", ())}
        for one in document["paths"].values()
        if "post" in one and one["post"]["responses"].keys() & {"201", "202"}
    }
    assert making.keys() >= {"generate", "retry", "create_project", "start_checkout", "create_access_token"}
    # Asking twice to stop is asking once, whatever it is called.
    assert {name for name, parameters in making.items() if "Idempotency-Key" not in parameters} == {"cancel"}


def test_every_body_has_an_example_that_is_one_when_the_routes_are_read() -> None:
    app = create_app(Options(environment="development", version="1"))
    routes = {route.name: route for route in _routes(app.router)}
    shown = {name for name, route in routes.items() if route.response_model is not None}
    assert shown - {"follow_account", "follow_generation"} == EXAMPLES.keys()
    for name in EXAMPLES:
        adapter = TypeAdapter(routes[name].response_model)
        told = json.loads(adapter.dump_json(adapter.validate_python(EXAMPLES[name]), by_alias=True))
        assert _without_nulls(told) == _without_nulls(EXAMPLES[name]), name


def _routes(router: APIRouter) -> Iterator[APIRoute]:
    for route in router.routes:
        if isinstance(route, APIRoute) and route.include_in_schema:
            yield route
        elif hasattr(route, "original_router"):  # how FastAPI keeps an included one
            yield from _routes(route.original_router)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


async def test_feeds_tell_what_the_document_says_when_a_generation_runs(stack: Any, history: Any) -> None:
    history.generation_id = UUID((await stack.generate())["generation_id"])
    await stack.tell(*history.started().step(0, repairs=1).failed_step(1).failed().events)
    events = await _read(stack, f"/api/generations/{history.generation_id}/events", len(history.events))
    assert [event["id"] for event in events] == list(range(1, len(events) + 1))
    for event in events:
        GenerationEvent.model_validate(event)
    snapshot = await _read(stack, "/api/events", 1)
    AccountEvent.model_validate(snapshot[0])
    changed: Sequence[Message] = [stack.balance(40, version=3)]
    await stack.tell(*changed)
    for event in await _read(stack, "/api/events", 2, after=1):
        AccountEvent.model_validate(event)


async def _read(stack: Any, path: str, count: int, after: int | None = None) -> list[dict[str, Any]]:
    headers = stack.headers() | ({"Last-Event-ID": str(after)} if after is not None else {})
    found: list[dict[str, Any]] = []
    fields: dict[str, Any] = {}
    async with stack.http.stream("GET", path, headers=headers) as answer:
        async for line in answer.aiter_lines():
            name, _, value = line.partition(":")
            if line:
                fields[name] = value.strip()
            elif "data" in fields:
                found.append(
                    {"id": int(fields["id"]), "event": fields["event"], "data": json.loads(fields["data"])}
                )
                fields = {}
            if len(found) == count:
                return found
    return found
