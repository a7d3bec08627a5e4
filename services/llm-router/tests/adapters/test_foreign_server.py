"""The wires against a server that was not written here: what we speak is not only understood by ourselves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from uuid import uuid4

import pytest
import uvicorn
from autocrea.contracts.ids import CallId
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.wire import Account, WireProvider
from autocrea.llm_router.domain.answers import Stop, Turn
from autocrea.llm_router.ports import CallFailed, Finish, Heard, Request, Text
from autocrea.testkit.processes import free_port
from autocrea.testkit.waiting import eventually
from pydantic import SecretStr
from stubllm.fixtures.models import Fixture
from stubllm.server import create_app
from wires import WIRES, Wire

SAID = "Hola ñandú 🦤\nsegunda línea\n"
LAST = "fin"  # on Anthropic's wire this server leaves the last token out
STATUSES = {
    401: CallOutcome.ACCOUNT,
    404: CallOutcome.FAILOVER,
    429: CallOutcome.RETRY_SAME,
    503: CallOutcome.RETRY_SAME,
}


def fixtures() -> list[Fixture]:
    """Which words in a prompt bring which answer."""

    def when(words: str, **response: object) -> Fixture:
        match = {"messages": [{"content": {"contains": words}}]}
        return Fixture.model_validate({"name": words, "match": match, "response": response})

    return [
        when("saluda", content=SAID + LAST, stream_chunk_delay_ms=0),
        when("despacio", content="palabra " * 100, stream_chunk_delay_ms=50),
        *(when(f"estado {status}", http_status=status, error_message="no") for status in STATUSES),
    ]


@pytest.fixture
async def url() -> AsyncIterator[str]:
    port = free_port()
    config = uvicorn.Config(
        create_app(fixtures()), host="127.0.0.1", port=port, log_level="error", lifespan="off"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    yield f"http://127.0.0.1:{port}/v1"
    server.should_exit = True
    await serving


@pytest.fixture(params=WIRES, ids=lambda wire: wire.name)
async def provider(request: pytest.FixtureRequest, url: str) -> AsyncIterator[WireProvider]:
    wire = request.param
    assert isinstance(wire, Wire)
    account = Account(wire.name, url, lambda: SecretStr("any"))
    provider = WireProvider(account, wire.dialect(), lambda: datetime.now(UTC))
    yield provider
    await provider.close()


def request_for(words: str) -> Request:
    return Request(CallId(uuid4()), "some-model", (Turn("system", "Eres útil."), Turn("user", words)), 500)


async def heard(provider: WireProvider, words: str) -> list[Heard]:
    async with asyncio.timeout(10), aclosing(provider.ask(request_for(words))) as answer:
        return [one async for one in answer]


async def test_its_answer_is_heard_to_the_end_when_it_streams(provider: WireProvider) -> None:
    for _ in range(3):
        answer = await heard(provider, "saluda")
        text = "".join(one.text for one in answer if isinstance(one, Text))
        assert text.removesuffix(LAST) == SAID
        assert isinstance(answer[-1], Finish)
        assert answer[-1].stop is Stop.END


@pytest.mark.parametrize("status", STATUSES)
async def test_its_errors_are_of_their_class_when_it_answers_with_a_status(
    provider: WireProvider, status: int
) -> None:
    with pytest.raises(CallFailed) as caught:
        await heard(provider, f"estado {status}")
    assert caught.value.failure.outcome is STATUSES[status]


async def test_it_can_be_left_in_mid_answer_and_asked_again(provider: WireProvider) -> None:
    async with aclosing(provider.ask(request_for("despacio"))) as answer:
        assert isinstance(await anext(answer), Text)
    assert isinstance((await heard(provider, "saluda"))[-1], Finish)
