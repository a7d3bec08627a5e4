"""Captures a second, with one hot account and with many, beside pgbench with the same statements on the same database.

`make bench-ledger` runs it. PostgreSQL is a cluster of its own, durable. Ours counts up to the commit: inbox, locks,
decision, chain, rows, outbox. pgbench sends the statements of one capture and decides nothing: the limit of a service
that takes one message a transaction. Ours takes what is waiting in one, so it may be above that limit.
"""

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import asyncpg
from autocrea.chassis import migrations
from autocrea.chassis.database import Database
from autocrea.cli.parts import Postgres, PostgresEndpoint
from autocrea.cli.parts.postgres import programs_folder
from autocrea.contracts.ids import UserId
from autocrea.contracts.message import Message
from pgbench_script import script

SUPPORT = Path(__file__).parents[2] / "services" / "billing" / "tests" / "support"
sys.path.insert(0, str(SUPPORT))

from billing_counter import Counter  # noqa: E402
from billing_desk import CAPS, CARD, POLICY, completed, generation, reserve, settle  # noqa: E402

HOLDS_OF_HOT = 8  # more than a person may have open, and as many as there are clients
USERS_OF_MANY = 400
BATCH = 256  # the service's prefetch
CLIENTS = 8
SPAN = 10_000_000  # keys of one client of pgbench are apart from another's
STEPS = sorted(CAPS)

_USERS = """
INSERT INTO accounts (id, user_id, credits_tokens, welcome)
SELECT 'user:user_' || n, 'user_' || n, 1000000000, 'granted' FROM generate_series(0, $1 - 1) AS n"""
_HOLD_ACCOUNTS = """
INSERT INTO accounts (id, user_id, credits_tokens)
SELECT 'hold:' || md5(n::text)::uuid || ':1', 'user_' || n % $2, 1000000000 FROM generate_series(0, $1 - 1) AS n"""
_HOLDS = """
INSERT INTO holds (generation_id, run, user_id, state, caps, charged, rate_card_version, opened_at)
SELECT md5(n::text)::uuid, 1, 'user_' || n % $2, 'open',
    '{"architecture": 8, "backend": 16, "frontend": 14, "devops": 6, "security_audit": 6}', '{}', 'v', now()
FROM generate_series(0, $1 - 1) AS n"""


@dataclass(frozen=True, slots=True)
class Shape:
    """How the work is spread."""

    name: str
    users: int
    holds: int


HOT = Shape("one hot account", 1, HOLDS_OF_HOT)
MANY = Shape("many accounts", USERS_OF_MANY, USERS_OF_MANY)


class Bench:
    """One cluster; a database for every measurement, so that none finds another's rows."""

    def __init__(self, endpoint: PostgresEndpoint) -> None:
        self._endpoint = endpoint
        self._made = 0

    async def database(self) -> str:
        self._made += 1
        name = f"bench_{self._made}"
        connection = await asyncpg.connect(self._endpoint.url())
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()
        await migrations.migrate(self._endpoint.url(name), "autocrea.billing")
        return name

    async def recorded(self) -> list[str]:
        """The statements of one capture, as the service sends them."""
        database, counter = await self._counter(await self.database())
        await counter.send(reserve(generation(0), user=UserId("user_0")))
        said: list[str] = []
        async with database.connection() as connection:
            driver = connection._con  # type: ignore[attr-defined]
            driver.add_query_logger(lambda record: said.append(record.query))
        await counter.send(completed(generation(0), "backend", 7, user=UserId("user_0")))
        await database.close()
        return said

    async def ours(self, shape: Shape, seconds: float, size: int, at_once: int) -> float:
        """Captures a second in transactions of up to `size`; opening and settling of runs is not counted."""
        database, counter = await self._counter(await self.database(), users=shape.users)
        measured = captures = 0.0
        turn = 0
        while measured < seconds:
            first = turn * shape.holds
            runs = [(generation(first + n), UserId(f"user_{n % shape.users}")) for n in range(shape.holds)]
            await _in_batches(counter, [reserve(gen, user=user) for gen, user in runs], BATCH, 1)
            work: list[Message] = [completed(gen, step, 1, user=user) for step in STEPS for gen, user in runs]
            started = time.monotonic()
            await _in_batches(counter, work, size, at_once)
            measured += time.monotonic() - started
            captures += len(work)
            await _in_batches(
                counter, [settle(gen, dict.fromkeys(STEPS, 1), user=user) for gen, user in runs], BATCH, 1
            )
            turn += 1
        await database.close()
        return captures / measured

    async def pgbench(self, shape: Shape, text: str, seconds: float, clients: int, folder: Path) -> float:
        """Transactions a second of the script."""
        name = await self.database()
        connection = await asyncpg.connect(self._endpoint.url(name))
        await connection.execute(_USERS.replace("$1", str(shape.users)))
        for statement in (_HOLD_ACCOUNTS, _HOLDS):
            filled = statement.replace("$1", str(shape.holds)).replace("$2", str(shape.users))
            await connection.execute(filled)
        await connection.execute("ANALYZE")
        await connection.close()
        file = folder / "capture.sql"
        file.write_text(text)
        words = [
            str(programs_folder() / "pgbench"), "--no-vacuum", "--protocol=prepared", f"--file={file}",
            f"--client={clients}", f"--jobs={min(clients, 2)}", f"--time={max(1, round(seconds))}",
            "-D", "i=0", "-D", f"span={SPAN}", "-D", f"holds={shape.holds}", "-D", f"users={shape.users}",
            self._endpoint.url(name),
        ]  # fmt: skip
        done = await asyncio.to_thread(subprocess.run, words, capture_output=True, text=True, check=False)
        if done.returncode != 0 or "number of failed transactions: 0 " not in done.stdout:
            raise SystemExit(f"pgbench failed:\n{done.stdout}\n{done.stderr}")
        [line] = [line for line in done.stdout.splitlines() if line.startswith("tps = ")]
        return float(line.split()[2])

    async def _counter(self, name: str, users: int = 1) -> tuple[Database, Counter]:
        database = Database(self._endpoint.url(name), name="bench")
        await database.open()
        counter = Counter(database, POLICY)
        await counter.publish(CARD)
        await counter.execute(_USERS.replace("$1", str(users)))
        return database, counter


async def _in_batches(counter: Counter, messages: Sequence[Message], size: int, at_once: int) -> None:
    waiting = [messages[start : start + size] for start in range(0, len(messages), size)]

    async def replica() -> None:
        while waiting:
            await counter.send(*waiting.pop(0))

    await asyncio.gather(*(replica() for _ in range(at_once)))


async def main(seconds: float) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        server = Postgres(folder / "postgres")
        bench = Bench(await server.start())
        try:
            text = script(await bench.recorded())
            for shape in (HOT, MANY):
                measures: list[tuple[str, Callable[[], Awaitable[float]]]] = [
                    ("ours, one message a transaction", partial(bench.ours, shape, seconds, 1, 1)),
                    (f"ours, the same from {CLIENTS} at once", partial(bench.ours, shape, seconds, 1, CLIENTS)),
                    (f"ours, what waits (up to {BATCH})", partial(bench.ours, shape, seconds, BATCH, 1)),
                    ("pgbench, one client", partial(bench.pgbench, shape, text, seconds, 1, folder)),
                    (f"pgbench, {CLIENTS} clients", partial(bench.pgbench, shape, text, seconds, CLIENTS, folder)),
                ]  # fmt: skip
                figures = {name: await measure() for name, measure in measures}
                limit = max(value for name, value in figures.items() if name.startswith("pgbench"))
                print(f"\n{shape.name}: {shape.users} users, {shape.holds} open holds")
                for name, value in figures.items():
                    print(f"  {name:<34} {value:8.0f} captures/s  {value / limit:6.2f} of pgbench's limit")
        finally:
            await server.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="for each measurement")
    asyncio.run(main(parser.parse_args().seconds))
