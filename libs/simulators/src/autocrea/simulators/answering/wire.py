"""What a wire has to be able to do: read its vendor's requests, and word answers and errors as its vendor does."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from autocrea.simulators.answering.usage import Usage
from autocrea.simulators.control.effect import Fault

# The router's prompts are at most 2 MiB; JSON escapes may double that.
BODY_BYTES_MAX = 8 * 1024 * 1024

Json = dict[str, Any]


class Stop(StrEnum):
    """Why an answer ends."""

    END = "end"
    LENGTH = "length"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Ending:
    """Why an answer ends, and the word for it: the vendor's, or the one that a rule puts in its place."""

    stop: Stop
    word: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message; a list of text parts is joined."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What is understood of a request; other parameters are accepted and change nothing."""

    model: str
    messages: tuple[Message, ...]
    stream: bool
    tokens_max: int | None
    user: str = ""
    wants_usage: bool = True


@dataclass(eq=False)
class Refused(Exception):
    """An error answer: its status, and what the wire's body says of it."""

    status: int
    message: str
    type: str
    code: str | None = None
    param: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A server-sent event: JSON, or a text as it stands; without data it is a comment."""

    data: Json | str | None
    name: str | None = None
    comment: str | None = None


class Answer(Protocol):
    """The words of one answer. Where `usage` is None, it tells none."""

    def opening(self, usage: Json | None) -> list[Event]:
        """What a stream begins with, before any text."""

    def thought(self, text: str) -> list[Event]:
        """Some of what the model thinks before it writes."""

    def piece(self, text: str) -> list[Event]:
        """Some text of a stream."""

    def closing(self, ending: Ending, usage: Json | None) -> list[Event]:
        """What follows the text of a stream; the last event is the end marker."""

    def keep_alive(self) -> Event:
        """What a stream says while there is nothing to say."""

    def whole(self, text: str, ending: Ending, usage: Json | None) -> Json:
        """The answer in one piece."""


class Wire(Protocol):
    """One vendor's API; `path` is where calls are posted, below the provider's `/v1`."""

    path: str
    request_id_header: str

    def key(self, headers: Mapping[str, str]) -> str:
        """The key that the request presents; empty without one."""

    def read(self, raw: bytes, headers: Mapping[str, str]) -> Asked:
        """The request in these bytes; raises `Refused`."""

    def fault(self, fault: Fault, detail: str) -> Refused:
        """The error for a fault; `detail` is the key, the model or the number that it is about."""

    def error(self, status: int) -> Refused:
        """The error that usually comes with a status."""

    def error_body(self, refused: Refused, request_id: str) -> Json:
        """An error's body."""

    def error_event(self, refused: Refused, request_id: str) -> Event:
        """An error inside a stream."""

    def answer(self, asked: Asked) -> Answer:
        """A fresh answer to this request."""

    def stop_reason(self, stop: Stop) -> str:
        """The vendor's word for why an answer ends."""

    def usage(self, usage: Usage) -> Json:
        """Usage as the vendor tells it."""

    def models(self, owner: str, names: tuple[str, ...]) -> Json:
        """The list of models."""


def bearer(headers: Mapping[str, str]) -> str:
    """The bearer token of a request; empty without one."""
    scheme, _, key = headers.get("authorization", "").partition(" ")
    return key if scheme.lower() == "bearer" else ""
