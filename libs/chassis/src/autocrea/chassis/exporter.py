"""Spans on their way to a collector over OTLP, with the headers that are in force: others are another client."""

from collections.abc import Sequence
from urllib.parse import unquote

from autocrea.chassis.settings import ServiceSettings
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

AXIOM_URL = "https://api.axiom.co"


def endpoint_of(settings: ServiceSettings) -> str | None:
    """Where traces go; None where nobody wants them."""
    return settings.otlp_endpoint or (AXIOM_URL if settings.axiom_token is not None else None)


class Exporter(SpanExporter):
    """What a batch is sent with is looked up when it is sent."""

    def __init__(self, endpoint: str, settings: ServiceSettings) -> None:
        self._endpoint = endpoint.rstrip("/") + "/v1/traces"
        self._settings = settings
        self._sent_with = self._headers()
        self._client = self._connect()

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        if (headers := self._headers()) != self._sent_with:
            self._client.shutdown()
            self._sent_with = headers
            self._client = self._connect()
        return self._client.export(spans)

    def shutdown(self) -> None:
        self._client.shutdown()

    def _headers(self) -> dict[str, str]:
        given, token = self._settings.otlp_headers, self._settings.axiom_token
        headers = {} if given is None else parsed(given.get_secret_value())
        if token is not None:
            headers |= {
                "authorization": f"Bearer {token.get_secret_value()}",
                "x-axiom-dataset": self._settings.axiom_dataset,
            }
        return headers

    def _connect(self) -> SpanExporter:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        # Without any of ours it looks into the environment itself, for names that are for traces alone.
        return OTLPSpanExporter(endpoint=self._endpoint, headers=self._sent_with or None)


def parsed(headers: str) -> dict[str, str]:
    """`name=value` pairs with commas between, as OpenTelemetry spells them; what is half written is left out."""
    pairs = [part.partition("=") for part in headers.split(",")]
    spelt = [(unquote(name).strip().lower(), unquote(value).strip()) for name, _, value in pairs]
    return {name: value for name, value in spelt if name and value and (name + value).isprintable()}
