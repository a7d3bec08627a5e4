"""Messages in a trace, by OpenTelemetry's conventions for RabbitMQ.

A message's span is begun where it is decided and ends when the broker has confirmed it: its context travels in the
envelope, so whoever handles the message is below it. What the relay sends later is a span of its own below that.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from autocrea.chassis import tracing
from autocrea.chassis.publisher import Publishable
from autocrea.contracts.envelope import Sealed, traceparent_in
from autocrea.contracts.message import Message
from opentelemetry.trace import Span, SpanKind

NOT_CONFIRMED = "not_confirmed"
"""The broker was away, or refused it: the relay sends it again."""


@dataclass(frozen=True, slots=True)
class Outgoing(Sealed):
    """A message to be sent now, and the span that ends with it."""

    span: Span


def begin_sending(message: Message) -> Span:
    """The span of a message that is being made. Never ended, so never told, when its transaction is not committed."""
    exchange, key = message.via.value, message.routing_key()
    return tracing.tracer.start_span(
        f"publish {exchange}:{key}", kind=SpanKind.PRODUCER, attributes=_published(exchange, key)
    )


def outgoing(sealed: Sealed, span: Span) -> Outgoing:
    """The sealed message with its span."""
    span.set_attribute("messaging.message.id", str(sealed.id))
    span.set_attribute("messaging.message.conversation_id", sealed.correlation_id)
    return Outgoing(
        id=sealed.id,
        type=sealed.type,
        exchange=sealed.exchange,
        routing_key=sealed.routing_key,
        correlation_id=sealed.correlation_id,
        body=sealed.body,
        span=span,
    )


def end_sending(messages: Iterable[Outgoing], confirmed: set[UUID]) -> None:
    """Tell which of them the broker has."""
    for message in messages:
        if message.id not in confirmed:
            tracing.tell_error(message.span, NOT_CONFIRMED)
        message.span.end()


@contextmanager
def sending_again(messages: Sequence[Publishable]) -> Iterator[set[UUID]]:
    """Spans for the relay's sending, until its end; what is put into the set was confirmed."""
    confirmed: set[UUID] = set()
    spans = {message.id: _again(message) for message in messages}
    try:
        yield confirmed
    finally:
        for identifier, span in spans.items():
            if identifier not in confirmed:
                tracing.tell_error(span, NOT_CONFIRMED)
            span.end()


def _again(message: Publishable) -> Span:
    # Of kind CLIENT: the context that its consumers continue was made with the message.
    carried = traceparent_in(message.body)
    attributes = _published(message.exchange, message.routing_key) | {
        "messaging.message.id": str(message.id),
        "messaging.message.conversation_id": message.correlation_id,
    }
    return tracing.tracer.start_span(
        f"publish {message.exchange}:{message.routing_key}",
        context=tracing.context_of(carried),
        kind=SpanKind.CLIENT,
        attributes=attributes,
        links=tracing.links_to([carried]),
    )


def _published(exchange: str, key: str) -> dict[str, str]:
    return {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        "messaging.destination.name": f"{exchange}:{key}",
        "messaging.rabbitmq.destination.routing_key": key,
    }


@contextmanager
def processing(message: Message, queue: str, identifier: UUID, traceparent: str | None) -> Iterator[None]:
    """The current span while a message is decided, below the one that sent it."""
    destination = f"{message.via.value}:{message.routing_key()}:{queue}"
    attributes = {
        "messaging.system": "rabbitmq",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.destination.name": destination,
        "messaging.rabbitmq.destination.routing_key": message.routing_key(),
        "messaging.message.id": str(identifier),
        "messaging.message.conversation_id": message.correlation_id(),
    }
    with tracing.span(f"process {destination}", traceparent, attributes):
        yield
