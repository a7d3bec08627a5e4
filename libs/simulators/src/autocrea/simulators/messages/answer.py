"""The JSON of an answer on the messages wire: the whole message, and the events of its stream."""

from uuid import uuid4

from autocrea.simulators.answering.usage import Usage
from autocrea.simulators.answering.wire import Event, Json

PING = Event({"type": "ping"}, "ping")


class MessagesAnswer:
    """One answer of one text block; the model is echoed as it was asked for."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._id = f"msg_{uuid4().hex}"

    def opening(self, usage: Usage | None) -> list[Event]:
        """The message without content, the start of its block, a ping. Usage counts one token of output so far."""
        block = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        first = None if usage is None else told(usage) | {"output_tokens": 1}
        return [
            _event({"type": "message_start", "message": self._message([], None, first)}),
            _event(block),
            PING,
        ]

    def piece(self, text: str) -> list[Event]:
        """A delta of text."""
        delta = {"type": "text_delta", "text": text}
        return [_event({"type": "content_block_delta", "index": 0, "delta": delta})]

    def closing(self, stop: str, usage: Usage | None) -> list[Event]:
        """The end of the block, why it ends with the sums so far, the end of the message."""
        delta: Json = {
            "type": "message_delta",
            "delta": {"stop_reason": stop, "stop_sequence": None},
        }
        return [
            _event({"type": "content_block_stop", "index": 0}),
            _event(delta | ({} if usage is None else {"usage": told(usage)})),
            _event({"type": "message_stop"}),
        ]

    def whole(self, text: str, stop: str, usage: Usage | None) -> Json:
        """The body of an answer that is not streamed."""
        told_usage = None if usage is None else told(usage)
        return self._message([{"type": "text", "text": text}], stop, told_usage)

    def _message(self, content: list[Json], stop: str | None, usage: Json | None) -> Json:
        message: Json = {
            "id": self._id,
            "type": "message",
            "role": "assistant",
            "model": self._model,
            "content": content,
            "stop_reason": stop,
            "stop_sequence": None,
        }
        return message | ({} if usage is None else {"usage": usage})


def told(usage: Usage) -> Json:
    """Usage in this wire's words: tokens read from the cache are not among `input_tokens`."""
    return {
        "input_tokens": usage.input_tokens - usage.cached_tokens,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": usage.cached_tokens,
        "output_tokens": usage.output_tokens,
    }


def _event(data: Json) -> Event:
    return Event(data, str(data["type"]))
