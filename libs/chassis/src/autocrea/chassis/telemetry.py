"""JSON logs, traces through messages and HTTP, and bugs to Sentry. What they may say is decided in `censorship`.

Traces are always made and carried; they are exported, and bugs are told, where the settings name a place.
"""

import logging
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from autocrea.chassis.censorship import Censor, secrets_of
from autocrea.chassis.settings import ServiceSettings
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue
from pydantic import SecretStr
from pythonjsonlogger.json import JsonFormatter

AXIOM_URL = "https://api.axiom.co"
NOISY = ("aio_pika", "aiormq", "httpx", "httpcore", "uvicorn.access", "botocore", "aiobotocore", "sentry_sdk")
SENTRY_SECONDS_MAX = 2  # a process that ends waits for Sentry no longer

tracer = trace.get_tracer("autocrea")


class _TraceFilter(logging.Filter):
    """Adds the trace id of the span a line was written in."""

    def filter(self, record: logging.LogRecord) -> bool:
        context = trace.get_current_span().get_span_context()
        record.trace_id = f"{context.trace_id:032x}" if context.is_valid else None
        return True


class _Formatter(JsonFormatter):
    """Lines of JSON without secrets, with tracebacks that quote nobody."""

    def __init__(self, service: str, censor: Censor) -> None:
        super().__init__(
            "{asctime}{levelname}{name}{message}{trace_id}",
            style="{",
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            static_fields={"service": service},
        )
        self._censor = censor

    def format(self, record: logging.LogRecord) -> str:
        return self._censor.mask(super().format(record))

    def formatException(self, ei: Any) -> str:
        return "" if ei[1] is None else self._censor.render(ei[1])


def setup(service: str, settings: ServiceSettings) -> None:
    """Configure logging, tracing and Sentry for this process, once, before anything else."""
    censor = Censor(secrets_of(settings), withholds=settings.env != "development")
    set_up_logging(service, level=settings.log_level, censor=censor)
    provider = TracerProvider(resource=Resource.create({"service.name": f"autocrea-{service}"}))
    endpoint = settings.otlp_endpoint or (AXIOM_URL if settings.axiom_token is not None else None)
    if endpoint is not None:
        provider.add_span_processor(BatchSpanProcessor(_Exporter(endpoint, settings)))
    trace.set_tracer_provider(provider)
    if settings.sentry_dsn is not None:
        _set_up_sentry(service, settings, settings.sentry_dsn, censor)


def set_up_logging(service: str, *, level: str, censor: Censor) -> None:
    """One JSON line for each record, on standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Formatter(service, censor))
    handler.addFilter(_TraceFilter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # The supervised links report lost connections themselves.
    logging.getLogger("aiormq.connection").setLevel(logging.ERROR)


class _Exporter(SpanExporter):
    """Over OTLP, to Axiom with the token that is in force: another token is another client."""

    def __init__(self, endpoint: str, settings: ServiceSettings) -> None:
        self._endpoint = endpoint.rstrip("/") + "/v1/traces"
        self._dataset = settings.axiom_dataset
        self._token = settings.axiom_token
        self._sent_with = self._present()
        self._client = self._connect()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if (token := self._present()) != self._sent_with:
            self._client.shutdown()
            self._sent_with = token
            self._client = self._connect()
        return self._client.export(spans)

    def shutdown(self) -> None:
        self._client.shutdown()

    def _present(self) -> str | None:
        return None if self._token is None else self._token.get_secret_value()

    def _connect(self) -> SpanExporter:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        headers = None  # the exporter reads OTEL_EXPORTER_OTLP_HEADERS itself
        if self._sent_with is not None:
            headers = {"Authorization": f"Bearer {self._sent_with}", "X-Axiom-Dataset": self._dataset}
        return OTLPSpanExporter(endpoint=self._endpoint, headers=headers)


def _set_up_sentry(service: str, settings: ServiceSettings, dsn: SecretStr, censor: Censor) -> None:
    import sentry_sdk
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    tells = dsn.get_secret_value()

    def before_send(event: Any, hint: Any) -> Any:
        if dsn.get_secret_value() != tells:  # it was changed: told there, and from now on
            _set_up_sentry(service, settings, dsn, censor)
            sentry_sdk.capture_event(event, hint)
            return None
        event.setdefault("tags", {}).update(service=service, trace_id=current_trace_id())
        return censor.sentry_event(event, hint)

    sentry_sdk.init(
        dsn=tells,
        environment=settings.env,
        before_send=before_send,
        # Its own traces and request data stay off: ours go over OTLP, and bodies are prompts.
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[
            LoggingIntegration(level=None, event_level=logging.ERROR),
            ExcepthookIntegration(),
            DedupeIntegration(),
        ],
        max_breadcrumbs=0,
        send_default_pii=False,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        shutdown_timeout=SENTRY_SECONDS_MAX,
    )


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
    with spanned(name, SpanKind.CONSUMER, context, attributes):
        yield


@contextmanager
def below(name: str) -> Iterator[None]:
    """A span for what is asked of a store, below the request or job that asks; none where nothing is traced."""
    if not trace.get_current_span().get_span_context().is_valid:
        yield
        return
    with spanned(name, SpanKind.CLIENT):
        yield


@contextmanager
def below_each(name: str, traceparents: Iterable[str | None]) -> Iterator[None]:
    """The same for what several messages wait for together: a span in each one's trace, and none of them current."""
    parents = [propagate.extract({"traceparent": one}) for one in dict.fromkeys(traceparents) if one]
    spans = [tracer.start_span(name, context=parent, kind=SpanKind.CLIENT) for parent in parents]
    try:
        yield
    except Exception as error:
        for one in spans:
            _tell_kind(one, error)
        raise
    finally:
        for one in spans:
            one.end()


@contextmanager
def spanned(
    name: str,
    kind: SpanKind,
    context: Context | None = None,
    attributes: Mapping[str, AttributeValue] | None = None,
) -> Iterator[Span]:
    """The current span from here on. What fails in it is told by its type alone: messages quote people."""
    with tracer.start_as_current_span(
        name,
        context=context,
        kind=kind,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except Exception as error:
            _tell_kind(current, error)
            raise


def _tell_kind(current: Span, error: Exception) -> None:
    current.set_attribute("error.type", type(error).__qualname__)
    current.set_status(Status(StatusCode.ERROR))
