"""Every provider against its simulator, over its real wire: the same things asked of each, in whatever words it has."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from autocrea.contracts.ids import CallId
from autocrea.contracts.shapes import Usage
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.anthropic_wire import AnthropicDialect
from autocrea.llm_router.adapters.openai_wire import OpenAiDialect
from autocrea.llm_router.adapters.wire import Account, WireProvider
from autocrea.llm_router.domain.answers import Failure, Stop, Turn
from autocrea.llm_router.ports import CallFailed, Finish, Heard, Request, Text, Thinking
from autocrea.testkit.forked import ForkedProcess
from autocrea.testkit.processes import free_port
from autocrea.testkit.waiting import eventually
from pydantic import SecretStr

MODELS = {"joxcoder": "joxcoder-1", "openai": "gpt-4.1-mini", "anthropic": "claude-haiku-4-5"}
SAID = "Hola ñandú 🦤\r\n&lt;tag> \\u0041\n"
RETRY, FAILOVER, ACCOUNT = CallOutcome.RETRY_SAME, CallOutcome.FAILOVER, CallOutcome.ACCOUNT


@pytest.fixture(scope="module")
def simulators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    keys = {f"{name.upper()}_API_KEY": f"{name}-key" for name in MODELS}
    paced = {"AUTOCREA_SIMULATORS_PORT": str(port), "AUTOCREA_SIMULATORS_TOKENS_PER_SECOND": "0"}
    log = tmp_path_factory.mktemp("simulators") / "simulators.log"
    process = ForkedProcess("autocrea.simulators", {**keys, **paced}, port=port, log=Path(log))

    async def answers() -> bool:
        return await process.status("/_sim/health") == 200

    async def start() -> None:
        await process.start(wait=False)
        await eventually(answers, what="the simulators answer")

    asyncio.run(start())
    yield process.url
    asyncio.run(process.kill())


class Asked:
    """One provider, and a project of its own by which its simulator knows what to do."""

    def __init__(self, url: str, provider: str) -> None:
        dialect = {
            "joxcoder": OpenAiDialect(),
            "openai": OpenAiDialect("max_completion_tokens"),
            "anthropic": AnthropicDialect(),
        }[provider]
        self.model = MODELS[provider]
        self.project = f"{provider}-{uuid4()}"
        self.key = f"{provider}-key"
        account = Account(provider, f"{url}/{provider}/v1", lambda: SecretStr(self.key))
        self.provider = WireProvider(account, dialect, lambda: datetime.now(UTC))
        self._http = httpx.AsyncClient(base_url=url, trust_env=False)

    async def close(self) -> None:
        await self.provider.close()
        await self._http.aclose()

    async def rule(self, **effect: Any) -> None:
        body = {"match": {"project": self.project}, "effect": effect}
        answer = await self._http.post("/_sim/rules", json=body)
        assert answer.status_code == 201, answer.text

    async def log(self) -> list[dict[str, Any]]:
        calls = await self._http.get("/_sim/log", params={"project": self.project})
        return list(calls.json()["calls"])

    def request(self) -> Request:
        header = f"Project: {self.project}\nStep: backend\nAttempt: 1\nLanguage: es\nKind: files\n\nEscribe."
        turns = (Turn("system", "Escribes aplicaciones."), Turn("user", header))
        return Request(CallId(uuid4()), self.model, turns, 4_000)

    async def heard(self) -> list[Heard]:
        async with asyncio.timeout(20), aclosing(self.provider.ask(self.request())) as answer:
            return [one async for one in answer]

    async def failure(self) -> Failure:
        with pytest.raises(CallFailed) as caught:
            await self.heard()
        return caught.value.failure


@pytest.fixture(params=MODELS)
async def asked(request: pytest.FixtureRequest, simulators: str) -> AsyncIterator[Asked]:
    asked = Asked(simulators, request.param)
    yield asked
    await asked.close()


def text(answer: list[Heard]) -> str:
    return "".join(one.text for one in answer if isinstance(one, Text))


def end(answer: list[Heard]) -> Finish:
    assert isinstance(answer[-1], Finish)
    return answer[-1]


async def test_text_usage_and_model_arrive_as_the_provider_has_them_when_it_is_healthy(asked: Asked) -> None:
    await asked.rule(text=SAID, cached_tokens=8, bytes_per_write=3)
    answer = await asked.heard()
    assert text(answer) == SAID
    assert end(answer).stop is Stop.END
    assert end(answer).model == asked.model
    (call,) = await asked.log()
    assert end(answer).usage == Usage(
        input_tokens=call["usage"]["input_tokens"],
        output_tokens=call["usage"]["output_tokens"],
        cached_tokens=8,
        estimated=False,
    )


@pytest.mark.parametrize("framing", ["crlf", "cr", "comments", "split_lines", "no_space", "unknown_events"])
async def test_the_text_is_the_same_when_the_stream_is_framed_otherwise(asked: Asked, framing: str) -> None:
    await asked.rule(text=SAID, framing=[framing], bytes_per_write=5)
    assert text(await asked.heard()) == SAID


@pytest.mark.parametrize(
    ("effect", "stop"), [({"length_after_chars": 9}, Stop.LENGTH), ({"refuse_after_chars": 4}, Stop.REFUSED)]
)
async def test_why_it_stopped_is_told_when_it_is_not_the_end(
    asked: Asked, effect: dict[str, Any], stop: Stop
) -> None:
    await asked.rule(text=SAID, **effect)
    assert end(await asked.heard()).stop is stop


@pytest.mark.parametrize("usage", ["negative", "huge", "text", "null"])
async def test_usage_is_none_when_its_figures_make_no_sense(asked: Asked, usage: str) -> None:
    await asked.rule(text=SAID, usage=usage)
    assert end(await asked.heard()).usage is None


async def test_usage_is_none_when_there_is_none(asked: Asked) -> None:
    await asked.rule(text=SAID, omit_usage=True)
    assert end(await asked.heard()).usage is None


async def test_it_thinks_before_it_speaks_when_it_does(asked: Asked) -> None:
    await asked.rule(text=SAID, think_seconds=0.1)
    answer = await asked.heard()
    assert Thinking() in answer
    assert text(answer) == SAID


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("invalid_key", ACCOUNT),
        ("unknown_model", FAILOVER),
        ("prompt_too_long", FAILOVER),
        ("moderated", CallOutcome.REFUSED),
        ("rate_limit", RETRY),
        ("overloaded", RETRY),
        ("credit", ACCOUNT),
        ("spend_limit", ACCOUNT),
        ("spend_cap", ACCOUNT),
    ],
)
async def test_an_error_is_of_its_class_when_the_vendor_words_it_before_or_inside_the_stream(
    asked: Asked, error: str, outcome: CallOutcome
) -> None:
    await asked.rule(error=error)
    assert (await asked.failure()).outcome is outcome
    inside = Asked(str(asked._http.base_url), asked.provider.name)
    await inside.rule(text=SAID, error=error, error_after_chars=5)
    assert (await inside.failure()).outcome is outcome
    await inside.close()


@pytest.mark.parametrize(
    "effect",
    [
        {"status": 500},
        {"status": 503},
        {"text": SAID, "drop_after_chars": 5},
        {"text": SAID, "drop_after_chars": 5, "drop_in_character": True},
        {"text": SAID, "drop_after_bytes": 3},
        {"text": SAID, "bad_json_after_chars": 5},
        {"status": 200, "body": "<html>portal</html>", "headers": {"content-type": "text/html"}},
    ],
)
async def test_it_can_be_tried_again_when_an_answer_breaks(asked: Asked, effect: dict[str, Any]) -> None:
    await asked.rule(**effect)
    assert (await asked.failure()).outcome is RETRY
    assert len(await asked.log()) == 1


async def test_how_long_to_wait_is_passed_on_when_the_provider_says_so(asked: Asked) -> None:
    await asked.rule(error="rate_limit", headers={"retry-after": "7"})
    assert (await asked.failure()).retry_after_seconds == 7


async def test_the_account_is_the_trouble_when_the_key_is_wrong(asked: Asked) -> None:
    asked.key = "another one"
    failure = await asked.failure()
    assert failure.outcome is ACCOUNT
    assert "another one" not in failure.sentence


async def test_the_server_sees_us_leave_when_the_listener_does(asked: Asked) -> None:
    await asked.rule(text=SAID, stall_after_chars=3)
    async with aclosing(asked.provider.ask(asked.request())) as answer:
        assert text([await anext(answer)])

    async def left() -> bool:
        return [call["outcome"] for call in await asked.log()] == ["aborted"]

    await eventually(left, timeout_seconds=5)
