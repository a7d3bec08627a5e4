"""Plain SQL migrations in two phases: `pre` before the new code runs, `post` after the old code has gone."""

import asyncio
import re
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Literal

import asyncpg
from autocrea.chassis.database import connect
from pydantic import SecretStr

Phase = Literal["pre", "post"]

_NAME = re.compile(r"^(?P<number>\d{4})_(?P<phase>pre|post)_(?P<what>[a-z0-9_]+)\.sql$")
DIGEST_LENGTH = 12
_LOCK_KEY = 7_266_282_001  # any fixed number: one migration at a time per database
_CREATE = """
CREATE TABLE IF NOT EXISTS migrations (
    package text NOT NULL, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (package, name)
)"""
_APPLIED = "SELECT package, name FROM migrations"
_RECORD = "INSERT INTO migrations (package, name) VALUES ($1, $2)"


class TooEarly(Exception):
    """What must come before is not there; to be tried again."""


@dataclass(frozen=True, slots=True, order=True)
class Migration:
    """One file of a package's `sql/migrations`."""

    number: int
    name: str
    package: str
    phase: Phase
    sql: str


def find_migrations(package: str) -> list[Migration]:
    """Read a package's migrations in order; raises ValueError for a bad name or a number used twice."""
    found: list[Migration] = []
    folder = files(package) / "sql" / "migrations"
    if not folder.is_dir():
        return found
    for entry in folder.iterdir():
        match = _NAME.match(entry.name)
        if match is None:
            raise ValueError(f"{package}: {entry.name} is not named NNNN_pre_what.sql or NNNN_post_what.sql")
        phase: Phase = "pre" if match["phase"] == "pre" else "post"
        found.append(Migration(int(match["number"]), entry.name, package, phase, entry.read_text("utf-8")))
    found.sort()
    numbers = [migration.number for migration in found]
    if len(set(numbers)) != len(numbers):
        raise ValueError(f"{package}: two migrations have the same number")
    return found


def digest(package: str) -> str:
    """Name the schema that the chassis' and the package's migrations make together."""
    everything = sha256()
    for migration in _wanted(package):
        everything.update(f"{migration.package}/{migration.name}\0{migration.sql}\0".encode())
    return everything.hexdigest()[:DIGEST_LENGTH]


async def migrate(
    url: str | SecretStr, package: str, phases: tuple[Phase, ...] = ("pre", "post")
) -> list[str]:
    """Apply what is missing of the chassis' and the package's migrations, each in its own transaction.

    Returns the names applied. Safe to run from several processes at once: the others wait for the first. `post` alone
    raises TooEarly while a `pre` is missing: the code that it is for is not there yet. Raises `Unavailable` for a URL
    that says nothing usable.
    """
    connection = await connect(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK_KEY)
        await connection.execute(_CREATE)
        applied = {(row["package"], row["name"]) for row in await connection.fetch(_APPLIED)}
        done: list[str] = []
        for migration in _wanted(package):
            if (migration.package, migration.name) in applied:
                continue
            if migration.phase not in phases:
                if migration.phase == "pre":
                    raise TooEarly(f"{migration.name} comes first: migrate pre")
                continue
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(_RECORD, migration.package, migration.name)
            done.append(migration.name)
        return done
    finally:
        await asyncio.shield(connection.close())


async def missing(
    connection: asyncpg.Connection | asyncpg.pool.PoolConnectionProxy, package: str
) -> list[str]:
    """Name the `pre` migrations that this code needs and the database does not have."""
    exists = await connection.fetchval("SELECT to_regclass('migrations') IS NOT NULL")
    applied = {(row["package"], row["name"]) for row in await connection.fetch(_APPLIED)} if exists else set()
    return [m.name for m in _wanted(package) if m.phase == "pre" and (m.package, m.name) not in applied]


def _wanted(package: str) -> list[Migration]:
    return [*find_migrations("autocrea.chassis"), *find_migrations(package)]
