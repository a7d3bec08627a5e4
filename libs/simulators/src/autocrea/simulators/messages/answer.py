"""The JSON of an answer on the messages wire: the whole message, and the events of its stream."""

from uuid import uuid4

from autocrea.simulators.answering.wire import Ending, Event, Json, Stop

PING = Event({"type": "ping"}, "ping")
SIGNATURE = "c2ltdWxhdGVk"  # of thoughts: base64 that only the vendor can read
REFUSAL: Json = {"type": "refusal", "category": "cyber", "explanation": "This request was declined."}


class MessagesAnswer:
    """One answer: a block of thoughts if it has some, a block of text. The model is echoed as it was asked for."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._id = f"msg_{uuid4().hex}"
        self._thought = ""
        self._open: str | None = None  # the type of the block that is being sent
        self._index = -1

    def opening(self, usage: Json | None) -> list[Event]:
        """The message without content; its usage counts one token of output so far."""
        first = None if usage is None else usage | {"output_tokens": 1}
        return [_event({"type": "message_start", "message": self._message([], None, first)})]

    def thought(self, text: str) -> list[Event]:
        """A delta of thinking, in a block of its own."""
        begin = [] if self._open else self._begin({"type": "thinking", "thinking": "", "signature": ""})
        self._thought += text
        return [*begin, self._delta({"type": "thinking_delta", "thinking": text})]

    def piece(self, text: str) -> list[Event]:
        """A delta of text; the first one ends the thoughts and begins its block."""
        begin = [] if self._open == "text" else [*self._end(), *self._begin({"type": "text", "text": ""})]
        return [*begin, self._delta({"type": "text_delta", "text": text})]

    def closing(self, ending: Ending, usage: Json | None) -> list[Event]:
        """The end of the block, why it ends with the sums so far, the end of the message."""
        delta: Json = {"type": "message_delta", "delta": _ending(ending)}
        return [
            *self._end(),
            _event(delta | ({} if usage is None else {"usage": usage})),
            _event({"type": "message_stop"}),
        ]

    def keep_alive(self) -> Event:
        """A ping."""
        return PING

    def whole(self, text: str, ending: Ending, usage: Json | None) -> Json:
        """The body of an answer that is not streamed."""
        thoughts = {"type": "thinking", "thinking": self._thought, "signature": SIGNATURE}
        content = [thoughts] if self._thought else []
        content += [{"type": "text", "text": text}] if text else []
        return self._message(content, ending, usage)

    def _begin(self, block: Json) -> list[Event]:
        self._open, self._index = str(block["type"]), self._index + 1
        start = {"type": "content_block_start", "index": self._index, "content_block": block}
        return [_event(start), *([PING] if self._index == 0 else [])]

    def _delta(self, delta: Json) -> Event:
        return _event({"type": "content_block_delta", "index": self._index, "delta": delta})

    def _end(self) -> list[Event]:
        if self._open is None:
            return []
        signed = [self._delta({"type": "signature_delta", "signature": SIGNATURE})]
        stop = _event({"type": "content_block_stop", "index": self._index})
        events = [*(signed if self._open == "thinking" else []), stop]
        self._open = None
        return events

    def _message(self, content: list[Json], ending: Ending | None, usage: Json | None) -> Json:
        message: Json = {"id": self._id, "type": "message", "role": "assistant", "model": self._model}
        message |= {"content": content} | _ending(ending)
        return message | ({} if usage is None else {"usage": usage})


def _ending(ending: Ending | None) -> Json:
    told: Json = {"stop_reason": ending and ending.word, "stop_sequence": None}
    refused = ending is not None and ending.stop is Stop.REFUSED
    return told | ({"stop_details": REFUSAL} if refused else {})


def _event(data: Json) -> Event:
    return Event(data, str(data["type"]))
