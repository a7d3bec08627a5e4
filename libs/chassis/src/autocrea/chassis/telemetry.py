"""JSON logs, where traces go, and bugs to Sentry. What they may say is decided in `censorship`.

Traces are always made and carried (`tracing`); they are exported, and bugs are told, where the settings name a place.
"""

import logging
import sys
from typing import Any

from autocrea.chassis.censorship import Censor, secrets_of
from autocrea.chassis.exporter import Exporter, endpoint_of
from autocrea.chassis.settings import ServiceSettings, names_project
from autocrea.chassis.tracing import current_trace_id
from opentelemetry import trace
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic import SecretStr
from pythonjsonlogger.json import JsonFormatter

NOISY = ("aio_pika", "aiormq", "httpx", "httpcore", "uvicorn.access", "botocore", "aiobotocore", "sentry_sdk")
SENTRY_SECONDS_MAX = 2  # a process that ends waits for Sentry no longer


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
    if (endpoint := endpoint_of(settings)) is not None:
        provider.add_span_processor(BatchSpanProcessor(Exporter(endpoint, settings)))
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


def _set_up_sentry(service: str, settings: ServiceSettings, dsn: SecretStr, censor: Censor) -> None:
    import sentry_sdk
    from sentry_sdk.integrations.dedupe import DedupeIntegration
    from sentry_sdk.integrations.excepthook import ExcepthookIntegration
    from sentry_sdk.integrations.logging import LoggingIntegration

    tells = dsn.get_secret_value()

    def before_send(event: Any, hint: Any) -> Any:
        now = dsn.get_secret_value()
        if now != tells and names_project(now):  # it was changed: told there, and from now on
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
