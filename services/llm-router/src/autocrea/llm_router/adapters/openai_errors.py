"""What the errors of the OpenAI wire mean: by status, by the error body, and for errors inside a 200 stream.

The sentences hold status and code only: a provider's own words can quote a prompt or a key.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.http_meanings import outcome_of_status, retry_after_seconds
from autocrea.llm_router.adapters.wire_json import plain_name
from autocrea.llm_router.domain.answers import Failure

_ACCOUNT = {
    "insufficient_quota",
    "billing_hard_limit_reached",
    "billing_not_active",
    "account_deactivated",
    "invalid_api_key",
}
_ACCOUNT_TYPES = {"authentication_error", "permission_error", "billing_error", "insufficient_quota"}
_REFUSED = {"content_filter", "content_policy_violation", "moderation_blocked", "invalid_prompt"}
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
# Servers of this wire that were not written by OpenAI say it in words alone.
_TOO_LONG_WORDS = re.compile(
    r"maximum context length|context (?:window|size)|max_(?:completion_)?tokens", re.I
)


def failure_of_status(status: int, headers: Mapping[str, str], body: object, now: datetime) -> Failure:
    """What an answer with an error status means."""
    error = _error(body)
    outcome = _outcome_of_status(status, error)
    told = plain_name(error.get("code")) or plain_name(error.get("type"))
    sentence = f"answers {status} ({told})" if told else f"answers {status}"
    return Failure(outcome, sentence, retry_after_seconds(headers, now))


def failure_in_stream(error: object) -> Failure:
    """What an error object inside a 200 stream means."""
    found = error if isinstance(error, dict) else {}
    code, kind = plain_name(found.get("code")), plain_name(found.get("type"))
    status = next((s for s in (found.get("status"), found.get("code")) if _is_status(s)), None)
    if status is not None:
        outcome = _outcome_of_status(status, found)
    elif kind in _ACCOUNT_TYPES or code in _ACCOUNT:
        outcome = CallOutcome.ACCOUNT
    elif kind == "invalid_request_error" or code in _REFUSED | _TOO_LONG | _UNKNOWN_MODEL:
        outcome = _outcome_of_request(found)
    else:
        outcome = CallOutcome.RETRY_SAME
    return Failure(outcome, f"broke off with an error ({code or kind or 'no code'})")


def _outcome_of_status(status: int, error: Mapping[str, Any]) -> CallOutcome:
    code, kind = plain_name(error.get("code")), plain_name(error.get("type"))
    outcome = outcome_of_status(status)
    if outcome is CallOutcome.ACCOUNT and code in _REFUSED:
        return CallOutcome.REFUSED
    if status == 429 and (code in _ACCOUNT or kind in _ACCOUNT_TYPES):
        return CallOutcome.ACCOUNT
    return outcome or _outcome_of_request(error)


def _outcome_of_request(error: Mapping[str, Any]) -> CallOutcome:
    """Of a 400: the request is wrong for everybody, unless what is wrong with it is this model's own limit."""
    code, kind = plain_name(error.get("code")), plain_name(error.get("type"))
    if code in _REFUSED:
        return CallOutcome.REFUSED
    if code in _ACCOUNT:
        return CallOutcome.ACCOUNT
    if code in _TOO_LONG | _UNKNOWN_MODEL or plain_name(error.get("param")) in _OUR_PARAMETERS:
        return CallOutcome.FAILOVER
    if kind in _BUSY_TYPES:
        return CallOutcome.RETRY_SAME
    said = error.get("message")
    if isinstance(said, str) and _TOO_LONG_WORDS.search(said):
        return CallOutcome.FAILOVER
    return CallOutcome.REQUEST


def _error(body: object) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        return {}
    error = body.get("error", body)
    return error if isinstance(error, dict) else {}


def _is_status(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 400 <= value <= 599
