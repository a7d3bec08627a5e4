"""Each way of failing is told apart by what can be done about it."""

from datetime import UTC, datetime

import pytest
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.openai_errors import failure_in_stream, failure_of_status

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RETRY, FAILOVER = CallOutcome.RETRY_SAME, CallOutcome.FAILOVER
REQUEST, ACCOUNT, REFUSED = CallOutcome.REQUEST, CallOutcome.ACCOUNT, CallOutcome.REFUSED


def error(**fields: object) -> dict[str, object]:
    return {"error": {"message": "secret words of the prompt", **fields}}


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (500, None, RETRY),
        (502, "<html>", RETRY),
        (503, error(type="server_error"), RETRY),
        (529, error(type="overloaded_error"), RETRY),
        (408, None, RETRY),
        (409, None, RETRY),
        (429, error(code="rate_limit_exceeded", type="requests"), RETRY),
        (429, error(code="insufficient_quota", type="insufficient_quota"), ACCOUNT),
        (429, error(code="billing_hard_limit_reached"), ACCOUNT),
        (401, error(code="invalid_api_key"), ACCOUNT),
        (402, None, ACCOUNT),
        (403, error(type="permission_error"), ACCOUNT),
        (403, error(code="content_policy_violation"), REFUSED),
        (404, error(code="model_not_found"), FAILOVER),
        (413, None, FAILOVER),
        (501, None, FAILOVER),
        (302, None, FAILOVER),
        (400, error(type="invalid_request_error"), REQUEST),
        (422, error(), REQUEST),
        (418, None, REQUEST),
        (400, error(code="context_length_exceeded"), FAILOVER),
        (400, error(param="max_tokens"), FAILOVER),
        (400, error(param="stream_options"), FAILOVER),
        (400, error(code="content_filter"), REFUSED),
        (400, {"code": "content_filter"}, REFUSED),
        (400, ["no", "object"], REQUEST),
        (400, {"error": "just a sentence"}, REQUEST),
    ],
)
def test_an_error_status_says_what_can_be_done(status: int, body: object, outcome: CallOutcome) -> None:
    failure = failure_of_status(status, {}, body, NOW)
    assert failure.outcome is outcome
    assert str(status) in failure.sentence
    assert "secret words" not in failure.sentence


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ({"type": "server_error"}, RETRY),
        ({"type": "overloaded_error"}, RETRY),
        ({"code": 503}, RETRY),
        ({"status": 429}, RETRY),
        ({"code": "insufficient_quota"}, ACCOUNT),
        ({"code": 401}, ACCOUNT),
        ({"code": "context_length_exceeded"}, FAILOVER),
        ({"code": "content_filter"}, REFUSED),
        ({"type": "invalid_request_error"}, REQUEST),
        ("a sentence", RETRY),
        (None, RETRY),
    ],
)
def test_an_error_inside_the_stream_says_what_can_be_done(found: object, outcome: CallOutcome) -> None:
    assert failure_in_stream(found).outcome is outcome


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 1.5 "}, 1.5),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1.2.3"}, None),
        ({"retry-after-ms": "x"}, None),
    ],
)
def test_retry_after_is_read_in_all_its_forms(headers: dict[str, str], seconds: float | None) -> None:
    assert failure_of_status(429, headers, None, NOW).retry_after_seconds == seconds


def test_a_code_that_is_no_name_is_not_repeated() -> None:
    failure = failure_of_status(400, {}, error(code="the prompt said: secret words"), NOW)
    assert "secret" not in failure.sentence
