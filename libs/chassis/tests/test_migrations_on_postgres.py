"""Migrations: in order, once, in two phases, whoever runs them."""

import asyncio
import traceback
from uuid import uuid4

import asyncpg
import pytest
from autocrea.chassis import migrations
from autocrea.chassis.errors import Unavailable
from autocrea.cli.parts import PostgresEndpoint
from autocrea.testkit.stage import SAMPLE

ALL = [*migrations.find_migrations("autocrea.chassis"), *migrations.find_migrations(SAMPLE)]


@pytest.fixture
async def empty_database(postgres: PostgresEndpoint) -> str:
    name = f"test_{uuid4().hex}"
    connection = await asyncpg.connect(postgres.url())
    await connection.execute(f'CREATE DATABASE "{name}"')
    await connection.close()
    return postgres.url(name)


async def test_each_is_applied_once_when_two_replicas_migrate_at_once(empty_database: str) -> None:
    first, second = await asyncio.gather(
        migrations.migrate(empty_database, SAMPLE), migrations.migrate(empty_database, SAMPLE)
    )
    assert sorted(first + second) == sorted(one.name for one in ALL)
    assert await migrations.migrate(empty_database, SAMPLE) == []


async def test_post_waits_for_pre_when_both_are_started_at_once(empty_database: str) -> None:
    """As the jobs of a first installation are."""
    with pytest.raises(migrations.TooEarly, match="migrate pre"):
        await migrations.migrate(empty_database, SAMPLE, ("post",))
    before = await migrations.migrate(empty_database, SAMPLE, ("pre",))
    after = await migrations.migrate(empty_database, SAMPLE, ("post",))
    assert (set(before), set(after)) == (
        {one.name for one in ALL if one.phase == "pre"},
        {one.name for one in ALL if one.phase == "post"},
    )


async def test_a_service_names_what_it_lacks_when_its_database_is_old(empty_database: str) -> None:
    connection = await asyncpg.connect(empty_database)
    assert await migrations.missing(connection, SAMPLE) == [one.name for one in ALL if one.phase == "pre"]
    await migrations.migrate(empty_database, SAMPLE, ("pre",))
    assert await migrations.missing(connection, SAMPLE) == []
    await connection.close()


@pytest.mark.parametrize(
    "url", ["postgresql://u:s3cr3t/x@h/d", "postgresql://u:s3cr3t#x@h:1/d", "s3cr3t://h"]
)
async def test_a_url_is_refused_unquoted_when_it_says_nothing_usable(url: str) -> None:
    """What stood where a port belongs was printed, and that is a part of a password that was not encoded."""
    with pytest.raises(Unavailable) as refused:
        await migrations.migrate(url, SAMPLE)
    assert "s3cr3t" not in "".join(traceback.format_exception(refused.value))
