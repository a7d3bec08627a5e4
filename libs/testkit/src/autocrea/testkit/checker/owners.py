"""I9: a generation is of one person everywhere, and nobody's own feed names somebody else's."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from autocrea.testkit.checker.evidence import Evidence

USER = "user:"


def check(evidence: Evidence) -> Iterator[str]:
    projects = {row["project_id"]: row["user_id"] for row in evidence.rows("gateway", "projects")}
    owners = {row["generation_id"]: row["user_id"] for row in evidence.rows("gateway", "generations")}
    for row in evidence.rows("gateway", "generations"):
        if projects.get(row["project_id"]) != row["user_id"]:
            yield f"I9: generation {row['generation_id']} lies in somebody else's project"
    for where, generation_id, user_id in _named(evidence):
        if generation_id in owners and user_id is not None and owners[generation_id] != user_id:
            yield f"I9: generation {generation_id} of {owners[generation_id]} is {user_id}'s in {where}"
    yield from _feeds(evidence, owners)


def _named(evidence: Evidence) -> Iterator[tuple[str, UUID, str | None]]:
    """Where a generation is named together with a person."""
    for table in ("holds", "transfers"):
        for row in evidence.rows("billing", table):
            if row["generation_id"] is not None:
                yield f"billing's {table}", row["generation_id"], row["user_id"]
    for row in evidence.rows("artifacts", "generations"):
        yield "artifacts", row["id"], row["user_id"]
    for type_ in sorted({row["type"] for name in evidence.tables for row in evidence.rows(name, "outbox")}):
        for fact in evidence.facts(type_):
            if "generation_id" in fact.data and "user_id" in fact.data:
                yield type_, fact.generation_id, fact.data["user_id"]


def _feeds(evidence: Evidence, owners: Mapping[UUID, str]) -> Iterator[str]:
    for row in evidence.rows("gateway", "feed_events"):
        if not row["stream"].startswith(USER):
            continue
        reader = row["stream"].removeprefix(USER)
        data = row["data"]
        changes = data.get("changes", ())
        named = [data.get("generation_id"), *(change.get("generation_id") for change in changes)]
        for generation_id in filter(None, named):
            if owners.get(UUID(generation_id), reader) != reader:
                yield f"I9: the feed of {reader} names generation {generation_id} of {owners[UUID(generation_id)]}"
        if data.get("user_id", reader) != reader:
            yield f"I9: the feed of {reader} tells of {data['user_id']}"
