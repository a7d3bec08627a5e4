"""Anthropic's wire, against the running process."""

import json
from typing import Any

import httpx
import pytest
from prompts import KEYS, SYSTEM, ask, ask_messages, files_in, prompt, text_of

PATH = "/anthropic/v1/messages"
HEADERS = {"x-api-key": KEYS["anthropic"], "anthropic-version": "2023-06-01"}


def named_events(response: httpx.Response) -> list[dict[str, Any]]:
    """The data of every event; each is named by its type."""
    events = []
    for block in response.content.decode().removesuffix("\n\n").split("\n\n"):
        name, data = block.split("\n")
        events.append(json.loads(data.removeprefix("data: ")))
        assert name == f"event: {events[-1]['type']}"
    return events


def message_text(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    (block,) = response.json()["content"]
    assert block["type"] == "text"
    return str(block["text"])


def error_of(response: httpx.Response) -> tuple[str, str]:
    body = response.json()
    assert body["type"] == "error"
    assert body["request_id"] == response.headers["request-id"]
    return body["error"]["type"], body["error"]["message"]


def test_answer_is_a_message_when_not_streamed(client: httpx.Client) -> None:
    user = prompt("backend")
    answer = ask_messages(client, user)
    message = answer.json()
    text = message_text(answer)
    assert (message["type"], message["role"], message["model"]) == (
        "message",
        "assistant",
        "claude-sonnet-5-5",
    )
    assert (message["stop_reason"], message["stop_sequence"]) == ("end_turn", None)
    assert message["usage"] == {
        "input_tokens": -(-len(SYSTEM) // 4) + -(-len(user) // 4),
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "output_tokens": -(-len(text) // 4),
    }
    assert answer.headers["request-id"].startswith("req_")


def test_stream_has_the_events_of_the_wire_in_their_order(client: httpx.Client) -> None:
    user = prompt("backend")
    response = ask_messages(client, user, stream=True)
    whole = ask_messages(client, user)
    assert response.headers["content-type"].startswith("text/event-stream")
    start, block, ping, *deltas, block_end, delta, stop = named_events(response)
    assert [event["type"] for event in (start, block, ping)] == [
        "message_start",
        "content_block_start",
        "ping",
    ]
    assert {event["type"] for event in deltas} == {"content_block_delta"}
    assert [event["type"] for event in (block_end, delta, stop)] == [
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
    assert (start["message"]["content"], start["message"]["stop_reason"]) == ([], None)
    usage = whole.json()["usage"]
    assert start["message"]["usage"] == usage | {"output_tokens": 1}
    assert (delta["delta"], delta["usage"]) == ({"stop_reason": "end_turn", "stop_sequence": None}, usage)
    assert "".join(event["delta"]["text"] for event in deltas) == message_text(whole)


def test_every_provider_writes_the_same_when_asked_the_same(client: httpx.Client) -> None:
    user = prompt("frontend")
    text = message_text(ask_messages(client, user))
    assert text == text_of(ask(client, user)) == text_of(ask(client, user, "openai"))
    assert files_in(text)


def test_blocks_of_text_are_read_when_the_prompt_comes_as_a_list(client: httpx.Client) -> None:
    user = prompt("backend")
    blocks = [{"type": "text", "text": user[:50]}, {"type": "text", "text": user[50:]}]
    response = ask_messages(client, "", system=None, messages=[{"role": "user", "content": blocks}])
    assert message_text(response) == message_text(ask_messages(client, user))


def test_answer_is_cut_when_max_tokens_is_reached(client: httpx.Client) -> None:
    message = ask_messages(client, prompt("backend"), max_tokens=50).json()
    assert (message["stop_reason"], message["usage"]["output_tokens"]) == ("max_tokens", 50)


def test_models_are_listed_when_asked_for(client: httpx.Client) -> None:
    models = client.get("/anthropic/v1/models").json()
    assert [model["id"] for model in models["data"]] == [
        "claude-sonnet-5-5",
        "claude-haiku-5-5",
        "claude-sonnet-4-5",
        "claude-haiku-4-5",
    ]


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({}, "x-api-key header is required"),
        ({"x-api-key": KEYS["openai"]}, "invalid x-api-key"),
        ({"Authorization": "Bearer wrong"}, "invalid x-api-key"),
        ({"Authorization": f"Basic {KEYS['anthropic']}"}, "x-api-key header is required"),
    ],
)
def test_call_is_refused_when_the_key_is_wrong(
    client: httpx.Client, headers: dict[str, str], message: str
) -> None:
    response = client.post(PATH, json={}, headers=headers | {"anthropic-version": "2023-06-01"})
    assert response.status_code == 401
    assert error_of(response) == ("authentication_error", message)


def test_call_is_refused_when_the_model_is_unknown(client: httpx.Client) -> None:
    response = ask_messages(client, prompt("backend"), model="claude-9")
    assert response.status_code == 404
    assert error_of(response) == ("not_found_error", "model: claude-9")


@pytest.mark.parametrize("version", [None, "2030-01-01"])
def test_call_is_refused_when_the_version_is_missing_or_unknown(
    client: httpx.Client, version: str | None
) -> None:
    headers = {"x-api-key": KEYS["anthropic"]} | ({"anthropic-version": version} if version else {})
    response = client.post(PATH, json={}, headers=headers)
    assert response.status_code == 400
    assert error_of(response)[1].startswith("anthropic-version: ")


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"model": None}, "model: "),
        ({"max_tokens": None}, "max_tokens: "),
        ({"max_tokens": 0}, "max_tokens: "),
        ({"messages": None}, "messages: "),
        ({"messages": []}, "messages: "),
        ({"messages": [{"role": "assistant", "content": "x"}]}, "messages: first message"),
        ({"messages": [{"role": "system", "content": "x"}]}, "messages: Unexpected role"),
        ({"messages": [{"role": "user"}]}, "messages.0.content: "),
        ({"messages": [{"role": "user", "content": ""}]}, "messages.0: "),
        ({"messages": [{"role": "user", "content": [{"type": "image"}]}]}, "messages.0.content.0: "),
        ({"system": 3}, "system: "),
        ({"stream": "yes"}, "stream: "),
    ],
)
def test_call_is_refused_when_the_body_is_wrong(
    client: httpx.Client, change: dict[str, object], where: str
) -> None:
    response = ask_messages(client, prompt("backend"), **change)
    assert response.status_code == 400
    kind, message = error_of(response)
    assert kind == "invalid_request_error"
    assert message.startswith(where)


def test_sampling_is_refused_when_the_version_has_none(client: httpx.Client) -> None:
    body = {"model": "claude-sonnet-5-5", "max_tokens": 9, "messages": [{"role": "user", "content": "hola"}]}
    for version, status in (("2023-06-01", 200), ("2026-10-21", 400)):
        headers = HEADERS | {"anthropic-version": version}
        response = client.post(PATH, json=body | {"temperature": 0.2}, headers=headers)
        assert response.status_code == status
        assert client.post(PATH, json=body, headers=headers).status_code == 200


def test_call_is_refused_when_the_body_is_no_json_or_too_large(client: httpx.Client) -> None:
    broken = client.post(PATH, content=b"{", headers=HEADERS)
    assert (broken.status_code, error_of(broken)[0]) == (400, "invalid_request_error")
    large = ask_messages(client, "x" * 9_000_000)
    assert (large.status_code, error_of(large)[0]) == (413, "request_too_large")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (402, "billing_error"),
        (403, "permission_error"),
        (404, "not_found_error"),
        (413, "request_too_large"),
        (422, "invalid_request_error"),
        (429, "rate_limit_error"),
        (500, "api_error"),
        (503, "api_error"),
        (529, "overloaded_error"),
    ],
)
def test_error_is_worded_as_the_provider_would_when_a_rule_gives_a_status(
    client: httpx.Client, status: int, kind: str
) -> None:
    client.post("/_sim/rules", json={"match": {"provider": "anthropic"}, "effect": {"status": status}})
    response = ask_messages(client, prompt("backend"))
    assert response.status_code == status
    assert error_of(response)[0] == kind
    assert ask(client, prompt("backend")).status_code == 200


def test_call_is_logged_as_on_any_wire(client: httpx.Client) -> None:
    response = ask_messages(client, prompt("devops", project="log-2", attempt=2), stream=True)
    (entry,) = client.get("/_sim/log").json()["calls"]
    assert (entry["provider"], entry["model"], entry["call_id"]) == (
        "anthropic",
        "claude-sonnet-5-5",
        "call-1",
    )
    assert (entry["project"], entry["step"], entry["attempt"], entry["kind"]) == (
        "log-2",
        "devops",
        2,
        "files",
    )
    assert (entry["status"], entry["outcome"], entry["finish_reason"]) == (200, "finished", "end_turn")
    assert entry["bytes_sent"] == len(response.content)
    assert set(entry["usage"]) == {"input_tokens", "output_tokens", "cached_tokens"}
