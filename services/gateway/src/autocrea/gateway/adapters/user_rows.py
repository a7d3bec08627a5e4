"""People, their balances, projects and answers in their tables."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from typing import LiteralString, TypeVar
from uuid import UUID

from autocrea.chassis.database import columns
from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import ProjectId, UserId
from autocrea.gateway.domain.account import Balance, User
from autocrea.gateway.domain.project import Project, search_form
from autocrea.gateway.domain.read_model import Answer, Key, Rows, answer_key

K = TypeVar("K")
V = TypeVar("V")

_ENSURE_USERS: LiteralString = """
INSERT INTO users (user_id) SELECT u.user_id FROM unnest($1::text[]) AS u (user_id) ORDER BY u.user_id
ON CONFLICT (user_id) DO NOTHING"""
_LOAD_USERS: LiteralString = """
SELECT user_id, opened, email_verified, feed_position
FROM users WHERE user_id = ANY($1::text[]) ORDER BY user_id FOR UPDATE"""
_LOAD_BALANCES: LiteralString = """
SELECT user_id, version, available, held, receivable, blocked_until
FROM balances WHERE user_id = ANY($1::text[])"""
_LOAD_PROJECTS: LiteralString = """
SELECT project_id, user_id, name, created_at, updated_at
FROM projects WHERE project_id = ANY($1::uuid[]) ORDER BY project_id FOR UPDATE"""
_LOAD_ANSWERS: LiteralString = """
SELECT a.user_id, a.key, a.request_hash, a.body
FROM idempotency_keys a JOIN unnest($1::text[], $2::text[]) AS k (user_id, key) USING (user_id, key)"""
_COUNT_OPEN: LiteralString = """
SELECT user_id, count(*)::int AS open FROM generations
WHERE user_id = ANY($1::text[]) AND status IN ('queued', 'running') GROUP BY user_id"""
_SAVE_USERS: LiteralString = """
UPDATE users u
SET opened = c.opened, email_verified = c.email_verified, feed_position = c.feed_position
FROM unnest($1::text[], $2::boolean[], $3::boolean[], $4::bigint[])
    AS c (user_id, opened, email_verified, feed_position)
WHERE u.user_id = c.user_id"""
_SAVE_BALANCES: LiteralString = """
INSERT INTO balances (user_id, version, available, held, receivable, blocked_until)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::timestamptz[])
ON CONFLICT (user_id) DO UPDATE SET version = excluded.version, available = excluded.available,
    held = excluded.held, receivable = excluded.receivable, blocked_until = excluded.blocked_until"""
_SAVE_PROJECTS: LiteralString = """
INSERT INTO projects (project_id, user_id, name, search_name, created_at, updated_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[])
ON CONFLICT (project_id) DO UPDATE
SET name = excluded.name, search_name = excluded.search_name, updated_at = excluded.updated_at"""
_SAVE_ANSWERS: LiteralString = """
INSERT INTO idempotency_keys (user_id, key, request_hash, body)
SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::jsonb[])"""


async def load_users(connection: Connection, rows: Rows, user_ids: Sequence[str]) -> None:
    """Lock the people and add their balances."""
    if not user_ids:
        return
    found = await connection.fetch(_LOAD_USERS, user_ids)
    if len(found) < len(set(user_ids)):
        await connection.execute(_ENSURE_USERS, user_ids)
        found = await connection.fetch(_LOAD_USERS, user_ids)
    rows.users = {UserId(row["user_id"]): User(*row) for row in found}
    balances = await connection.fetch(_LOAD_BALANCES, user_ids)
    rows.balances = {UserId(row["user_id"]): Balance(*row) for row in balances}


async def load_projects(connection: Connection, rows: Rows, project_ids: Sequence[str]) -> None:
    """Lock the projects."""
    if project_ids:
        found = await connection.fetch(_LOAD_PROJECTS, [UUID(id_) for id_ in project_ids])
        rows.projects = {ProjectId(row["project_id"]): Project(*row) for row in found}


async def load_answers(connection: Connection, rows: Rows, keys: Sequence[Key]) -> None:
    """Add what was answered under these idempotency keys."""
    if keys:
        found = await connection.fetch(_LOAD_ANSWERS, [key.id for key in keys], [key.part for key in keys])
        rows.answers = {answer_key(row["user_id"], row["key"]): Answer(*row) for row in found}


async def count_open_generations(connection: Connection, rows: Rows, user_ids: Sequence[str]) -> None:
    """Add how many generations are queued or running. Exact because every new one takes its user's lock first."""
    if user_ids:
        found = await connection.fetch(_COUNT_OPEN, user_ids)
        counts = {row["user_id"]: row["open"] for row in found}
        rows.open_generations = {UserId(id_): counts.get(id_, 0) for id_ in user_ids}


async def save(connection: Connection, rows: Rows) -> None:
    """Write what changed, one statement per table."""
    before = rows.loaded or Rows()
    if users := _changed(rows.users, before.users):
        await connection.execute(_SAVE_USERS, *columns([astuple(user) for user in users], 4))
    if balances := _changed(rows.balances, before.balances):
        await connection.execute(_SAVE_BALANCES, *columns([astuple(balance) for balance in balances], 6))
    if projects := _changed(rows.projects, before.projects):
        records = [
            (p.project_id, p.user_id, p.name, search_form(p.name), p.created_at, p.updated_at)
            for p in projects
        ]
        await connection.execute(_SAVE_PROJECTS, *columns(records, 6))
    if answers := _changed(rows.answers, before.answers):
        await connection.execute(_SAVE_ANSWERS, *columns([astuple(answer) for answer in answers], 4))


def _changed(now: Mapping[K, V], before: Mapping[K, V]) -> list[V]:
    return [value for key, value in now.items() if before.get(key) is not value]
