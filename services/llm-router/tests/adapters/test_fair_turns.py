"""Turns at a provider: never more at once than its key takes, each person's next call in turn, nothing lost."""

import asyncio
from collections import Counter

import pytest
from autocrea.chassis.errors import Unavailable
from autocrea.llm_router.adapters.fair_turns import FairTurns
from hypothesis import given, settings
from hypothesis import strategies as st


class Calls:
    """Calls that take a turn each and hold it until they are let go."""

    def __init__(self, at_once_max: int) -> None:
        self.turns = FairTurns(at_once_max)
        self.began: list[str] = []
        self.open = 0
        self.most = 0
        self._ends: list[asyncio.Event] = []

    def start(self, *users: str) -> list["asyncio.Task[None]"]:
        return [asyncio.create_task(self._call(user)) for user in users]

    async def end_one(self) -> None:
        self._ends.pop(0).set()
        await settled()

    async def _call(self, user: str) -> None:
        async with self.turns.turn("openai", user, begins=user != "olga"):
            self.began.append(user)
            self.open += 1
            self.most = max(self.most, self.open)
            end = asyncio.Event()
            self._ends.append(end)
            try:
                await end.wait()
            finally:
                self.open -= 1
                if end in self._ends:
                    self._ends.remove(end)


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_calls_wait_and_persons_take_turns_when_more_come_than_the_key_takes() -> None:
    calls = Calls(2)
    tasks = calls.start(*["ada"] * 6, "bruno", "olga")
    await settled()
    assert calls.began == ["ada", "ada"]
    for _ in range(8):
        await calls.end_one()
    assert calls.began == ["ada", "ada", "ada", "bruno", "olga", "ada", "ada", "ada"]
    assert calls.most == 2
    await asyncio.gather(*tasks)


async def test_providers_do_not_wait_for_each_other() -> None:
    turns = FairTurns(1)
    async with (
        turns.turn("openai", "ada", begins=True),
        asyncio.timeout(1),
        turns.turn("joxcoder", "ada", begins=True),
    ):
        pass


async def test_the_next_one_is_let_in_when_a_waiting_or_a_running_call_is_cancelled() -> None:
    calls = Calls(1)
    first, second, _ = calls.start("ada", "bruno", "olga")
    await settled()
    second.cancel()
    await settled()
    first.cancel()
    await settled()
    assert calls.began == ["ada", "olga"]


async def test_no_turn_is_lost_when_a_call_is_cancelled_as_it_is_let_in() -> None:
    calls = Calls(1)
    first, second, _ = calls.start("ada", "bruno", "olga")
    await settled()
    calls._ends[0].set()
    await first
    second.cancel()
    await settled()
    assert calls.began[-1] == "olga"


async def test_nobody_is_let_in_before_the_pause_is_over_when_the_provider_asks_for_one() -> None:
    calls = Calls(5)
    calls.turns.pause("openai", 0.2)
    calls.turns.pause("openai", 0.01)
    started = asyncio.get_running_loop().time()
    tasks = calls.start("ada", "bruno")
    async with asyncio.timeout(5):
        while len(calls.began) < 2:
            await asyncio.sleep(0.01)
    assert asyncio.get_running_loop().time() - started >= 0.19
    for task in tasks:
        task.cancel()


async def test_nothing_is_begun_and_what_was_begun_goes_on_when_it_is_closed() -> None:
    calls = Calls(1)
    running, waiting, going_on = calls.start("ada", "bruno", "olga")
    await settled()
    calls.turns.close()
    with pytest.raises(Unavailable):
        await waiting
    (late,) = calls.start("carla")
    with pytest.raises(Unavailable):
        await late
    await calls.end_one()
    assert calls.began == ["ada", "olga"]
    await calls.end_one()
    await asyncio.gather(running, going_on)


@pytest.mark.parametrize("at_once_max", [1, 3])
@settings(max_examples=50, deadline=None)
@given(data=st.data())
async def test_every_call_has_its_turn_when_calls_come_end_and_are_cancelled(
    at_once_max: int, data: st.DataObject
) -> None:
    calls = Calls(at_once_max)
    tasks: list[asyncio.Task[None]] = []
    for action in data.draw(st.lists(st.sampled_from(["come", "end", "cancel", "turn"]), max_size=30)):
        if action == "come":
            tasks += calls.start(data.draw(st.sampled_from(["ada", "bruno", "olga"])))
        elif action == "end" and calls._ends:
            calls._ends.pop(0).set()
        elif action == "cancel" and tasks:
            tasks.pop(data.draw(st.integers(0, len(tasks) - 1))).cancel()
        else:
            await settled()
        assert calls.open <= at_once_max
    for _ in range(len(tasks)):
        await settled()
        if calls._ends:
            calls._ends.pop(0).set()
    await settled()
    assert all(task.done() for task in tasks)
    assert Counter(calls.began).total() >= sum(not task.cancelled() for task in tasks)
