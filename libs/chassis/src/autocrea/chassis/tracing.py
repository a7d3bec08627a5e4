"""Spans: what is traced of requests, messages, jobs and of what is asked of others.

Names and attributes are OpenTelemetry's conventions. No parameter, no query and nothing that people wrote is in them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from autocrea.chassis.errors import Refused
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

Attributes = Mapping[str, AttributeValue]

tracer = trace.get_tracer("autocrea")


def current_traceparent() -> str | None:
    """The W3C `traceparent` of the current span, to be carried in a message or a job."""
    return traceparent_of(trace.get_current_span())


def traceparent_of(span: Span) -> str | None:
    """What continues the trace below this span; None where nothing is traced."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier, trace.set_span_in_context(span))
    return carrier.get("traceparent")


def current_trace_id() -> str:
    """The trace id that a person may quote to an operator; zeros outside any span."""
    return f"{trace.get_current_span().get_span_context().trace_id:032x}"


def context_of(traceparent: str | None) -> Context | None:
    """Where a carried trace goes on; None begins anew, or goes on with the current span."""
    return propagate.extract({"traceparent": traceparent}) if traceparent else None


def links_to(traceparents: Iterable[str | None]) -> list[Link]:
    """To the traces of all that share a span which can be in one of them alone."""
    contexts = [propagate.extract({"traceparent": one}) for one in dict.fromkeys(traceparents) if one]
    return [Link(trace.get_current_span(one).get_span_context()) for one in contexts]


def shared(traceparents: Sequence[str | None]) -> str | None:
    """The first of these if all are of one trace; None where they are not, or nothing is traced."""
    traces = {trace.get_current_span(context_of(one)).get_span_context().trace_id for one in traceparents}
    return traceparents[0] if len(traces) == 1 else None


@contextmanager
def span(
    name: str,
    traceparent: str | None,
    attributes: Attributes | None = None,
    *,
    kind: SpanKind = SpanKind.CONSUMER,
    links: Sequence[Link] = (),
) -> Iterator[Span]:
    """A span that continues the trace of the message or job it handles."""
    with spanned(name, kind, context_of(traceparent), attributes, links) as current:
        yield current


@contextmanager
def below(name: str, attributes: Attributes | None = None) -> Iterator[Sequence[Span]]:
    """A span for what is asked of another, below the request or job that asks; none where nothing is traced."""
    if not trace.get_current_span().get_span_context().is_valid:
        yield ()
        return
    with spanned(name, SpanKind.CLIENT, attributes=attributes) as current:
        yield (current,)


@contextmanager
def below_each(
    name: str, traceparents: Iterable[str | None], attributes: Attributes | None = None
) -> Iterator[Sequence[Span]]:
    """The same for what several messages wait for together: a span in each one's trace, and none of them current."""
    parents = [context_of(one) for one in dict.fromkeys(traceparents) if one]
    spans = [
        tracer.start_span(name, context=parent, kind=SpanKind.CLIENT, attributes=attributes)
        for parent in parents
    ]
    try:
        yield spans
    except Exception as error:
        for one in spans:
            tell_error(one, error)
        raise
    finally:
        for one in spans:
            one.end()


@contextmanager
def spanned(
    name: str,
    kind: SpanKind,
    context: Context | None = None,
    attributes: Attributes | None = None,
    links: Sequence[Link] = (),
) -> Iterator[Span]:
    """The current span from here on. What fails in it is told by its type alone: messages quote people."""
    with tracer.start_as_current_span(
        name,
        context=context,
        kind=kind,
        attributes=attributes,
        links=links,
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except Exception as error:
            tell_error(current, error)
            raise


def tell_error(span: Span, error: Exception | str) -> None:
    """Mark a span as failed, by a kind of error; the first one told is the nearest to what happened.

    A business no is none: it is what was asked for.
    """
    if isinstance(error, Refused) or "error.type" in (getattr(span, "attributes", None) or ()):
        return
    kind = error if isinstance(error, str) else type(error).__qualname__
    span.set_attribute("error.type", kind)
    span.set_status(Status(StatusCode.ERROR))
