"""The chat completions wire: JoxCoder, OpenAI, and whoever else speaks it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from autocrea.llm_router.adapters.openai_chunks import OpenAiReader
from autocrea.llm_router.adapters.openai_errors import failure_of_status
from autocrea.llm_router.domain.answers import Failure
from autocrea.llm_router.ports import Request
from pydantic import SecretStr


class OpenAiDialect:
    """The wire has old and new names for the most tokens to write, and for the person on whose behalf it is asked.

    The old ones are what servers understand that were not written by OpenAI.
    """

    path = "/chat/completions"

    def __init__(self, limit_parameter: str = "max_tokens", person_parameter: str = "user") -> None:
        self._limit_parameter = limit_parameter
        self._person_parameter = person_parameter

    def headers(self, key: SecretStr | None) -> Mapping[str, str]:
        return {} if key is None else {"Authorization": f"Bearer {key.get_secret_value()}"}

    def body(self, request: Request) -> dict[str, Any]:
        return {
            "model": request.model,
            "messages": [{"role": turn.role, "content": turn.text} for turn in request.turns],
            "stream": True,
            "stream_options": {"include_usage": True},
            self._limit_parameter: request.output_tokens_max,
            **({self._person_parameter: request.person} if request.person else {}),
        }

    def reader(self) -> OpenAiReader:
        return OpenAiReader()

    def failure(self, status: int, headers: Mapping[str, str], body: object, now: datetime) -> Failure:
        return failure_of_status(status, headers, body, now)
