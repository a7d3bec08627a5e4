"""A short answer cut at every so many of its bytes, on every wire: a failure or the whole output, never a shorter file.

`make cuts` cuts at every one.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from autocrea.contracts.ids import CallId
from autocrea.contracts.llm_router.v1 import FilesOutput
from autocrea.contracts.vocabulary import CallOutcome
from autocrea.llm_router.adapters.anthropic_wire import AnthropicDialect
from autocrea.llm_router.adapters.openai_wire import OpenAiDialect
from autocrea.llm_router.adapters.wire import Account, Dialect, WireProvider
from autocrea.llm_router.domain.answers import Failure, Turn
from autocrea.llm_router.domain.files_output import FilesGathering
from autocrea.llm_router.domain.outputs import Verdict, Whole
from autocrea.llm_router.ports import CallFailed, Finish, Request, Text
from autocrea.testkit.forked import ForkedProcess
from autocrea.testkit.processes import free_port
from autocrea.testkit.waiting import eventually
from pydantic import SecretStr
from router_orders import NONCE, block, done, order

WRITTEN = {"ñ.py": 'print("🦤")\n', "b": ""}
ANSWER = "".join(block(path, text) for path, text in WRITTEN.items()) + done(*WRITTEN)
STRIDE = int(os.environ.get("CUT_STRIDE", "5"))  # bytes
AT_ONCE = 16  # calls side by side
KEY = "the key"

WIRES: dict[str, tuple[str, Dialect]] = {
    "openai": ("gpt-4.1-mini", OpenAiDialect()),
    "anthropic": ("claude-haiku-5-5", AnthropicDialect()),
}


@pytest.fixture
async def simulators(tmp_path: Path) -> AsyncIterator[str]:
    port = free_port()
    environment = {
        "AUTOCREA_SIMULATORS_PORT": str(port),
        "AUTOCREA_SIMULATORS_TOKENS_PER_SECOND": "0",
        **{f"AUTOCREA_SIMULATORS_{name.upper()}_API_KEY": KEY for name in WIRES},
    }
    process = ForkedProcess("autocrea.simulators", environment, port=port, log=tmp_path / "simulators.log")

    async def answers() -> bool:
        return await process.status("/_sim/health") == 200

    await process.start(wait=False)
    await eventually(answers, what="the simulators answer")
    yield process.url
    await process.kill()


class Wire:
    """One provider's real adapter at its simulator."""

    def __init__(self, url: str, name: str, control: httpx.AsyncClient) -> None:
        self.model, dialect = WIRES[name]
        account = Account(name, f"{url}/{name}/v1", lambda: SecretStr(KEY))
        self.provider = WireProvider(account, dialect, lambda: datetime.now(UTC))
        self._control = control
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def whole_bytes(self) -> int:
        """How long the answer's body is when nothing cuts it; it is then the whole output."""
        project = str(uuid4())
        assert written(await self.asked(project, text=ANSWER)) == WRITTEN
        log = await self._control.get("/_sim/log", params={"project": project})
        (call,) = log.json()["calls"]
        return int(call["bytes_sent"])

    async def cut(self, at: int) -> Failure | Verdict:
        async with self._turns, asyncio.timeout(20):
            return await self.asked(str(uuid4()), text=ANSWER, drop_after_bytes=at)

    async def asked(self, project: str, **effect: Any) -> Failure | Verdict:
        """What the router makes of one answer."""
        rule = await self._control.post(
            "/_sim/rules", json={"match": {"project": project}, "effect": effect, "times": 1}
        )
        reading = FilesGathering(NONCE, order().limits).begin()
        header = f"Project: {project}\nStep: backend\nAttempt: 1\nLanguage: es\nKind: files\n\nEscribe."
        request = Request(CallId(uuid4()), self.model, (Turn("user", header),), 4_000)
        try:
            async with aclosing(self.provider.ask(request)) as answer:
                async for heard in answer:
                    if isinstance(heard, Text):
                        reading.feed(heard.text)
                    elif isinstance(heard, Finish):
                        return reading.finish(heard.stop)
        except CallFailed as error:
            return error.failure
        finally:
            await self._control.delete(f"/_sim/rules/{rule.json()['id']}")
        raise AssertionError("an answer ends, or the call fails")


def written(result: Failure | Verdict) -> dict[str, str] | None:
    """The files of a whole output."""
    if isinstance(result, Whole) and isinstance(result.output, FilesOutput):
        return {file.path: file.text for file in result.output.files}
    return None


@pytest.mark.parametrize("name", WIRES)
async def test_nothing_is_delivered_shorter_when_an_answer_is_cut_at_any_byte(
    name: str, simulators: str
) -> None:
    async with httpx.AsyncClient(base_url=simulators, trust_env=False, timeout=30) as control:
        wire = Wire(simulators, name, control)
        size = await wire.whole_bytes()
        results = await asyncio.gather(*(wire.cut(at) for at in range(0, size, STRIDE)))
        await wire.provider.close()
    failed = [isinstance(one, Failure) and one.outcome is CallOutcome.RETRY_SAME for one in results]
    whole = [written(one) == WRITTEN for one in results]
    assert all(a or b for a, b in zip(failed, whole, strict=True))
    first_whole = whole.index(True) if True in whole else len(whole)
    assert all(failed[:first_whole]), "whatever comes before the stop reason has arrived is no answer"
    assert all(whole[first_whole:]), "once it has arrived, nothing is asked again"
    assert first_whole > len(whole) / 2
