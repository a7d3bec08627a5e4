"""The sample service on a broker and a database of its own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from autocrea.chassis import tracing
from autocrea.chassis.database import Database
from autocrea.testkit.plugin import MakeDatabase, Vhost
from autocrea.testkit.processes import ServiceProcess
from autocrea.testkit.stage import SAMPLE, Stage
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Every span that ends, as an exporter gets it."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "tracer", provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    """The sample's own tables, and nothing that runs on them."""
    database = Database(await make_database(SAMPLE), name="test")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def stage(vhost: Vhost, make_database: MakeDatabase, tmp_path: Path) -> AsyncIterator[Stage]:
    return Stage(vhost, await make_database(SAMPLE), tmp_path)


@pytest.fixture
async def service(stage: Stage) -> AsyncIterator[ServiceProcess]:
    """The sample, running and ready; killed after the test."""
    process = stage.service()
    await process.start()
    yield process
    await process.kill()
