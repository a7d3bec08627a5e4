"""Whole generations through five services on real servers, beside a Celery chain of five empty tasks on one broker.

`make bench-generations` runs it. The model simulator answers without delay, so what is measured is AUTOCREA itself:
every message, row, verification, archive and event of a generation, with a viewer at the feed of each.
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from autocrea.cli.parts import RabbitmqEndpoint
from autocrea.testkit import servers
from autocrea.testkit.people import Person
from autocrea.testkit.servers.run import Run
from autocrea.testkit.stack import Stack, running_stack
from autocrea.testkit.vhosts import Management

CELERY_VHOST = "benchmark-celery"
CELERY_SECONDS_MAX = 120
GRANT_TOKENS = 100_000  # nobody runs out in the middle
CELERY = Path(__file__).parent / "celery_chain.py"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one system did: how many a second under load, and how long one takes alone (milliseconds, median)."""

    a_second: float
    alone_ms: float

    def shown(self, name: str) -> str:
        return f"{name:<34} {self.a_second:8.1f} /s under load  {self.alone_ms:8.0f} ms alone"


async def main(generations: int, viewers: int, alone: int) -> None:
    rabbitmq, postgres, s3 = servers.rabbitmq(), servers.postgres(), servers.s3()
    chain = await asyncio.to_thread(celery, rabbitmq, generations, alone)
    with tempfile.TemporaryDirectory() as folder:
        async with running_stack(Path(folder), postgres=postgres, rabbitmq=rabbitmq, s3=s3) as stack:
            ours = await measure(stack, generations, viewers, alone)
            findings = await stack.checker.findings(patience_seconds=60)
    print(ours.shown("AUTOCREA, generations"))
    print(chain.shown("Celery, chains of 5 empty tasks"))
    alone_ratio = ours.alone_ms / chain.alone_ms
    print(f"ratio {ours.a_second / chain.a_second:.2f} under load, {alone_ratio:.1f} times as long alone")
    print("invariants I1-I9: " + ("hold" if not findings else "\n".join(findings)))
    sys.exit(1 if findings else 0)


async def measure(stack: Stack, generations: int, viewers: int, alone: int) -> Figures:
    """Some one after the other on a quiet system, then all of them from several people at once."""
    async with stack.person(tokens=GRANT_TOKENS) as person:
        await one(person, "warm-up")
        took = [await one(person, f"alone-{n}") for n in range(alone)]
    before = cpu_seconds(stack)
    started = time.monotonic()
    await asyncio.gather(*(several(stack, viewer, generations // viewers) for viewer in range(viewers)))
    seconds = time.monotonic() - started
    used = {name: value - before[name] for name, value in cpu_seconds(stack).items()}
    told = ", ".join(f"{name} {value:.1f}" for name, value in sorted(used.items(), key=lambda x: -x[1]))
    print(f"CPU seconds for {generations // viewers * viewers} generations: {told}")
    return Figures(generations // viewers * viewers / seconds, statistics.median(took) * 1_000)


async def several(stack: Stack, viewer: int, count: int) -> None:
    async with stack.person(tokens=GRANT_TOKENS) as person:
        for n in range(count):
            await one(person, f"load-{viewer}-{n}")


async def one(person: Person, project: str) -> float:
    """Seconds from the request to the terminal event at the feed; fails unless the generation completed."""
    started = time.monotonic()
    end = await person.end(await person.generate(project), timeout_seconds=120)
    assert end.name == "generation_completed", end
    return time.monotonic() - started


def cpu_seconds(stack: Stack) -> dict[str, float]:
    """What each process of the stack has used so far, the servers' process trees included."""
    ours = {name: one.pid for name, one in stack.processes.items()}
    found = {name: _used([psutil.Process(pid)]) for name, pid in ours.items() if pid is not None}
    for server in ("postgres", "rabbitmq", "s3"):
        folder = str(Run.current().folder / server)
        roots = [p for p in psutil.process_iter(["cmdline"]) if folder in " ".join(p.info["cmdline"] or ())]
        found[server] = _used([*{p for root in roots for p in (root, *root.children(recursive=True))}])
    return found


def _used(processes: list[psutil.Process]) -> float:
    total = 0.0
    for process in processes:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def celery(rabbitmq: RabbitmqEndpoint, chains: int, alone: int) -> Figures:
    """The same number of chains by Celery's own worker, in an environment of its own."""
    management = Management(rabbitmq)
    management.create_vhost(CELERY_VHOST)
    try:
        uv = shutil.which("uv") or str(Path(__file__).parents[2] / ".tools" / "bin" / "uv")
        words = [uv, "run", "--quiet", "--script", str(CELERY), str(chains), str(alone)]
        said = subprocess.run(
            words,
            env={**os.environ, "BENCHMARK_BROKER_URL": rabbitmq.url(CELERY_VHOST)},
            check=True,
            stdout=subprocess.PIPE,
            timeout=CELERY_SECONDS_MAX,
        )
    finally:
        management.delete_vhost(CELERY_VHOST)
    return Figures(**json.loads(said.stdout.splitlines()[-1]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--generations", type=int, default=400, help="under load, all viewers together")
    parser.add_argument("--viewers", type=int, default=20, help="people who ask at the same time")
    parser.add_argument("--alone", type=int, default=10, help="one after the other on a quiet system")
    given = parser.parse_args()
    Run.current()
    asyncio.run(main(given.generations, given.viewers, given.alone))
