"""Ten thousand requests of one person while another works: what the other one feels, beside a quiet system.

`make bench-neighbour` runs it. Both read what pages read, at one gateway process. Measured twice: with the limits as
they are delivered, where the flood is told to wait, and without any, where all of it is answered.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autocrea.testkit import servers
from autocrea.testkit.people import Person
from autocrea.testkit.servers.run import Run
from autocrea.testkit.stack import running_stack

FLOOD = Path(__file__).parent / "flood.py"
FLOOD_SECONDS_MAX = 240
FLOOD_ADDRESS = "127.0.0.2"  # not the other one's: an address has a limit of its own
LIMITS = {
    "as delivered": {
        "AUTOCREA_GATEWAY_REQUESTS_PER_USER": "600",
        "AUTOCREA_GATEWAY_REQUESTS_PER_ADDRESS": "6000",
    },
    "without limits": {"AUTOCREA_GATEWAY_REQUESTS_PER_USER": "1000000"},
}
NEIGHBOURS = 4  # in turn, as one would: so that none of them meets the limit that is meant for the flood
PAUSE_SECONDS = (
    0.05  # between two requests: four people who ask without a breath meet their own limits in a minute
)
ENOUGH_FOR_ONE = 100_000  # the flood ends before

Reader = tuple[Person, list[str]]
"""A person and what their pages read."""


@dataclass(frozen=True, slots=True)
class Felt:
    """How long one person waited for answers."""

    p50_ms: float
    p99_ms: float
    requests: int

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Felt":
        cuts = statistics.quantiles(seconds, n=100, method="inclusive")
        return cls(cuts[49] * 1_000, cuts[98] * 1_000, len(seconds))


async def main(limits: Sequence[str], requests: int, connections: int, quiet_requests: int) -> None:
    rabbitmq, postgres, s3 = servers.rabbitmq(), servers.postgres(), servers.s3()
    async with AsyncExitStack() as held:
        folder = held.enter_context(tempfile.TemporaryDirectory())
        running = running_stack(Path(folder), postgres=postgres, rabbitmq=rabbitmq, s3=s3)
        stack = await held.enter_async_context(running)
        people = [await held.enter_async_context(stack.person()) for _ in range(1 + NEIGHBOURS)]
        ada, *others = [(person, await pages_of(person)) for person in people]
        for name in limits:
            await stack.end(["gateway"])
            await stack.processes["gateway"].start(wait=True, **LIMITS[name])
            await work(others, quiet_requests // 4)  # the first requests of a process are slower
            before = await work(others, quiet_requests // 2)
            flood = asyncio.create_task(asyncio.to_thread(run_flood, stack.url, ada, requests, connections))
            beside = await work(others, ENOUGH_FOR_ONE, until=flood)
            quiet = before + await work(others, quiet_requests // 2)  # a machine is not the same for minutes
            tell(name, Felt.of(quiet), Felt.of(beside), await flood)


async def pages_of(person: Person) -> list[str]:
    """What a person's pages read, once they have an application."""
    generation_id = await person.generate("vecina")
    assert (await person.end(generation_id)).name == "generation_completed"
    base = f"/api/generations/{generation_id}"
    files = (await person.get(f"{base}/files"))["items"]
    return ["/api/me", "/api/projects", "/api/quote", base, f"{base}/steps", f"{base}/files", files[0]["url"]]


async def work(
    people: Sequence[Reader], requests: int, *, until: "asyncio.Task[Any] | None" = None
) -> list[float]:
    """One request after the other, as fast as a busy page: what each took. Fails unless each is answered."""
    took: list[float] = []
    while len(took) < requests and not (until is not None and until.done()):
        person, pages = people[len(took) % len(people)]
        page = pages[len(took) // len(people) % len(pages)]
        started = time.monotonic()
        answer = await person.request("GET", page)
        took.append(time.monotonic() - started)
        assert answer.is_success, f"{answer.status_code} {answer.text}"
        await asyncio.sleep(PAUSE_SECONDS)
    return took


def run_flood(url: str, who: Reader, requests: int, connections: int) -> dict[str, Any]:
    """To its end, in a process of its own."""
    person, pages = who
    words = [sys.executable, str(FLOOD), url, FLOOD_ADDRESS, str(requests), str(connections), *pages]
    said = subprocess.run(
        words,
        env={**os.environ, "AUTOCREA_FLOOD_TOKEN": person.token},
        stdout=subprocess.PIPE,
        timeout=FLOOD_SECONDS_MAX,
        check=True,
    )
    return dict(json.loads(said.stdout))


def tell(name: str, quiet: Felt, beside: Felt, flood: dict[str, Any]) -> None:
    print(f"{name}: the flood took {flood['seconds']} s and got {flood['statuses']}")
    for when, felt in (("quiet", quiet), ("beside the flood", beside)):
        print(
            f"  {when:<18} p50 {felt.p50_ms:6.1f} ms  p99 {felt.p99_ms:6.1f} ms  of {felt.requests} requests"
        )
    print(f"  p99 beside to quiet: {beside.p99_ms / quiet.p99_ms:.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limits", nargs="*", choices=LIMITS, default=list(LIMITS), help="which; else all")
    parser.add_argument("--requests", type=int, default=10_000, help="of the flood")
    parser.add_argument("--connections", type=int, default=50, help="of the flood, all in use")
    parser.add_argument(
        "--quiet-requests", type=int, default=600, help="of the other one, half before, half after"
    )
    given = parser.parse_args()
    Run.current()
    asyncio.run(main(given.limits, given.requests, given.connections, given.quiet_requests))
