"""Reading a chat-completions request: from bytes to a checked value, or to the error body the wire would send."""

import json
from dataclasses import dataclass
from typing import Any

# The router's prompts are at most 2 MiB; JSON escapes may double that.
BODY_BYTES_MAX = 8 * 1024 * 1024
# As the models that are played here; beyond it a real provider refuses the prompt.
CONTEXT_TOKENS_MAX = 1_000_000

Json = dict[str, Any]


@dataclass(eq=False)
class WireError(Exception):
    """An OpenAI-shaped error answer."""

    status: int
    message: str
    code: str | None = None
    param: str | None = None
    type: str = "invalid_request_error"

    def body(self) -> Json:
        """The error as OpenAI's API words it."""
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}}


@dataclass(frozen=True, slots=True)
class Message:
    """One message; a list of text parts is joined."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """What this wire understands of a request; other parameters are accepted and change nothing."""

    model: str
    messages: tuple[Message, ...]
    stream: bool
    include_usage: bool
    tokens_max: int | None


def read_request(raw: bytes) -> ChatRequest:
    """The request in these bytes; raises `WireError`."""
    if len(raw) > BODY_BYTES_MAX:
        raise WireError(413, f"The request body is larger than {BODY_BYTES_MAX} bytes.")
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise WireError(400, f"We could not parse the JSON body of your request: {error}") from error
    if not isinstance(body, dict):
        raise WireError(400, "The JSON body of your request is not an object.")
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise WireError(400, "you must provide a model parameter", param="model")
    return ChatRequest(
        model=body["model"],
        messages=_messages(body.get("messages")),
        stream=_flag(body, "stream"),
        include_usage=_include_usage(body),
        tokens_max=_tokens_max(body),
    )


def _messages(value: Any) -> tuple[Message, ...]:
    if not isinstance(value, list) or not value:
        raise WireError(400, "'messages' must be a non-empty array.", param="messages")
    return tuple(_message(item, f"messages[{index}]") for index, item in enumerate(value))


def _message(value: Any, where: str) -> Message:
    if not isinstance(value, dict) or not isinstance(value.get("role"), str):
        raise WireError(400, f"Missing required parameter: '{where}.role'.", param=f"{where}.role")
    content = value.get("content")
    if isinstance(content, list):
        content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    if not isinstance(content, str):
        raise WireError(400, f"'{where}.content' must be a string or text parts.", param=f"{where}.content")
    return Message(value["role"], content)


def _flag(body: Json, name: str) -> bool:
    value = body.get(name) or False
    if not isinstance(value, bool):
        raise WireError(400, f"'{name}' must be a boolean.", param=name)
    return value


def _include_usage(body: Json) -> bool:
    options = body.get("stream_options")
    if options is None:
        return False
    if not body.get("stream"):
        message = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise WireError(400, message, param="stream_options")
    if not isinstance(options, dict):
        raise WireError(400, "'stream_options' must be an object.", param="stream_options")
    return _flag(options, "include_usage")


def _tokens_max(body: Json) -> int | None:
    value = body.get("max_completion_tokens", body.get("max_tokens"))
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise WireError(400, "'max_tokens' must be a positive integer.", param="max_tokens")
    return value
