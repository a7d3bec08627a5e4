"""The messages wire, put together."""

from collections.abc import Mapping

from autocrea.simulators.answering.usage import Usage
from autocrea.simulators.answering.wire import Asked, Event, Json, Refused, Stop, bearer
from autocrea.simulators.control.effect import Fault
from autocrea.simulators.messages import errors
from autocrea.simulators.messages.answer import MessagesAnswer
from autocrea.simulators.messages.request import read_request

# Model lists carry a date of creation; nobody compares it, but it must not move between two calls.
MODELS_CREATED = "2025-09-29T00:00:00Z"
STOP_REASONS = {Stop.END: "end_turn", Stop.LENGTH: "max_tokens", Stop.REFUSED: "refusal"}


class MessagesWire:
    """`POST …/messages` with a key and `anthropic-version`."""

    path = "/messages"
    request_id_header = "request-id"

    def key(self, headers: Mapping[str, str]) -> str:
        """The key's own header, or the bearer token that the vendor's clients send since their second version."""
        return headers.get("x-api-key") or bearer(headers)

    def read(self, raw: bytes, headers: Mapping[str, str]) -> Asked:
        """The request in these bytes; raises `Refused`."""
        return read_request(raw, headers)

    def fault(self, fault: Fault, detail: str) -> Refused:
        """The error for a fault."""
        return errors.fault(fault, detail)

    def error(self, status: int) -> Refused:
        """The error that usually comes with a status."""
        return errors.of_status(status)

    def error_body(self, refused: Refused, request_id: str) -> Json:
        """An error's body."""
        return errors.body(refused, request_id)

    def error_event(self, refused: Refused, request_id: str) -> Event:
        """An error inside a stream: its body, named."""
        return Event(errors.body(refused, request_id), "error")

    def answer(self, asked: Asked) -> MessagesAnswer:
        """A fresh answer."""
        return MessagesAnswer(asked.model)

    def stop_reason(self, stop: Stop) -> str:
        """The `stop_reason`."""
        return STOP_REASONS[stop]

    def usage(self, usage: Usage) -> Json:
        """The `usage` object: tokens read from the cache or written into it are not among `input_tokens`."""
        return {
            "input_tokens": usage.input_tokens - usage.cached_tokens - usage.cache_written_tokens,
            "cache_creation_input_tokens": usage.cache_written_tokens,
            "cache_read_input_tokens": usage.cached_tokens,
            "output_tokens": usage.output_tokens,
        }

    def models(self, owner: str, names: tuple[str, ...]) -> Json:
        """The list of models, all on one page."""
        entries = [
            {"id": name, "type": "model", "display_name": f"{name} ({owner})", "created_at": MODELS_CREATED}
            for name in names
        ]
        return {"data": entries, "has_more": False, "first_id": names[0], "last_id": names[-1]}
