"""kill -9 at every point between two steps: after the next start, every effect has happened exactly once."""

import signal
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from autocrea.testkit.processes import ServiceProcess
from autocrea.testkit.stage import Stage, reserve
from autocrea.testkit.waiting import eventually

COMMANDS = 8
COMMAND = "billing.reserve_tokens.v1"
OF_A_MESSAGE = [
    f"after_receive/{COMMAND}",
    f"before_commit/{COMMAND}",
    f"after_commit/{COMMAND}",
    "after_publish/billing.tokens_reserved.v1",
    "after_marking_sent/billing.tokens_reserved.v1",
    f"before_ack/{COMMAND}",
]
OF_WORK = [
    "after_take_job/work",
    "after_work/work",
    "before_commit/work",
    "after_commit/work",
    "after_publish/billing.tokens_settled.v1",
    "after_marking_sent/billing.tokens_settled.v1",
]
OF_A_TIMER = ["after_take_job/remind", "before_commit/remind", "after_commit/remind"]
OF_A_RECURRING_JOB = [
    "after_take_job/expire_rows",
    "after_work/expire_rows",
    "before_commit/expire_rows",
    "after_commit/expire_rows",
]
NEXT_TIME_IS_SET = "SELECT 1 FROM jobs WHERE kind = 'expire_rows' AND due_at > now() AND leased_until IS NULL"


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """A file that is there once the process has crashed; after that it crashes no more."""
    return tmp_path / "crashed"


@pytest.fixture
async def service(stage: Stage, crashed: Path) -> AsyncIterator[ServiceProcess]:
    """The sample, not started yet."""
    process = stage.service(AUTOCREA_CRASH_ONCE=str(crashed))
    yield process
    await process.kill()


@pytest.mark.parametrize("nth", [1, 3])
@pytest.mark.parametrize("point", [*OF_A_MESSAGE, *OF_WORK, *OF_A_TIMER])
async def test_effects_happen_once_when_the_process_dies(
    stage: Stage, service: ServiceProcess, crashed: Path, point: str, nth: int
) -> None:
    await service.start(AUTOCREA_CRASH_AT=f"billing.{point}:{nth}")
    for n in range(COMMANDS):  # one by one while it lives, so that every point is reached several times
        await stage.publish(reserve(f"user-{n % 4}"))
        await eventually(partial(_done_or_dead, stage, service, n + 1), what="the run is done, or the crash")
    assert await service.wait() == -signal.SIGKILL
    assert crashed.exists()
    await stage.let_time_pass()
    await service.start()
    await stage.all_done(COMMANDS)
    await stage.outbox_is_sent()
    bodies = await stage.bodies()
    assert len({stage.id_of(body) for body in bodies}) == len(set(bodies)), (
        "a repetition differs from the first"
    )
    types = Counter(type_ for _, type_ in {(reply["id"], reply["type"]) for reply in await stage.replies()})
    assert types == {"billing.tokens_reserved.v1": COMMANDS, "billing.tokens_settled.v1": COMMANDS}


@pytest.mark.parametrize("point", OF_A_RECURRING_JOB)
async def test_a_recurring_job_goes_on_when_the_process_dies(
    stage: Stage, service: ServiceProcess, point: str
) -> None:
    await service.start(wait=False, AUTOCREA_CRASH_AT=f"billing.{point}")
    assert await service.wait() == -signal.SIGKILL
    await stage.let_time_pass(seconds=600)
    await service.start()
    await eventually(lambda: stage.fetch(NEXT_TIME_IS_SET), what="its next time is set")
    [job] = await stage.fetch("SELECT leased_until, attempts FROM jobs WHERE kind = 'expire_rows'")
    assert dict(job) == {"leased_until": None, "attempts": 0}


@pytest.mark.parametrize("point", ["before_commit/request", "after_commit/request"])
async def test_a_request_has_its_effects_once_when_the_process_dies_and_it_is_repeated(
    stage: Stage, service: ServiceProcess, point: str
) -> None:
    generation = uuid4()
    await service.start(AUTOCREA_CRASH_AT=f"billing.{point}")
    async with httpx.AsyncClient(base_url=service.url, trust_env=False) as client:
        with pytest.raises(httpx.TransportError):
            await client.post(f"/runs/{generation}")
        assert await service.wait() == -signal.SIGKILL
        done_before = {generation} if point.startswith("after") else set()
        assert set(await stage.counts()) == done_before
        await stage.let_time_pass()
        await service.start()
        assert (await client.post(f"/runs/{generation}")).json() == {"reserved": 1}
    assert await stage.counts() == {generation: (1, 0, 0, 0)}
    await stage.outbox_is_sent()
    assert [reply["type"] for reply in await stage.replies()] == ["billing.tokens_reserved.v1"]


async def _done_or_dead(stage: Stage, service: ServiceProcess, runs: int) -> bool:
    return not service.alive or list((await stage.counts()).values()) == [(1, 1, 1, 0)] * runs
