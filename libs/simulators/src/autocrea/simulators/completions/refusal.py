"""Error answers: the wire's own and those that a rule asks for."""

import json
from http import HTTPStatus
from typing import Any

from autocrea.simulators.completions.connection import Connection
from autocrea.simulators.completions.request import WireError
from autocrea.simulators.control.log import Entry
from autocrea.simulators.control.rules import Effect

# How OpenAI words the error type of a status; any other status is a server's error.
TYPES = {401: "invalid_request_error", 403: "invalid_request_error", 429: "requests"}
CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


def rule_refusal(effect: Effect) -> WireError:
    """The error that a rule's status stands for, worded as the provider would."""
    status = effect.status or 500
    kind = TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return WireError(status, HTTPStatus(status).phrase, CODES.get(status), type=kind)


async def refuse(
    connection: Connection, entry: Entry, error: WireError, effect: Effect | None = None
) -> None:
    """Sends the error, with the body and headers of the rule where it has some."""
    body: Any = error.body()
    if effect is not None and effect.body is not None:
        body = effect.body
    text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    raw = text.encode()
    kind = "text/plain; charset=utf-8" if isinstance(body, str) else "application/json"
    headers = {"content-type": kind} | (effect.headers if effect else {}) | {"content-length": str(len(raw))}
    entry.status, entry.error_code = error.status, error.code
    await connection.start(error.status, headers)
    await connection.write(raw, more=False)
