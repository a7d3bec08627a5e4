"""Spans and metrics of calls, by OpenTelemetry's GenAI conventions, and never a word of a prompt or an answer."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from autocrea.chassis import tracing
from autocrea.contracts.ids import CallId, GenerationId, StepName
from autocrea.contracts.shapes import NO_USAGE, Usage
from autocrea.contracts.vocabulary import CallKind, CallOutcome
from autocrea.llm_router.adapters.call_telemetry import CallTelemetry
from autocrea.llm_router.domain.answers import Ended, Turn
from autocrea.llm_router.domain.steps import StepKey
from autocrea.llm_router.ports import PlacedCall, Request
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import REGISTRY

CALL = PlacedCall(
    CallId(UUID(int=7)),
    StepKey(GenerationId(UUID(int=1)), 1, StepName("backend")),
    1,
    CallKind.FIRST,
    "anthropic",
    "claude",
    datetime(2026, 11, 22, tzinfo=UTC),
)
REQUEST = Request(CALL.call_id, "claude-sonnet-4-5", (Turn("user", "secret words"),), 900)
TOLD = Usage(input_tokens=110, output_tokens=70, cached_tokens=30, estimated=False)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "tracer", provider.get_tracer("test"))
    return exporter


def watched(spans: InMemorySpanExporter, end: Ended, model: str | None = None) -> ReadableSpan:
    with CallTelemetry({"anthropic": "https://api.anthropic.com"}).watching(CALL, REQUEST) as tell_end:
        tell_end(end, model)
    (span,) = spans.get_finished_spans()
    assert "secret words" not in span.to_json()
    return span


def sample(name: str, **labels: str) -> float:
    model = {
        "gen_ai_operation_name": "chat",
        "gen_ai_provider_name": "anthropic",
        "gen_ai_request_model": "claude-sonnet-4-5",
    }
    return REGISTRY.get_sample_value(name, model | labels) or 0.0


def test_a_call_is_a_span_with_the_convention_s_names_when_it_is_answered(
    spans: InMemorySpanExporter,
) -> None:
    span = watched(spans, Ended(CallOutcome.COMPLETED, TOLD, 250, 2_000), "claude-sonnet-4-5-20250929")
    assert (span.name, span.kind, span.status.status_code) == (
        "chat claude-sonnet-4-5",
        SpanKind.CLIENT,
        StatusCode.UNSET,
    )
    assert dict(span.attributes or {}) == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "anthropic",
        "gen_ai.request.model": "claude-sonnet-4-5",
        "gen_ai.request.max_tokens": 900,
        "gen_ai.request.stream": True,
        "gen_ai.response.model": "claude-sonnet-4-5-20250929",
        "gen_ai.response.time_to_first_chunk": 0.25,
        "gen_ai.usage.input_tokens": 110,
        "gen_ai.usage.output_tokens": 70,
        "gen_ai.usage.cache_read.input_tokens": 30,
        "server.address": "api.anthropic.com",
        "server.port": 443,
        "autocrea.call_id": str(CALL.call_id),
        "autocrea.call_kind": "first",
        "autocrea.outcome": "completed",
    }


def test_a_span_says_how_it_failed_and_guesses_no_usage_when_it_does(spans: InMemorySpanExporter) -> None:
    estimated = Usage(input_tokens=5, output_tokens=5, cached_tokens=0, estimated=True)
    span = watched(spans, Ended(CallOutcome.RETRY_SAME, estimated, None, 10, "answers 503"))
    assert span.status.status_code is StatusCode.ERROR
    attributes = dict(span.attributes or {})
    assert attributes["error.type"] == "retry_same"
    assert not [name for name in attributes if name.startswith(("gen_ai.usage", "gen_ai.response"))]


def test_the_metrics_count_when_calls_end(spans: InMemorySpanExporter) -> None:
    names = (
        ("gen_ai_client_operation_duration_seconds_count", {"error_type": ""}),
        ("gen_ai_client_operation_duration_seconds_count", {"error_type": "account"}),
        ("gen_ai_client_operation_time_to_first_chunk_seconds_sum", {}),
        ("gen_ai_client_token_usage_sum", {"gen_ai_token_type": "input"}),
        ("gen_ai_client_token_usage_sum", {"gen_ai_token_type": "output"}),
    )
    before = [sample(name, **labels) for name, labels in names]
    watched(spans, Ended(CallOutcome.TRUNCATED, TOLD, 250, 2_000))
    spans.clear()
    watched(spans, Ended(CallOutcome.ACCOUNT, NO_USAGE, None, 10))
    counted = [sample(name, **labels) for name, labels in names]
    assert [now - then for now, then in zip(counted, before, strict=True)] == [1, 1, 0.25, 110, 70]
    labels = {"provider": "anthropic", "model": "claude", "outcome": "truncated"}
    assert REGISTRY.get_sample_value("autocrea_llm_calls_total", labels) == 1
