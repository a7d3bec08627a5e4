"""Thousands of open streams on one gateway while generations run: what comes, in which order, how late, at what cost.

`make bench-feeds` runs it with few streams and with many, and once more with the gateway killed in mid-stream.
"""

import argparse
import asyncio
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
from autocrea.testkit import servers
from autocrea.testkit.waiting import eventually
from gateway import Gateway, running
from scene import GENERATIONS, PURCHASES, STREAMS_PER_PERSON, Owners, meet, plan

HERE = Path(__file__).parent
KILLED = "killed"
PARTS = ("few", "many", KILLED)
FEW = 1_000  # all generations, and nobody besides
OPEN_SECONDS_MAX = 120.0
END_SECONDS_MAX = 120.0
MIB = 2**20
STORED = "SELECT stream, sequence, extract(epoch FROM stored_at)::float8 AS at FROM feed_events"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run; memory in bytes, the rest in seconds."""

    streams: int
    deliveries: int
    connections: int
    idle: int
    open: int
    end: int
    cpu: float
    late: Sequence[float]
    ready: float
    back: Sequence[float]
    refusals: int

    def shown(self) -> str:
        cuts = statistics.quantiles(self.late, n=100)
        return (
            f"{self.streams:>5} streams  {self.deliveries:>6} events delivered over {self.connections} connections\n"
            f"      commit to reader: p50 {cuts[49] * 1000:.0f} ms, p95 {cuts[94] * 1000:.0f} ms, "
            f"p99 {cuts[98] * 1000:.0f} ms, the last {max(self.late) * 1000:.0f} ms\n"
            f"      memory: {self.idle / MIB:.0f} MiB idle, {self.open / MIB:.0f} MiB with all open "
            f"({(self.open - self.idle) / self.streams / 1024:.1f} KiB a stream), {self.end / MIB:.0f} MiB at the end\n"
            f"      CPU: {self.cpu / self.deliveries * 1e6:.0f} µs a delivery, the projection of its event included"
        )

    def shown_killed(self) -> str:
        cuts = statistics.quantiles(self.back, n=100)
        return (
            f"gateway killed in mid-stream: ready again after {self.ready:.1f} s; of {self.streams} streams "
            f"{len(self.back)} came back, after {cuts[49]:.1f} s (p50), {cuts[94]:.1f} s (p95), "
            f"{max(self.back):.1f} s (the last), {self.refusals} times refused meanwhile\n"
            f"      {self.deliveries} events over {self.connections} connections: "
            "no gap, no repetition, the last event last\n"
            f"      memory: {self.open / MIB:.0f} MiB before, {self.end / MIB:.0f} MiB at the end"
        )


async def measure(streams: int, seconds: float, *, kill: bool = False) -> Figures:
    """One run; fails unless every stream got every event once and in order."""
    with tempfile.TemporaryDirectory() as name:
        async with (
            running(Path(name), servers.rabbitmq(), servers.postgres()) as gateway,
            Owners(gateway) as owners,
        ):
            people = await meet(gateway, owners, -(-streams // STREAMS_PER_PERSON))
            planned = plan(people, streams)
            process = psutil.Process(gateway.process.pid)
            idle = process.memory_info().rss
            readers = await start_readers(gateway, planned)
            opened, cpu = process.memory_info().rss, sum(process.cpu_times()[:2])
            happening = asyncio.gather(*(owners.happen(person, seconds) for person in people))
            killed_at = ready_at = math.inf
            if kill:
                half = PURCHASES * len(people) / 2
                await eventually(lambda: owners.told > half, timeout_seconds=seconds, what="half of it")
                killed_at = time.time()
                await gateway.process.kill()
                await gateway.process.start()
                ready_at = time.time()
                process, cpu = psutil.Process(gateway.process.pid), 0.0
            await happening
            found = await finish(readers)
            check(planned, found)
            back = [one["opened_at"] - killed_at for one in found if one["opened_at"] > killed_at]
            return Figures(
                ready=ready_at - killed_at,
                back=back,
                refusals=sum(one["refusals"] for one in found),
                streams=len(planned),
                deliveries=sum(len(one["came"]) for one in found),
                connections=sum(one["connections"] for one in found),
                idle=idle,
                open=opened,
                end=process.memory_info().rss,
                cpu=sum(process.cpu_times()[:2]) - cpu,
                late=await lateness(gateway, planned, found),
            )


async def start_readers(gateway: Gateway, planned: list[dict[str, Any]]) -> asyncio.subprocess.Process:
    """All of them, in one process of their own; returns when every stream is open."""
    url = httpx.URL(gateway.process.url)
    readers = await asyncio.create_subprocess_exec(
        sys.executable, str(HERE / "readers.py"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=2**30
    )
    assert readers.stdin is not None
    assert readers.stdout is not None
    readers.stdin.write(
        (json.dumps({"host": url.host, "port": url.port, "streams": planned}) + "\n").encode()
    )
    await readers.stdin.drain()
    async with asyncio.timeout(OPEN_SECONDS_MAX):
        assert await readers.stdout.readline() == b"open\n"
    return readers


async def finish(readers: asyncio.subprocess.Process) -> list[dict[str, Any]]:
    """What came, stream by stream."""
    assert readers.stdout is not None
    async with asyncio.timeout(END_SECONDS_MAX):
        found: list[dict[str, Any]] = json.loads(await readers.stdout.readline())
        await readers.wait()
    return found


def check(planned: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]) -> None:
    """No gap, no repetition, in order, up to the last."""
    for wanted, one in zip(planned, found, strict=True):
        ids = [number for number, _ in one["came"]]
        first = (
            1 if wanted["stream"].startswith("generation:") else ids[0]
        )  # an account's begins with a snapshot
        assert ids == list(range(first, wanted["until"] + 1)), (wanted["stream"], ids)


async def lateness(
    gateway: Gateway, planned: Sequence[dict[str, Any]], found: Sequence[dict[str, Any]]
) -> list[float]:
    """From the beginning of the transaction that stored an event to the moment a reader had it.

    What was there before the stream opened is left out, and so is a snapshot.
    """
    stored = {(row["stream"], row["sequence"]): row["at"] for row in await gateway.fetch(STORED)}
    return [
        at - stored[wanted["stream"], number]
        for wanted, one in zip(planned, found, strict=True)
        for position, (number, at) in enumerate(one["came"])
        if wanted["stream"].startswith("generation:") or position > 0
    ]


async def main(streams: int, seconds: float, parts: Sequence[str]) -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(f"{GENERATIONS} generations in {seconds:.0f} s, one gateway process")
    found = [
        await measure(min(FEW, streams) if one == "few" else streams, seconds)
        for one in parts
        if one != KILLED
    ]
    for one in found:
        print(one.shown())
    if len(found) == 2:
        p95 = [statistics.quantiles(one.late, n=100)[94] for one in found]
        print(f"p95 with many beside few: {p95[1] / p95[0]:.2f}")
    if KILLED in parts:
        print((await measure(streams, seconds, kill=True)).shown_killed())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS), help="which; else all")
    asyncio.run(main(**vars(parser.parse_args())))
