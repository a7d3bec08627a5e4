"""What is asked of a store is a span below the request or job that asks; a message carries the span of its sending."""

from datetime import UTC, datetime

import asyncpg
import pytest
from autocrea.chassis import message_spans, tracing
from autocrea.chassis.database import Database
from autocrea.contracts.envelope import seal
from autocrea.contracts.gateway.v1 import AccountOpened
from autocrea.contracts.ids import UserId
from autocrea.testkit.plugin import MakeDatabase
from autocrea.testkit.stage import SAMPLE
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import REGISTRY

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
NOW = datetime(2026, 11, 26, tzinfo=UTC)
TRACEPARENT = f"00-{TRACE_ID}-b7ad6b7169203331-01"


def opened(user: str) -> AccountOpened:
    return AccountOpened(user_id=UserId(user), email_verified=True)


async def test_a_transaction_is_in_the_trace_when_a_job_runs_it(
    spans: InMemorySpanExporter, make_database: MakeDatabase
) -> None:
    database = Database(await make_database(SAMPLE), name="test")
    await database.open()
    with tracing.span("job.sample", TRACEPARENT):
        async with database.transaction() as connection:
            await connection.fetch("SELECT id FROM outbox WHERE type = $1", "canary")
    async with database.transaction():
        pass  # nothing is traced here
    await database.close()
    inner, outer = spans.get_finished_spans()
    assert (inner.name, outer.name) == ("postgresql.transaction", "job.sample")
    assert inner.context is not None
    assert f"{inner.context.trace_id:032x}" == TRACE_ID
    assert inner.parent == outer.context
    told = dict(inner.attributes or {})
    assert told["db.query.summary"] == "BEGIN; SELECT outbox; COMMIT"
    assert told["db.operation.batch.size"] == 3
    assert told["db.system.name"] == "postgresql"
    assert "canary" not in inner.to_json()


async def test_a_statement_is_the_span_when_it_is_the_only_one(
    spans: InMemorySpanExporter, make_database: MakeDatabase
) -> None:
    database = Database(await make_database(SAMPLE), name="test")
    await database.open()
    timed = {"statement": "SELECT jobs", "outcome": "ok"}
    before = REGISTRY.get_sample_value("autocrea_statement_seconds_count", timed) or 0
    with tracing.span("job.sample", TRACEPARENT):
        async with database.connection() as connection:
            await connection.fetch("SELECT key FROM jobs")
        with pytest.raises(asyncpg.UndefinedTableError):
            async with database.connection() as connection:
                await connection.fetch("SELECT key FROM nowhere")
    await database.close()
    good, bad, _ = spans.get_finished_spans()
    assert (good.name, bad.name) == ("SELECT jobs", "SELECT nowhere")
    told = dict(bad.attributes or {})
    assert (told["db.response.status_code"], told["error.type"]) == ("42P01", "UndefinedTableError")
    assert REGISTRY.get_sample_value("autocrea_statement_seconds_count", timed) == before + 1


def test_a_message_s_span_is_carried_and_ends_with_the_broker_s_word_when_it_is_sent(
    spans: InMemorySpanExporter,
) -> None:
    with tracing.span("request", TRACEPARENT):
        made = [(message, message_spans.begin_sending(message)) for message in (opened("a"), opened("b"))]
    sealed = [
        message_spans.outgoing(
            seal(message, source="orchestrator", time=NOW, traceparent=tracing.traceparent_of(span)), span
        )
        for message, span in made
    ]
    message_spans.end_sending(sealed, {sealed[0].id})
    with message_spans.sending_again(sealed[1:]) as confirmed:
        confirmed.add(sealed[1].id)
    request, sent, unsent, again = spans.get_finished_spans()
    assert [one.kind for one in (sent, unsent, again)] == [
        SpanKind.PRODUCER,
        SpanKind.PRODUCER,
        SpanKind.CLIENT,
    ]
    assert {one.name for one in (sent, unsent, again)} == {
        "publish autocrea.events:gateway.account_opened.v1"
    }
    assert sent.parent == unsent.parent == request.context
    made_with = [unsent.context.span_id] if unsent.context else []
    assert [
        one.span_id for one in (again.parent, *(link.context for link in again.links)) if one
    ] == 2 * made_with
    assert (sent.status.status_code, again.status.status_code) == (StatusCode.UNSET, StatusCode.UNSET)
    assert dict(unsent.attributes or {})["error.type"] == message_spans.NOT_CONFIRMED


def test_what_sums_up_a_batch_stays_in_the_trace_when_all_of_it_is_of_one() -> None:
    other = f"00-{TRACE_ID}-00f067aa0ba902b7-01"
    foreign = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert tracing.shared([TRACEPARENT, other]) == TRACEPARENT
    assert tracing.shared([TRACEPARENT, foreign]) is None
    assert tracing.shared([TRACEPARENT, None]) is None


async def test_its_kind_of_error_is_told_and_not_its_words_when_a_store_fails(
    spans: InMemorySpanExporter,
) -> None:
    with (
        pytest.raises(OSError, match="canary"),
        tracing.span("job.sample", TRACEPARENT),
        tracing.below("S3/PutObject"),
    ):
        raise OSError("canary")
    inner = spans.get_finished_spans()[0]
    assert dict(inner.attributes or {}) == {"error.type": "OSError"}
    assert not inner.events
