"""The router as a process of its own, on a real broker and database, with the model simulators behind it."""

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import pytest
from autocrea.contracts.llm_router.v1 import (
    ExecuteStep,
    ProviderStatusChanged,
    StepExecuted,
    StepExecutionFailed,
)
from autocrea.testkit.waiting import eventually
from router_house import House
from router_orders import cancel, design, order, write

pytestmark = pytest.mark.timeout(180)


async def executed(house: House, command: ExecuteStep) -> StepExecuted:
    await house.say(command)
    answer = await house.answer(command.generation_id)
    assert answer["type"] == StepExecuted.type, answer["data"]
    return StepExecuted.model_validate(answer["data"])


async def contract_of(house: House) -> dict[str, Any]:
    result = await executed(house, design())
    assert result.output.kind == "contract"
    return dict(result.output.document)


async def files_of(house: House, command: ExecuteStep) -> dict[str, str]:
    result = await executed(house, command)
    assert result.output.kind == "files"
    return {file.path: file.text for file in result.output.files}


async def test_a_contract_and_files_are_executed_and_watched_from_queue_to_queue(house: House) -> None:
    await house.start()
    contract = await contract_of(house)
    command = write(contract, "backend", "mirada")
    await house.rule("mirada", {"tokens_per_second": 2000})
    seen: list[dict[str, Any]] = []
    ready = asyncio.Event()
    watcher = asyncio.create_task(house.watch(command.generation_id, seen, ready))
    await ready.wait()
    files = await files_of(house, command)
    watcher.cancel()
    await asyncio.gather(watcher, return_exceptions=True)

    promised = {file["path"] for file in contract["files"] if file["step"] == "backend"}
    assert files.keys() == promised
    assert len(seen) > 3
    for message in seen:
        if message["path"] is not None:
            text = files[message["path"]]
            assert text[message["offset"] :].startswith(message["text"])
    await house.books_agree(command)
    told = [one["data"] for one in await house.inbox("gateway") if one["type"] == ProviderStatusChanged.type]
    assert {(one["provider"], one["model"], one["available"], one["simulated"]) for one in told} == {
        ("joxcoder", "joxcoder-1", True, True),
        ("openai", "gpt-4.1", True, True),
        ("openai", "gpt-4.1-mini", True, True),
        ("anthropic", "claude-sonnet-5-5", True, True),
        ("anthropic", "claude-haiku-5-5", True, True),
    }


async def test_a_step_is_executed_whoever_serves_its_model(house: House) -> None:
    """Each wire, and a provider that is there by settings alone, with a name of its own for the model."""
    extra = {
        "name": "local",
        "url": f"{house.simulators.url}/openai/v1",
        "key": "openai-key",
        "models": {"llama": "gpt-4.1-mini"},
    }
    await house.start(AUTOCREA_LLM_ROUTER_EXTRA_PROVIDERS=json.dumps([extra]))
    served = {
        "joxcoder-1": "joxcoder",
        "gpt-4.1": "openai",
        "claude-haiku-5-5": "anthropic",
        "llama": "local",
    }
    for model, provider in served.items():
        command = order(
            model,
            step="architecture",
            kind="contract",
            project=provider,
            user_text="<request>\nUn blog\n</request>\n",
        )
        result = await executed(house, command)
        assert (result.model, [call.provider for call in result.calls]) == (model, [provider])
        await house.books_agree(command)
        (logged,) = await house.sim_log(provider)
        used = result.usage
        assert logged["usage"]["input_tokens"] == used.input_tokens
        assert logged["usage"]["output_tokens"] == used.output_tokens
        assert not used.estimated


# What a model does to one call, and how many calls the whole output then takes.
SLIPS: dict[str, tuple[dict[str, Any], int]] = {
    "adornos": ({"garble": ["prose", "fences", "spaced_tags"]}, 1),
    "olvido": ({"garble": ["wrong_nonce"]}, 1),
    "corte": ({"length_after_chars": 4000}, 2),
    "sinfin": ({"omit_end_marker": True}, 2),
    "cuenta": ({"omit_usage": True}, 1),
    "cable": ({"drop_after_chars": 3000}, 2),
    "averia": ({"status": 503}, 2),
    "espera": ({"status": 429, "headers": {"retry-after": "1"}}, 2),
    "charla": ({"text": "No sé cómo."}, 2),
}


async def test_files_are_the_same_whatever_the_model_does_once(house: House) -> None:
    await house.start()
    contract = await contract_of(house)
    healthy = await files_of(house, write(contract, "backend"))
    commands = {project: write(contract, "backend", project) for project in SLIPS}
    for project, (effect, _) in SLIPS.items():
        await house.rule(project, effect, times=1)
    await house.say(*commands.values())
    for project, command in commands.items():
        answer = await house.answer(command.generation_id)
        assert answer["type"] == StepExecuted.type, (project, answer["data"])
        files = {file["path"]: file["text"] for file in answer["data"]["output"]["files"]}
        # The project's name is in some files.
        assert files == {path: text.replace("tienda", project) for path, text in healthy.items()}, project
        assert len(await house.sim_log(project)) == SLIPS[project][1], project
        await house.books_agree(command)


async def test_the_next_provider_answers_and_people_are_told_when_the_first_is_down(house: House) -> None:
    await house.start()
    await house.rule("caida", {"status": 503}, match={"provider": "joxcoder"})
    commands = [design("caida"), design("caida")]  # as many as it takes to open its breaker
    await house.say(*commands)
    for command in commands:
        answer = await house.answer(command.generation_id)
        assert answer["data"]["model"] == "gpt-4.1"
        outcomes = [call["outcome"] for call in answer["data"]["calls"]]
        assert outcomes[-1] == "completed"
        assert set(outcomes[:-1]) == {"retry_same"}
    assert len(await house.sim_log("caida")) == sum(
        [len(await house.calls(c.generation_id)) for c in commands]
    )

    async def told() -> bool:
        status = [
            one["data"] for one in await house.inbox("gateway") if one["type"] == ProviderStatusChanged.type
        ]
        return any(one["model"] == "joxcoder-1" and not one["available"] for one in status)

    await eventually(told, what="the gateway hears that joxcoder is down")


async def test_it_fails_honestly_when_nobody_can_answer(house: House) -> None:
    await house.start()
    await house.rule("nadie", {"status": 401})
    command = design("nadie")
    await house.say(command)
    answer = await house.answer(command.generation_id)
    assert answer["type"] == StepExecutionFailed.type
    assert answer["data"]["fault"] == "provider_account"
    await house.books_agree(command)


async def test_a_cancel_cuts_the_stream_within_a_second_and_books_its_call(house: House) -> None:
    await house.start()
    await house.rule("parada", {"stall_after_chars": 200})
    command = design("parada")
    await house.say(command)
    await eventually(lambda: house.calls(command.generation_id))
    await eventually(lambda: house.sim_log("parada"))
    await house.say(cancel(command))

    async def cut() -> bool:
        return [call["outcome"] for call in await house.sim_log("parada")] == ["aborted"]

    await eventually(cut, timeout_seconds=5, what="the simulator saw the client leave")

    async def booked() -> bool:
        return [row[1:] for row in await house.calls(command.generation_id)] == [("aborted", "absorbed")]

    await eventually(booked, what="the call is noted as aborted and absorbed")
    assert await house.answers(command.generation_id) == []
    assert await house.fetch("SELECT count(*) FROM jobs WHERE kind = 'execute_step'") == [(0,)]


async def test_an_attempt_is_answered_once_when_its_process_is_killed_in_mid_stream(house: House) -> None:
    await house.start()
    await house.rule("muerta", {"stall_after_chars": 200}, times=1)
    command = design("muerta")
    await house.say(command)
    await eventually(lambda: house.sim_log("muerta"))
    await house.router.kill()
    # Its lease runs out; a test need not wait for that.
    await house.fetch("UPDATE jobs SET leased_until = now() WHERE kind = 'execute_step'")
    await house.router.start()
    answer = await house.answer(command.generation_id)
    assert answer["type"] == StepExecuted.type
    assert [row[1] for row in await house.calls(command.generation_id)] == ["aborted", "completed"]
    assert len(answer["data"]["calls"]) == 1
    await house.books_agree(command)


# The second start's commits are: the models announced, the command taken in, the attempt finished.
@pytest.mark.parametrize(
    "point", ["before_commit:2", "after_commit:2", "after_take_job", "after_work", "after_commit:3"]
)
async def test_an_attempt_is_answered_once_when_its_process_dies_at_any_point(
    house: House, point: str, tmp_path: Path
) -> None:
    crash = {"AUTOCREA_CRASH_AT": f"llm-router.{point}", "AUTOCREA_CRASH_ONCE": str(tmp_path / "crashed")}
    await house.start()
    await house.router.kill()
    command = design("golpe")
    await house.say(command)
    await house.router.start(wait=False, **crash)
    assert await house.router.wait() == -signal.SIGKILL
    await house.fetch("UPDATE jobs SET leased_until = now() WHERE kind = 'execute_step'")
    await house.router.start(**crash)
    assert (await house.answer(command.generation_id))["type"] == StepExecuted.type
    await house.books_agree(command)
    house.router.signal(signal.SIGTERM)
    assert await house.router.wait() == 0
    assert len(await house.answers(command.generation_id)) == 1


async def test_sigterm_lets_a_call_end_and_sigint_gives_it_back_at_once(house: House) -> None:
    await house.start()
    await house.rule("calma", {"tokens_per_second": 500}, times=1)
    calm = design("calma")
    await house.say(calm)
    await eventually(lambda: house.sim_log("calma"))
    house.router.signal(signal.SIGTERM)
    assert await house.router.wait(60) == 0
    assert [row[1] for row in await house.calls(calm.generation_id)] == ["completed"]

    await house.router.start()
    assert (await house.answer(calm.generation_id))["type"] == StepExecuted.type
    await house.rule("prisa", {"stall_after_chars": 200}, times=1)
    hasty = design("prisa")
    await house.say(hasty)
    await eventually(lambda: house.sim_log("prisa"))
    house.router.signal(signal.SIGINT)
    assert await house.router.wait(15) == 0
    assert [row[1] for row in await house.calls(hasty.generation_id)] == ["aborted"]
    await house.router.start()
    assert (await house.answer(hasty.generation_id))["type"] == StepExecuted.type
