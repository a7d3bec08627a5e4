"""Every service handles exactly the messages that the catalogue sends it, and the page names every job."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from autocrea.contracts.catalogue import consumed_by
from autocrea.contracts.message import Service
from test_docs import listed, page, table

ENVIRONMENT = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
    "BROKER_URL": "amqp://nobody@127.0.0.1:9/nothing",
    "HTTP_PORT": "9",
    "OPERATOR_TOKEN": "operator",
    "GATEWAY_TOKEN": "gateway",
    "INTERNAL_TOKEN": "gateway",
    "BILLING_URL": "http://127.0.0.1:9",
    "ARTIFACTS_URL": "http://127.0.0.1:9",
}


@pytest.fixture
def registry(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """A service's registry as its own `main` fills it; nothing is opened."""
    module = f"autocrea.{request.param.value.replace('-', '_')}"
    monkeypatch.chdir(tmp_path)  # no .env of a developer's
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(f"{module.upper().replace('.', '_')}_{name}", value)
    monkeypatch.setenv("AWS_S3_BUCKET", "autocrea-artifacts")
    settings = import_module(f"{module}.settings").Settings()
    return import_module(f"{module}.main").build(settings).registry


each_service = pytest.mark.parametrize(
    "registry", list(Service), indirect=True, ids=lambda service: service.value
)


@each_service
def test_every_message_has_a_handler_when_it_comes_to_the_inbox(
    registry: Any, request: pytest.FixtureRequest
) -> None:
    service = Service(request.node.callspec.id)
    assert set(registry.handlers) == set(consumed_by(service))


@each_service
def test_every_job_is_named_when_the_page_is_read(
    root: Path, registry: Any, request: pytest.FixtureRequest
) -> None:
    rows = {row[0]: listed(row[3]) for row in table(page(root, "docs/architecture.md"), "service")}
    assert set(registry.kinds) == rows[request.node.callspec.id]
