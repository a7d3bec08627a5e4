"""The JSON shapes of an answer: the whole completion, its streamed chunks, the list of models."""

import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from autocrea.simulators.completions.providers import Provider

Json = dict[str, Any]

# Model lists carry a date of creation; nobody compares it, but it must not move between two calls.
MODELS_CREATED = 1_760_000_000
DONE = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Shapes:
    """Builds the JSON of one answer; the model is echoed as it was asked for."""

    model: str
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def completion(self, text: str, finish_reason: str, usage: Json | None) -> bytes:
        """The body of an answer that is not streamed."""
        message = {"role": "assistant", "content": text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": finish_reason}
        body = self._head("chat.completion") | {"choices": [choice]}
        return _dumped(body | ({"usage": usage} if usage else {}))

    def chunk(self, delta: Json, finish_reason: str | None = None, *, usage_follows: bool = False) -> bytes:
        """One streamed piece of the answer as a server-sent event."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return self._event([choice], {"usage": None} if usage_follows else {})

    def usage_chunk(self, usage: Json) -> bytes:
        """The last chunk under `include_usage`: no choices, the whole usage."""
        return self._event([], {"usage": usage})

    def _event(self, choices: list[Json], extra: Json) -> bytes:
        body = self._head("chat.completion.chunk") | {"choices": choices} | extra
        return b"data: " + _dumped(body) + b"\n\n"

    def _head(self, kind: str) -> Json:
        head: Json = {"id": self.id, "object": kind, "created": self.created}
        return head | {"model": self.model, "system_fingerprint": "fp_simulated"}


def model_entry(provider: Provider, model: str) -> Json:
    """One entry of `/models`."""
    owner = f"{provider.name}-simulated"
    return {"id": model, "object": "model", "created": MODELS_CREATED, "owned_by": owner}


def _dumped(value: Json) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
