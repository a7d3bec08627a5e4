"""Each way of failing is told apart by what can be done about it."""

from datetime import UTC, datetime

import pytest
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.anthropic_errors import failure_in_stream, failure_of_status

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RETRY, FAILOVER = CallOutcome.RETRY_SAME, CallOutcome.FAILOVER
REQUEST, ACCOUNT, REFUSED = CallOutcome.REQUEST, CallOutcome.ACCOUNT, CallOutcome.REFUSED

INVALID = "invalid_request_error"
NO_CREDIT = "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing."
CAPPED = (
    "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."
)
TOO_LONG = "prompt is too long: 215321 tokens > 200000 maximum"
TOO_MANY = "max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens"
FILTERED = "Output blocked by content filtering policy"
SPENT = {"error_code": "enforced_spend_limit_reached"}


def error(kind: str, message: str = "secret words of the prompt", **more: object) -> dict[str, object]:
    return {"type": "error", "error": {"type": kind, "message": message, **more}, "request_id": "req_1"}


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, error(INVALID), REQUEST),
        (400, error(INVALID, NO_CREDIT), ACCOUNT),
        (400, error(INVALID, CAPPED), ACCOUNT),
        (400, error(INVALID, TOO_LONG), FAILOVER),
        (400, error(INVALID, TOO_MANY), FAILOVER),
        (400, error(INVALID, FILTERED), REFUSED),
        (400, {"error": "just a sentence"}, REQUEST),
        (401, error("authentication_error"), ACCOUNT),
        (402, error("billing_error"), ACCOUNT),
        (403, error("permission_error"), ACCOUNT),
        (404, error("not_found_error"), FAILOVER),
        (409, error("conflict_error"), RETRY),
        (413, error("request_too_large"), FAILOVER),
        (422, error(INVALID), REQUEST),
        (429, error("rate_limit_error"), RETRY),
        (429, error("rate_limit_error", details=SPENT), ACCOUNT),
        (500, error("api_error"), RETRY),
        (504, error("timeout_error"), RETRY),
        (529, error("overloaded_error"), RETRY),
        (529, None, RETRY),
        (302, None, FAILOVER),
    ],
)
def test_an_error_says_what_can_be_done_when_it_is_a_status(
    status: int, body: object, outcome: CallOutcome
) -> None:
    failure = failure_of_status(status, {"retry-after": "3"}, body, NOW)
    assert failure.outcome is outcome
    assert failure.retry_after_seconds == 3
    assert str(status) in failure.sentence
    assert "secret words" not in failure.sentence


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ({"type": "overloaded_error", "message": "Overloaded"}, RETRY),
        ({"type": "api_error"}, RETRY),
        ({"type": "rate_limit_error"}, RETRY),
        ({"type": "rate_limit_error", "details": SPENT}, ACCOUNT),
        ({"type": "timeout_error"}, RETRY),
        ({"type": "authentication_error"}, ACCOUNT),
        ({"type": "billing_error"}, ACCOUNT),
        ({"type": "not_found_error"}, FAILOVER),
        ({"type": INVALID, "message": TOO_LONG}, FAILOVER),
        ({"type": INVALID, "message": FILTERED}, REFUSED),
        ({"type": INVALID, "message": NO_CREDIT}, ACCOUNT),
        ({"type": INVALID}, REQUEST),
        ({"type": "of_next_year"}, RETRY),
        ({"type": ["odd"], "message": {"odd": 1}}, RETRY),
        ("just a sentence", RETRY),
        (None, RETRY),
    ],
)
def test_an_error_says_what_can_be_done_when_it_is_inside_the_stream(
    found: object, outcome: CallOutcome
) -> None:
    assert failure_in_stream(found).outcome is outcome
