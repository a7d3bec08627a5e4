"""Each call as a span and in the metrics, by OpenTelemetry's GenAI conventions. No text of prompts or answers."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urlsplit

from autocrea.chassis import tracing
from autocrea.llm_router.adapters.metrics import (
    CALLS,
    FIRST_CHUNK_SECONDS,
    OPERATION_SECONDS,
    TOKEN_USAGE,
)
from autocrea.llm_router.domain.answers import Ended
from autocrea.llm_router.domain.breaker import ANSWERS
from autocrea.llm_router.ports import PlacedCall, Request, TellEnd
from opentelemetry.trace import Span, SpanKind, Status, StatusCode

OPERATION = "chat"


class CallTelemetry:
    """The port's watch. `urls` are the providers' by name."""

    def __init__(self, urls: Mapping[str, str]) -> None:
        self._servers = {name: _server(url) for name, url in urls.items()}

    @contextmanager
    def watching(self, call: PlacedCall, request: Request) -> Iterator[TellEnd]:
        attributes: dict[str, str | int | bool] = {
            "gen_ai.operation.name": OPERATION,
            "gen_ai.provider.name": call.provider,
            "gen_ai.request.model": request.model,
            "gen_ai.request.max_tokens": request.output_tokens_max,
            "gen_ai.request.stream": True,
            "autocrea.call_id": str(call.call_id),
            "autocrea.call_kind": call.kind.value,
            **self._servers.get(call.provider, {}),
        }
        name = f"{OPERATION} {request.model}"
        with tracing.spanned(name, SpanKind.CLIENT, attributes=attributes) as span:

            def ended(end: Ended, answered_by: str | None) -> None:
                _tell_span(span, end, answered_by)
                _count(call, request, end)

            yield ended


def _server(url: str) -> dict[str, str | int]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return {"server.address": parts.hostname or "", "server.port": port}


def _tell_span(span: Span, end: Ended, answered_by: str | None) -> None:
    span.set_attribute("autocrea.outcome", end.outcome.value)
    if answered_by is not None:
        span.set_attribute("gen_ai.response.model", answered_by)
    if end.first_token_ms is not None:
        span.set_attribute("gen_ai.response.time_to_first_chunk", end.first_token_ms / 1_000)
    if not end.usage.estimated:
        span.set_attribute("gen_ai.usage.input_tokens", end.usage.input_tokens)
        span.set_attribute("gen_ai.usage.output_tokens", end.usage.output_tokens)
        span.set_attribute("gen_ai.usage.cache_read.input_tokens", end.usage.cached_tokens)
    if end.outcome not in ANSWERS:
        span.set_attribute("error.type", end.outcome.value)
        span.set_status(Status(StatusCode.ERROR, end.sentence))


def _count(call: PlacedCall, request: Request, end: Ended) -> None:
    model = (OPERATION, call.provider, request.model)
    error = "" if end.outcome in ANSWERS else end.outcome.value
    OPERATION_SECONDS.labels(*model, error).observe(end.total_ms / 1_000)
    if end.first_token_ms is not None:
        FIRST_CHUNK_SECONDS.labels(*model).observe(end.first_token_ms / 1_000)
    if not end.usage.estimated and not error:
        TOKEN_USAGE.labels(*model, "input").observe(end.usage.input_tokens)
        TOKEN_USAGE.labels(*model, "output").observe(end.usage.output_tokens)
    CALLS.labels(call.provider, call.model, end.outcome.value).inc()
