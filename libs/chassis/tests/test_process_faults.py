"""The process is told to end, freezes, or loses its database, under load: nothing is lost, nothing happens twice."""

import signal
from pathlib import Path

from autocrea.chassis import migrations
from autocrea.chassis.runner import LOST_LEASES_MAX
from autocrea.cli.parts import Postgres
from autocrea.testkit.plugin import Vhost
from autocrea.testkit.processes import ServiceProcess
from autocrea.testkit.stage import SAMPLE, Stage, reserve
from autocrea.testkit.waiting import eventually

BACKLOG = 400
LEASED_WORK = "SELECT 1 FROM jobs WHERE kind = 'work' AND leased_until > now()"
REMINDED = "SELECT 1 FROM runs WHERE reminded = 1"


async def test_the_backlog_survives_unspent_when_sigterm_comes(stage: Stage, service: ServiceProcess) -> None:
    async with stage.decisions_held():
        await stage.publish(*(reserve(f"user-{n % 50}") for n in range(BACKLOG)))
        service.signal(signal.SIGTERM)
        await eventually(lambda: _is_stopping(service), what="it is stopping")
    assert await service.wait() == 0, service.log[-2000:]
    known = {str(row["id"]) for row in await stage.fetch("SELECT id FROM inbox")}
    # An acknowledgement that was on its way leaves a copy, which the inbox will drop.
    left = [m for m in await stage.raw_messages("billing.inbox") if m.message_id not in known]
    assert len(await stage.counts()) + len(left) == BACKLOG
    assert left, "there was no backlog any more"
    assert [m.headers["x-delivery-count"] for m in left if m.headers.get("x-delivery-count")] == []
    assert await stage.fetch("SELECT 1 FROM jobs WHERE leased_until IS NOT NULL") == []
    again = stage.service()
    await again.start()
    await stage.all_done(BACKLOG)
    await again.kill()


async def test_the_lease_is_given_back_unspent_when_sigint_interrupts_the_work(
    stage: Stage, service: ServiceProcess
) -> None:
    await stage.publish(reserve(slow=True))
    await eventually(lambda: stage.fetch(LEASED_WORK), what="the work runs")
    service.signal(signal.SIGINT)
    assert await service.wait() == 0, service.log[-2000:]
    [job] = await stage.fetch(
        "SELECT leased_until, attempts, due_at <= now() AS due FROM jobs WHERE kind = 'work'"
    )
    assert dict(job) == {"leased_until": None, "attempts": 0, "due": True}


async def test_a_job_is_given_up_and_answered_when_its_processes_keep_dying_of_it(
    stage: Stage, service: ServiceProcess
) -> None:
    await stage.publish(reserve(slow=True))
    await eventually(lambda: stage.fetch(LEASED_WORK), what="the work runs")
    await service.kill()
    await stage.fetch("UPDATE jobs SET lost_leases = $1 WHERE kind = 'work'", LOST_LEASES_MAX)
    await stage.let_time_pass()
    await service.start()
    [letter] = await eventually(lambda: stage.fetch("SELECT * FROM dead_letters"), what="it is given up")
    assert (letter["source"], letter["type"]) == ("job", "work")
    assert f"died {LOST_LEASES_MAX + 1} times" in letter["reason"]
    await eventually(lambda: stage.in_queue("orchestrator.inbox"), what="an answer")
    await eventually(lambda: stage.fetch(REMINDED), what="the other job of the two runs too")
    assert list((await stage.counts()).values()) == [(1, 0, 1, 1)]


async def test_the_work_is_handed_over_when_its_process_freezes(
    stage: Stage, service: ServiceProcess
) -> None:
    gate = stage.folder / "gate"
    slow = stage.service(AUTOCREA_SAMPLE_GATE=str(gate))
    await service.kill()
    await slow.start()
    await stage.publish(reserve(slow=True))
    await eventually(lambda: stage.fetch(LEASED_WORK), what="the work runs")
    await stage.inbox_is_empty()  # else its delivery comes back only when the broker misses a heartbeat
    await eventually(lambda: stage.fetch(REMINDED), what="nothing else runs")
    slow.signal(signal.SIGSTOP)
    gate.touch()
    other = stage.service(AUTOCREA_SAMPLE_GATE=str(gate))
    await other.start()
    try:
        await stage.all_done(1)
    finally:
        slow.signal(signal.SIGCONT)
    await eventually(lambda: slow.status("/health/ready"), what="the zombie answers again")
    await stage.all_done(1)
    await other.kill()
    await slow.kill()


async def test_nothing_is_lost_when_the_database_restarts(vhost: Vhost, tmp_path: Path) -> None:
    postgres = Postgres(tmp_path / "postgres", durable=False)
    endpoint = await postgres.start()
    try:
        await postgres.create_database("sample")
        await migrations.migrate(endpoint.url("sample"), SAMPLE)
        stage = Stage(vhost, endpoint.url("sample"), tmp_path)
        service = stage.service()
        await service.start()
        await stage.publish(*(reserve() for _ in range(100)))
        await postgres.stop()
        await stage.publish(*(reserve() for _ in range(50)))
        assert await service.status("/health/live") == 200, service.log[-2000:]
        assert await service.status("/health/ready") == 503, service.log[-2000:]
        assert await postgres.start() == endpoint
        await stage.all_done(150)
        await stage.outbox_is_sent()
        assert service.alive
        assert await stage.fetch("SELECT 1 FROM dead_letters") == []
        await service.kill()
    finally:
        await postgres.stop()


async def _is_stopping(service: ServiceProcess) -> bool:
    return await service.status("/health/ready") != 200
