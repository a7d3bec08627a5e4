"""How Anthropic's API words its errors: by type, after https://docs.claude.com/en/api/errors."""

from autocrea.simulators.answering.wire import Fault, Json, Refused

# Status → type and the words that usually come with it. Other 4xx are `invalid_request_error`, other 5xx `api_error`.
WORDS = {
    401: ("authentication_error", "invalid x-api-key"),
    402: ("billing_error", "There is an issue with your billing or payment information."),
    403: ("permission_error", "Your API key does not have permission to use the specified resource."),
    404: ("not_found_error", "The requested resource could not be found."),
    413: ("request_too_large", "Request exceeds the maximum size"),
    429: ("rate_limit_error", "This request would exceed your organization's rate limit."),
    500: ("api_error", "Internal server error"),
    504: ("timeout_error", "The request timed out while processing."),
    529: ("overloaded_error", "Overloaded"),
}


def invalid(message: str) -> Refused:
    """Something is wrong with the request."""
    return Refused(400, message, "invalid_request_error")


def too_large() -> Refused:
    """The body has more bytes than any request may have."""
    return of_status(413)


def fault(kind: Fault, detail: str) -> Refused:
    """The error for a fault."""
    match kind:
        case Fault.INVALID_KEY:
            message = "invalid x-api-key" if detail else "x-api-key header is required"
            return Refused(401, message, "authentication_error")
        case Fault.UNKNOWN_MODEL:
            return Refused(404, f"model: {detail}", "not_found_error")
        case Fault.PROMPT_TOO_LONG:
            return invalid(f"prompt is too long: more than the maximum of {detail} tokens")


def of_status(status: int) -> Refused:
    """The error that usually comes with a status."""
    other = ("api_error", "Internal server error") if status >= 500 else ("invalid_request_error", "Error")
    kind, message = WORDS.get(status, other)
    return Refused(status, message, kind)


def body(refused: Refused, request_id: str) -> Json:
    """An error's body."""
    error = {"type": refused.type, "message": refused.message}
    return {"type": "error", "error": error, "request_id": request_id}
