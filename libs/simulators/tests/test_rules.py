"""Rules: every effect, seen from the client's side of the wire, and the matching of calls."""

import json
from typing import Any

import httpx
import pytest
from prompts import KEYS, NONCE, ask, body, events_of, files_in, prompt, streamed_text, text_of

AUTHORIZED = {"Authorization": f"Bearer {KEYS['joxcoder']}"}
PATH = "/joxcoder/v1/chat/completions"


def rule(
    client: httpx.Client, effect: dict[str, Any], match: dict[str, Any] | None = None, **more: Any
) -> int:
    response = client.post("/_sim/rules", json={"match": match or {}, "effect": effect} | more)
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


def log(client: httpx.Client, **wanted: str) -> list[dict[str, Any]]:
    return list(client.get("/_sim/log", params=wanted).json()["calls"])


def read_stream(client: httpx.Client, received: list[str], timeout: float = 20) -> None:
    """Puts the texts of a stream into the list, as they come."""
    request = body(prompt("backend"), stream=True)
    with client.stream("POST", PATH, json=request, headers=AUTHORIZED, timeout=timeout) as response:
        events = (line.removeprefix("data: ") for line in response.iter_lines() if line.startswith("data: {"))
        received.extend(streamed_text([json.loads(event)]) for event in events)


def test_status_and_body_are_sent_when_a_rule_says_so(client: httpx.Client) -> None:
    number = rule(client, {"status": 503, "headers": {"Retry-After": "7"}})
    response = ask(client, prompt("backend"))
    assert response.status_code == 503
    assert response.headers["retry-after"] == "7"
    assert response.json()["error"]["type"] == "server_error"
    rule(client, {"status": 429, "body": {"error": "mine"}})
    assert ask(client, prompt("backend")).status_code == 503
    client.delete(f"/_sim/rules/{number}")
    assert (ask(client, prompt("backend")).status_code, ask(client, prompt("backend")).json()) == (
        429,
        {"error": "mine"},
    )


@pytest.mark.parametrize(
    ("status", "code"), [(401, "invalid_api_key"), (429, "rate_limit_exceeded"), (500, None), (403, None)]
)
def test_error_is_worded_as_the_provider_would_when_only_a_status_is_given(
    client: httpx.Client, status: int, code: str | None
) -> None:
    rule(client, {"status": status})
    error = ask(client, prompt("backend")).json()["error"]
    assert error["code"] == code
    assert error["message"]


def test_only_the_wanted_calls_are_hit_when_the_match_is_narrow(client: httpx.Client) -> None:
    match = {
        "project": "fallo-4",
        "step": "devops",
        "provider": "joxcoder",
        "model": "joxcoder-1",
        "attempt": 2,
        "nth": 2,
    }
    rule(client, {"status": 500}, match)
    hit = prompt("devops", project="fallo-4", attempt=2)
    for other in (
        prompt("devops", attempt=2),
        prompt("backend", project="fallo-4", attempt=2),
        prompt("devops", project="fallo-4"),
    ):
        assert ask(client, other).status_code == 200
    assert ask(client, hit, "openai").status_code == 200
    assert ask(client, hit, model="joxcoder").status_code == 200
    assert [ask(client, hit).status_code for _ in range(3)] == [200, 500, 200]
    (shown,) = client.get("/_sim/rules").json()["rules"]
    assert (shown["seen"], shown["applied"], shown["match"]) == (3, 1, match)


def test_rule_is_spent_when_it_applied_as_often_as_it_may(client: httpx.Client) -> None:
    rule(client, {"status": 500}, times=2)
    assert [ask(client, prompt("backend")).status_code for _ in range(3)] == [500, 500, 200]


def test_rules_are_gone_when_they_are_cleared(client: httpx.Client) -> None:
    rule(client, {"status": 500})
    assert client.delete("/_sim/rules").json() == {"removed": 1}
    assert ask(client, prompt("backend")).status_code == 200
    assert client.delete("/_sim/rules/999").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{}, {"effect": {"status": 200}}, {"effect": {"typo": 1}}, {"effect": {}, "match": {"x": 1}}]
)
def test_rule_is_refused_when_it_makes_no_sense(client: httpx.Client, wrong: dict[str, Any]) -> None:
    response = client.post("/_sim/rules", json=wrong)
    assert response.status_code == 422
    assert response.json()["detail"]


def test_answer_waits_when_a_rule_delays_it(client: httpx.Client) -> None:
    rule(client, {"delay_seconds": 0.3})
    ask(client, prompt("backend"))
    assert log(client)[0]["duration_ms"] >= 300


def test_text_comes_at_its_pace_when_a_rate_is_set(client: httpx.Client) -> None:
    user = prompt("security_audit")
    tokens = ask(client, user).json()["usage"]["completion_tokens"]
    rule(client, {"tokens_per_second": tokens})
    response = ask(client, user, stream=True)
    (_, entry) = log(client)
    assert 950 <= entry["duration_ms"] <= 8000
    pieces = [
        one for one in events_of(response) if one != "[DONE]" and one["choices"][0]["delta"].get("content")
    ]
    assert 15 <= len(pieces) <= 30


def test_answer_ends_with_length_when_it_is_cut(client: httpx.Client) -> None:
    whole = text_of(ask(client, prompt("backend")))
    rule(client, {"length_after_chars": 500})
    events = events_of(ask(client, prompt("backend"), stream=True, stream_options={"include_usage": True}))
    assert streamed_text(events) == whole[:500]
    assert events[-3]["choices"][0]["finish_reason"] == "length"
    assert events[-2]["usage"]["completion_tokens"] == 125


def test_end_marker_is_missing_when_a_rule_omits_it(client: httpx.Client) -> None:
    whole = text_of(ask(client, prompt("backend")))
    rule(client, {"omit_end_marker": True})
    assert text_of(ask(client, prompt("backend"))) == whole[: whole.index(f"<<<DONE {NONCE}>>>")]


def test_usage_is_missing_when_a_rule_omits_it(client: httpx.Client) -> None:
    rule(client, {"omit_usage": True})
    events = events_of(ask(client, prompt("backend"), stream=True, stream_options={"include_usage": True}))
    assert all("usage" not in event for event in events[:-1])
    assert "usage" not in ask(client, prompt("backend")).json()


def test_connection_breaks_when_a_rule_drops_it(client: httpx.Client) -> None:
    rule(client, {"drop_after_chars": 700})
    received: list[str] = []
    with pytest.raises(httpx.RemoteProtocolError):
        read_stream(client, received)
    assert len("".join(received)) == 700
    (entry,) = log(client)
    assert (entry["outcome"], entry["usage"]["output_tokens"]) == ("dropped", 175)


def test_connection_breaks_when_a_rule_drops_an_answer_that_is_not_streamed(client: httpx.Client) -> None:
    rule(client, {"drop_after_chars": 100})
    with pytest.raises(httpx.RemoteProtocolError):
        ask(client, prompt("backend"))


def test_stream_falls_silent_when_a_rule_stalls_it(client: httpx.Client) -> None:
    rule(client, {"stall_after_chars": 300})
    received: list[str] = []
    with pytest.raises(httpx.ReadTimeout):
        read_stream(client, received, timeout=1)
    assert len("".join(received)) == 300


def test_text_is_garbled_as_weaker_models_do_when_a_rule_says_so(client: httpx.Client) -> None:
    whole = text_of(ask(client, prompt("backend")))
    rule(client, {"garble": ["fences", "prose"]}, times=1)
    fenced = text_of(ask(client, prompt("backend")))
    assert whole.rstrip() in fenced
    assert f"\n```\n{whole[:20]}" in fenced
    assert fenced.startswith("Claro")
    rule(client, {"garble": ["spaced_tags"]}, times=1)
    spaced = text_of(ask(client, prompt("backend")))
    assert f"<<< FILE {NONCE} backend/main.py >>>" in spaced
    assert spaced.replace("<<< ", "<<<").replace(" >>>", ">>>") == whole
    rule(client, {"garble": ["wrong_nonce"]}, times=1)
    wrong = text_of(ask(client, prompt("backend")))
    assert NONCE not in wrong
    assert files_in(wrong, "00000000") == files_in(whole)
    rule(client, {"garble": ["fences"]}, times=1)
    document = text_of(ask(client, prompt("architecture")))
    assert json.loads(document.removeprefix("```json\n").removesuffix("\n```"))["files"]


def test_files_are_added_replaced_and_left_out_when_a_rule_says_so(client: httpx.Client) -> None:
    whole = files_in(text_of(ask(client, prompt("backend"))))
    hostile = {"path": "../../etc/cron.d/x", "text": "* * * * * root id\n"}
    broken = {"path": "backend/main.py", "text": "def (:\n"}
    rule(client, {"extra_files": [hostile, broken], "omit_files": ["backend/inbox.py"]})
    changed = files_in(text_of(ask(client, prompt("backend"))))
    assert changed.keys() == whole.keys() - {"backend/inbox.py"} | {hostile["path"]}
    assert changed[hostile["path"]] == hostile["text"]
    assert changed["backend/main.py"] == broken["text"]


def test_text_and_finish_are_the_rules_when_it_overrides_them(client: httpx.Client) -> None:
    rule(client, {"text": "I cannot help with that.", "finish_reason": "content_filter"})
    (choice,) = ask(client, prompt("backend")).json()["choices"]
    assert choice["message"]["content"] == "I cannot help with that."
    assert choice["finish_reason"] == "content_filter"
