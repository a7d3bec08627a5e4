"""A real PostgreSQL: started, started again, started after accidents."""

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import asyncpg
import psutil
import pytest
from autocrea.cli.parts import Postgres


async def test_start_gives_a_working_server_when_the_folder_is_new(postgres: Callable[..., Postgres]) -> None:
    part = postgres()
    endpoint = await part.start()
    assert part.healthy()
    connection = await asyncpg.connect(endpoint.url())
    assert await connection.fetchval("SELECT 'ñ' < 'z'") is False  # by code point, the same on every machine
    assert await connection.fetchval("SHOW listen_addresses") == "127.0.0.1"
    await connection.close()


async def test_start_keeps_data_and_password_when_started_again(postgres: Callable[..., Postgres]) -> None:
    first = postgres()
    endpoint = await first.start()
    await first.create_role("billing", "se'cret")
    await first.create_database("billing", owner="billing")
    own = await asyncpg.connect(endpoint.url("billing", user="billing", password="se'cret"))
    await own.execute("CREATE TABLE kept (id int)")
    await own.close()
    await first.stop()
    second = postgres()
    again = await second.start()
    await second.create_database("billing", owner="billing")
    own = await asyncpg.connect(again.url("billing", user="billing", password="se'cret"))
    assert await own.fetchval("SELECT count(*) FROM kept") == 0
    await own.close()


async def test_connections_are_refused_when_role_password_or_database_are_not_theirs(
    postgres: Callable[..., Postgres],
) -> None:
    part = postgres()
    endpoint = await part.start()
    for name in ("billing", "gateway"):
        await part.create_role(name, f"{name}-password")
        await part.create_database(name, owner=name)
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(endpoint.url(user="postgres", password="wrong"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(endpoint.url("billing", user="gateway", password="gateway-password"))


async def test_start_makes_the_cluster_again_when_making_it_was_interrupted(
    postgres: Callable[..., Postgres], tmp_path: Path
) -> None:
    half = tmp_path / "postgres" / "data.half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    part = postgres()
    await part.start()
    assert part.healthy()
    assert not half.exists()


async def test_start_ignores_the_lock_when_its_number_is_another_programs(
    postgres: Callable[..., Postgres],
) -> None:
    part = postgres()
    await part.start()
    await part.stop()
    (part.data / "postmaster.pid").write_text(f"{os.getpid()}\n{part.data}\n0\n5432\n\n127.0.0.1\n\nready\n")
    await part.start()
    assert part.healthy()


async def test_start_takes_another_port_when_the_wanted_one_is_in_use(
    postgres: Callable[..., Postgres],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        part = postgres(port=taken)
        endpoint = await part.start()
    assert endpoint.port != taken


async def test_start_works_again_when_the_server_was_killed(postgres: Callable[..., Postgres]) -> None:
    part = postgres()
    endpoint = await part.start()
    connection = await asyncpg.connect(endpoint.url())
    await connection.execute("CREATE TABLE survivors (id int)")
    assert part.pid is not None
    os.kill(part.pid, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(part.pid)] if psutil.pid_exists(part.pid) else [], timeout=5)
    again = await part.start()
    connection = await asyncpg.connect(again.url())
    assert await connection.fetchval("SELECT count(*) FROM survivors") == 0
    await connection.close()


async def test_start_ends_the_server_when_an_earlier_program_left_it_running(
    postgres: Callable[..., Postgres],
) -> None:
    left = postgres()
    await left.start()
    left_pid = left.pid
    part = postgres()
    await part.start()
    assert part.healthy()
    assert part.pid != left_pid
    assert not left.alive()
