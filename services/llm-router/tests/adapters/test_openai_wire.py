"""What is particular to the chat completions wire; the rest is in `test_every_wire.py`."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import UUID

import pytest
from autocrea.contracts.ids import CallId
from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.openai_wire import OpenAiDialect
from autocrea.llm_router.adapters.wire import Account, WireProvider
from autocrea.llm_router.domain.answers import Stop, Turn
from autocrea.llm_router.ports import CallFailed, Finish, Heard, Request, Text
from openai_script import DONE, delta, stop, streamed, usage
from pydantic import SecretStr
from wire_server import END, STREAM_HEAD, Script, WireServer, chunked, event

TURNS = (Turn("system", "Eres útil."), Turn("user", "Hola ñandú 🦤"))
REQUEST = Request(CallId(UUID(int=5)), "joxcoder-1", TURNS, 1234, "somebody")
TOLD = Usage(input_tokens=11, output_tokens=7, cached_tokens=3, estimated=False)
OK = (stop(), usage(), DONE, END)


@pytest.fixture
async def provider(server: WireServer) -> AsyncIterator[WireProvider]:
    key = SecretStr("the key")
    account = Account("joxcoder", server.url, lambda: key)
    provider = WireProvider(
        account, OpenAiDialect("max_completion_tokens", "safety_identifier"), lambda: datetime.now(UTC)
    )
    yield provider
    await provider.close()


async def heard(provider: WireProvider) -> list[Heard]:
    async with aclosing(provider.ask(REQUEST)) as answer:
        return [one async for one in answer]


async def test_the_request_is_what_the_wire_asks_for_when_it_is_sent(
    server: WireServer, provider: WireProvider
) -> None:
    server.play(streamed("x"))
    await heard(provider)
    assert server.seen[0].body == {
        "model": "joxcoder-1",
        "messages": [{"role": turn.role, "content": turn.text} for turn in TURNS],
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_completion_tokens": 1234,
        "safety_identifier": "somebody",
    }


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("eos", Stop.END),
        ("max_tokens", Stop.LENGTH),
        ("model_length", Stop.LENGTH),
        ("refusal", Stop.REFUSED),
    ],
)
async def test_why_it_stopped_is_understood_when_other_servers_word_it(
    server: WireServer, provider: WireProvider, reason: str, expected: Stop
) -> None:
    server.play(streamed("x", reason=reason))
    assert (await heard(provider))[-1] == Finish(expected, TOLD)


@pytest.mark.parametrize(
    "script",
    [
        [event({"choices": [{"delta": {"role": "assistant", "content": None}}]}), delta("a"), *OK],
        [event({"choices": [], "prompt_filter_results": []}), delta("a"), *OK],
        [event({"choices": None}), event({"id": "x"}), delta("a"), *OK],
        [delta("a", usage=None, error=None, model=None), *OK],
        [event({"choices": [{"delta": {"content": [{"type": "text", "text": "a"}]}}]}), *OK],
        [event({"choices": [{"index": 1, "delta": {"content": "b"}}]}), delta("a"), *OK],
        [delta("a"), DONE, END],
        [delta("a"), stop(), chunked(b"data: [DONE]"), END],
    ],
)
async def test_the_text_is_the_same_when_servers_vary_the_wire(
    server: WireServer, provider: WireProvider, script: Script
) -> None:
    server.play([STREAM_HEAD, *script])
    answer = await heard(provider)
    assert [one for one in answer if isinstance(one, Text)] == [Text("a")]
    assert isinstance(answer[-1], Finish)


async def test_a_refusal_is_told_when_it_comes_beside_the_text(
    server: WireServer, provider: WireProvider
) -> None:
    server.play([STREAM_HEAD, event({"choices": [{"delta": {"refusal": "I cannot"}}]}), stop(), DONE, END])
    assert (await heard(provider))[-1] == Finish(Stop.REFUSED, None)


async def test_the_last_usage_counts_when_a_running_one_is_sent(
    server: WireServer, provider: WireProvider
) -> None:
    running = {"prompt_tokens": 11, "completion_tokens": 1}
    server.play([STREAM_HEAD, delta("a", usage=running), *OK])
    assert (await heard(provider))[-1] == Finish(Stop.END, TOLD)


async def test_it_can_be_tried_again_when_the_stop_reason_is_an_error(
    server: WireServer, provider: WireProvider
) -> None:
    server.play([STREAM_HEAD, delta("a"), stop("error"), DONE, END])
    with pytest.raises(CallFailed) as caught:
        await heard(provider)
    assert caught.value.failure.outcome is CallOutcome.RETRY_SAME
