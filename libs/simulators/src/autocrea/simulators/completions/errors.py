"""How OpenAI's API words its errors."""

from http import HTTPStatus

from autocrea.simulators.answering.wire import Fault, Json, Refused

# The error type of a status; any other status is a server's error, or the request's.
TYPES = {429: "requests"}
CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


def invalid(message: str, *, status: int = 400, code: str | None = None, param: str | None = None) -> Refused:
    """Something is wrong with the request."""
    return Refused(status, message, "invalid_request_error", code, param)


def fault(kind: Fault, detail: str) -> Refused:
    """The error for a fault."""
    match kind:
        case Fault.INVALID_KEY:
            message = f"Incorrect API key provided: {detail or 'none'}."
            return invalid(message, status=401, code="invalid_api_key")
        case Fault.UNKNOWN_MODEL:
            message = f"The model `{detail}` does not exist or you do not have access to it."
            return invalid(message, status=404, code="model_not_found")
        case Fault.PROMPT_TOO_LONG:
            message = f"This model's maximum context length is {detail} tokens."
            return invalid(message, code="context_length_exceeded", param="messages")


def of_status(status: int) -> Refused:
    """The error that usually comes with a status."""
    kind = TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return Refused(status, HTTPStatus(status).phrase, kind, CODES.get(status))


def body(refused: Refused) -> Json:
    """An error's body."""
    return {
        "error": {
            "message": refused.message,
            "type": refused.type,
            "param": refused.param,
            "code": refused.code,
        }
    }
