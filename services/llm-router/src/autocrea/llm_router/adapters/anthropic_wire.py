"""Anthropic's messages wire."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from autocrea.llm_router.adapters.anthropic_errors import failure_of_status
from autocrea.llm_router.adapters.anthropic_events import AnthropicReader
from autocrea.llm_router.domain.answers import Failure
from autocrea.llm_router.ports import Request
from pydantic import SecretStr

WIRE_VERSION = "2023-06-01"  # the one in force; Anthropic dates them


class AnthropicDialect:
    """The system's words travel beside the conversation, and the most tokens to write must be said."""

    path = "/messages"

    def headers(self, key: SecretStr | None) -> Mapping[str, str]:
        who = {} if key is None else {"x-api-key": key.get_secret_value()}
        return {**who, "anthropic-version": WIRE_VERSION}

    def body(self, request: Request) -> dict[str, Any]:
        system = [turn.text for turn in request.turns if turn.role == "system"]
        spoken = [turn for turn in request.turns if turn.role != "system"]
        return {
            "model": request.model,
            "max_tokens": request.output_tokens_max,
            **({"system": "\n\n".join(system)} if system else {}),
            "messages": [{"role": turn.role, "content": turn.text} for turn in spoken],
            "stream": True,
            **({"metadata": {"user_id": request.person}} if request.person else {}),
        }

    def reader(self) -> AnthropicReader:
        return AnthropicReader()

    def failure(self, status: int, headers: Mapping[str, str], body: object, now: datetime) -> Failure:
        return failure_of_status(status, headers, body, now)
