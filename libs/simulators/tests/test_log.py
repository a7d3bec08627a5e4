"""The log: every call that came in, what became of it, and what it does not hold."""

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
from prompts import KEYS, MODELS, ask, body, prompt

AUTHORIZED = {"Authorization": f"Bearer {KEYS['joxcoder']}", "X-Autocrea-Call-Id": "call-7"}
PATH = "/joxcoder/v1/chat/completions"
WAIT_SECONDS_MAX = 10


def calls(client: httpx.Client, **wanted: str) -> list[dict[str, Any]]:
    return list(client.get("/_sim/log", params=wanted).json()["calls"])


def wait_for_end(client: httpx.Client, project: str) -> list[dict[str, Any]]:
    end = time.monotonic() + WAIT_SECONDS_MAX
    while any(entry["ended"] is None for entry in calls(client, project=project)):
        assert time.monotonic() < end
        time.sleep(0.02)
    return calls(client, project=project)


def concurrent_max(client: httpx.Client, **wanted: str) -> dict[str, int]:
    return dict(client.get("/_sim/log", params=wanted).json()["concurrent_max"])


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
    (entry,) = wait_for_end(client, "left")
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


def test_log_holds_neither_prompts_nor_answers_nor_keys(client: httpx.Client) -> None:
    ask(client, prompt("backend", "Una web secreta"))
    client.post(PATH, json=body(prompt("backend")), headers={"Authorization": "Bearer sk-of-somebody"})
    shown = client.get("/_sim/log").text
    for secret in ("secreta", "FILE", KEYS["joxcoder"], "sk-of-somebody"):
        assert secret not in shown


def test_moment_of_leaving_is_logged_when_the_client_closes_early(client: httpx.Client) -> None:
    client.post("/_sim/rules", json={"effect": {"stall_after_chars": 100}})
    user = prompt("frontend", project="left-2")
    with client.stream("POST", PATH, json=body(user, stream=True), headers=AUTHORIZED) as response:
        chunks = response.iter_bytes()
        next(chunks)
        (entry,) = calls(client, project="left-2")
        assert entry["ended"] is None
        closed = datetime.now(UTC)
    (entry,) = wait_for_end(client, "left-2")
    ended = datetime.fromisoformat(entry["ended"])
    assert abs((ended - closed).total_seconds()) < 1
    assert (
        abs((ended - datetime.fromisoformat(entry["time"])).total_seconds() * 1000 - entry["duration_ms"]) < 1
    )


def test_calls_at_once_are_counted_by_provider_and_by_what_is_asked_for(client: httpx.Client) -> None:
    client.post("/_sim/rules", json={"effect": {"stall_after_chars": 100}})
    with ExitStack() as streams:
        for project, provider in (("a", "joxcoder"), ("a", "joxcoder"), ("b", "joxcoder"), ("a", "openai")):
            user = prompt("frontend", project=project)
            request = body(user, stream=True) | {"model": MODELS[provider]}
            headers = {"Authorization": f"Bearer {KEYS[provider]}"}
            path = f"/{provider}/v1/chat/completions"
            streams.enter_context(client.stream("POST", path, json=request, headers=headers))
        assert concurrent_max(client) == {"joxcoder": 3, "openai": 1}
        assert concurrent_max(client, project="a") == {"joxcoder": 2, "openai": 1}
    wait_for_end(client, "b")
    client.delete("/_sim/rules")
    for _ in range(3):
        ask(client, prompt("backend", project="c"))
    assert concurrent_max(client, project="c") == {"joxcoder": 1}
    assert concurrent_max(client) == {"joxcoder": 3, "openai": 1}


def test_log_is_empty_when_it_was_cleared(client: httpx.Client) -> None:
    ask(client, prompt("backend"))
    assert client.delete("/_sim/log").json() == {"cleared": 1}
    assert client.get("/_sim/log").json() == {"calls": [], "concurrent_max": {}, "forgotten": 0}
