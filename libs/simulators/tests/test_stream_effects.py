"""When, where and in which pieces an answer comes: effects on time, bytes and framing, on every wire."""

import time

import httpx
import pytest
from both_wires import (
    COMPLETIONS,
    MESSAGES,
    PROVIDERS,
    body_of,
    headers_of,
    log,
    path_of,
    post,
    rule,
    streamed,
    streaming,
    told,
    whole,
)
from prompts import NONCE, prompt, text_of

USER = prompt("backend")
SPANISH = "Año nuevo: ñandúes y pingüinos, 100 € cada uno. " * 40
STRIDE = 5  # bytes; every line of the wire is longer


def received_before_it_broke(
    client: httpx.Client, provider: str, user: str = USER, timeout: float = 20
) -> bytes:
    received = b""
    with streaming(client, provider, user, timeout) as response:
        try:
            for chunk in response.iter_raw():
                received += chunk
        except (httpx.RemoteProtocolError, httpx.ReadTimeout):
            return received
    raise AssertionError("the stream ended well")


def test_answer_waits_when_a_rule_delays_it(client: httpx.Client) -> None:
    rule(client, {"delay_seconds": 0.3})
    post(client, COMPLETIONS, USER)
    assert log(client)[0]["duration_ms"] >= 300


@pytest.mark.parametrize("provider", PROVIDERS)
def test_headers_come_at_once_and_text_later_when_the_first_token_is_delayed(
    client: httpx.Client, provider: str
) -> None:
    rule(client, {"first_token_delay_seconds": 0.4, "text": "hola"})
    started = time.monotonic()
    with streaming(client, provider, USER) as response:
        early = time.monotonic() - started
        raw = response.read()
    assert early < 0.4 <= time.monotonic() - started
    assert told(provider, raw).text == "hola"


def test_text_comes_at_its_pace_when_a_rate_is_set(client: httpx.Client) -> None:
    user = prompt("security_audit")
    tokens = whole(client, COMPLETIONS, user).usage["completion_tokens"]
    rule(client, {"tokens_per_second": tokens})
    answer = streamed(client, COMPLETIONS, user)
    (_, entry) = log(client)
    assert 950 <= entry["duration_ms"] <= 8000
    pieces = [one for one in answer.events if one["choices"] and one["choices"][0]["delta"].get("content")]
    assert 15 <= len(pieces) <= 30


@pytest.mark.parametrize("provider", PROVIDERS)
def test_thoughts_come_before_the_text_when_the_model_thinks(client: httpx.Client, provider: str) -> None:
    rule(client, {"think_seconds": 0.25, "text": "hola"})
    answer = streamed(client, provider, USER)
    once = whole(client, provider, USER)
    assert answer.text == once.text == "hola"
    if provider == MESSAGES:
        kinds = [
            event["content_block"]["type"]
            for event in answer.events
            if event["type"] == "content_block_start"
        ]
        deltas = [event["delta"]["type"] for event in answer.events if event["type"] == "content_block_delta"]
        assert kinds == ["thinking", "text"]
        assert deltas[0] == "thinking_delta"
        assert deltas[-2:] == ["signature_delta", "text_delta"]
        assert [block["type"] for block in once.events[0]["content"]] == ["thinking", "text"]
        assert answer.usage["output_tokens"] > 1
    else:
        assert answer.events[1]["choices"][0]["delta"]["reasoning_content"]
        assert once.events[0]["choices"][0]["message"]["reasoning_content"]
        assert answer.usage["completion_tokens_details"]["reasoning_tokens"] > 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_answer_ends_for_its_length_when_it_is_cut(client: httpx.Client, provider: str) -> None:
    text = whole(client, provider, USER).text
    rule(client, {"length_after_chars": 500})
    answer = streamed(client, provider, USER)
    assert answer.text == text[:500]
    assert answer.finish == ("max_tokens" if provider == MESSAGES else "length")
    assert log(client)[-1]["usage"]["output_tokens"] == 125


@pytest.mark.parametrize("provider", PROVIDERS)
def test_connection_breaks_when_a_rule_drops_it(client: httpx.Client, provider: str) -> None:
    rule(client, {"drop_after_chars": 700})
    raw = received_before_it_broke(client, provider)
    assert len(told(provider, raw).text) == 700
    (entry,) = log(client)
    assert (entry["outcome"], entry["usage"]["output_tokens"]) == ("dropped", 175)
    assert entry["bytes_sent"] == len(raw)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_any_byte_may_be_the_last_one(client: httpx.Client, provider: str) -> None:
    number = rule(client, {"text": "ñ"})
    complete = post(client, provider, USER, stream=True).content
    for last in (*range(0, len(complete), STRIDE), len(complete)):
        client.delete(f"/_sim/rules/{number}")
        number = rule(client, {"text": "ñ", "drop_after_bytes": last})
        assert len(received_before_it_broke(client, provider)) == last


@pytest.mark.parametrize("provider", PROVIDERS)
def test_connection_breaks_inside_a_character_when_a_rule_drops_it_there(
    client: httpx.Client, provider: str
) -> None:
    rule(client, {"text": SPANISH, "drop_after_chars": 300, "drop_in_character": True})
    raw = received_before_it_broke(client, provider)
    with pytest.raises(UnicodeDecodeError, match="unexpected end of data"):
        raw.decode()
    wide = next(at for at in range(300, len(SPANISH)) if not SPANISH[at].isascii())
    assert raw.endswith(SPANISH[wide - 10 : wide].encode() + SPANISH[wide].encode()[:1])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_connection_breaks_when_a_rule_drops_an_answer_that_is_not_streamed(
    client: httpx.Client, provider: str
) -> None:
    rule(client, {"drop_after_chars": 100})
    with pytest.raises(httpx.RemoteProtocolError):
        post(client, provider, USER)
    assert log(client)[0]["bytes_sent"] == 100


@pytest.mark.parametrize("provider", PROVIDERS)
def test_stream_falls_silent_when_a_rule_stalls_it(client: httpx.Client, provider: str) -> None:
    rule(client, {"stall_after_chars": 300})
    raw = received_before_it_broke(client, provider, timeout=0.7)
    assert len(told(provider, raw).text) == 300


@pytest.mark.parametrize("provider", PROVIDERS)
def test_stream_falls_silent_in_mid_event_when_a_rule_stalls_it_by_bytes(
    client: httpx.Client, provider: str
) -> None:
    rule(client, {"stall_after_bytes": 777})
    assert len(received_before_it_broke(client, provider, timeout=0.7)) == 777


@pytest.mark.parametrize("provider", PROVIDERS)
def test_nothing_but_keep_alives_come_when_a_stall_has_them(client: httpx.Client, provider: str) -> None:
    rule(client, {"stall_after_chars": 300, "keep_alive_seconds": 0.05})
    received = b""
    keep_alive = b"event: ping\n" if provider == MESSAGES else b": keep-alive\n"
    with streaming(client, provider, USER) as response:
        chunks = response.iter_raw()
        while received.count(keep_alive) < 5:
            received += next(chunks)
    assert len(told(provider, received).text) == 300


@pytest.mark.parametrize("provider", PROVIDERS)
def test_stream_goes_on_when_the_stall_has_an_end(client: httpx.Client, provider: str) -> None:
    text = whole(client, provider, USER).text
    rule(client, {"stall_after_chars": 300, "stall_seconds": 0.3, "keep_alive_seconds": 0.05})
    assert streamed(client, provider, USER).text == text
    assert log(client)[-1]["duration_ms"] >= 300


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    "framing",
    [
        ["crlf"],
        ["cr"],
        ["comments"],
        ["split_lines"],
        ["no_space"],
        ["unknown_events"],
        ["crlf", "comments", "split_lines", "no_space", "unknown_events"],
    ],
)
def test_stream_says_the_same_when_it_is_framed_in_another_way(
    client: httpx.Client, provider: str, framing: list[str]
) -> None:
    plain = streamed(client, provider, USER)
    rule(client, {"framing": framing})
    raw = post(client, provider, USER, stream=True).content
    answer = told(provider, raw)
    assert (answer.text, answer.finish, answer.usage) == (plain.text, plain.finish, plain.usage)
    marks = {
        "crlf": b"\r\n\r\n",
        "cr": b"\r\r",
        "comments": b": a comment",
        "split_lines": b"data: {\ndata: ",
        "no_space": b"data:{",
        "unknown_events": b"event: surprise\n",
    }
    if len(framing) == 1:
        assert marks[framing[0]] in raw
    if framing == ["cr"]:
        assert b"\n" not in raw.replace(b"\\n", b"")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_end_marker_is_missing_when_a_rule_leaves_it_out(client: httpx.Client, provider: str) -> None:
    rule(client, {"framing": ["no_end"]})
    answer = streamed(client, provider, USER)
    assert answer.finish is not None
    assert "data: [DONE]" not in answer.lines
    assert "event: message_stop" not in answer.lines


@pytest.mark.parametrize("provider", PROVIDERS)
def test_stream_says_the_same_when_it_is_written_byte_by_byte(client: httpx.Client, provider: str) -> None:
    rule(client, {"text": SPANISH[:100], "bytes_per_write": 1})
    chunks: list[bytes] = []
    with streaming(client, provider, USER) as response:
        chunks.extend(response.iter_raw())
    assert told(provider, b"".join(chunks)).text == SPANISH[:100]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_usage_is_missing_when_a_rule_omits_it(client: httpx.Client, provider: str) -> None:
    rule(client, {"omit_usage": True})
    answer = streamed(client, provider, USER)
    assert answer.usage is None
    assert all("usage" not in event and "usage" not in event.get("message", {}) for event in answer.events)
    assert whole(client, provider, USER).usage is None
    assert log(client)[0]["usage"]["output_tokens"] > 0


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("zero", lambda told, honest: told == 0),
        ("doubled", lambda told, honest: told == 2 * honest),
        ("negative", lambda told, honest: told < 0),
        ("huge", lambda told, honest: told == 10**18),
        ("text", lambda told, honest: isinstance(told, str)),
        ("null", lambda told, honest: told is None),
    ],
)
def test_usage_is_wrong_when_a_rule_miscounts_it(
    client: httpx.Client, provider: str, kind: str, wrong: object
) -> None:
    name = "output_tokens" if provider == MESSAGES else "completion_tokens"
    honest = streamed(client, provider, USER).usage[name]
    rule(client, {"usage": kind})
    assert wrong(streamed(client, provider, USER).usage[name], honest)
    assert wrong(whole(client, provider, USER).usage[name], honest)
    logged = log(client)[-1]["usage"]["output_tokens"]
    assert logged == {"zero": 0, "doubled": 2 * honest, "huge": 10**18}.get(kind, honest)


def test_cached_tokens_are_told_in_each_wires_way_when_a_rule_caches_some(client: httpx.Client) -> None:
    read = streamed(client, COMPLETIONS, USER).usage["prompt_tokens"]
    rule(client, {"cached_tokens": 30, "cache_written_tokens": 20})
    completions, messages = (streamed(client, provider, USER).usage for provider in PROVIDERS)
    assert completions["prompt_tokens"] == read
    assert completions["prompt_tokens_details"] == {"cached_tokens": 30}
    assert messages["cache_read_input_tokens"] == 30
    assert messages["cache_creation_input_tokens"] == 20
    assert messages["input_tokens"] == read - 50
    assert [entry["usage"]["cached_tokens"] for entry in log(client)] == [0, 30, 30]
    assert len({entry["usage"]["input_tokens"] for entry in log(client)}) == 1


def test_end_marker_is_missing_when_a_rule_omits_it(client: httpx.Client) -> None:
    text = whole(client, COMPLETIONS, USER).text
    rule(client, {"omit_end_marker": True})
    assert text_of(post(client, COMPLETIONS, USER)) == text[: text.index(f"<<<DONE {NONCE}>>>")]


def test_paths_and_keys_of_the_wires_are_apart(client: httpx.Client) -> None:
    for provider, other in ((COMPLETIONS, MESSAGES), (MESSAGES, COMPLETIONS)):
        response = client.post(path_of(provider), json=body_of(provider, USER), headers=headers_of(other))
        assert response.status_code == 401
