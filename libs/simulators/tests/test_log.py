"""The log: every call that came in, what became of it, and what it does not hold."""

import time
from typing import Any

import httpx
from prompts import KEYS, ask, body, prompt

AUTHORIZED = {"Authorization": f"Bearer {KEYS['joxcoder']}", "X-Autocrea-Call-Id": "call-7"}
PATH = "/joxcoder/v1/chat/completions"
WAIT_SECONDS_MAX = 10


def calls(client: httpx.Client, **wanted: str) -> list[dict[str, Any]]:
    return list(client.get("/_sim/log", params=wanted).json()["calls"])


def test_call_is_logged_with_all_that_a_checker_needs(client: httpx.Client) -> None:
    response = ask(client, prompt("devops", project="log-1", attempt=2), stream=True)
    (entry,) = calls(client)
    assert (entry["provider"], entry["model"], entry["call_id"]) == ("joxcoder", "joxcoder-1", "call-1")
    assert (entry["project"], entry["step"], entry["attempt"], entry["kind"]) == (
        "log-1",
        "devops",
        2,
        "files",
    )
    assert (entry["status"], entry["outcome"], entry["finish_reason"]) == (200, "finished", "stop")
    assert entry["bytes_sent"] == len(response.content)
    assert entry["stream"] is True
    assert set(entry["usage"]) == {"input_tokens", "output_tokens", "cached_tokens"}
    assert entry["time"].endswith("+00:00")


def test_refused_call_is_logged_too(client: httpx.Client) -> None:
    client.post(PATH, json=body(prompt("backend")), headers={"Authorization": "Bearer no"})
    ask(client, prompt("backend"), model="gpt-9")
    unauthorized, unknown = calls(client)
    assert (unauthorized["status"], unauthorized["outcome"], unauthorized["error_code"]) == (
        401,
        "refused",
        "invalid_api_key",
    )
    assert (unknown["status"], unknown["model"], unknown["usage"]) == (404, "gpt-9", None)


def test_leaving_client_is_logged_as_aborted(client: httpx.Client) -> None:
    client.post("/_sim/rules", json={"effect": {"tokens_per_second": 50}})
    user = prompt("frontend", project="left")
    with client.stream("POST", PATH, json=body(user, stream=True), headers=AUTHORIZED) as response:
        chunks = response.iter_bytes()
        next(chunks)
        (entry,) = calls(client, project="left")
        assert entry["outcome"] == "open"
    end = time.monotonic() + WAIT_SECONDS_MAX
    while (entry := calls(client, project="left")[0])["outcome"] == "open" and time.monotonic() < end:
        time.sleep(0.02)
    assert entry["outcome"] == "aborted"
    assert entry["call_id"] == "call-7"
    assert entry["bytes_sent"] > 0


def test_log_is_filtered_when_fields_are_given(client: httpx.Client) -> None:
    ask(client, prompt("backend", project="a"))
    ask(client, prompt("frontend", project="a"))
    ask(client, prompt("backend", project="b"), "openai")
    assert len(calls(client)) == 3
    assert [entry["step"] for entry in calls(client, project="a")] == ["backend", "frontend"]
    assert [entry["project"] for entry in calls(client, provider="openai")] == ["b"]
    assert client.get("/_sim/log?nothing=1").status_code == 422


def test_prompts_are_shown_only_when_asked_for(client: httpx.Client) -> None:
    user = prompt("backend", "Una web secreta")
    ask(client, user)
    assert "secreta" not in client.get("/_sim/log").text
    (entry,) = calls(client, prompts="1")
    assert entry["messages"][-1] == {"role": "user", "content": user}


def test_log_is_empty_when_it_was_cleared(client: httpx.Client) -> None:
    ask(client, prompt("backend"))
    assert client.delete("/_sim/log").json() == {"cleared": 1}
    assert client.get("/_sim/log").json() == {"calls": [], "forgotten": 0}
