"""What the JSON of the chat completions wire says: text, thinking, why it stopped, usage, errors inside the stream."""

from collections.abc import Iterator
from typing import Any

from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.openai_errors import failure_in_stream
from autocrea.llm_router.adapters.wire_json import Mender, json_object, member
from autocrea.llm_router.domain.answers import Failure, Stop
from autocrea.llm_router.domain.usage import checked_usage
from autocrea.llm_router.ports import CallFailed, Finish, Heard, Text, Thinking

END_OF_STREAM = "[DONE]"
_STOPS = {
    "length": Stop.LENGTH,
    "max_tokens": Stop.LENGTH,
    "model_length": Stop.LENGTH,
    "content_filter": Stop.REFUSED,
    "refusal": Stop.REFUSED,
}


class OpenAiReader:
    """One answer. `done` once the stream said that nothing more comes."""

    def __init__(self) -> None:
        self.done = False
        self._stop: Stop | None = None
        self._refused = False
        self._usage: Usage | None = None
        self._model: str | None = None
        self._mender = Mender()

    def event(self, data: str) -> Iterator[Heard]:
        """What one event says. Raises Broken, and CallFailed for an error inside the stream."""
        if data.strip() == END_OF_STREAM:
            self.done = True
            self._stop = self._stop or Stop.END
            return
        chunk = json_object(data)
        self._note(chunk)
        for choice in _choices(chunk):
            yield from self._said(member(choice, "delta"), choice)

    def plain(self, body: bytes) -> Iterator[Heard]:
        """What an answer says that came in one piece, from a server that does not stream."""
        answer = json_object(body.decode("utf-8", "replace"))
        self._note(answer)
        for choice in _choices(answer):
            yield from self._said(member(choice, "message"), choice)
        yield self.finish()

    def finish(self) -> Finish:
        """The end of the answer. Raises CallFailed when the connection ended before it."""
        if self._stop is None:
            raise CallFailed(Failure(CallOutcome.RETRY_SAME, "ended in mid-answer"))
        return Finish(Stop.REFUSED if self._refused else self._stop, self._usage, self._model)

    def _note(self, chunk: dict[str, Any]) -> None:
        if chunk.get("error"):
            raise CallFailed(failure_in_stream(chunk["error"]))
        if isinstance(chunk.get("model"), str):
            self._model = chunk["model"]
        usage = chunk.get("usage")
        if isinstance(usage, dict):
            cached = member(usage, "prompt_tokens_details").get("cached_tokens")
            # The last figure counts: some servers send a running one with every chunk.
            self._usage = checked_usage(usage.get("prompt_tokens"), usage.get("completion_tokens"), cached)

    def _said(self, said: dict[str, Any], choice: dict[str, Any]) -> Iterator[Heard]:
        text = self._mender.mended(_text(said.get("content")))
        if text:
            yield Text(text)
        if said.get("reasoning_content") or said.get("reasoning"):
            yield Thinking()
        reason = choice.get("finish_reason")
        if reason == "error":
            raise CallFailed(failure_in_stream(choice.get("error")))
        if isinstance(reason, str):
            self._stop = _STOPS.get(reason, Stop.END)
        self._refused = self._refused or bool(said.get("refusal"))


def _choices(chunk: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The first choice: no other was asked for."""
    choices = chunk.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, dict) and choice.get("index", 0) == 0:
            yield choice
            return


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(
            part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)
        )
    return ""
