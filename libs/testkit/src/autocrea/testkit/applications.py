"""A generated application, really running: its back end under uvicorn, called as its contract says."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from autocrea.testkit.commands import running
from autocrea.testkit.processes import free_port

PARAMETER = re.compile(r"\{(\w+)\}")
TIMEOUT_SECONDS = 20.0

Route = Mapping[str, Any]
"""A route of an application's contract, as JSON."""


@contextmanager
def started(application: Path, data: Path, **environment: str) -> Iterator[httpx.Client]:
    """Start it as its README says, with its data in a folder of its own; the client keeps cookies as a browser does."""
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "main:app", "--port", str(port), "--log-level", "warning"]
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    own = {"DATABASE_PATH": str(data / "app.db"), "PYTHONDONTWRITEBYTECODE": "1"}
    url, backend = f"http://127.0.0.1:{port}", application / "backend"
    with (
        running(command, url, "/api/health", env=kept | own | environment, cwd=backend) as process,
        httpx.Client(base_url=process.url, timeout=TIMEOUT_SECONDS, trust_env=False) as client,
    ):
        yield client


@dataclass(frozen=True, slots=True)
class Visit:
    """What a route answered; `read_back` counts the answers in which what it created was found afterwards."""

    route: Route
    answer: Any
    read_back: int


def visit_routes(client: httpx.Client, contract: Mapping[str, Any]) -> Iterator[Visit]:
    """Call every route with its example, in the contract's order; after one that creates, read what it created."""
    for route in contract["routes"]:
        answer = call(client, route, route["response_example"])
        read_back = 0
        if route["method"] == "POST":
            read_back = sum(holds(found, answer) for found in _readings(client, contract, route, answer))
        yield Visit(route, answer, read_back)


def _readings(
    client: httpx.Client, contract: Mapping[str, Any], created_by: Route, created: Any
) -> Iterator[Any]:
    """What the routes that belong to a creating one answer right after it."""
    for route in contract["routes"]:
        own = route["path"].startswith(created_by["path"])
        if route["method"] == "GET" and (own or "{metric}" in route["path"]):
            yield call(client, route, created)


def call(client: httpx.Client, route: Route, values: Mapping[str, Any]) -> Any:
    """The answer of a route to its example; the parameters of its path come from the values."""
    path = PARAMETER.sub(lambda found: str(_value_of(found[1], values)), route["path"])
    response = client.request(route["method"], path, json=route["request_example"])
    assert response.status_code == route["status"], f"{route['method']} {path}: {response.text}"
    return response.json()


def holds(answer: Any, created: Mapping[str, Any]) -> bool:
    """Whether some object of the answer is the created one, as far as they share fields."""
    key = "id" if "id" in created else "reference"
    for record in _records_in(answer):
        shared = record.keys() & created.keys()
        if key in shared and all(record[name] == created[name] for name in shared):
            return True
    return False


def _value_of(parameter: str, values: Mapping[str, Any]) -> Any:
    """A path parameter's value: the field of the same name, else the id."""
    return values[parameter] if parameter in values else values["id"]


def _records_in(answer: Any) -> Iterator[dict[str, Any]]:
    """Every object in an answer."""
    if isinstance(answer, dict):
        yield answer
    for value in answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ():
        yield from _records_in(value)
