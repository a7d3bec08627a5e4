"""What the errors of Anthropic's wire mean: by status, by the error body, and for errors inside a 200 stream.

Many things share the type `invalid_request_error` and differ in their words alone, so the words are looked at; the
sentences hold status and type only: a provider's own words can quote a prompt.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.http_meanings import outcome_of_status, retry_after_seconds
from autocrea.llm_router.adapters.wire_json import member, plain_name
from autocrea.llm_router.domain.answers import Failure

_OF_TYPE = {
    "authentication_error": CallOutcome.ACCOUNT,
    "billing_error": CallOutcome.ACCOUNT,
    "permission_error": CallOutcome.ACCOUNT,
    "not_found_error": CallOutcome.FAILOVER,
    "request_too_large": CallOutcome.FAILOVER,
    "rate_limit_error": CallOutcome.RETRY_SAME,
    "timeout_error": CallOutcome.RETRY_SAME,
    "overloaded_error": CallOutcome.RETRY_SAME,
    "api_error": CallOutcome.RETRY_SAME,
}
_SPENT_CODE = "enforced_spend_limit_reached"  # a 429 that no waiting cures before the next month
_SPENT = re.compile(r"credit balance is too low|usage limits?\b|spend(?:ing)? limit", re.IGNORECASE)
_TOO_LONG = re.compile(r"prompt is too long|max_tokens|context (?:limit|window|length)", re.IGNORECASE)
_REFUSED = re.compile(r"content filtering policy|usage polic", re.IGNORECASE)


def failure_of_status(status: int, headers: Mapping[str, str], body: object, now: datetime) -> Failure:
    """What an answer with an error status means."""
    error = member(body, "error")
    told = plain_name(error.get("type"))
    outcome = CallOutcome.ACCOUNT if _is_spent(error) else outcome_of_status(status) or _of_request(error)
    sentence = f"answers {status} ({told})" if told else f"answers {status}"
    return Failure(outcome, sentence, retry_after_seconds(headers, now))


def failure_in_stream(error: object) -> Failure:
    """What an error object inside a 200 stream means: no status tells, the type does."""
    found = error if isinstance(error, dict) else {}
    told = plain_name(found.get("type"))
    if _is_spent(found):
        outcome = CallOutcome.ACCOUNT
    elif told == "invalid_request_error":
        outcome = _of_request(found)
    else:
        outcome = _OF_TYPE.get(told, CallOutcome.RETRY_SAME)
    return Failure(outcome, f"broke off with an error ({told or 'no type'})")


def _is_spent(error: Mapping[str, Any]) -> bool:
    return member(error, "details").get("error_code") == _SPENT_CODE or _says(error, _SPENT)


def _of_request(error: Mapping[str, Any]) -> CallOutcome:
    """Of a 400: the request is wrong for everybody, unless what is wrong with it is this model's own limit."""
    if _says(error, _REFUSED):
        return CallOutcome.REFUSED
    if _says(error, _TOO_LONG):
        return CallOutcome.FAILOVER
    return _OF_TYPE.get(plain_name(error.get("type")), CallOutcome.REQUEST)


def _says(error: Mapping[str, Any], what: re.Pattern[str]) -> bool:
    said = error.get("message")
    return isinstance(said, str) and what.search(said) is not None
