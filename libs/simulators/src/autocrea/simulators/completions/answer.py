"""The JSON of an answer on the chat-completions wire: the whole completion, its streamed chunks."""

import time
from uuid import uuid4

from autocrea.simulators.answering.usage import Usage
from autocrea.simulators.answering.wire import Event, Json

DONE = Event("[DONE]")


class CompletionsAnswer:
    """One answer; the model is echoed as it was asked for."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._told = False  # whether usage follows: then every chunk before it says `null`
        self._id = f"chatcmpl-{uuid4().hex}"
        self._created = int(time.time())

    def opening(self, usage: Usage | None) -> list[Event]:
        """The chunk that names the role."""
        self._told = usage is not None
        return [self._chunk({"role": "assistant", "content": "", "refusal": None})]

    def piece(self, text: str) -> list[Event]:
        """A chunk of text."""
        return [self._chunk({"content": text})]

    def closing(self, stop: str, usage: Usage | None) -> list[Event]:
        """The chunk that says why it ends, the one with the usage, the end marker."""
        events = [self._chunk({}, stop)]
        if usage is not None:
            events.append(Event(self._head("chat.completion.chunk") | {"choices": [], "usage": told(usage)}))
        return [*events, DONE]

    def whole(self, text: str, stop: str, usage: Usage | None) -> Json:
        """The body of an answer that is not streamed."""
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": stop}
        body = self._head("chat.completion") | {"choices": [choice]}
        return body | ({"usage": told(usage)} if usage else {})

    def _chunk(self, delta: Json, stop: str | None = None) -> Event:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": stop}
        body = self._head("chat.completion.chunk") | {"choices": [choice]}
        return Event(body | ({"usage": None} if self._told else {}))

    def _head(self, kind: str) -> Json:
        head: Json = {"id": self._id, "object": kind, "created": self._created}
        return head | {"model": self._model, "system_fingerprint": "fp_simulated"}


def told(usage: Usage) -> Json:
    """Usage in this wire's words: the cached tokens are among those of the prompt."""
    return {
        "prompt_tokens": usage.input_tokens,
        "completion_tokens": usage.output_tokens,
        "total_tokens": usage.input_tokens + usage.output_tokens,
        "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }
