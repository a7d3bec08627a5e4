"""Feeds the targets with bytes nobody thought of, for a bounded time; with atheris installed, guided by coverage.

`make fuzz FUZZ_SECONDS=60`. What breaks is printed as `target:hex`; given to this program, it is repeated.
"""

import os
import random
import sys
import time
from collections import deque
from importlib.util import find_spec
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from targets import TARGETS

LENGTH_MAX = 60  # pieces of an input: longer ones find nothing that these do not
POOL = 500  # inputs that are mutated further


def main() -> None:
    if len(sys.argv) > 1:
        name, _, written = sys.argv[1].partition(":")
        TARGETS[name](bytes.fromhex(written))
        print("nothing is broken by it")
        return
    seconds = float(os.environ.get("FUZZ_SECONDS", "60"))
    if find_spec("atheris") is not None:
        _guided(seconds)
    else:
        _blind(seconds)


def _blind(seconds: float) -> None:
    """Random inputs, and mutations of earlier ones. The seed is printed: it gives the same inputs in the same order."""
    seed = int(os.environ.get("FUZZ_SEED") or time.time_ns() % 10**6)
    chance = random.Random(seed)
    ends, tried = time.monotonic() + seconds, 0
    pool: deque[bytes] = deque([b"\0"], maxlen=POOL)
    while time.monotonic() < ends:
        data = _mutated(chance, chance.choice(pool)) if chance.random() < 0.7 else _fresh(chance)
        pool.append(data)
        for name in TARGETS:
            _try(name, data)
        tried += 1
    print(f"{tried} inputs in {seconds:.0f} s, seed {seed}: nothing is broken")


def _fresh(chance: random.Random) -> bytes:
    # Low bytes stand for whole fragments: most of an input is made of them.
    highest = chance.choice((30, 30, 256))
    return bytes(chance.randrange(highest) for _ in range(chance.randint(1, LENGTH_MAX)))


def _mutated(chance: random.Random, data: bytes) -> bytes:
    at = chance.randrange(len(data))
    match chance.randrange(4):
        case 0:
            changed = data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
        case 1:
            changed = data[:at] + _fresh(chance)[:4] + data[at:]
        case 2:
            changed = data[:at] + data[at + 1 :]
        case _:
            other = chance.randrange(len(data))
            changed = data[: min(at, other)] + data[max(at, other) :] + data[min(at, other) : max(at, other)]
    return changed[:LENGTH_MAX] or b"\0"


def _guided(seconds: float) -> None:
    import atheris  # type: ignore[import-not-found]

    def one(data: bytes) -> None:
        for name in TARGETS if data else ():
            _try(name, data)

    atheris.Setup([sys.argv[0], f"-max_total_time={seconds:.0f}", f"-max_len={LENGTH_MAX}"], one)
    atheris.Fuzz()


def _try(name: str, data: bytes) -> None:
    try:
        TARGETS[name](data)
    except Exception:
        print(f"broken by {name}:{data.hex()}", file=sys.stderr)
        raise


if __name__ == "__main__":
    main()
