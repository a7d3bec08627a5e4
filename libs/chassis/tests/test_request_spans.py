"""Requests and what is asked of others are spans by HTTP's conventions: routes for names, and no query."""

from contextlib import nullcontext

import pytest
from autocrea.chassis import tracing
from autocrea.chassis.client_calls import http_call
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.request_metrics import RequestMetrics
from autocrea.chassis.request_spans import RequestSpans
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

TEMPLATE = "/things/{name}"


async def thing(request: Request) -> Response:
    return PlainTextResponse("", status_code=503 if request.path_params.get("name") == "gone" else 200)


METHODS = ["GET", "BREW"]
FILE = "/things/{name}/files/{path:path}"
ROUTES = [
    Route(TEMPLATE, thing, methods=METHODS),
    Route(FILE, thing),
    Route("/health/live", thing),
]
APP = RequestSpans(RequestMetrics(Starlette(routes=ROUTES)))


@pytest.mark.parametrize(
    ("method", "path", "name", "status"),
    [
        ("GET", "/things/a?canary=1", f"GET {TEMPLATE}", 200),
        ("GET", "/things/gone", f"GET {TEMPLATE}", 503),
        ("GET", "/anything", "GET", 404),
        ("BREW", "/things/a", f"_OTHER {TEMPLATE}", 200),
    ],
)
def test_a_request_is_a_span_named_by_its_route_when_it_was_answered(
    spans: InMemorySpanExporter, method: str, path: str, name: str, status: int
) -> None:
    TestClient(APP).request(method, path)
    (span,) = spans.get_finished_spans()
    assert (span.name, span.kind) == (name, SpanKind.SERVER)
    assert told(span)["http.response.status_code"] == status
    assert span.status.status_code is (StatusCode.ERROR if status >= 500 else StatusCode.UNSET)
    assert "canary" not in span.to_json()
    labels = {"method": "BREW", "route": TEMPLATE, "status": "200"}
    assert REGISTRY.get_sample_value("autocrea_http_requests_total", labels) is None


def test_a_file_s_name_is_not_told_when_it_is_asked_for(spans: InMemorySpanExporter) -> None:
    """Whoever ordered the file, or a model, has written it."""
    TestClient(APP).get("/things/a/files/src/canary%20of%20a.py")
    (span,) = spans.get_finished_spans()
    assert span.name == "GET /things/{name}/files/{path}"
    assert told(span)["url.path"] == "/things/a/files/{path}"
    assert "canary" not in span.to_json()


def test_no_trace_is_begun_when_a_machine_asks_for_health(spans: InMemorySpanExporter) -> None:
    assert TestClient(APP).get("/health/live").is_success
    assert spans.get_finished_spans() == ()


@pytest.mark.parametrize(
    ("status", "error", "outcome", "kind"),
    [
        (200, None, "200", None),
        (404, Refused("not_found", "no", status=404), "404", None),
        (401, Refused("unauthorized", "no", status=401), "401", "401"),
        (503, Unavailable("the store"), "503", "503"),
        (None, Unavailable("the store"), "Unavailable", "Unavailable"),
    ],
)
def test_what_is_asked_of_another_is_a_span_and_is_timed_when_it_ends(
    spans: InMemorySpanExporter, status: int | None, error: Exception | None, outcome: str, kind: str | None
) -> None:
    labels = {"peer": "store", "operation": f"GET {TEMPLATE}", "outcome": outcome}
    before = REGISTRY.get_sample_value("autocrea_client_request_seconds_count", labels) or 0
    with tracing.span("request", None), pytest.raises(type(error)) if error else nullcontext():
        ask(status, error)
    span = spans.get_finished_spans()[0]
    assert (span.name, span.kind) == (f"GET {TEMPLATE}", SpanKind.CLIENT)
    assert told(span)["url.full"] == "http://store:8004/things/a"
    assert told(span).get("http.response.status_code") == status
    assert told(span).get("error.type") == kind
    assert span.status.status_code is (StatusCode.ERROR if kind else StatusCode.UNSET)
    assert REGISTRY.get_sample_value("autocrea_client_request_seconds_count", labels) == before + 1


def ask(status: int | None, error: Exception | None) -> None:
    with http_call("store", "GET", "http://user:secret@store:8004/things/a?canary=1", TEMPLATE) as call:
        if status is not None:
            call.answered(status)
        if error is not None:
            raise error


def told(span: ReadableSpan) -> dict[str, object]:
    return dict(span.attributes or {})
