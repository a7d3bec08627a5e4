"""The wire over real connections: what is sent, what is understood, and what each way of breaking means."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import UUID

import pytest
from autocrea.contracts.ids import CallId
from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.openai_wire import OpenAiAccount, OpenAiProvider
from autocrea.llm_router.domain.answers import Stop, Turn
from autocrea.llm_router.ports import CallFailed, Finish, Heard, Request, Text, Thinking
from pydantic import SecretStr
from wire_server import (
    DONE,
    END,
    KEEP_ALIVE,
    STREAM_HEAD,
    Abort,
    Pause,
    Script,
    WireServer,
    chunked,
    delta,
    event,
    plain,
    stop,
    streamed,
    usage,
    wire_server,
)

CALL = CallId(UUID(int=5))
TURNS = (Turn("system", "Eres útil."), Turn("user", "Hola ñandú 🦤"))
REQUEST = Request(CALL, "joxcoder-1", TURNS, 1234)
TOLD = Usage(input_tokens=11, output_tokens=7, cached_tokens=3, estimated=False)


@pytest.fixture
async def provider(server: WireServer) -> AsyncIterator[OpenAiProvider]:
    account = OpenAiAccount("joxcoder", server.url, SecretStr("the key"))
    provider = OpenAiProvider(account, lambda: datetime(2026, 11, 22, tzinfo=UTC))
    yield provider
    await provider.close()


async def heard(provider: OpenAiProvider) -> list[Heard]:
    async with aclosing(provider.ask(REQUEST)) as answer:
        return [one async for one in answer]


async def failure(provider: OpenAiProvider) -> CallOutcome:
    with pytest.raises(CallFailed) as caught:
        await heard(provider)
    return caught.value.failure.outcome


def text(answer: list[Heard]) -> str:
    return "".join(one.text for one in answer if isinstance(one, Text))


async def test_an_answer_streams_and_ends_with_its_usage(
    server: WireServer, provider: OpenAiProvider
) -> None:
    server.play(streamed("Hola", " ñandú", " 🦤\n"))
    answer = await heard(provider)
    assert text(answer) == "Hola ñandú 🦤\n"
    assert answer[-1] == Finish(Stop.END, TOLD)


async def test_the_request_is_what_the_wire_asks_for_and_names_the_call(
    server: WireServer, provider: OpenAiProvider
) -> None:
    server.play(streamed("x"))
    await heard(provider)
    (seen,) = server.seen
    assert seen.head.startswith("POST /v1/chat/completions HTTP/1.1\r\n")
    assert seen.header("X-Autocrea-Call-Id") == str(CALL)
    assert seen.header("Authorization") == "Bearer the key"
    assert seen.body == {
        "model": "joxcoder-1",
        "messages": [{"role": turn.role, "content": turn.text} for turn in TURNS],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 1234,
    }


async def test_a_connection_that_was_read_to_its_end_is_used_again(
    server: WireServer, provider: OpenAiProvider
) -> None:
    server.play(streamed("x"))
    for _ in range(3):
        await heard(provider)
    assert server.connections == 1


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("stop", Stop.END),
        ("eos", Stop.END),
        ("length", Stop.LENGTH),
        ("max_tokens", Stop.LENGTH),
        ("content_filter", Stop.REFUSED),
    ],
)
async def test_why_it_stopped_is_told(
    server: WireServer, provider: OpenAiProvider, reason: str, expected: Stop
) -> None:
    server.play(streamed("x", reason=reason))
    assert (await heard(provider))[-1] == Finish(expected, TOLD)


BYTE_BY_BYTE = [chunked(bytes([b])) for b in 'data: {"choices":[{"delta":{"content":"ñ"}}]}\n\n'.encode()]
OK = (stop(), usage(), DONE, END)


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ([STREAM_HEAD, KEEP_ALIVE, delta("a"), KEEP_ALIVE, *OK], "a"),
        (
            [
                STREAM_HEAD,
                event({"choices": [{"delta": {"role": "assistant", "content": None}}]}),
                delta("a"),
                *OK,
            ],
            "a",
        ),
        ([STREAM_HEAD, event({"choices": [], "prompt_filter_results": []}), delta("a"), *OK], "a"),
        ([STREAM_HEAD, event({"choices": None}), event({"id": "x"}), delta("a"), *OK], "a"),
        ([STREAM_HEAD, delta("a", usage=None, error=None), *OK], "a"),
        (
            [STREAM_HEAD, event({"choices": [{"delta": {"content": [{"type": "text", "text": "a"}]}}]}), *OK],
            "a",
        ),
        ([STREAM_HEAD, event({"choices": [{"index": 1, "delta": {"content": "b"}}]}), delta("a"), *OK], "a"),
        ([STREAM_HEAD, delta("\ud83e"), delta("\udda4!"), *OK], "🦤!"),
        (
            [
                STREAM_HEAD,
                *(chunked(bytes([b])) for b in b'data: {"choices":[{"delta":{"content":"\xc3\xb1"}}]}\n\n'),
                *OK,
            ],
            "ñ",
        ),
        ([STREAM_HEAD, delta("a"), DONE, END], "a"),
        ([STREAM_HEAD, delta("a"), stop(), END], "a"),
        ([STREAM_HEAD, delta("a"), stop(), chunked(b"data: [DONE]"), END], "a"),
        ([STREAM_HEAD, END.replace(b"0\r\n\r\n", chunked(b"\xef\xbb\xbf")), delta("a"), *OK], "a"),
    ],
)
async def test_what_servers_do_besides_changes_nothing(
    server: WireServer, provider: OpenAiProvider, script: Script, expected: str
) -> None:
    server.play(script)
    answer = await heard(provider)
    assert text(answer) == expected
    assert isinstance(answer[-1], Finish)


async def test_the_end_is_told_at_once_when_the_server_keeps_the_body_open(
    server: WireServer, provider: OpenAiProvider
) -> None:
    server.play([STREAM_HEAD, delta("a"), stop(), DONE, Pause()])
    async with asyncio.timeout(5):
        assert isinstance((await heard(provider))[-1], Finish)


async def test_thinking_is_heard_and_is_no_text(server: WireServer, provider: OpenAiProvider) -> None:
    thought = event({"choices": [{"delta": {"reasoning_content": "hmm"}}]})
    server.play([STREAM_HEAD, thought, delta("a"), *OK])
    answer = await heard(provider)
    assert answer[0] == Thinking()
    assert text(answer) == "a"


async def test_a_refusal_is_told(server: WireServer, provider: OpenAiProvider) -> None:
    server.play([STREAM_HEAD, event({"choices": [{"delta": {"refusal": "I cannot"}}]}), stop(), DONE, END])
    assert (await heard(provider))[-1] == Finish(Stop.REFUSED, None)


async def test_an_answer_in_one_piece_is_understood_too(server: WireServer, provider: OpenAiProvider) -> None:
    body = {
        "choices": [{"message": {"content": "whole"}, "finish_reason": "length"}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 3}},
    }
    server.play([plain(200, json.dumps(body).encode())])
    answer = await heard(provider)
    assert text(answer) == "whole"
    assert answer[-1] == Finish(Stop.LENGTH, TOLD)


@pytest.mark.parametrize(
    "told", [usage(-1), usage("11"), usage(11, None), event({"choices": [], "usage": {}}), KEEP_ALIVE]
)
async def test_usage_that_makes_no_sense_is_none(
    server: WireServer, provider: OpenAiProvider, told: bytes
) -> None:
    server.play([STREAM_HEAD, delta("a"), stop(), told, DONE, END])
    assert (await heard(provider))[-1] == Finish(Stop.END, None)


async def test_the_last_usage_counts_when_a_running_one_is_sent(
    server: WireServer, provider: OpenAiProvider
) -> None:
    running = {"prompt_tokens": 11, "completion_tokens": 1}
    server.play([STREAM_HEAD, delta("a", usage=running), *OK])
    assert (await heard(provider))[-1] == Finish(Stop.END, TOLD)


@pytest.mark.parametrize(
    ("script", "outcome"),
    [
        ([plain(503, b'{"error":{"type":"server_error"}}')], CallOutcome.RETRY_SAME),
        ([plain(500, b"<html>" + b"x" * 200_000, content_type="text/html")], CallOutcome.RETRY_SAME),
        ([plain(401, b'{"error":{"code":"invalid_api_key"}}')], CallOutcome.ACCOUNT),
        ([plain(404, b'{"error":{"code":"model_not_found"}}')], CallOutcome.FAILOVER),
        ([plain(400, b'{"error":{"type":"invalid_request_error"}}')], CallOutcome.REQUEST),
        ([plain(307, b"", "Location: http://127.0.0.1:1/")], CallOutcome.FAILOVER),
        ([plain(200, b"not json at all")], CallOutcome.RETRY_SAME),
        ([plain(200, b'{"choices":[]}')], CallOutcome.RETRY_SAME),
        ([plain(200, b"<html>captive portal</html>", content_type="text/html")], CallOutcome.RETRY_SAME),
        ([Abort()], CallOutcome.RETRY_SAME),
        ([b"SSH-2.0-OpenSSH\r\n\r\n"], CallOutcome.RETRY_SAME),
        ([STREAM_HEAD, Abort()], CallOutcome.RETRY_SAME),
        ([STREAM_HEAD, delta("half"), Abort()], CallOutcome.RETRY_SAME),
        ([STREAM_HEAD, delta("half"), END], CallOutcome.RETRY_SAME),
        ([STREAM_HEAD, END], CallOutcome.RETRY_SAME),
        ([STREAM_HEAD, delta("a"), event("{broken"), *OK], CallOutcome.RETRY_SAME),
        ([STREAM_HEAD, delta("a"), event("[1]"), *OK], CallOutcome.RETRY_SAME),
        ([STREAM_HEAD, delta("a"), b"not a chunk\r\n"], CallOutcome.RETRY_SAME),
        ([STREAM_HEAD, delta("a"), event({"error": {"type": "server_error"}}), *OK], CallOutcome.RETRY_SAME),
        (
            [STREAM_HEAD, delta("a"), event({"error": {"code": "insufficient_quota"}}), *OK],
            CallOutcome.ACCOUNT,
        ),
        ([STREAM_HEAD, delta("a"), stop("error"), DONE, END], CallOutcome.RETRY_SAME),
        ([STREAM_HEAD, chunked(b"data: " + b"x" * 2**21), END], CallOutcome.RETRY_SAME),
    ],
)
async def test_every_way_of_breaking_is_a_failure_of_its_class(
    server: WireServer, provider: OpenAiProvider, script: Script, outcome: CallOutcome
) -> None:
    server.play(script)
    async with asyncio.timeout(10):
        assert await failure(provider) is outcome
    assert len(server.seen) == 1, "the wire never retries"


async def test_retry_after_is_passed_on(server: WireServer, provider: OpenAiProvider) -> None:
    server.play([plain(429, b"{}", "Retry-After: 7")])
    with pytest.raises(CallFailed) as caught:
        await heard(provider)
    assert caught.value.failure.retry_after_seconds == 7


async def test_a_server_that_is_not_there_can_be_tried_again() -> None:
    async with wire_server() as gone:
        url = gone.url
    account = OpenAiAccount("joxcoder", url, SecretStr("k"))
    provider = OpenAiProvider(account, lambda: datetime.now(UTC))
    assert await failure(provider) is CallOutcome.RETRY_SAME
    await provider.close()


async def test_the_connection_is_cut_when_nobody_listens_any_more(
    server: WireServer, provider: OpenAiProvider
) -> None:
    server.play([STREAM_HEAD, delta("a"), Pause()])
    async with aclosing(provider.ask(REQUEST)) as answer:
        assert await anext(answer) == Text("a")
    async with asyncio.timeout(5):
        await server.seen[0].left.wait()


async def test_the_connection_is_cut_when_the_listener_is_cancelled(
    server: WireServer, provider: OpenAiProvider
) -> None:
    server.play([STREAM_HEAD, delta("a"), Pause()])
    task = asyncio.create_task(heard(provider))
    while not server.seen:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await server.seen[0].left.wait()
