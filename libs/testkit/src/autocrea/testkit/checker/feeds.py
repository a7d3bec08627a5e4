"""I6: a feed tells every event once, in order, without a gap, and a run's end last of all."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from uuid import UUID

from autocrea.testkit.checker.evidence import TERMINALS, Evidence, Row, by


def check(evidence: Evidence) -> Iterator[str]:
    streams = by(evidence.rows("gateway", "feed_events"), "stream")
    facts = {
        (fact.generation_id, fact.data["sequence"]): fact for fact in evidence.facts(*_event_types(evidence))
    }
    for row in evidence.rows("gateway", "generations"):
        generation_id = row["generation_id"]
        lines = streams.get(f"generation:{generation_id}", ())
        yield from _numbers(
            f"the feed of generation {generation_id}", lines, row["projected_sequence"], first=1
        )
        for line in lines:
            fact = facts.get((generation_id, line["sequence"]))
            if fact is None or (fact.id, fact.data) != (line["message_id"], line["data"]):
                said = f"event {line['sequence']} of generation {generation_id}"
                yield f"I6: {said} in the feed is not what the orchestrator published"
        told = {line["sequence"] for line in lines}
        for sequence in sorted(
            number for id_, number in facts if id_ == generation_id and number not in told
        ):
            yield f"I6: event {sequence} of generation {generation_id} was published and never reached the feed"
        yield from _terminal_last(generation_id, lines)
    for user in evidence.rows("gateway", "users"):
        lines = streams.get(f"user:{user['user_id']}", ())
        yield from _numbers(f"the feed of {user['user_id']}", lines, user["feed_position"], first=None)


def _event_types(evidence: Evidence) -> set[str]:
    """What the orchestrator says of generations."""
    types = {row["type"] for row in evidence.rows("orchestrator", "outbox")}
    catalogues = {"orchestrator.pipeline_published.v1"}
    return {type_ for type_ in types if type_.startswith("orchestrator.")} - catalogues


def _numbers(name: str, lines: Sequence[Row], position: int, first: int | None) -> Iterator[str]:
    numbers = [line["sequence"] for line in lines]
    wanted = first if first is not None else (numbers[0] if numbers else position + 1)
    if numbers != list(range(wanted, position + 1)):
        yield f"I6: {name} has the ids {numbers} and stands at {position}"


def _terminal_last(generation_id: UUID, lines: Sequence[Row]) -> Iterator[str]:
    for before, after in pairwise(lines):
        if before["type"] in TERMINALS and after["data"]["run"] <= before["data"]["run"]:
            yield f"I6: event {after['sequence']} of generation {generation_id} came after its run's end"
        if before["type"] not in TERMINALS and after["data"]["run"] != before["data"]["run"]:
            yield f"I6: event {after['sequence']} of generation {generation_id} begins a run before the last one ended"
    if lines and lines[-1]["type"] not in TERMINALS:
        yield f"I6: the feed of generation {generation_id} ends with {lines[-1]['type']}"
