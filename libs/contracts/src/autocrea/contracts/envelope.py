"""CloudEvents 1.0 in structured JSON: sealing a message into bytes once, and opening bytes again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal
from uuid import UUID

from autocrea.contracts.ids import Moment, UserId
from autocrea.contracts.message import Message
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_json

CONTENT_TYPE: Final = "application/cloudevents+json"
SCHEMA_PREFIX: Final = "urn:autocrea:schema:"
SOURCE_PREFIX: Final = "/autocrea/"
FAULTS_TOLD_MAX: Final = 5
"""A sentence that lists more than five broken fields is not read."""

_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
"""As W3C Trace Context spells it; a trace id of zeros is none."""

_TRACEPARENT_IN_BODY: Final = re.compile(rb'"traceparent":"([0-9a-f-]{55})"')
_ATTRIBUTES_BYTES_MAX: Final = 4_096
"""Of a sealed body, in which `data` comes last; and inside of a text of JSON these quotes would be escaped."""


class MessageTooLarge(Exception):
    """A body over its message's limit; raised before anything is stored."""

    def __init__(self, type_: str, size_bytes: int, limit_bytes: int) -> None:
        super().__init__(f"{type_} would be {size_bytes} bytes, its limit is {limit_bytes}")
        self.type, self.size_bytes, self.limit_bytes = type_, size_bytes, limit_bytes


class InvalidEnvelope(Exception):
    """A body that is no message of ours; the sentence names what is wrong and quotes no content."""


class UnknownType(InvalidEnvelope):
    """A sound envelope of a type that the receiver has no model for."""


class InvalidData(InvalidEnvelope):
    """A sound envelope whose data does not have the shape of its type."""


class Envelope(BaseModel):
    """A received CloudEvent whose data is still raw, because its type decides the model."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    specversion: Literal["1.0"]
    id: UUID
    source: str
    type: str
    subject: str
    time: Moment
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    correlationid: str
    causationid: UUID | None = None
    userid: UserId | None = None
    traceparent: str | None = None
    data: dict[str, Any]

    @property
    def trace_id(self) -> str | None:
        """The trace that caused the message, as logs spell it; None where its sender named none."""
        named = _TRACEPARENT.fullmatch(self.traceparent or "")
        return named[1] if named else None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A message as the outbox stores and the broker gets it; every repetition sends these bytes."""

    id: UUID
    type: str
    exchange: str
    routing_key: str
    correlation_id: str
    body: bytes


def seal(
    message: Message,
    *,
    source: str,
    time: datetime,
    causation_id: UUID | None = None,
    traceparent: str | None = None,
) -> Sealed:
    """Make the envelope of `message`, sent by the service `source`. `time` must be aware. Raises MessageTooLarge."""
    if time.tzinfo is None:
        raise ValueError("the time of an envelope needs a time zone")
    identifier = message.message_id()
    subject = message.subject()
    correlation = message.correlation_id()
    attributes: dict[str, object] = {
        "specversion": "1.0",
        "id": identifier,
        "source": SOURCE_PREFIX + source,
        "type": message.type,
        "subject": subject,
        "time": time.astimezone(UTC),
        "datacontenttype": "application/json",
        "dataschema": SCHEMA_PREFIX + message.type,
        "correlationid": correlation,
    }
    optional = {"causationid": causation_id, "userid": message.user(), "traceparent": traceparent}
    attributes |= {name: value for name, value in optional.items() if value is not None}
    attributes["data"] = message
    body = to_json(attributes)
    if len(body) > message.limit_bytes:
        raise MessageTooLarge(message.type, len(body), message.limit_bytes)
    return Sealed(identifier, message.type, message.via.value, message.routing_key(), correlation, body)


def open_envelope(body: bytes) -> Envelope:
    """Parse a body, once. Raises InvalidEnvelope."""
    try:
        return Envelope.model_validate_json(body)
    except ValidationError as error:
        raise InvalidEnvelope(f"not one of our CloudEvents: {_sentence(error)}") from error


def traceparent_in(body: bytes) -> str | None:
    """The trace of a body that `seal` made, without parsing its data."""
    found = _TRACEPARENT_IN_BODY.search(body, 0, _ATTRIBUTES_BYTES_MAX)
    return found[1].decode() if found else None


def decode(body: bytes, models: Mapping[str, type[Message]]) -> tuple[Envelope, Message]:
    """Parse a body and its data, once. Raises InvalidEnvelope, UnknownType or InvalidData."""
    envelope = open_envelope(body)
    return envelope, read_data(envelope, models)


def read_data(envelope: Envelope, models: Mapping[str, type[Message]]) -> Message:
    """The data of an envelope as the model of its type. Raises UnknownType or InvalidData."""
    model = models.get(envelope.type)
    if model is None:
        raise UnknownType(f"no model for messages of type {envelope.type[:100]!r}")
    try:
        return model.model_validate(envelope.data)
    except ValidationError as error:
        raise InvalidData(f"data of {envelope.type}: {_sentence(error)}") from error


def _sentence(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    told = [
        f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}" for fault in faults[:FAULTS_TOLD_MAX]
    ]
    more = len(faults) - len(told)
    return "; ".join(told) + (f"; and {more} more" if more else "")
