"""What every message is: key, way, natural key, limit; the messages themselves live with their owners."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID, uuid5

from autocrea.contracts.ids import GenerationId, Run, UserId
from pydantic import BaseModel, ConfigDict, Field

NAMESPACE: Final = UUID("6f0c1d6e-7c63-5c0a-9a34-2f5d3c1f8b10")
"""Every message id is a version-5 UUID in here; changing it would make every old fact a new one."""

BODY_BYTES_MAX: Final = 64 * 1024
"""Messages are small: 256 of them prefetched are 16 MiB."""

CONTENT_BODY_BYTES_MAX: Final = 2 * 1024 * 1024
"""For the three messages that carry file contents: 1 MiB of them, JSON's escapes and the rest.

16 of them prefetched are 32 MiB."""

_PROGRESS_PREFIX = "generation."
_KEY = re.compile(r"(?P<name>(?P<owner>[a-z][a-z-]*)\.[a-z][a-z_]*)\.v[1-9][0-9]*")


class Service(StrEnum):
    """The five services, spelt as their folders."""

    GATEWAY = "gateway"
    ORCHESTRATOR = "orchestrator"
    LLM_ROUTER = "llm-router"
    BILLING = "billing"
    ARTIFACTS = "artifacts"


class Via(StrEnum):
    """Which exchange a message takes."""

    EVENTS = "autocrea.events"
    """Public facts; the history stream keeps all of them."""
    COMMANDS = "autocrea.commands"
    """Commands and private replies."""
    PROGRESS = "autocrea.progress"
    """Transient and lossy by design."""


class Shape(BaseModel):
    """A part of a message: immutable, and tolerant of fields that a newer sender added."""

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        hide_input_in_errors=True,
    )


class Message(Shape):
    """One fact or command; key, way, sender, consumers and natural key are stated in its class line."""

    type: ClassVar[str]
    """`<owner>.<snake_name>.v<N>`: CloudEvents type, and routing key of events and commands."""
    name: ClassVar[str]
    """The type without its version: what ids are made of."""
    owner: ClassVar[Service]
    via: ClassVar[Via]
    sender: ClassVar[Service]
    consumers: ClassVar[tuple[Service, ...]]
    natural_key_fields: ClassVar[tuple[str, ...]]
    limit_bytes: ClassVar[int]

    def __init_subclass__(
        cls,
        *,
        abstract: bool = False,
        key: str = "",
        via: Via = Via.EVENTS,
        sender: Service | None = None,
        consumers: tuple[Service, ...] = (),
        natural_key: tuple[str, ...] = (),
        limit_bytes: int = BODY_BYTES_MAX,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if abstract:
            return
        matched = _KEY.fullmatch(key)
        if matched is None:
            raise TypeError(f"{cls.__name__}: a message needs key='<owner>.<snake_name>.v<N>', not {key!r}")
        if not consumers:
            raise TypeError(f"{cls.__name__}: a message needs the services that consume it")
        if not natural_key:
            raise TypeError(
                f"{cls.__name__}: a message needs a natural key, or its repetitions are new facts"
            )
        cls.type, cls.name = key, matched["name"]
        cls.owner = Service(matched["owner"])
        cls.via, cls.sender, cls.consumers = via, sender or cls.owner, consumers
        cls.natural_key_fields, cls.limit_bytes = natural_key, limit_bytes

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        missing = set(getattr(cls, "natural_key_fields", ())) - set(cls.model_fields)
        if missing:
            raise TypeError(f"{cls.__name__}: natural key names no field: {sorted(missing)}")

    def message_id(self) -> UUID:
        """The same for the same fact, whoever causes it and in whichever version it is told."""
        values = ":".join([_key_text(getattr(self, field)) for field in self.natural_key_fields])
        return uuid5(NAMESPACE, f"{self.name}:{values}")

    def subject(self) -> str:
        """What the message is about: its generation, else the first part of its natural key."""
        generation = self.generation()
        if generation is not None:
            return str(generation)
        return _key_text(getattr(self, self.natural_key_fields[0]))

    def routing_key(self) -> str:
        """The type; for progress the generation, so that a replica binds only what its viewers watch."""
        if self.via is Via.PROGRESS:
            return _PROGRESS_PREFIX + self.subject()
        return self.type

    def generation(self) -> GenerationId | None:
        """The generation this message belongs to, if it belongs to one."""
        return getattr(self, "generation_id", None)

    def user(self) -> UserId | None:
        """The person this message is about, where it names one."""
        return getattr(self, "user_id", None)

    def correlation_id(self) -> str:
        """What joins every message of one story: the subject."""
        return self.subject()


class RunMessage(Message, abstract=True):
    """A message about one run of a generation."""

    generation_id: GenerationId = Field(description="The generation.")
    run: Run = Field(description="Its run: 1 for the first, one more for each retry.")


def progress_key(generation_id: GenerationId) -> str:
    """The routing key under which the progress of a generation is published."""
    return f"{_PROGRESS_PREFIX}{generation_id}"


def _key_text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
