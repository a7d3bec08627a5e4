"""The router from queue to queue, beside LiteLLM's proxy and plain httpx, on one upstream that answers at once.

`make bench-router` runs it. The router takes a command from the broker, writes down the call, places it, validates the
answer and replies through its outbox; the proxy passes the same stream on; httpx only reads it.
"""

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import httpx
import psutil
from autocrea.testkit import servers
from autocrea.testkit.processes import free_port
from autocrea.testkit.servers.run import Run
from autocrea.testkit.waiting import eventually
from routed import Routed, routed

HERE = Path(__file__).parent
CONCURRENT = (1, 16, 100)
STREAMS = 200
WARM_UP = 50
INSTALL_SECONDS_MAX = 400.0  # the proxy's packages, the first time
PROMPT = "Audit this application.\n" + "line of code\n" * 100
BODY = {
    "model": "joxcoder-1",
    "messages": [{"role": "user", "content": PROMPT}],
    "stream": True,
    "stream_options": {"include_usage": True},
}
KEY = {"authorization": "Bearer opens-nothing"}
MIB = 2**20

Call = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one system with so many calls at once."""

    a_second: float
    cpu_ms: float

    def shown(self, name: str, concurrent: int) -> str:
        return f"{name:<22} {concurrent:>4} at once {self.a_second:9.1f} /s {self.cpu_ms:8.2f} ms CPU a call"


async def measure(call: Call, process: psutil.Process, count: int, concurrent: int) -> Figures:
    """So many calls, always so many of them at once; the CPU is the process' and its children's."""
    left = iter(range(count))

    async def one_after_the_other() -> None:
        for _ in left:
            await call()

    before, started = cpu_seconds(process), time.monotonic()
    await asyncio.gather(*(one_after_the_other() for _ in range(concurrent)))
    seconds = time.monotonic() - started
    return Figures(count / seconds, (cpu_seconds(process) - before) / count * 1_000)


def cpu_seconds(process: psutil.Process) -> float:
    times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    return float(sum(one.user + one.system for one in times))


async def main(calls: int) -> None:
    rabbitmq, postgres = servers.rabbitmq(), servers.postgres()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with serving([sys.executable, str(HERE / "upstream.py")], "/counted", folder, 30) as (
            upstream,
            _,
        ):
            async with routed(folder, rabbitmq, postgres, upstream) as router:
                ours, memory = await measure_router(router, upstream, calls)
            plain = await measure_plain(upstream, calls)
            theirs = await measure_proxy(folder, upstream, calls)
    for concurrent in CONCURRENT:
        print(ours[concurrent].shown("router, queue to queue", concurrent))
        print(plain[concurrent].shown("plain httpx", concurrent))
        if isinstance(theirs, str):
            print(f"LiteLLM's proxy        {theirs}")
            continue
        proxy = theirs[concurrent]
        print(proxy.shown("LiteLLM's proxy", concurrent))
        speed, cpu = ours[concurrent].a_second / proxy.a_second, ours[concurrent].cpu_ms / proxy.cpu_ms
        print(f"ratio to the proxy: {speed:.2f} as many a second, {cpu:.2f} of its CPU a call")
    print(memory)


async def measure_router(router: Routed, upstream: str, calls: int) -> tuple[dict[int, Figures], str]:
    """Its figures, and what it holds in memory with every stream open."""
    process = psutil.Process(router.process.pid)
    await measure(lambda: router.execute(PROMPT), process, WARM_UP, 10)
    found = {n: await measure(lambda: router.execute(PROMPT), process, calls, n) for n in CONCURRENT}
    asked = await counted(upstream, "calls")
    assert asked == await router.completed() == WARM_UP + calls * len(CONCURRENT), (
        "every command was one call"
    )

    idle = process.memory_info().rss
    held = await asyncio.gather(*(router.hold("HOLD") for _ in range(STREAMS)))

    async def all_open() -> bool:
        return await counted(upstream, "open") == STREAMS

    await eventually(all_open, timeout_seconds=60, what=f"{STREAMS} streams are open")
    busy = process.memory_info().rss
    await asyncio.gather(*(router.say(cancel) for cancel in held))

    async def all_left() -> bool:
        return await counted(upstream, "open") == 0

    await eventually(all_left, timeout_seconds=60, what="every stream was cut by its cancel")
    return (
        found,
        f"router's memory: {idle / MIB:.0f} MiB idle, {busy / MIB:.0f} MiB at {STREAMS} open streams",
    )


async def counted(upstream: str, what: str) -> int:
    async with httpx.AsyncClient(trust_env=False) as client:
        return int((await client.get(f"{upstream}/counted")).json()[what])


async def measure_plain(upstream: str, calls: int) -> dict[int, Figures]:
    """A client without anything around it; its CPU is this process'."""
    async with httpx.AsyncClient(
        trust_env=False, timeout=60, headers=KEY, limits=httpx.Limits(max_connections=None)
    ) as client:

        async def call() -> None:
            async with client.stream("POST", f"{upstream}/v1/chat/completions", json=BODY) as answer:
                assert (await answer.aread()).endswith(b"[DONE]\n\n")

        return {n: await measure(call, psutil.Process(), calls, n) for n in CONCURRENT}


async def measure_proxy(folder: Path, upstream: str, calls: int) -> dict[int, Figures] | str:
    """Its figures through the fastest client there is, or why there are none."""
    config = folder / "litellm.yaml"
    parameters = {"model": "openai/joxcoder-1", "api_base": f"{upstream}/v1", "api_key": "opens-nothing"}
    config.write_text(
        json.dumps({"model_list": [{"model_name": "joxcoder-1", "litellm_params": parameters}]})
    )
    uv = shutil.which("uv") or str(HERE.parents[1] / ".tools" / "bin" / "uv")
    words = [uv, "run", "--quiet", "--script", str(HERE / "litellm_proxy.py"), str(config)]
    try:
        async with (
            serving(words, "/health/liveliness", folder, INSTALL_SECONDS_MAX) as (url, process),
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), headers=KEY) as client,
        ):

            async def call() -> None:
                async with client.post(f"{url}/v1/chat/completions", json=BODY) as answer:
                    assert (await answer.read()).strip().endswith(b"[DONE]")

            await measure(call, process, WARM_UP, 10)
            return {n: await measure(call, process, calls, n) for n in CONCURRENT}
    except NotServing as error:
        return f"could not be started: {error}"


class NotServing(Exception):
    """A process did not come up."""


@asynccontextmanager
async def serving(
    words: list[str], health: str, folder: Path, seconds_max: float
) -> AsyncIterator[tuple[str, psutil.Process]]:
    """A server as a process of its own, told its port as its last word. Raises NotServing."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = folder / f"{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(  # noqa: ASYNC220  it returns at once
            [*words, str(port)], stdout=out, stderr=out, env=dict(os.environ)
        )

    async def up() -> bool:
        if process.poll() is not None:
            raise NotServing(log.read_text()[-500:])
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                return (await client.get(url + health, timeout=5)).status_code == httpx.codes.OK
            except httpx.TransportError:
                return False

    try:
        try:
            await eventually(up, timeout_seconds=seconds_max, what=words[-1])
        except AssertionError as error:
            raise NotServing(str(error)) from None
        yield url, psutil.Process(process.pid)
    finally:
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, 20)
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=600, help="of each system at each concurrency")
    given = parser.parse_args()
    Run.current()
    asyncio.run(main(given.calls))
