"""JSON logs, and traces through messages and HTTP. Traces are always made and carried; exported when configured."""

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import propagate, trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind
from pythonjsonlogger.json import JsonFormatter

tracer = trace.get_tracer("autocrea")


class _TraceFilter(logging.Filter):
    """Adds the trace id of the span a line was written in."""

    def filter(self, record: logging.LogRecord) -> bool:
        context = trace.get_current_span().get_span_context()
        record.trace_id = f"{context.trace_id:032x}" if context.is_valid else None
        return True


def setup(service: str, *, level: str = "INFO", otlp_endpoint: str | None = None) -> None:
    """Configure logging and tracing for this process, once, before anything else."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        JsonFormatter(
            "{asctime}{levelname}{name}{message}{trace_id}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            static_fields={"service": service},
        )
    )
    handler.addFilter(_TraceFilter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("aio_pika", "aiormq", "httpx", "httpcore", "uvicorn.access", "botocore", "aiobotocore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("aiormq.connection").setLevel(
        logging.ERROR
    )  # the supervised links report lost connections
    provider = TracerProvider(resource=Resource.create({"service.name": f"autocrea-{service}"}))
    if otlp_endpoint:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        endpoint = otlp_endpoint.rstrip("/") + "/v1/traces"
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
    trace.set_tracer_provider(provider)


def current_traceparent() -> str | None:
    """The W3C `traceparent` of the current span, to be carried in a message or a job."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent")


def current_trace_id() -> str:
    """The trace id that a person may quote to an operator; zeros outside any span."""
    return f"{trace.get_current_span().get_span_context().trace_id:032x}"


@contextmanager
def span(name: str, traceparent: str | None, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
    """A consumer span that continues the trace of the message or job it handles."""
    context = propagate.extract({"traceparent": traceparent}) if traceparent else None
    with tracer.start_as_current_span(name, context=context, kind=SpanKind.CONSUMER, attributes=attributes):
        yield
