"""A generated application, really running: its back end under uvicorn, called as its contract says."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from generated import Generated
from simulated_process import free_port, running

PARAMETER = re.compile(r"\{(\w+)\}")


@contextmanager
def started(generated: Generated, folder: Path, **environment: str) -> Iterator[httpx.Client]:
    """Starts it as its README says, with its data in the folder; the client keeps cookies as a browser does."""
    backend = generated.write(folder / "application") / "backend"
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    data = {"DATABASE_PATH": str(folder / "data" / "app.db"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "uvicorn", "main:app", "--port", str(port), "--log-level", "warning"]
    options = {"cwd": backend, "env": kept | data | environment}
    with (
        running(command, f"http://127.0.0.1:{port}", "/api/health", **options) as process,
        httpx.Client(base_url=process.url, timeout=20) as client,
    ):
        yield client


def call(client: httpx.Client, route: Mapping[str, Any], values: Mapping[str, Any]) -> Any:
    """Calls a route with its example; the parameters of its path come from the values."""
    path = PARAMETER.sub(lambda found: str(value_of(found[1], values)), route["path"])
    response = client.request(route["method"], path, json=route["request_example"])
    assert response.status_code == route["status"], f"{route['method']} {path}: {response.text}"
    return response.json()


def value_of(parameter: str, values: Mapping[str, Any]) -> Any:
    """A path parameter's value: the field of the same name, else the id."""
    return values[parameter] if parameter in values else values["id"]


def records_in(answer: Any) -> Iterator[dict[str, Any]]:
    """Every object in an answer."""
    if isinstance(answer, dict):
        yield answer
    for value in answer.values() if isinstance(answer, dict) else answer if isinstance(answer, list) else ():
        yield from records_in(value)


def holds(answer: Any, created: Mapping[str, Any]) -> bool:
    """Whether some object of the answer is the created one, as far as they share fields."""
    key = "id" if "id" in created else "reference"
    for record in records_in(answer):
        shared = record.keys() & created.keys()
        if key in shared and all(record[name] == created[name] for name in shared):
            return True
    return False
