"""What the errors of the OpenAI wire mean: by status, by the error body, and for errors inside a 200 stream.

The sentences hold status and code only: a provider's own words can quote a prompt or a key.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.domain.answers import Failure

_ACCOUNT = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "account_deactivated"}
_ACCOUNT_TYPES = {"authentication_error", "permission_error", "billing_error", "insufficient_quota"}
_REFUSED = {"content_filter", "content_policy_violation", "moderation_blocked"}
_TOO_LONG = {"context_length_exceeded", "string_above_max_length"}
_UNKNOWN_MODEL = {"model_not_found", "unsupported_model", "model_not_available"}
# Parameters of ours that one model may not take while the next one does.
_OUR_PARAMETERS = {"max_tokens", "max_completion_tokens", "stream_options", "stream", "model"}
_BUSY_TYPES = {
    "server_error",
    "api_error",
    "overloaded_error",
    "timeout",
    "rate_limit_error",
    "requests",
    "tokens",
}
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}")

STATUS_NOT_IMPLEMENTED = 501
STATUS_TOO_LARGE = 413


def failure_of_status(status: int, headers: Mapping[str, str], body: object, now: datetime) -> Failure:
    """What an answer with an error status means."""
    error = _error(body)
    outcome = _outcome_of_status(status, error)
    told = _code(error)
    sentence = f"answers {status} ({told})" if told else f"answers {status}"
    return Failure(outcome, sentence, _retry_after_seconds(headers, now))


def failure_in_stream(error: object) -> Failure:
    """What an error object inside a 200 stream means."""
    found = error if isinstance(error, dict) else {}
    status = next((s for s in (found.get("status"), found.get("code")) if _is_status(s)), None)
    if status is not None:
        outcome = _outcome_of_status(status, found)
    elif found.get("type") in _ACCOUNT_TYPES or found.get("code") in _ACCOUNT:
        outcome = CallOutcome.ACCOUNT
    elif found.get("type") == "invalid_request_error" or _known_code(found):
        outcome = _outcome_of_request(found)
    else:
        outcome = CallOutcome.RETRY_SAME
    return Failure(outcome, f"broke off with an error ({_code(found) or 'no code'})")


def _outcome_of_status(status: int, error: Mapping[str, Any]) -> CallOutcome:
    if status in (401, 402, 403):
        return CallOutcome.REFUSED if error.get("code") in _REFUSED else CallOutcome.ACCOUNT
    if status == 429:
        spent = error.get("code") in _ACCOUNT or error.get("type") in _ACCOUNT_TYPES
        return CallOutcome.ACCOUNT if spent else CallOutcome.RETRY_SAME
    if status in (404, STATUS_TOO_LARGE, STATUS_NOT_IMPLEMENTED) or status < 400:
        return CallOutcome.FAILOVER
    if status >= 500 or status in (408, 409, 425):
        return CallOutcome.RETRY_SAME
    return _outcome_of_request(error)


def _outcome_of_request(error: Mapping[str, Any]) -> CallOutcome:
    """Of a 400: the request is wrong for everybody, unless what is wrong with it is this model's own limit."""
    code = error.get("code")
    if code in _REFUSED:
        return CallOutcome.REFUSED
    if code in _ACCOUNT:
        return CallOutcome.ACCOUNT
    if code in _TOO_LONG | _UNKNOWN_MODEL or error.get("param") in _OUR_PARAMETERS:
        return CallOutcome.FAILOVER
    if error.get("type") in _BUSY_TYPES:
        return CallOutcome.RETRY_SAME
    return CallOutcome.REQUEST


def _known_code(error: Mapping[str, Any]) -> bool:
    return error.get("code") in _REFUSED | _TOO_LONG | _UNKNOWN_MODEL


def _error(body: object) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        return {}
    error = body.get("error", body)
    return error if isinstance(error, dict) else {}


def _code(error: Mapping[str, Any]) -> str:
    for name in ("code", "type"):
        value = error.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if isinstance(value, str) and _NAME.fullmatch(value):
            return value
    return ""


def _is_status(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 400 <= value <= 599


def _retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    milliseconds = headers.get("retry-after-ms")
    told = headers.get("retry-after")
    try:
        if milliseconds is not None:
            return max(0.0, float(milliseconds) / 1_000)
        if told is None:
            return None
        if re.fullmatch(r"\s*[0-9.]+\s*", told):
            return float(told)
        return max(0.0, (parsedate_to_datetime(told) - now).total_seconds())
    except (ValueError, TypeError):  # unreadable, or a date without a zone
        return None
