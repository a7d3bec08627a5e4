"""People, their balances, projects and answers in their tables."""

from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

from autocrea.chassis.handlers import Connection
from autocrea.contracts.ids import ProjectId, UserId
from autocrea.gateway.domain.account import Balance, User
from autocrea.gateway.domain.project import Project, search_form
from autocrea.gateway.domain.read_model import Answer, Key, Rows, answer_key

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
    users = [user for id_, user in rows.users.items() if before.users.get(id_) is not user]
    if users:
        await connection.execute(
            _SAVE_USERS,
            [user.user_id for user in users],
            [user.opened for user in users],
            [user.email_verified for user in users],
            [user.feed_position for user in users],
        )
    balances = [b for id_, b in rows.balances.items() if before.balances.get(id_) is not b]
    if balances:
        await connection.execute(
            _SAVE_BALANCES,
            [b.user_id for b in balances],
            [b.version for b in balances],
            [b.available for b in balances],
            [b.held for b in balances],
            [b.receivable for b in balances],
            [b.blocked_until for b in balances],
        )
    await _save_projects(connection, rows, before)
    answers = [a for key, a in rows.answers.items() if before.answers.get(key) is not a]
    if answers:
        await connection.execute(
            _SAVE_ANSWERS,
            [a.user_id for a in answers],
            [a.key for a in answers],
            [a.request_hash for a in answers],
            [a.body for a in answers],
        )


async def _save_projects(connection: Connection, rows: Rows, before: Rows) -> None:
    projects = [p for id_, p in rows.projects.items() if before.projects.get(id_) is not p]
    if projects:
        await connection.execute(
            _SAVE_PROJECTS,
            [p.project_id for p in projects],
            [p.user_id for p in projects],
            [p.name for p in projects],
            [search_form(p.name) for p in projects],
            [p.created_at for p in projects],
            [p.updated_at for p in projects],
        )
