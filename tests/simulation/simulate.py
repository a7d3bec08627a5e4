"""Runs seeds of the simulated world: `simulate.py --seeds 10000`, or `--seed 123` to repeat one and see what happened.

`make simulate SEEDS=10000` runs it. Ends with 1 at the first seed that breaks a promise, and names it.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count, islice

import conftest  # noqa: F401  the support folders on the path
from promises import check
from world import World

BLOCK_SEEDS = 50  # a process hands in its result this often
LOG_LINES = 400  # of a repeated seed: more than any world that came to rest has taken


def failure(seed: int, world: World | None = None) -> str | None:
    """Run one seed; a sentence when a promise is broken."""
    try:
        world = world or World(seed)
        world.run()
        check(world)
    except Exception as error:
        return f"seed {seed}: {type(error).__name__}: {error}"
    return None


def first_failure(seeds: range) -> str | None:
    """Of a block of seeds."""
    return next((found for seed in seeds if (found := failure(seed))), None)


def blocks(first: int, seeds: int) -> Iterator[range]:
    end = first + seeds
    return (range(start, min(end, start + BLOCK_SEEDS)) for start in range(first, end, BLOCK_SEEDS))


def simulate(first: int, seeds: int, processes: int) -> str | None:
    """The first failure among many seeds, on several processes."""
    started, done = time.monotonic(), count(BLOCK_SEEDS, BLOCK_SEEDS)
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(first_failure, blocks(first, seeds)):
            if found:
                pool.shutdown(wait=False, cancel_futures=True)
                return found
            so_far = min(next(done), seeds)
            if so_far % 1_000 == 0 or so_far == seeds:
                print(f"{so_far} of {seeds} seeds hold, {so_far / (time.monotonic() - started):.0f} a second")
    return None


def repeat(seed: int) -> str | None:
    """One seed with everything that happened in it."""
    world = World(seed)
    found = failure(seed, world)
    print("\n".join(islice(world.log, LOG_LINES)))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, help="repeat this one and tell what happened")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    one = given.seed is not None
    found = repeat(given.seed) if one else simulate(given.first, given.seeds, given.processes)
    if found:
        print(f"{found}\nrepeat it: {sys.executable} {__file__} --seed {found.split()[1].rstrip(':')}")
        return 1
    print("every promise holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
