"""What holds on every wire, over real connections: what is understood, and what each way of breaking means.

A provider that is added is added to `wires.py`, and must pass as it is.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import UUID

import pytest
from autocrea.contracts.ids import CallId
from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.wire import Account, WireProvider
from autocrea.llm_router.domain.answers import Failure, Stop, Turn
from autocrea.llm_router.ports import CallFailed, Finish, Heard, Request, Text, Thinking
from pydantic import SecretStr
from wire_server import (
    END,
    KEEP_ALIVE,
    STREAM_HEAD,
    Abort,
    Pause,
    Script,
    WireServer,
    chunked,
    event,
    plain,
    wire_server,
)
from wires import WIRES, Wire, body

CALL = CallId(UUID(int=5))
TURNS = (Turn("system", "Eres útil."), Turn("user", "Hola ñandú 🦤"))
REQUEST = Request(CALL, "joxcoder-1", TURNS, 1234)
TOLD = Usage(input_tokens=11, output_tokens=7, cached_tokens=3, estimated=False)
RETRY, FAILOVER, ACCOUNT = CallOutcome.RETRY_SAME, CallOutcome.FAILOVER, CallOutcome.ACCOUNT

Play = Callable[[Wire], Script]


@pytest.fixture(params=WIRES, ids=lambda wire: wire.name)
def wire(request: pytest.FixtureRequest) -> Wire:
    assert isinstance(request.param, Wire)
    return request.param


def provider_at(url: str, wire: Wire, key: str | None = "the key") -> WireProvider:
    secret = None if key is None else SecretStr(key)
    account = Account("joxcoder", url, lambda: secret)
    return WireProvider(account, wire.dialect(), lambda: datetime(2026, 11, 22, tzinfo=UTC))


@pytest.fixture
async def provider(server: WireServer, wire: Wire) -> AsyncIterator[WireProvider]:
    provider = provider_at(server.url, wire)
    yield provider
    await provider.close()


async def heard(provider: WireProvider) -> list[Heard]:
    async with aclosing(provider.ask(REQUEST)) as answer:
        return [one async for one in answer]


async def failure(provider: WireProvider) -> Failure:
    with pytest.raises(CallFailed) as caught:
        await heard(provider)
    return caught.value.failure


def text(answer: list[Heard]) -> str:
    return "".join(one.text for one in answer if isinstance(one, Text))


def end(answer: list[Heard]) -> Finish:
    assert isinstance(answer[-1], Finish)
    return answer[-1]


async def test_an_answer_streams_and_ends_with_usage_and_model_when_it_is_healthy(
    server: WireServer, provider: WireProvider, wire: Wire
) -> None:
    server.play(wire.streamed("Hola", " ñandú", " 🦤\n"))
    answer = await heard(provider)
    assert text(answer) == "Hola ñandú 🦤\n"
    assert end(answer) == Finish(Stop.END, TOLD, "claude-of-the-day")


async def test_the_request_names_the_call_the_model_and_its_limit_when_it_is_sent(
    server: WireServer, provider: WireProvider, wire: Wire
) -> None:
    server.play(wire.streamed("x"))
    await heard(provider)
    (seen,) = server.seen
    assert seen.head.startswith(f"POST {wire.path} HTTP/1.1\r\n")
    assert seen.header("X-Autocrea-Call-Id") == str(CALL)
    assert seen.header(wire.key_header[0]) == wire.key_header[1]
    assert (seen.body["model"], seen.body[wire.limit_field]) == ("joxcoder-1", 1234)
    assert seen.body["stream"] is True


async def test_nobody_is_named_when_there_is_no_key(server: WireServer, wire: Wire) -> None:
    server.play(wire.streamed("x"))
    provider = provider_at(server.url, wire, key=None)
    assert not provider.ready
    await heard(provider)
    assert server.seen[0].header(wire.key_header[0]) is None
    await provider.close()


async def test_a_connection_is_used_again_when_it_was_read_to_its_end(
    server: WireServer, provider: WireProvider, wire: Wire
) -> None:
    server.play(wire.streamed("x"))
    for _ in range(3):
        await heard(provider)
    assert server.connections == 1


@pytest.mark.parametrize("reason", list(Stop))
async def test_why_it_stopped_is_told_when_it_ends(
    server: WireServer, provider: WireProvider, wire: Wire, reason: Stop
) -> None:
    server.play(wire.streamed("x", stop=reason))
    assert end(await heard(provider)) == Finish(reason, TOLD, "claude-of-the-day")


@pytest.mark.parametrize(
    ("play", "expected"),
    [
        (lambda w: [KEEP_ALIVE, w.delta("a"), KEEP_ALIVE, *w.ends], "a"),
        (lambda w: [w.delta("\ud83e"), w.delta("\udda4!"), *w.ends], "🦤!"),
        (lambda w: [event({"type": "of_next_year"}), w.delta("a"), *w.ends], "a"),
        (lambda w: [chunked(b"\xef\xbb\xbf"), *w.before, w.delta("a"), *w.ends], "a"),
        (lambda w: [w.delta("a"), w.stop(w.reasons[Stop.END]), END], "a"),
        (lambda w: [w.thinking, w.delta("a"), *w.ends], "a"),
    ],
)
async def test_the_text_is_the_same_when_the_server_does_something_besides(
    server: WireServer, provider: WireProvider, wire: Wire, play: Play, expected: str
) -> None:
    server.play([STREAM_HEAD, *play(wire)])
    answer = await heard(provider)
    assert text(answer) == expected
    assert end(answer).stop is Stop.END


async def test_the_answer_is_the_same_when_it_comes_byte_by_byte(
    server: WireServer, provider: WireProvider, wire: Wire
) -> None:
    whole = b"".join(part for part in wire.streamed("ñandú ", "🦤")[1:] if isinstance(part, bytes))
    # The chunks' own framing is undone, and every byte becomes a chunk.
    stream = b"".join(_chunks(whole))
    server.play([STREAM_HEAD, *(chunked(stream[i : i + 1]) for i in range(len(stream))), END])
    answer = await heard(provider)
    assert text(answer) == "ñandú 🦤"
    assert end(answer).usage == TOLD


def _chunks(framed: bytes) -> list[bytes]:
    pieces = []
    while framed:
        size, _, framed = framed.partition(b"\r\n")
        pieces.append(framed[: int(size, 16)])
        framed = framed[int(size, 16) + 2 :]
    return pieces


async def test_a_cut_answer_is_never_taken_for_a_whole_one_wherever_it_is_cut(
    server: WireServer, provider: WireProvider, wire: Wire
) -> None:
    """The stop reason is the end: a server that closes after it has said everything that matters."""
    said = wire.streamed("ñandú", " 🦤")
    stream = b"".join(_chunks(b"".join(part for part in said[1:] if isinstance(part, bytes))))
    reason = stream.index(f'"{wire.reasons[Stop.END]}"'.encode())
    complete = stream.index(b"\n\n", reason)
    for cut in range(0, complete - 2, 7):
        server.play([STREAM_HEAD, chunked(stream[:cut]) if cut else b"", END])
        server.seen.clear()
        assert (await failure(provider)).outcome is RETRY, stream[:cut]


async def test_the_end_is_told_at_once_when_the_server_keeps_the_body_open(
    server: WireServer, provider: WireProvider, wire: Wire
) -> None:
    server.play([STREAM_HEAD, *wire.before, wire.delta("a"), *wire.ends[:-1], Pause()])
    async with asyncio.timeout(5):
        assert end(await heard(provider)).stop is Stop.END


async def test_thinking_is_heard_and_is_no_text_when_a_model_thinks(
    server: WireServer, provider: WireProvider, wire: Wire
) -> None:
    server.play([STREAM_HEAD, wire.thinking, *wire.before[:1], wire.delta("a"), *wire.ends])
    answer = await heard(provider)
    assert answer[0] == Thinking()
    assert text(answer) == "a"


async def test_an_answer_is_understood_when_it_comes_in_one_piece(
    server: WireServer, provider: WireProvider, wire: Wire
) -> None:
    server.play([plain(200, body(wire.whole))])
    answer = await heard(provider)
    assert text(answer) == "whole"
    assert end(answer) == Finish(Stop.LENGTH, TOLD)


async def test_usage_is_none_when_it_makes_no_sense(
    server: WireServer, provider: WireProvider, wire: Wire
) -> None:
    for told in wire.nonsense:
        server.play([STREAM_HEAD, *wire.before, wire.delta("a"), *told])
        assert end(await heard(provider)).usage is None, told


@pytest.mark.parametrize(
    ("play", "outcome"),
    [
        (lambda w: [plain(500, b"<html>" + b"x" * 200_000, content_type="text/html")], RETRY),
        (lambda w: [plain(503, b"null")], RETRY),
        (lambda w: [plain(529, b'{"error":{"type":"overloaded_error"}}')], RETRY),
        (lambda w: [plain(408, b"")], RETRY),
        (lambda w: [plain(429, b'{"error":{"type":"rate_limit_error"}}')], RETRY),
        (lambda w: [plain(401, b"[]")], ACCOUNT),
        (lambda w: [plain(402, b'{"error":[]}')], ACCOUNT),
        (lambda w: [plain(403, b'{"error":{"code":["odd"],"type":{"odd":1}}}')], ACCOUNT),
        (lambda w: [plain(404, b"{}")], FAILOVER),
        (lambda w: [plain(413, b"too large")], FAILOVER),
        (lambda w: [plain(400, b'{"error":{"type":"invalid_request_error"}}')], CallOutcome.REQUEST),
        (lambda w: [plain(307, b"", "Location: http://127.0.0.1:1/")], FAILOVER),
        (lambda w: [plain(200, b"not json at all")], RETRY),
        (lambda w: [plain(200, b'{"choices":[],"content":[]}')], RETRY),
        (lambda w: [plain(200, b"[]")], RETRY),
        (lambda w: [plain(200, b"<html>captive portal</html>", content_type="text/html")], RETRY),
        (lambda w: [Abort()], RETRY),
        (lambda w: [b"SSH-2.0-OpenSSH\r\n\r\n"], RETRY),
        (lambda w: [STREAM_HEAD, Abort()], RETRY),
        (lambda w: [STREAM_HEAD, *w.before, w.delta("half"), Abort()], RETRY),
        (lambda w: [STREAM_HEAD, *w.before, w.delta("half"), END], RETRY),
        (lambda w: [STREAM_HEAD, END], RETRY),
        (lambda w: [STREAM_HEAD, *w.before, event("{broken"), *w.ends], RETRY),
        (lambda w: [STREAM_HEAD, *w.before, event("[1]"), *w.ends], RETRY),
        (lambda w: [STREAM_HEAD, *w.before, b"not a chunk\r\n"], RETRY),
        (lambda w: [STREAM_HEAD, *w.before, w.delta("a"), w.busy, *w.ends], RETRY),
        (lambda w: [STREAM_HEAD, *w.before, w.delta("a"), w.spent, *w.ends], ACCOUNT),
        (lambda w: [STREAM_HEAD, w.busy, END], RETRY),
        (lambda w: [STREAM_HEAD, chunked(b"data: " + b"x" * 2**21), END], RETRY),
    ],
)
async def test_a_failure_is_of_its_class_when_something_breaks(
    server: WireServer, provider: WireProvider, wire: Wire, play: Play, outcome: CallOutcome
) -> None:
    server.play(play(wire))
    async with asyncio.timeout(10):
        assert (await failure(provider)).outcome is outcome
    assert len(server.seen) == 1, "the wire never retries"


async def test_retry_after_is_passed_on_when_it_is_told(server: WireServer, provider: WireProvider) -> None:
    server.play([plain(429, b"{}", "Retry-After: 7")])
    assert (await failure(provider)).retry_after_seconds == 7


async def test_no_words_of_a_prompt_or_key_are_repeated_when_an_error_quotes_them(
    server: WireServer, provider: WireProvider
) -> None:
    quoting = {"error": {"type": "the key the key", "code": "Hola ñandú", "message": "the key; Hola ñandú"}}
    server.play([plain(400, body(quoting))])
    assert (await failure(provider)).sentence == "answers 400"


async def test_trying_again_may_help_when_the_server_is_not_there(wire: Wire) -> None:
    async with wire_server() as gone:
        url = gone.url
    provider = provider_at(url, wire)
    assert (await failure(provider)).outcome is RETRY
    await provider.close()


async def test_trying_again_may_help_when_the_server_never_takes_the_connection(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It listens, and says not a word of TLS."""
    monkeypatch.setattr("autocrea.llm_router.adapters.wire.CONNECT_SECONDS", 0.2)
    held: list[object] = []
    async with await asyncio.start_server(lambda *streams: held.append(streams), "127.0.0.1", 0) as silent:
        provider = provider_at(f"https://127.0.0.1:{silent.sockets[0].getsockname()[1]}/v1", wire)
        async with asyncio.timeout(5):
            found = await failure(provider)
        await provider.close()
    assert (found.outcome, found.sentence) == (RETRY, "cannot be reached (ConnectTimeout)")
    assert held


async def test_trying_again_may_help_when_a_name_is_looked_up_for_ever(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object, **__: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("autocrea.llm_router.adapters.wire.CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", never)
    monkeypatch.setenv("NO_PROXY", "*")
    provider = provider_at("http://models.invalid/v1", wire)
    async with asyncio.timeout(5):
        found = await failure(provider)
    await provider.close()
    assert found.outcome is RETRY
    assert found.sentence.startswith("cannot be reached")


async def test_the_connection_is_cut_when_nobody_listens_any_more(
    server: WireServer, provider: WireProvider, wire: Wire
) -> None:
    server.play([STREAM_HEAD, *wire.before, wire.delta("a"), Pause()])
    async with aclosing(provider.ask(REQUEST)) as answer:
        assert await anext(answer) == Text("a")
    async with asyncio.timeout(5):
        await server.seen[0].left.wait()


async def test_the_connection_is_cut_when_the_listener_is_cancelled(
    server: WireServer, provider: WireProvider, wire: Wire
) -> None:
    server.play([STREAM_HEAD, *wire.before, wire.delta("a"), Pause()])
    task = asyncio.create_task(heard(provider))
    while not server.seen:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(5):
        await server.seen[0].left.wait()


async def test_the_key_of_the_moment_is_used_when_it_was_replaced(server: WireServer, wire: Wire) -> None:
    server.play(wire.streamed("x"))
    keys = iter(("old", "new"))
    account = Account("joxcoder", server.url, lambda: SecretStr(next(keys)))
    provider = WireProvider(account, wire.dialect(), lambda: datetime.now(UTC))
    for _ in range(2):
        await heard(provider)
    seen = [one.header(wire.key_header[0]) for one in server.seen]
    assert [str(value).removeprefix("Bearer ") for value in seen] == ["old", "new"]
    await provider.close()
