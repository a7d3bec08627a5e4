"""How Anthropic's API words its errors: by type, after https://docs.claude.com/en/api/errors."""

from autocrea.simulators.answering.wire import Json, Refused
from autocrea.simulators.control.effect import Fault

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
SPEND_CAP_CODE = "enforced_spend_limit_reached"


def invalid(message: str) -> Refused:
    """Something is wrong with the request."""
    return Refused(400, message, "invalid_request_error")


def too_large() -> Refused:
    """The body has more bytes than any request may have."""
    return of_status(413)


def fault(kind: Fault, detail: str) -> Refused:
    """The error for a fault; what a limit looks like after https://platform.claude.com/docs/en/api/rate-limits."""
    match kind:
        case Fault.INVALID_KEY:
            message = "invalid x-api-key" if detail else "x-api-key header is required"
            return Refused(401, message, "authentication_error")
        case Fault.UNKNOWN_MODEL:
            return Refused(404, f"model: {detail}", "not_found_error")
        case Fault.PROMPT_TOO_LONG:
            return invalid(f"prompt is too long: more than the maximum of {detail} tokens")
        case Fault.MODERATED:
            return invalid("Output blocked by content filtering policy")
        case Fault.RATE_LIMIT:
            return of_status(429)
        case Fault.OVERLOADED:
            return of_status(529)
        case Fault.CREDIT:
            return invalid(
                "Your credit balance is too low to access the Anthropic API. Please purchase credits."
            )
        case Fault.SPEND_LIMIT:
            return invalid(
                "You have reached your specified API usage limits. You will regain access next month."
            )
        case Fault.SPEND_CAP:
            message = "You have reached your API usage limits. You will regain access next month."
            return Refused(429, message, "rate_limit_error", SPEND_CAP_CODE)


def of_status(status: int) -> Refused:
    """The error that usually comes with a status."""
    other = ("api_error", "Internal server error") if status >= 500 else ("invalid_request_error", "Error")
    kind, message = WORDS.get(status, other)
    return Refused(status, message, kind)


def body(refused: Refused, request_id: str) -> Json:
    """An error's body; a code stands among its details."""
    error: Json = {"type": refused.type, "message": refused.message}
    error |= {"details": {"error_code": refused.code}} if refused.code else {}
    return {"type": "error", "error": error, "request_id": request_id}
