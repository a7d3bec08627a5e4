"""What comes instead of an answer, or breaks into it: seen from the client's side of every wire."""

import json
from typing import Any

import httpx
import pytest
from both_wires import COMPLETIONS, MESSAGES, PROVIDERS, log, post, rule, streamed, told
from prompts import prompt

USER = prompt("backend")


def error_in(provider: str, body: Any) -> dict[str, Any]:
    """Type and code of an error body, whatever the wire."""
    error = body["error"]
    code = error.get("details", {}).get("error_code") if provider == MESSAGES else error["code"]
    return {"type": error["type"], "code": code}


@pytest.mark.parametrize("provider", PROVIDERS)
def test_status_body_and_headers_are_the_rules_when_it_says_so(client: httpx.Client, provider: str) -> None:
    rule(client, {"status": 503, "headers": {"Retry-After": "7"}}, times=1)
    response = post(client, provider, USER)
    assert (response.status_code, response.headers["retry-after"]) == (503, "7")
    assert response.json()["error"]["message"]
    rule(client, {"status": 429, "body": {"error": "mine"}})
    response = post(client, provider, USER)
    assert (response.status_code, response.json()) == (429, {"error": "mine"})


@pytest.mark.parametrize(
    ("status", "code"), [(401, "invalid_api_key"), (429, "rate_limit_exceeded"), (500, None), (403, None)]
)
def test_error_is_worded_as_openai_would_when_only_a_status_is_given(
    client: httpx.Client, status: int, code: str | None
) -> None:
    rule(client, {"status": status})
    error = post(client, COMPLETIONS, USER).json()["error"]
    assert error["code"] == code
    assert error["message"]


@pytest.mark.parametrize(
    ("fault", "openai", "anthropic"),
    [
        (
            "invalid_key",
            (401, "invalid_request_error", "invalid_api_key"),
            (401, "authentication_error", None),
        ),
        (
            "unknown_model",
            (404, "invalid_request_error", "model_not_found"),
            (404, "not_found_error", None),
        ),
        (
            "prompt_too_long",
            (400, "invalid_request_error", "context_length_exceeded"),
            (400, "invalid_request_error", None),
        ),
        (
            "moderated",
            (400, "invalid_request_error", "invalid_prompt"),
            (400, "invalid_request_error", None),
        ),
        ("rate_limit", (429, "requests", "rate_limit_exceeded"), (429, "rate_limit_error", None)),
        ("overloaded", (503, "server_error", None), (529, "overloaded_error", None)),
        (
            "credit",
            (429, "insufficient_quota", "credit_balance_exhausted"),
            (400, "invalid_request_error", None),
        ),
        (
            "spend_limit",
            (429, "insufficient_quota", "project_spend_limit_exceeded"),
            (400, "invalid_request_error", None),
        ),
        (
            "spend_cap",
            (429, "insufficient_quota", "organization_usage_limit_exceeded"),
            (429, "rate_limit_error", "enforced_spend_limit_reached"),
        ),
    ],
)
def test_fault_is_worded_as_each_vendor_would(
    client: httpx.Client,
    fault: str,
    openai: tuple[int, str, str | None],
    anthropic: tuple[int, str, str | None],
) -> None:
    rule(client, {"error": fault})
    for provider, (status, kind, code) in ((COMPLETIONS, openai), (MESSAGES, anthropic)):
        response = post(client, provider, USER)
        assert response.status_code == status
        assert error_in(provider, response.json()) == {"type": kind, "code": code}
        assert "retry-after" not in response.headers
    assert [entry["outcome"] for entry in log(client)] == ["refused", "refused"]
    assert [entry["error_code"] for entry in log(client)] == [
        openai[2] or openai[1],
        anthropic[2] or anthropic[1],
    ]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_request_is_sent_elsewhere_when_a_rule_redirects_it(client: httpx.Client, provider: str) -> None:
    rule(client, {"status": 307, "headers": {"Location": "http://127.0.0.1:1/stolen"}})
    response = post(client, provider, USER)
    assert (response.status_code, response.headers["location"]) == (307, "http://127.0.0.1:1/stolen")
    assert log(client)[0]["error_code"] is None


@pytest.mark.parametrize("provider", PROVIDERS)
def test_page_comes_instead_of_a_stream_when_a_rule_gives_a_body_with_200(
    client: httpx.Client, provider: str
) -> None:
    page = "<!doctype html><title>Sign in</title>"
    rule(client, {"status": 200, "body": page, "headers": {"Content-Type": "text/html"}})
    response = post(client, provider, USER, stream=True)
    assert (response.status_code, response.text) == (200, page)
    assert response.headers["content-type"] == "text/html"
    assert log(client)[0]["outcome"] == "refused"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_error_breaks_into_the_stream_when_a_rule_puts_it_there(client: httpx.Client, provider: str) -> None:
    rule(client, {"error": "overloaded", "error_after_chars": 300})
    answer = streamed(client, provider, USER)
    assert len(answer.text) == 300
    assert answer.finish is None
    last = answer.events[-1]
    assert last["error"]["type"] == ("overloaded_error" if provider == MESSAGES else "server_error")
    assert ("event: error" in answer.lines) == (provider == MESSAGES)
    assert "data: [DONE]" not in answer.lines
    (entry,) = log(client)
    assert (entry["outcome"], entry["status"], entry["usage"]["output_tokens"]) == ("failed", 200, 75)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_error_is_the_answer_when_it_would_break_into_one_that_is_not_streamed(
    client: httpx.Client, provider: str
) -> None:
    rule(client, {"status": 500, "error_after_chars": 300})
    assert post(client, provider, USER).status_code == 500


@pytest.mark.parametrize("provider", PROVIDERS)
def test_model_refuses_when_a_rule_says_so(client: httpx.Client, provider: str) -> None:
    rule(client, {"refuse_after_chars": 40})
    answer = streamed(client, provider, USER)
    refused = post(client, provider, USER).json()
    assert len(answer.text) == 40
    assert answer.usage is not None
    if provider == MESSAGES:
        assert answer.finish == "refusal"
        assert refused["stop_details"]["type"] == "refusal"
        (delta,) = [event["delta"] for event in answer.events if event["type"] == "message_delta"]
        assert delta["stop_details"] == refused["stop_details"]
    else:
        assert answer.finish == "stop"
        assert refused["choices"][0]["message"]["refusal"]
        assert any(
            event["choices"] and event["choices"][0]["delta"].get("refusal") for event in answer.events
        )


@pytest.mark.parametrize("provider", PROVIDERS)
def test_text_and_finish_are_the_rules_when_it_overrides_them(client: httpx.Client, provider: str) -> None:
    rule(client, {"text": "I cannot help with that.", "finish_reason": "content_filter"})
    answer = streamed(client, provider, USER)
    assert (answer.text, answer.finish) == ("I cannot help with that.", "content_filter")
    assert log(client)[0]["finish_reason"] == "content_filter"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_error_body_is_cut_when_a_rule_drops_it(client: httpx.Client, provider: str) -> None:
    rule(client, {"status": 500, "drop_after_bytes": 10})
    with pytest.raises(httpx.RemoteProtocolError):
        post(client, provider, USER)
    assert (log(client)[0]["outcome"], log(client)[0]["bytes_sent"]) == ("dropped", 10)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_one_event_is_broken_and_the_rest_goes_on_when_a_rule_breaks_its_json(
    client: httpx.Client, provider: str
) -> None:
    rule(client, {"bad_json_after_chars": 200})
    response = post(client, provider, USER, stream=True)
    data = [line.removeprefix("data: ") for line in response.text.splitlines() if line.startswith("data: {")]
    broken = [one for one in data if not _is_json(one)]
    assert len(broken) == 1
    mended = "\n".join(line for line in response.text.splitlines() if line != f"data: {broken[0]}")
    assert told(provider, f"{mended}\n\n".encode()).finish in ("stop", "end_turn")


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True
