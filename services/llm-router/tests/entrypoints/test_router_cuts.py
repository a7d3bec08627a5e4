"""A short answer cut at every so many of its bytes, from queue to queue: asked for again, and delivered whole.

`make cuts` cuts at every one.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from autocrea.contracts.llm_router.v1 import StepExecuted
from autocrea.testkit.waiting import eventually
from router_house import House
from router_orders import block, done, order

pytestmark = pytest.mark.timeout(900)  # of `make cuts`

WRITTEN = {"ñ": "🦤"}
ANSWER = "".join(block(path, text) for path, text in WRITTEN.items()) + done(*WRITTEN)
STRIDE = int(
    os.environ.get("CUT_STRIDE", "41")
)  # bytes; a prime, so that no line of the wire is always spared
AT_ONCE = 40
UNCUT = 15
"""Of them: fewer calls may fail than are answered, else the breaker closes the model, as it should."""
MODEL = {"openai": "gpt-4.1-mini", "anthropic": "claude-haiku-5-5"}


@pytest.mark.parametrize("provider", MODEL)
async def test_a_step_is_delivered_whole_when_its_answer_is_cut_at_any_byte(
    house: House, provider: str
) -> None:
    await house.start()
    first = [Asked(provider, number, None) for number in range(2 * AT_ONCE)]
    await _answered(house, first)
    (logged,) = await house.sim_log(first[0].command.project_name)
    for cuts in _batches(range(0, int(logged["bytes_sent"]), STRIDE), AT_ONCE - UNCUT):
        await _answered(house, [Asked(provider, cut, cut) for cut in cuts])
        await _answered(house, [Asked(provider, number, None) for number in range(UNCUT)])
    placed = {str(row[0]) for row in await house.fetch("SELECT call_id FROM llm_calls")}
    seen = (await house.http.get("/_sim/log")).json()["calls"]
    assert {call["call_id"] for call in seen} == placed


class Asked:
    """A step of its own person, so that nobody waits for a turn, and where its first answer is cut."""

    def __init__(self, provider: str, number: int, cut: int | None) -> None:
        name = f"{'entera' if cut is None else 'cortada'}-{number}"
        self.command = order(MODEL[provider], project=name, user=f"user-{name}")
        self.cut = cut


async def _answered(house: House, asked: Sequence[Asked]) -> None:
    """Have them executed, of this one answer; each yields its files whole, of its model."""
    await house.http.delete("/_sim/rules")
    for one in asked:
        if one.cut is not None:
            effect = {"text": ANSWER, "drop_after_bytes": one.cut}
            await house.rule(one.command.project_name, effect, times=1)
    await house.http.post("/_sim/rules", json={"effect": {"text": ANSWER}})
    await house.say(*(one.command for one in asked))
    answers: dict[str, dict[str, Any]] = {}

    async def all_came() -> bool:
        answers.update({one["subject"]: one for one in await house.inbox("orchestrator")})
        return all(str(one.command.generation_id) in answers for one in asked)

    await eventually(all_came, timeout_seconds=60, what="every step is answered")
    for one in asked:
        answer = answers[str(one.command.generation_id)]
        assert answer["type"] == StepExecuted.type, (one.cut, answer["data"])
        files = {file["path"]: file["text"] for file in answer["data"]["output"]["files"]}
        assert files == WRITTEN, one.cut
        *broken, last = [call["outcome"] for call in answer["data"]["calls"]]
        assert last == "completed", one.cut
        assert set(broken) == (set() if one.cut is None else {"retry_same"}), one.cut


def _batches(numbers: range, size: int) -> Iterator[range]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))
