"""Routers that stop, freeze and share: an attempt is answered once, and no stream runs on for nobody."""

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged, StepExecuted, StepExecutionFailed
from autocrea.testkit.waiting import eventually
from router_house import House
from router_orders import cancel, completed, design, failed

pytestmark = pytest.mark.timeout(180)

STALLED = {"stall_after_chars": 200}
CANCEL_SECONDS_MAX = 1.0


async def test_a_stopping_router_lets_calls_end_and_hands_on_what_does_not(house: House) -> None:
    await house.start(AUTOCREA_LLM_ROUTER_DRAIN_SECONDS="8")
    await house.rule("calma", {"tokens_per_second": 1500}, times=1)
    await house.rule("colgada", STALLED, times=1)
    calm, stalled = design("calma"), design("colgada")
    await house.say(calm, stalled)
    await eventually(lambda: house.sim_log("calma"))
    await eventually(lambda: house.sim_log("colgada"))
    house.router.signal(signal.SIGTERM)
    await house.add_replica()
    assert await house.router.wait(30) == 0
    for command, outcomes in ((calm, ["completed"]), (stalled, ["aborted", "completed"])):
        assert (await house.answer(command.generation_id))["type"] == StepExecuted.type
        assert [row[1] for row in await house.calls(command.generation_id)] == outcomes
        await house.books_agree(command)

    await house.say(completed(stalled))

    async def booked() -> bool:
        return [row[2] for row in await house.calls(stalled.generation_id)] == ["absorbed", "billed"]

    await eventually(booked, what="what was cut is absorbed, what was delivered is billed")


async def test_what_waits_for_its_turn_is_begun_elsewhere_when_a_router_stops(house: House) -> None:
    await house.start(AUTOCREA_LLM_ROUTER_CALLS_PER_KEY="1", AUTOCREA_LLM_ROUTER_DRAIN_SECONDS="30")
    await house.rule("larga", STALLED, times=1)
    running, waiting = design("larga"), design("espera")
    await house.say(running)
    await eventually(lambda: house.sim_log("larga"))
    await house.say(waiting)

    async def leased() -> bool:
        return await house.fetch("SELECT count(*) FROM jobs WHERE leased_until > now()") == [(2,)]

    await eventually(leased)
    house.router.signal(signal.SIGTERM)
    await house.add_replica()
    assert (await house.answer(waiting.generation_id))["type"] == StepExecuted.type
    assert house.router.alive, "it still has a call that may end"


async def test_a_burst_waits_for_its_turn_and_draws_no_429_when_the_key_takes_few(house: House) -> None:
    await house.start(AUTOCREA_LLM_ROUTER_CALLS_PER_KEY="3")
    await house.rule("rafaga", {"delay_seconds": 0.2})
    commands = [design("rafaga", user=f"user_{number % 4}") for number in range(12)]
    await house.say(*commands)
    for command in commands:
        assert (await house.answer(command.generation_id))["type"] == StepExecuted.type
    log = (await house.http.get("/_sim/log", params={"project": "rafaga"})).json()
    assert log["concurrent_max"] == {"joxcoder": 3}
    assert len(log["calls"]) == 12


async def test_a_cancel_cuts_the_stream_within_a_second_on_whichever_replica_it_runs(house: House) -> None:
    await house.start()
    await house.add_replica()
    await house.rule("parada", STALLED)
    commands = [design("parada") for _ in range(8)]
    await house.say(*commands)

    async def running() -> bool:
        return len(await house.sim_log("parada")) == len(commands)

    await eventually(running)
    await house.say(*(cancel(command) for command in commands))
    said_at = datetime.now(UTC)

    async def cut() -> bool:
        return {call["outcome"] for call in await house.sim_log("parada")} == {"aborted"}

    await eventually(cut, what="the simulator saw the clients leave")
    ends = [datetime.fromisoformat(call["ended"]) for call in await house.sim_log("parada")]
    assert max(ends) - said_at < timedelta(seconds=CANCEL_SECONDS_MAX)
    for command in commands:

        async def booked(command: Any = command) -> bool:
            return [row[1:] for row in await house.calls(command.generation_id)] == [("aborted", "absorbed")]

        await eventually(booked, what="the call is noted as aborted and absorbed")
        assert await house.answers(command.generation_id) == []


async def test_nobody_is_called_when_the_cancel_comes_before_its_command(house: House) -> None:
    await house.start()
    command, other = design("temprana"), design("otra")
    await house.say(cancel(command))

    async def closed() -> bool:
        return await house.fetch("SELECT state FROM steps") == [("closed",)]

    await eventually(closed)
    await house.say(command, other)
    assert (await house.answer(other.generation_id))["type"] == StepExecuted.type
    assert await house.sim_log("temprana") == []
    assert await house.answers(command.generation_id) == []


async def test_a_zombie_s_result_is_dropped_when_another_took_its_attempt_over(house: House) -> None:
    """The first router freezes with its answer on the way, and wakes up when the second has delivered."""
    await house.start()
    await house.rule("zombi", {"delay_seconds": 2.0}, times=1)
    command = design("zombi")
    await house.say(command)
    await eventually(lambda: house.sim_log("zombi"))
    house.router.signal(signal.SIGSTOP)
    await house.add_replica()
    await house.expire_leases()
    assert (await house.answer(command.generation_id))["type"] == StepExecuted.type
    (delivered,) = await house.fetch("SELECT call_id FROM llm_calls WHERE made_output")
    house.router.signal(signal.SIGCONT)

    async def awake() -> bool:
        return [call["outcome"] for call in await house.sim_log("zombi")] == ["finished", "finished"]

    await eventually(awake)
    house.router.signal(signal.SIGTERM)
    assert await house.router.wait() == 0
    assert len(await house.answers(command.generation_id)) == 1
    assert await house.fetch("SELECT call_id FROM llm_calls WHERE made_output") == [delivered]
    await house.say(failed(command))

    async def booked() -> bool:
        return {row[2] for row in await house.calls(command.generation_id)} == {"absorbed"}

    await eventually(booked)
    await house.books_agree(command)


async def test_a_revoked_key_is_used_no_more_and_its_successor_at_once(house: House, tmp_path: Path) -> None:
    """No restart, one call with the bad key, and people are told both times."""
    key = tmp_path / "joxcoder-key"
    key.write_text("revoked")
    file = {"JOXCODER_API_KEY": "", "JOXCODER_API_KEY_FILE": str(key)}
    await house.start(**file)
    first = design("revocada")
    await house.say(first)
    assert (await house.answer(first.generation_id))["data"]["model"] == "gpt-4.1"
    second = design("revocada")
    await house.say(second)
    assert (await house.answer(second.generation_id))["data"]["model"] == "gpt-4.1"
    log = (await house.http.get("/_sim/log", params={"provider": "joxcoder"})).json()
    assert [call["error_code"] for call in log["calls"]] == ["invalid_api_key"]

    (tmp_path / "next").write_text("joxcoder-key\n")
    (tmp_path / "next").rename(key)

    async def told() -> list[tuple[bool, str | None]]:
        return [
            (one["data"]["available"], one["data"]["reason"])
            for one in await house.inbox("gateway")
            if one["type"] == ProviderStatusChanged.type and one["data"]["model"] == "joxcoder-1"
        ]

    async def recovered() -> bool:
        return await told() == [(True, None), (False, "account"), (True, None)]

    await eventually(recovered, what="the new key is announced")
    third = design("revocada")
    await house.say(third)
    assert (await house.answer(third.generation_id))["data"]["model"] == "joxcoder-1"


async def test_no_model_of_a_provider_is_called_while_every_account_is_rejected(house: House) -> None:
    await house.start()
    await house.rule("nadie", {"error": "invalid_key"})
    first = design("nadie")
    await house.say(first)
    assert (await house.answer(first.generation_id))["data"]["fault"] == "provider_account"
    asked = len(await house.sim_log("nadie"))
    again = [design("nadie") for _ in range(5)]
    await house.say(*again)
    async with asyncio.timeout(10):
        answers = [await house.answer(command.generation_id) for command in again]
    assert {answer["type"] for answer in answers} == {StepExecutionFailed.type}
    assert len(await house.sim_log("nadie")) == asked, "one call each was enough"
