"""Leases, turns and wake-ups of jobs, on the real database."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from autocrea.chassis import jobs
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Job, JobKey, NewJob, NothingToDecide
from autocrea.chassis.items import Item
from autocrea.chassis.registry import Work
from autocrea.chassis.runner import Runner
from autocrea.chassis.signals import Listener
from autocrea.testkit.plugin import MakeDatabase
from autocrea.testkit.stage import SAMPLE
from autocrea.testkit.waiting import eventually

LEASE_SECONDS = 30.0
SHORT_LEASE_SECONDS = 1.5


class NoIntake:
    """For work that never ends by itself."""

    async def submit(self, item: Item) -> None:
        raise AssertionError(f"{item.subject_name} ended")


async def add(database: Database, *new: NewJob) -> None:
    async with database.transaction() as connection:
        await jobs.add(connection, [(job, uuid4(), None) for job in new])


async def take(database: Database, limit: int, per_fair_key: int | None = None) -> list[jobs.Taken]:
    async with database.connection() as connection:
        return await jobs.take(
            connection, "work", limit=limit, lease_seconds=LEASE_SECONDS, per_fair_key=per_fair_key
        )


async def test_everybody_has_a_turn_when_one_user_has_many_jobs(database: Database) -> None:
    early = datetime.now(UTC) - timedelta(minutes=1)
    await add(database, *(NewJob("work", f"ada-{n}", due_at=early, fair_key="ada") for n in range(20)))
    await add(
        database, NewJob("work", "bruno-1", fair_key="bruno"), NewJob("work", "olga-1", fair_key="olga")
    )
    first = await take(database, 3)
    assert {taken.job.fair_key for taken in first} == {"ada", "bruno", "olga"}
    second = await take(database, 3)
    assert [taken.job.fair_key for taken in second] == ["ada"] * 3


async def test_no_user_runs_more_than_the_cap_when_jobs_wait(database: Database) -> None:
    await add(database, *(NewJob("work", f"ada-{n}", fair_key="ada") for n in range(10)))
    assert len(await take(database, 10, per_fair_key=2)) == 2
    assert await take(database, 10, per_fair_key=2) == []


async def test_no_job_is_taken_twice_when_replicas_take_at_once(database: Database) -> None:
    await add(database, *(NewJob("work", f"job-{n}", fair_key=f"user-{n % 7}") for n in range(60)))
    results = await asyncio.gather(*(take(database, 10) for _ in range(8)))
    counts = Counter(taken.job.key for result in results for taken in result)
    assert set(counts.values()) == {1}


async def test_a_job_is_free_again_when_its_lease_ran_out(database: Database) -> None:
    await add(database, NewJob("work", "one", payload={"ñ": [1, None]}))
    [first] = await take(database, 1)
    assert first.job.payload == {"ñ": [1, None]}
    async with database.connection() as connection:
        await connection.execute("UPDATE jobs SET leased_until = now() - interval '1 s'")
    [second] = await take(database, 1)
    assert (second.lost_leases, second.job.first_leased_at) == (1, first.job.first_leased_at)
    async with database.transaction() as connection:
        assert await jobs.finish(connection, [first.job]) == set(), "the zombie's result is discarded"
        assert await jobs.finish(connection, [second.job]) == {second.job.lease_token}


async def test_a_job_goes_on_when_its_lease_ran_out_under_the_process_that_runs_it(
    database: Database,
) -> None:
    """The database was away for longer than a lease: a model call in progress must not be begun a second time."""
    await add(database, NewJob("work", "one", fair_key="ada"))
    [taken] = await take(database, 1)
    running = [taken.job.lease_token]
    await add(database, NewJob("work", "two", fair_key="ada"))
    async with database.connection() as connection:
        await connection.execute("UPDATE jobs SET leased_until = now() - interval '1 s' WHERE key = 'one'")
        again = await jobs.take(
            connection, "work", limit=2, lease_seconds=LEASE_SECONDS, per_fair_key=1, running=running
        )
        assert again == [], "it still counts as hers"
        assert await jobs.renew(connection, running, LEASE_SECONDS) == set(running)
    assert [each.job.key for each in await take(database, 2)] == ["two"], "the others see it as leased again"


async def test_the_lease_is_seen_as_gone_when_its_job_was_removed(database: Database) -> None:
    await add(database, NewJob("work", "one"), NewJob("work", "two"))
    taken = await take(database, 2)
    tokens = {t.job.key: t.job.lease_token for t in taken}
    async with database.transaction() as connection:
        await jobs.remove(connection, [JobKey("work", "one"), JobKey("work", "never-was")])
    async with database.connection() as connection:
        still = await jobs.renew(connection, list(tokens.values()), LEASE_SECONDS)
    assert still == {tokens["two"]}


async def test_cancelled_work_may_write_down_its_end_when_the_leases_are_looked_at_again(
    database: Database,
) -> None:
    begun: set[str] = set()
    cancelled, go_on, written = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work(job: Job) -> None:
        begun.add(job.key)
        try:
            await asyncio.Event().wait()
        finally:
            if job.key == "removed":
                cancelled.set()
                await go_on.wait()
                written.set()

    async def looked_at() -> datetime:
        async with database.connection() as connection:
            found: datetime = await connection.fetchval("SELECT leased_until FROM jobs WHERE key = 'stays'")
            return found

    kind = Work("work", work, NothingToDecide(), 2, None, SHORT_LEASE_SECONDS, 1, None)
    runner = Runner(kind, database, NoIntake())
    await add(database, NewJob("work", "removed"), NewJob("work", "stays"))
    running = asyncio.create_task(runner.run())
    try:
        await eventually(lambda: len(begun) == 2, what="both are worked on")
        async with database.transaction() as connection:
            await jobs.remove(connection, [JobKey("work", "removed")])
        await cancelled.wait()
        for _ in range(2):
            before = await looked_at()

            async def again(before: datetime = before) -> bool:
                return await looked_at() > before

            await eventually(again, what="the leases are renewed")
        go_on.set()
        await asyncio.wait_for(written.wait(), 10)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_a_job_stays_as_it_is_when_it_is_added_again(database: Database) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    await add(database, NewJob("work", "one", due_at=later))
    await add(database, NewJob("work", "one"))
    assert await take(database, 1) == []


async def test_a_job_waits_and_remembers_its_attempts_when_it_is_given_back(database: Database) -> None:
    await add(database, NewJob("work", "one"))
    [taken] = await take(database, 1)
    async with database.connection() as connection:
        await jobs.give_back(connection, taken.job.lease_token, attempts=3, delay_seconds=60)
    assert await take(database, 1) == []
    async with database.connection() as connection:
        await connection.execute("UPDATE jobs SET due_at = now()")
    [again] = await take(database, 1)
    assert (again.job.attempts, again.lost_leases) == (3, 0)


async def test_listeners_are_woken_once_when_a_batch_adds_jobs(make_database: MakeDatabase) -> None:
    url = await make_database(SAMPLE)
    database = Database(url, name="test")
    await database.open()
    heard: list[str] = []
    listener = Listener(url)
    listener.on(jobs.ADDED_CHANNEL, heard.append)
    running = asyncio.create_task(listener.run())
    try:
        await eventually(lambda: heard == [""], what="listening")
        await add(database, NewJob("work", "one"), NewJob("work", "two"))
        await eventually(lambda: heard == ["", "work"], what="one wake-up for the batch")
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await database.close()
