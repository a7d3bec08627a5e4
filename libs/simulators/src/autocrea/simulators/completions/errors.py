"""How OpenAI's API words its errors."""

from http import HTTPStatus

from autocrea.simulators.answering.wire import Json, Refused
from autocrea.simulators.control.effect import Fault

# The error type of a status; any other status is a server's error, or the request's.
TYPES = {429: "requests"}
CODES = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


def invalid(message: str, *, status: int = 400, code: str | None = None, param: str | None = None) -> Refused:
    """Something is wrong with the request."""
    return Refused(status, message, "invalid_request_error", code, param)


def fault(kind: Fault, detail: str) -> Refused:
    """The error for a fault; codes after https://platform.openai.com/docs/guides/error-codes."""
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
        case Fault.MODERATED:
            message = "Invalid prompt: your prompt was flagged as potentially violating our usage policy."
            return invalid(message, code="invalid_prompt")
        case Fault.RATE_LIMIT:
            message = f"Rate limit reached for {detail} on requests per min (RPM). Please try again in 120ms."
            return Refused(429, message, "requests", "rate_limit_exceeded")
        case Fault.OVERLOADED:
            return Refused(503, "The engine is currently overloaded, please try again later.", "server_error")
        case Fault.CREDIT:
            return _spent("You have no credits left.", "credit_balance_exhausted")
        case Fault.SPEND_LIMIT:
            return _spent("Your project reached its spend limit.", "project_spend_limit_exceeded")
        case Fault.SPEND_CAP:
            return _spent("You exceeded your current quota.", "organization_usage_limit_exceeded")


def _spent(message: str, code: str) -> Refused:
    return Refused(429, f"{message} Please check your plan and billing details.", "insufficient_quota", code)


def of_status(status: int) -> Refused:
    """The error that usually comes with a status."""
    kind = TYPES.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return Refused(status, _phrase(status), kind, CODES.get(status))


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:  # one of those that only some servers know
        return "Error"


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
