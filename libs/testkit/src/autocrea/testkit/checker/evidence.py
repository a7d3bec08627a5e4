"""What the checker looks at: rows, messages as they were written to be sent, objects, calls that providers received."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
from autocrea.testkit.objects import StoredObject

Row = Mapping[str, Any]

TERMINALS = {
    "orchestrator.generation_completed.v1": "completed",
    "orchestrator.generation_failed.v1": "failed",
    "orchestrator.generation_cancelled.v1": "cancelled",
    "orchestrator.generation_rejected.v1": "rejected",
}

_CHASSIS: Mapping[str, str] = {
    "jobs": """
SELECT kind, key, attempts, extract(epoch FROM now() - due_at)::float8 AS overdue_seconds,
    leased_until > now() AS running FROM jobs""",
    "dead_letters": "SELECT id, type, reason, resolved_at, resolved_why FROM dead_letters",
    # The contents of files are the only messages that are large, and nothing is to be learnt from them here.
    "outbox": """
SELECT seq, id, type, sent_at, extract(epoch FROM now() - created_at)::float8 AS age_seconds,
    CASE WHEN type NOT IN ('llm-router.step_executed.v1', 'artifacts.store_step_files.v1') THEN body END AS body
FROM outbox ORDER BY seq""",
}

_OWN: Mapping[str, Mapping[str, str]] = {
    "gateway": {
        "generations": "SELECT * FROM generations",
        "projects": "SELECT * FROM projects",
        "users": "SELECT * FROM users",
        "balances": "SELECT * FROM balances",
        "files": "SELECT * FROM files",
        "feed_events": "SELECT * FROM feed_events ORDER BY stream, sequence",
    },
    "orchestrator": {"sagas": "SELECT generation_id, run_state, run, state FROM sagas"},
    "llm-router": {"steps": "SELECT * FROM steps", "llm_calls": "SELECT * FROM llm_calls ORDER BY placed_at"},
    "billing": {
        "accounts": "SELECT * FROM accounts",
        "transfers": "SELECT * FROM transfers ORDER BY user_id, entry",
        "holds": "SELECT * FROM holds",
        "purchases": "SELECT * FROM purchases",
        "stripe_events": "SELECT event_id, type, handled_at FROM stripe_events",
        "operator_actions": "SELECT * FROM operator_actions",
    },
    "artifacts": {
        "generations": "SELECT * FROM generations",
        "step_sets": "SELECT * FROM step_sets",
        "archives": "SELECT * FROM archives",
        "files": """
SELECT generation_id, run, step, path, sha256, encode(sha256(content), 'hex') AS found_sha256, archived_run
FROM files""",
    },
}


class RunKey(NamedTuple):
    """A run of a generation."""

    generation_id: UUID
    run: int

    def __str__(self) -> str:
        return f"generation {self.generation_id} run {self.run}"


class StepKey(NamedTuple):
    """A step of a generation, over all its runs."""

    generation_id: UUID
    step: str

    def __str__(self) -> str:
        return f"generation {self.generation_id} step {self.step}"


@dataclass(frozen=True)
class Fact:
    """A message in a service's outbox: what it stated, once and for all."""

    id: UUID
    type: str
    data: Mapping[str, Any]

    @cached_property
    def generation_id(self) -> UUID:
        return UUID(self.data["generation_id"])

    @property
    def run(self) -> RunKey:
        return RunKey(self.generation_id, self.data["run"])

    @property
    def step(self) -> StepKey:
        return StepKey(self.generation_id, self.data["step"])


def nothing_at_stripe() -> Mapping[str, Sequence[Row]]:
    """Where nothing was bought."""
    return {"checkout/sessions": (), "refunds": (), "disputes": ()}


@dataclass(frozen=True)
class Evidence:
    """Read at one moment, as far as five databases have one."""

    tables: Mapping[str, Mapping[str, Sequence[Row]]]
    objects: Mapping[str, StoredObject]
    calls: Sequence[Row]
    orphans_after: timedelta
    stripe: Mapping[str, Sequence[Row]] = field(default_factory=nothing_at_stripe)

    def rows(self, service: str, table: str) -> Sequence[Row]:
        return self.tables[service][table]

    def facts(self, *types: str) -> Iterator[Fact]:
        """Every message of these types, in the order in which its owner wrote it."""
        for type_ in types:
            yield from self._facts[type_]

    @cached_property
    def terminals(self) -> Mapping[UUID, Sequence[Fact]]:
        """The events that end runs, by generation and in the order of their sequence."""
        found: dict[UUID, list[Fact]] = defaultdict(list)
        for fact in sorted(self.facts(*TERMINALS), key=lambda fact: fact.data["sequence"]):
            found[fact.generation_id].append(fact)
        return found

    @cached_property
    def _facts(self) -> Mapping[str, Sequence[Fact]]:
        found: dict[str, list[Fact]] = defaultdict(list)
        for tables in self.tables.values():
            for row in tables["outbox"]:
                if row["body"] is not None:
                    found[row["type"]].append(Fact(row["id"], row["type"], json.loads(row["body"])["data"]))
        return found


async def read_tables(service: str, url: str) -> Mapping[str, Sequence[Row]]:
    """The tables of one service, all of the same moment."""
    connection = await asyncpg.connect(url)
    try:
        for name in ("json", "jsonb"):
            await connection.set_type_codec(
                name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog", format="text"
            )
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            wanted = {**_CHASSIS, **_OWN[service]}
            return {
                table: [dict(row) for row in await connection.fetch(query)] for table, query in wanted.items()
            }
    finally:
        await connection.close()


def by(rows: Iterable[Row], *columns: str) -> Mapping[Any, Sequence[Row]]:
    """Rows grouped by a column, or by a tuple of several."""
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        values = tuple(row[column] for column in columns)
        found[values if len(values) > 1 else values[0]].append(row)
    return found
