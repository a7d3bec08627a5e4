"""Passwords and tokens of a running service are changed: the old one is refused, nothing is lost, nothing restarts."""

import asyncio
from pathlib import Path
from uuid import uuid4

import aio_pika
import asyncpg
import httpx
import pytest
from aio_pika.exceptions import AMQPError
from autocrea.contracts.topology import TOPOLOGY
from autocrea.testkit.processes import ServiceProcess
from autocrea.testkit.stage import Stage, reserve
from autocrea.testkit.waiting import eventually

MESSAGES = 10


async def begun(stage: Stage, variable: str, secret: str) -> tuple[ServiceProcess, Path]:
    """The sample with this secret in a file, after some work."""
    file = stage.folder / variable
    file.write_text(secret)
    service = stage.service(**{variable: "", f"{variable}_FILE": str(file)})
    await service.start()
    await stage.publish(*(reserve() for _ in range(MESSAGES)))
    await stage.all_done(MESSAGES)
    return service, file


async def went_on(stage: Stage, service: ServiceProcess, pid: int | None) -> None:
    """What came meanwhile is done, each once, by the same process and without a dead letter."""
    await stage.all_done(2 * MESSAGES)
    await service.ready()
    assert service.pid == pid
    assert await stage.fetch("SELECT reason FROM dead_letters") == []


async def test_nothing_is_lost_when_the_database_s_password_is_changed(stage: Stage) -> None:
    role = f"role_{uuid4().hex}"
    administrator = await asyncpg.connect(stage.database_url)
    before, after = (
        f"{stage.database_url.partition('://')[0]}://{role}:{password}@{stage.database_url.rpartition('@')[2]}"
        for password in ("before", "after")
    )
    await administrator.execute(f"CREATE ROLE {role} SUPERUSER LOGIN PASSWORD 'before'")
    try:
        service, file = await begun(stage, "AUTOCREA_BILLING_DATABASE_URL", before)
        pid = service.pid
        try:
            await administrator.execute(f"ALTER ROLE {role} PASSWORD 'after'")
            await administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role
            )
            with pytest.raises(asyncpg.InvalidPasswordError):
                await asyncpg.connect(before)
            await stage.publish(*(reserve() for _ in range(MESSAGES)))
            await eventually(lambda: "password authentication failed" in service.log)
            file.write_text(after)
            await went_on(stage, service, pid)
        finally:
            await service.kill()
    finally:
        await administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = $1", role
        )
        await administrator.execute(f"DROP ROLE {role}")
        await administrator.close()


async def test_nothing_is_lost_when_the_broker_s_password_is_changed(stage: Stage) -> None:
    user, management = f"user-{uuid4().hex}", stage.vhost.management
    of_billing = next(one for one in TOPOLOGY.users if one.name == "billing")
    place = stage.vhost.admin_url.rpartition("@")[2]

    async def set_password(password: str) -> None:
        path, body = f"/api/users/{user}", {"password": password, "tags": ""}
        await asyncio.to_thread(management.request, "PUT", path, body)

    await set_password("before")
    permissions = {one: getattr(of_billing, one) for one in ("configure", "write", "read")}
    path = f"/api/permissions/{stage.vhost.name}/{user}"
    await asyncio.to_thread(management.request, "PUT", path, permissions)
    before, after = (f"amqp://{user}:{password}@{place}" for password in ("before", "after"))
    try:
        service, file = await begun(stage, "AUTOCREA_BILLING_BROKER_URL", before)
        pid = service.pid
        try:
            await set_password("after")
            with pytest.raises(AMQPError):
                await aio_pika.connect(before)
            await eventually(
                lambda: asyncio.to_thread(management.close_connections, stage.vhost.name, user),
                what="the broker lists the connections",
            )
            await stage.publish(*(reserve() for _ in range(MESSAGES)))
            await eventually(lambda: "no broker connection" in service.log)
            file.write_text(after)
            await went_on(stage, service, pid)
        finally:
            await service.kill()
    finally:
        await asyncio.to_thread(management.request, "DELETE", f"/api/users/{user}")


async def test_operators_are_known_by_both_tokens_when_one_is_being_changed(stage: Stage) -> None:
    service, file = await begun(stage, "AUTOCREA_BILLING_OPERATOR_TOKEN", "before")
    pid = service.pid

    async def answers() -> tuple[int, int]:
        async with httpx.AsyncClient(base_url=service.url, trust_env=False) as client:
            asked = [
                await client.get("/operator/jobs", headers={"Authorization": f"Bearer {token}"})
                for token in ("before", "after")
            ]
        return asked[0].status_code, asked[1].status_code

    try:
        assert await answers() == (200, 401)
        file.write_text("before,after")
        assert await answers() == (200, 200)
        file.write_text("after")
        assert await answers() == (401, 200)
        assert service.pid == pid
    finally:
        await service.kill()
