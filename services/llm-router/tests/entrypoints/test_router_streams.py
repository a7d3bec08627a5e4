"""Many streams in one process: all open at once, fairly shared, in memory that is bounded by what they hold."""

import psutil
import pytest
from autocrea.testkit.waiting import eventually
from router_house import House
from router_orders import cancel, design

pytestmark = pytest.mark.timeout(180)

STREAMS = 200
WRITTEN_CHARS = 4 * 1024  # of each answer, when it stalls
STREAM_BYTES_MAX = (
    400 * 1024
)  # text, prompt, buffers, tasks and spans; twice what `make bench-router` measures


async def test_two_hundred_streams_are_open_at_once_in_bounded_memory(house: House) -> None:
    await house.start(
        AUTOCREA_LLM_ROUTER_CALLS_PER_KEY=str(STREAMS), AUTOCREA_LLM_ROUTER_CONCURRENCY=str(STREAMS)
    )
    process = psutil.Process(house.router.pid)
    await house.rule("calienta", {"stall_after_chars": 100}, times=1)
    await house.say(warm := design("calienta"))
    await eventually(lambda: house.sim_log("calienta"))
    await house.say(cancel(warm))
    idle_bytes = process.memory_info().rss
    text = '{"summary": "' + "á" * WRITTEN_CHARS
    await house.rule("multitud", {"text": text, "stall_after_chars": len(text)})
    commands = [design("multitud", user=f"user_{number % 40}") for number in range(STREAMS)]
    await house.say(*commands)

    async def all_written() -> bool:
        calls = await house.sim_log("multitud")
        return len([call for call in calls if call["bytes_sent"] > 2 * WRITTEN_CHARS]) == STREAMS

    await eventually(all_written, timeout_seconds=120, what="every stream is open and written")
    grown_bytes = process.memory_info().rss - idle_bytes
    assert grown_bytes < STREAMS * STREAM_BYTES_MAX
    assert await house.router.status("/health/ready") == 200
