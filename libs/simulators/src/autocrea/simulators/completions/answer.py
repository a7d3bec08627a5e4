"""The JSON of an answer on the chat-completions wire: the whole completion, its streamed chunks."""

import time
from uuid import uuid4

from autocrea.simulators.answering.wire import Ending, Event, Json, Stop

DONE = Event("[DONE]")
KEEP_ALIVE = Event(None, comment="keep-alive")
REFUSAL = "I'm sorry, I can't help with that."


class CompletionsAnswer:
    """One answer; the model is echoed as it was asked for."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._usage_follows = False  # then every chunk before it says `null`
        self._thought = ""
        self._id = f"chatcmpl-{uuid4().hex}"
        self._created = int(time.time())

    def opening(self, usage: Json | None) -> list[Event]:
        """The chunk that names the role."""
        self._usage_follows = usage is not None
        return [self._chunk({"role": "assistant", "content": "", "refusal": None})]

    def thought(self, text: str) -> list[Event]:
        """A chunk of reasoning, as the servers of open models tell it; OpenAI's own keep it to themselves."""
        self._thought += text
        return [self._chunk({"reasoning_content": text})]

    def piece(self, text: str) -> list[Event]:
        """A chunk of text."""
        return [self._chunk({"content": text})]

    def closing(self, ending: Ending, usage: Json | None) -> list[Event]:
        """The refusal if it is one, why it ends, the usage, the end marker."""
        events = [self._chunk({"refusal": REFUSAL})] if ending.stop is Stop.REFUSED else []
        events.append(self._chunk({}, ending.word))
        if usage is not None:
            events.append(Event(self._head("chat.completion.chunk") | {"choices": [], "usage": usage}))
        return [*events, DONE]

    def keep_alive(self) -> Event:
        """A comment."""
        return KEEP_ALIVE

    def whole(self, text: str, ending: Ending, usage: Json | None) -> Json:
        """The body of an answer that is not streamed."""
        refusal = REFUSAL if ending.stop is Stop.REFUSED else None
        message = {"role": "assistant", "content": text or None, "refusal": refusal}
        thought = {"reasoning_content": self._thought} if self._thought else {}
        choice = {"index": 0, "message": message | thought, "logprobs": None, "finish_reason": ending.word}
        body = self._head("chat.completion") | {"choices": [choice]}
        return body | ({"usage": usage} if usage is not None else {})

    def _chunk(self, delta: Json, stop: str | None = None) -> Event:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": stop}
        body = self._head("chat.completion.chunk") | {"choices": [choice]}
        return Event(body | ({"usage": None} if self._usage_follows else {}))

    def _head(self, kind: str) -> Json:
        head: Json = {"id": self._id, "object": kind, "created": self._created}
        return head | {"model": self._model, "system_fingerprint": "fp_simulated"}
