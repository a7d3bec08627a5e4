"""Takes whatever a process sends to Sentry and to a collector of traces, and keeps it to be looked through."""

import gzip
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

TRACES = "/v1/traces"
EVENTS = "/envelope/"


@dataclass(frozen=True, slots=True)
class CollectedSpan:
    """A span as its process told it; ids in hex, `parent` empty where it has none."""

    service: str
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    attributes: Mapping[str, str | int]
    failed: bool


class Collector:
    """A server on loopback for the time of the block. `received` holds path, headers in lower case and body."""

    def __init__(self) -> None:
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        received = self.received

        class Take(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    body = gzip.decompress(body)
                headers = {name.lower(): value for name, value in self.headers.items()}
                received.append((self.path, headers, body))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Take)

    @property
    def settings(self) -> dict[str, str]:
        """What makes a service send here."""
        address = f"127.0.0.1:{self._server.server_port}"
        return {
            "SENTRY_DSN": f"http://public@{address}/1",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{address}",
        }

    def bodies(self, part: str) -> list[bytes]:
        """What came to paths with this in them."""
        return [body for path, _, body in self.received if part in path]

    def spans(self, trace: str) -> list[CollectedSpan]:
        """Everything that came of one trace."""
        return [
            CollectedSpan(
                service=next(
                    a.value.string_value for a in told.resource.attributes if a.key == "service.name"
                ),
                name=span.name,
                kind=Span.SpanKind.Name(span.kind).removeprefix("SPAN_KIND_"),
                trace=trace,
                id=span.span_id.hex(),
                parent=span.parent_span_id.hex(),
                attributes={a.key: a.value.string_value or a.value.int_value for a in span.attributes},
                failed=span.status.code == Status.STATUS_CODE_ERROR,
            )
            for body in self.bodies(TRACES)
            for told in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in told.scope_spans
            for span in scope.spans
            if span.trace_id.hex() == trace
        ]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
