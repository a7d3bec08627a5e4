"""What is particular to Anthropic's wire; the rest is in `test_every_wire.py`."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import UUID

import pytest
from anthropic_script import OVER, PING, block, delta, named, start, stop, streamed
from autocrea.contracts.ids import CallId
from autocrea.contracts.shapes import Usage
from autocrea.llm_router.adapters.anthropic_wire import AnthropicDialect
from autocrea.llm_router.adapters.wire import Account, WireProvider
from autocrea.llm_router.domain.answers import Stop, Turn
from autocrea.llm_router.ports import Finish, Heard, Request, Text, Thinking
from pydantic import SecretStr
from wire_server import END, STREAM_HEAD, Script, WireServer

TURNS = (
    Turn("system", "Eres útil."),
    Turn("user", "Hola ñandú 🦤"),
    Turn("assistant", "Hola"),
    Turn("user", "Sigue."),
)
REQUEST = Request(CallId(UUID(int=5)), "claude-haiku-5-5", TURNS, 1234, "somebody")


@pytest.fixture
async def provider(server: WireServer) -> AsyncIterator[WireProvider]:
    key = SecretStr("the key")
    account = Account("anthropic", server.url, lambda: key)
    provider = WireProvider(account, AnthropicDialect(), lambda: datetime.now(UTC))
    yield provider
    await provider.close()


async def heard(provider: WireProvider, request: Request = REQUEST) -> list[Heard]:
    async with aclosing(provider.ask(request)) as answer:
        return [one async for one in answer]


async def test_the_system_s_words_travel_beside_the_conversation_when_it_is_sent(
    server: WireServer, provider: WireProvider
) -> None:
    server.play(streamed("x"))
    await heard(provider)
    (seen,) = server.seen
    assert seen.header("anthropic-version") == "2023-06-01"
    assert seen.body == {
        "model": "claude-haiku-5-5",
        "max_tokens": 1234,
        "system": "Eres útil.",
        "messages": [{"role": turn.role, "content": turn.text} for turn in TURNS[1:]],
        "stream": True,
        "metadata": {"user_id": "somebody"},
    }


async def test_no_system_is_sent_when_there_is_none(server: WireServer, provider: WireProvider) -> None:
    server.play(streamed("x"))
    await heard(provider, Request(CallId(UUID(int=6)), "claude-haiku-5-5", TURNS[1:2], 9))
    assert "system" not in server.seen[0].body


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("stop_sequence", Stop.END),
        ("of_next_year", Stop.END),
        ("model_context_window_exceeded", Stop.LENGTH),
        ("refusal", Stop.REFUSED),
    ],
)
async def test_why_it_stopped_is_understood_when_it_says_so(
    server: WireServer, provider: WireProvider, reason: str, expected: Stop
) -> None:
    server.play(streamed("x", reason=reason))
    answer = await heard(provider)
    assert isinstance(answer[-1], Finish)
    assert answer[-1].stop is expected


@pytest.mark.parametrize(
    ("script", "read", "cached"),
    [
        ([start(6, 3, 2), delta("a"), stop()], 11, 3),
        ([start(6, None, None), delta("a"), stop()], 6, 0),
        ([start(0, 9, 0), delta("a"), stop()], 9, 9),
        (
            [
                start(1, 0, 0),
                delta("a"),
                named(
                    {
                        "type": "message_delta",
                        "delta": {"stop_reason": "end_turn"},
                        "usage": {"input_tokens": 20, "cache_read_input_tokens": 5, "output_tokens": 7},
                    }
                ),
            ],
            25,
            5,
        ),
    ],
)
async def test_what_was_cached_is_a_part_of_what_was_read_when_usage_is_told(
    server: WireServer, provider: WireProvider, script: Script, read: int, cached: int
) -> None:
    server.play([STREAM_HEAD, *script, OVER, END])
    answer = await heard(provider)
    assert isinstance(answer[-1], Finish)
    assert answer[-1].usage == Usage(
        input_tokens=read, output_tokens=7, cached_tokens=cached, estimated=False
    )


async def test_pings_are_no_sign_of_life_and_thinking_is_when_text_takes_long(
    server: WireServer, provider: WireProvider
) -> None:
    signature = {"type": "signature_delta", "signature": "EqQB"}
    thinking = [block("thinking"), named({"type": "content_block_delta", "index": 0, "delta": signature})]
    server.play([STREAM_HEAD, start(), PING, PING, *thinking, block(), delta("a"), stop(), OVER, END])
    answer = await heard(provider)
    assert answer[:-1] == [Thinking(), Thinking(), Text("a")]
