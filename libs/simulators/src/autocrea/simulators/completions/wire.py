"""The chat-completions wire, put together."""

from collections.abc import Mapping

from autocrea.simulators.answering.usage import Usage
from autocrea.simulators.answering.wire import Asked, Event, Json, Refused, Stop, bearer
from autocrea.simulators.completions import errors
from autocrea.simulators.completions.answer import CompletionsAnswer
from autocrea.simulators.completions.request import read_request
from autocrea.simulators.control.effect import Fault

# Model lists carry a date of creation; nobody compares it, but it must not move between two calls.
MODELS_CREATED = 1_760_000_000
STOP_REASONS = {Stop.END: "stop", Stop.LENGTH: "length", Stop.REFUSED: "stop"}


class CompletionsWire:
    """`POST …/chat/completions` with a bearer key."""

    path = "/chat/completions"
    request_id_header = "x-request-id"

    def key(self, headers: Mapping[str, str]) -> str:
        """The bearer token."""
        return bearer(headers)

    def read(self, raw: bytes, headers: Mapping[str, str]) -> Asked:  # noqa: ARG002 -- the key is all they say
        """The request in these bytes; raises `Refused`."""
        return read_request(raw)

    def fault(self, fault: Fault, detail: str) -> Refused:
        """The error for a fault."""
        return errors.fault(fault, detail)

    def error(self, status: int) -> Refused:
        """The error that usually comes with a status."""
        return errors.of_status(status)

    def error_body(self, refused: Refused, request_id: str) -> Json:  # noqa: ARG002 -- told in a header only
        """An error's body."""
        return errors.body(refused)

    def error_event(self, refused: Refused, request_id: str) -> Event:  # noqa: ARG002 -- told in a header only
        """An error inside a stream: its body as an event without a name."""
        return Event(errors.body(refused))

    def answer(self, asked: Asked) -> CompletionsAnswer:
        """A fresh answer."""
        return CompletionsAnswer(asked.model)

    def stop_reason(self, stop: Stop) -> str:
        """The `finish_reason`."""
        return STOP_REASONS[stop]

    def usage(self, usage: Usage) -> Json:
        """The `usage` object: cached tokens are among those of the prompt."""
        return {
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.input_tokens + usage.output_tokens,
            "prompt_tokens_details": {"cached_tokens": usage.cached_tokens},
            "completion_tokens_details": {"reasoning_tokens": usage.thought_tokens},
        }

    def models(self, owner: str, names: tuple[str, ...]) -> Json:
        """The list of models."""
        entries = [
            {"id": name, "object": "model", "created": MODELS_CREATED, "owned_by": owner} for name in names
        ]
        return {"object": "list", "data": entries}
