"""Reading a chat-completions request: from bytes to a checked value, or to the error that the wire would send."""

import json
from typing import Any

from autocrea.simulators.answering.wire import BODY_BYTES_MAX, Asked, Json, Message
from autocrea.simulators.completions.errors import invalid


def read_request(raw: bytes) -> Asked:
    """The request in these bytes; raises `Refused`."""
    if len(raw) > BODY_BYTES_MAX:
        raise invalid(f"The request body is larger than {BODY_BYTES_MAX} bytes.", status=413)
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise invalid(f"We could not parse the JSON body of your request: {error}") from error
    if not isinstance(body, dict):
        raise invalid("The JSON body of your request is not an object.")
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise invalid("you must provide a model parameter", param="model")
    return Asked(
        model=body["model"],
        messages=_messages(body.get("messages")),
        stream=_flag(body, "stream"),
        tokens_max=_tokens_max(body),
        user=str(body.get("safety_identifier") or body.get("user") or ""),
        wants_usage=_include_usage(body) or not body.get("stream"),
    )


def _messages(value: Any) -> tuple[Message, ...]:
    if not isinstance(value, list) or not value:
        raise invalid("'messages' must be a non-empty array.", param="messages")
    return tuple(_message(item, f"messages[{index}]") for index, item in enumerate(value))


def _message(value: Any, where: str) -> Message:
    if not isinstance(value, dict) or not isinstance(value.get("role"), str):
        raise invalid(f"Missing required parameter: '{where}.role'.", param=f"{where}.role")
    content = value.get("content")
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    if not isinstance(content, str):
        raise invalid(f"'{where}.content' must be a string or text parts.", param=f"{where}.content")
    return Message(value["role"], content)


def _flag(body: Json, name: str) -> bool:
    value = body.get(name) or False
    if not isinstance(value, bool):
        raise invalid(f"'{name}' must be a boolean.", param=name)
    return value


def _include_usage(body: Json) -> bool:
    options = body.get("stream_options")
    if options is None:
        return False
    if not body.get("stream"):
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise invalid(message, param="stream_options")
    if not isinstance(options, dict):
        raise invalid("'stream_options' must be an object.", param="stream_options")
    return _flag(options, "include_usage")


def _tokens_max(body: Json) -> int | None:
    value = body.get("max_completion_tokens", body.get("max_tokens"))
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise invalid("'max_tokens' must be a positive integer.", param="max_tokens")
    return value
