"""Long work and timers as rows: add, take fairly, lease, renew, give back, finish. Running them is `runner`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from autocrea.chassis import signals
from autocrea.chassis.handlers import Connection, Job, JobKey, NewJob, Signal

ADDED_CHANNEL = "autocrea_jobs_added"
REMOVED_CHANNEL = "autocrea_jobs_removed"

_ADD = """
INSERT INTO jobs (kind, key, payload, due_at, fair_key, cause, traceparent)
SELECT j.kind, j.key, j.payload, coalesce(j.due_at, now()), j.fair_key, j.cause, j.traceparent
FROM unnest($1::text[], $2::text[], $3::jsonb[], $4::timestamptz[], $5::text[], $6::uuid[], $7::text[])
    AS j (kind, key, payload, due_at, fair_key, cause, traceparent)
ORDER BY j.kind, j.key
ON CONFLICT (kind, key) DO NOTHING"""
_REMOVE = """
DELETE FROM jobs WHERE (kind, key) IN (SELECT * FROM unnest($1::text[], $2::text[])) RETURNING leased_until"""
_FINISH = """
DELETE FROM jobs USING unnest($1::text[], $2::text[], $3::uuid[]) AS j (kind, key, token)
WHERE jobs.kind = j.kind AND jobs.key = j.key AND jobs.lease_token = j.token RETURNING jobs.lease_token"""
# Fair by `fair_key`: what a key has running counts as turns it has had, then everybody's next job comes in turn.
_TAKE = """
WITH running AS (
    SELECT fair_key, count(*) AS n FROM jobs
    WHERE kind = $1 AND (leased_until > now() OR lease_token = ANY ($5::uuid[])) GROUP BY fair_key
), waiting AS (
    SELECT j.key, j.due_at,
           coalesce(r.n, 0) + row_number() OVER (PARTITION BY j.fair_key ORDER BY j.due_at, j.key) AS turn
    FROM jobs j LEFT JOIN running r USING (fair_key)
    WHERE j.kind = $1 AND j.due_at <= now() AND (j.leased_until IS NULL OR j.leased_until <= now())
        AND (j.lease_token IS NULL OR j.lease_token <> ALL ($5::uuid[]))
), chosen AS (
    SELECT j.key FROM jobs j JOIN waiting w USING (key)
    WHERE j.kind = $1 AND (j.leased_until IS NULL OR j.leased_until <= now()) AND w.turn <= $4
    ORDER BY w.turn, w.due_at LIMIT $2 FOR UPDATE OF j SKIP LOCKED
)
UPDATE jobs SET lease_token = t.token, leased_until = now() + make_interval(secs => $3),
    first_leased_at = coalesce(first_leased_at, now()), lost_leases = lost_leases + (lease_token IS NOT NULL)::int
FROM (SELECT key, gen_random_uuid() AS token FROM chosen) AS t
WHERE jobs.kind = $1 AND jobs.key = t.key
RETURNING jobs.kind, jobs.key, payload, due_at, fair_key, attempts, first_leased_at, jobs.lease_token, cause,
    traceparent, lost_leases"""
_RENEW = """
UPDATE jobs SET leased_until = now() + make_interval(secs => $2)
WHERE (kind, key) IN (SELECT kind, key FROM jobs WHERE lease_token = ANY($1::uuid[]) FOR UPDATE SKIP LOCKED)"""
_HELD = "SELECT lease_token FROM jobs WHERE lease_token = ANY($1::uuid[])"
_GIVE_BACK = """
UPDATE jobs SET lease_token = NULL, leased_until = NULL, attempts = $2,
    due_at = now() + make_interval(secs => $3) WHERE lease_token = $1"""
_NO_CAP = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Taken:
    """A job and how often its lease ran out under a process that died with it."""

    job: Job
    lost_leases: int


async def add(connection: Connection, jobs: Sequence[tuple[NewJob, UUID | None, str | None]]) -> None:
    """Add jobs with the message that caused them and its trace; wakes the runners at commit."""
    if not jobs:
        return
    await connection.execute(
        _ADD,
        [job.kind for job, _, _ in jobs],
        [job.key for job, _, _ in jobs],
        [job.payload for job, _, _ in jobs],
        [job.due_at for job, _, _ in jobs],
        [job.fair_key for job, _, _ in jobs],
        [cause for _, cause, _ in jobs],
        [traceparent for _, _, traceparent in jobs],
    )
    kinds = sorted({job.kind for job, _, _ in jobs if job.due_at is None})
    await signals.emit(connection, [Signal(ADDED_CHANNEL, kind) for kind in kinds])


async def remove(connection: Connection, keys: Sequence[JobKey]) -> None:
    """Delete jobs, running or not; a runner that holds one is woken at commit and cancels its work."""
    if not keys:
        return
    ordered = sorted(set(keys))
    rows = await connection.fetch(_REMOVE, [key.kind for key in ordered], [key.key for key in ordered])
    if any(row["leased_until"] is not None for row in rows):
        await signals.emit(connection, [Signal(REMOVED_CHANNEL)])


async def finish(connection: Connection, jobs: Sequence[Job]) -> set[UUID]:
    """Delete finished jobs and return the tokens that still held: the result of any other must be discarded."""
    if not jobs:
        return set()
    ordered = sorted(jobs, key=lambda job: (job.kind, job.key))
    rows = await connection.fetch(
        _FINISH,
        [job.kind for job in ordered],
        [job.key for job in ordered],
        [job.lease_token for job in ordered],
    )
    return {row["lease_token"] for row in rows}


async def take(
    connection: Connection,
    kind: str,
    *,
    limit: int,
    lease_seconds: float,
    per_fair_key: int | None,
    running: Sequence[UUID] = (),
) -> list[Taken]:
    """Lease up to `limit` due jobs of a kind, everybody in turn, at most `per_fair_key` running a fair key.

    `running` are the caller's own leases: one that ran out while the database was away is renewed, not taken again.
    """
    cap = _NO_CAP if per_fair_key is None else per_fair_key
    rows = await connection.fetch(_TAKE, kind, limit, lease_seconds, cap, list(running))
    return [_to_taken(dict(row)) for row in rows]


async def renew(connection: Connection, tokens: Sequence[UUID], lease_seconds: float) -> set[UUID]:
    """Extend leases and return the tokens that still hold. Rows locked just now are being finished: they hold too."""
    await connection.execute(_RENEW, list(tokens), lease_seconds)
    return await held(connection, tokens)


async def held(connection: Connection, tokens: Sequence[UUID]) -> set[UUID]:
    """Return which of these leases still hold: a removed or retaken job is missing."""
    return {row["lease_token"] for row in await connection.fetch(_HELD, list(tokens))}


async def give_back(connection: Connection, token: UUID, *, attempts: int, delay_seconds: float) -> None:
    """End a lease without a result; the job is free for anybody after the delay."""
    await connection.execute(_GIVE_BACK, token, attempts, delay_seconds)


def _to_taken(row: dict[str, Any]) -> Taken:
    lost: int = row.pop("lost_leases")
    return Taken(Job(**row), lost)
