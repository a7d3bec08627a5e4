"""What is asked of a store is a span below the request or job that asks, and starts no trace of its own."""

from collections.abc import Iterator

import pytest
from autocrea.chassis import telemetry
from autocrea.chassis.database import Database
from autocrea.testkit.plugin import MakeDatabase
from autocrea.testkit.stage import SAMPLE
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "tracer", provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


async def test_a_transaction_is_in_the_trace_when_a_job_runs_it(
    spans: InMemorySpanExporter, make_database: MakeDatabase
) -> None:
    database = Database(await make_database(SAMPLE), name="test")
    await database.open()
    with telemetry.span("job.sample", TRACEPARENT):
        async with database.transaction() as connection:
            await connection.fetchval("SELECT 1")
    async with database.transaction():
        pass  # nothing is traced here
    await database.close()
    inner, outer = spans.get_finished_spans()
    assert (inner.name, outer.name) == ("postgresql.transaction", "job.sample")
    assert inner.context is not None
    assert f"{inner.context.trace_id:032x}" == TRACE_ID
    assert inner.parent == outer.context


async def test_its_kind_of_error_is_told_and_not_its_words_when_a_store_fails(
    spans: InMemorySpanExporter,
) -> None:
    with (
        pytest.raises(OSError, match="canary"),
        telemetry.span("job.sample", TRACEPARENT),
        telemetry.below("s3.put"),
    ):
        raise OSError("canary")
    inner = spans.get_finished_spans()[0]
    assert dict(inner.attributes or {}) == {"error.type": "OSError"}
    assert not inner.events
