"""Reading a messages request: from bytes to a checked value, or to the error that the wire would send."""

import json
from collections.abc import Mapping
from typing import Any

from autocrea.simulators.answering.wire import BODY_BYTES_MAX, Asked, Json, Message, Refused
from autocrea.simulators.messages.errors import invalid, too_large

VERSION_HEADER = "anthropic-version"
VERSIONS = ("2023-01-01", "2023-06-01", "2026-10-21")
# From this version on the model chooses its samples alone.
VERSION_WITHOUT_SAMPLING = "2026-10-21"
SAMPLING = ("temperature", "top_p", "top_k")
ROLES = ("user", "assistant")


def read_request(raw: bytes, headers: Mapping[str, str]) -> Asked:
    """The request in these bytes; raises `Refused`."""
    if len(raw) > BODY_BYTES_MAX:
        raise too_large()
    version = headers.get(VERSION_HEADER)
    if not version:
        raise invalid(f"{VERSION_HEADER}: header is required")
    if version not in VERSIONS:
        raise invalid(f'{VERSION_HEADER}: "{version}" is not a valid version')
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise invalid(f"The request body is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise invalid("The request body is not a JSON object")
    for name in SAMPLING:
        if name in body and version >= VERSION_WITHOUT_SAMPLING:
            raise invalid(f"{name}: Extra inputs are not permitted")
    model = body.get("model")
    if not isinstance(model, str) or not model:
        raise _missing("model", model)
    return Asked(
        model=model,
        messages=(*_system(body.get("system")), *_messages(body.get("messages"))),
        stream=_stream(body),
        tokens_max=_tokens_max(body),
        user=_user(body.get("metadata")),
    )


def _system(value: Any) -> tuple[Message, ...]:
    """The system prompt: not a message on this wire, but read and counted like one."""
    return () if value is None else (Message("system", _text(value, "system")),)


def _messages(value: Any) -> tuple[Message, ...]:
    if not isinstance(value, list):
        raise _missing("messages", value)
    if not value:
        raise invalid("messages: at least one message is required")
    messages = tuple(_message(item, f"messages.{index}") for index, item in enumerate(value))
    if messages[0].role != "user":
        raise invalid('messages: first message must use the "user" role')
    return messages


def _message(value: Any, where: str) -> Message:
    if not isinstance(value, dict):
        raise invalid(f"{where}: Input should be a valid dictionary")
    role = value.get("role")
    if role not in ROLES:
        hint = (
            ' The Messages API accepts a top-level `system` parameter, not "system" as an input message role.'
        )
        raise invalid(f'messages: Unexpected role "{role}".{hint if role == "system" else ""}')
    text = _text(value.get("content"), f"{where}.content")
    if not text:
        raise invalid(f"{where}: text content blocks must be non-empty")
    return Message(role, text)


def _text(value: Any, where: str) -> str:
    """A text, or blocks of text joined."""
    if isinstance(value, list):
        return "".join(_block(block, f"{where}.{index}") for index, block in enumerate(value))
    if not isinstance(value, str):
        raise _missing(where, value)
    return value


def _block(value: Any, where: str) -> str:
    if not isinstance(value, dict) or value.get("type") != "text" or not isinstance(value.get("text"), str):
        raise invalid(f"{where}: only blocks of text are understood here")
    return str(value["text"])


def _stream(body: Json) -> bool:
    value = body.get("stream", False)
    if not isinstance(value, bool):
        raise invalid("stream: Input should be a valid boolean")
    return value


def _tokens_max(body: Json) -> int:
    value = body.get("max_tokens")
    if not isinstance(value, int) or isinstance(value, bool):
        raise _missing("max_tokens", value)
    if value < 1:
        raise invalid("max_tokens: must be greater than or equal to 1")
    return value


def _user(metadata: Any) -> str:
    return str(metadata.get("user_id") or "") if isinstance(metadata, dict) else ""


def _missing(where: str, value: Any) -> Refused:
    return invalid(f"{where}: Field required" if value is None else f"{where}: Input is of the wrong type")
