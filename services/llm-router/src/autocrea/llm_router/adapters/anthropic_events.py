"""What the events of Anthropic's wire say: text, thinking, why it stopped, usage, errors inside the stream."""

from collections.abc import Iterator
from typing import Any

from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.anthropic_errors import failure_in_stream
from autocrea.llm_router.adapters.wire_json import Broken, Mender, json_object, member
from autocrea.llm_router.domain.answers import Failure, Stop
from autocrea.llm_router.domain.usage import checked_usage
from autocrea.llm_router.ports import CallFailed, Finish, Heard, Text, Thinking

_STOPS = {
    "max_tokens": Stop.LENGTH,
    "model_context_window_exceeded": Stop.LENGTH,
    "refusal": Stop.REFUSED,
}
_INPUT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


class AnthropicReader:
    """One answer. `done` once the stream said that nothing more comes. Pings and events of next year are skipped."""

    def __init__(self) -> None:
        self.done = False
        self._stop: Stop | None = None
        self._counts: dict[str, object] = {}
        self._model: str | None = None
        self._mender = Mender()

    def event(self, data: str) -> Iterator[Heard]:
        """What one event says. Raises Broken, and CallFailed for an error inside the stream."""
        event = json_object(data)
        match event.get("type"):
            case "message_start":
                self._note(member(event, "message"))
            case "content_block_start":
                yield from self._said(member(event, "content_block"))
            case "content_block_delta":
                yield from self._said(member(event, "delta"))
            case "message_delta":
                self._note({**event, **member(event, "delta")})
            case "message_stop":
                self.done = True
                self._stop = self._stop or Stop.END
            case "error":
                raise CallFailed(failure_in_stream(event.get("error")))

    def plain(self, body: bytes) -> Iterator[Heard]:
        """What an answer says that came in one piece, from a server that does not stream."""
        answer = json_object(body.decode("utf-8", "replace"))
        if answer.get("type") == "error":
            raise CallFailed(failure_in_stream(answer.get("error")))
        blocks = answer.get("content")
        if not isinstance(blocks, list):
            raise Broken("an answer without content")
        for block in blocks:
            yield from self._said(block if isinstance(block, dict) else {})
        self._note(answer)
        yield self.finish()

    def finish(self) -> Finish:
        """The end of the answer. Raises CallFailed when the connection ended before it."""
        if self._stop is None:
            raise CallFailed(Failure(CallOutcome.RETRY_SAME, "ended in mid-answer"))
        cached = self._counts.get("cache_read_input_tokens")
        usage = checked_usage(self._read_tokens(), self._counts.get("output_tokens"), cached)
        return Finish(self._stop, usage, self._model)

    def _note(self, message: dict[str, Any]) -> None:
        """Of a message or what changed in it: the last figure of each kind counts, they run up."""
        self._counts |= {name: count for name, count in member(message, "usage").items() if count is not None}
        if isinstance(message.get("model"), str):
            self._model = message["model"]
        if isinstance(reason := message.get("stop_reason"), str):
            self._stop = _STOPS.get(reason, Stop.END)

    def _said(self, block: dict[str, Any]) -> Iterator[Heard]:
        """A content block or a piece of one. Whatever is no text shows at least that the model is alive."""
        said = block.get("text")
        if not isinstance(said, str):
            yield Thinking()
        elif text := self._mender.mended(said):
            yield Text(text)

    def _read_tokens(self) -> int | None:
        """Anthropic counts what was cached beside what was not. None when a part of the sum makes no sense."""
        parts = [checked_usage(self._counts[name], 0, 0) for name in _INPUT if name in self._counts]
        known = [part.input_tokens for part in parts if part is not None]
        return sum(known) if known and len(known) == len(parts) else None
