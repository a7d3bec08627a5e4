# /// script
# requires-python = ">=3.11"
# dependencies = ["celery==5.7.*"]
# ///
"""Celery's chain of five empty tasks on a quorum queue: `celery_chain.py CHAINS ALONE` prints its figures."""

import json
import os
import statistics
import subprocess
import sys
import time

from celery import Celery, chain
from celery.result import AsyncResult
from kombu import Queue

URL = os.environ["BENCHMARK_BROKER_URL"]
QUEUE = Queue("benchmark", routing_key="benchmark", queue_arguments={"x-queue-type": "quorum"})

app = Celery("benchmark", broker=URL, backend="rpc://")
app.conf.update(
    task_queues=[QUEUE],
    task_default_queue="benchmark",
    task_acks_late=True,
    worker_prefetch_multiplier=4,
    broker_transport_options={"confirm_publish": True},
    worker_detect_quorum_queues=True,
)


@app.task(name="benchmark.step")  # type: ignore[untyped-decorator]  # Celery has no types
def step(n: int) -> int:
    return n + 1


def five() -> AsyncResult:
    """Send one chain."""
    return chain(step.s(0), step.s(), step.s(), step.s(), step.s())()


def run_chain() -> float:
    """Seconds that one takes on a quiet worker."""
    started = time.monotonic()
    assert five().get(timeout=60) == 5
    return time.monotonic() - started


def main(chains: int, alone: int) -> None:
    worker = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "celery",
            "-A",
            "celery_chain",
            "worker",
            "--concurrency=2",
            "--loglevel=ERROR",
        ],
        cwd=os.path.dirname(os.path.abspath(__file__)),
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr,
    )
    try:
        run_chain()
        took = [run_chain() for _ in range(alone)]
        started = time.monotonic()
        results = [five() for _ in range(chains)]
        for result in results:
            result.get(timeout=120)
        seconds = time.monotonic() - started
    finally:
        worker.terminate()
        worker.wait(30)
    print(json.dumps({"a_second": chains / seconds, "alone_ms": statistics.median(took) * 1_000}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
