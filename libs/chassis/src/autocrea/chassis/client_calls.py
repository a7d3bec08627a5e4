"""What a service asks of others: a span below whoever asks, by OpenTelemetry's conventions, and its duration by peer.

Operations are few, as routes are: a path with its parameters' names. Queries are in neither; they quote people.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

from autocrea.chassis import tracing
from autocrea.chassis.metrics import CLIENT_SECONDS
from autocrea.chassis.tracing import Attributes
from opentelemetry.trace import Span
from opentelemetry.util.types import AttributeValue

DONE = "ok"
OUR_FAULT = (401, 403)  # among the answers below 500: nobody is refused but for a token of ours


class Call:
    """One thing that is asked of another."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self.outcome = DONE

    def answered(self, status: int) -> None:
        """It was, and this is HTTP's word for how."""
        self.outcome = str(status)
        for span in self._spans:
            span.set_attribute("http.response.status_code", status)
            if status >= 500 or status in OUR_FAULT:
                tracing.tell_error(span, self.outcome)


@contextmanager
def calling(peer: str, operation: str, *, span: str, attributes: Attributes) -> Iterator[Call]:
    """Around one request, to the end of its answer."""
    began = time.monotonic()
    with tracing.below(span, attributes) as spans:
        call = Call(spans)
        try:
            yield call
        except BaseException as error:
            if call.outcome == DONE:
                call.outcome = type(error).__name__
            raise
        finally:
            CLIENT_SECONDS.labels(peer, operation, call.outcome).observe(time.monotonic() - began)


@contextmanager
def http_call(peer: str, method: str, url: str, template: str) -> Iterator[Call]:
    """The same for a request over HTTP. `template` is the path with names in the place of values."""
    parts = urlsplit(url)
    attributes: dict[str, AttributeValue] = {
        "http.request.method": method,
        "url.full": f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}{parts.path}",
        "url.template": template,
        "server.address": parts.hostname or "",
        "server.port": parts.port or (443 if parts.scheme == "https" else 80),
        "service.peer.name": peer,
    }
    operation = f"{method} {template}"
    with calling(peer, operation, span=operation, attributes=attributes) as call:
        yield call
