"""I1: whatever was accepted has exactly one end, and everybody tells the same one."""

from collections import Counter
from collections.abc import Iterator

from autocrea.testkit.checker.evidence import TERMINALS, Evidence, RunKey

ACCEPTED = ("gateway.generation_requested.v1", "gateway.retry_requested.v1")


def check(evidence: Evidence) -> Iterator[str]:
    accepted = Counter(fact.run for fact in evidence.facts(*ACCEPTED))
    ended = Counter(fact.run for facts in evidence.terminals.values() for fact in facts)
    for run in accepted.keys() | ended.keys():
        if accepted[run] and ended[run] != 1:
            yield f"I1: {run} was accepted and has {ended[run]} terminal events"
        if not accepted[run]:
            yield f"I1: {run} has a terminal event and was never accepted"
    yield from _kept_rows(evidence, accepted)
    yield from _told_alike(evidence)


def _kept_rows(evidence: Evidence, accepted: Counter[RunKey]) -> Iterator[str]:
    for row in evidence.rows("gateway", "generations"):
        for run in (RunKey(row["generation_id"], n) for n in range(1, row["run"] + 1)):
            if not accepted[run]:
                yield f"I1: {run} is shown to its owner and was never requested of the orchestrator"


def _told_alike(evidence: Evidence) -> Iterator[str]:
    sagas = {row["generation_id"]: row for row in evidence.rows("orchestrator", "sagas")}
    for row in evidence.rows("gateway", "generations"):
        generation_id = row["generation_id"]
        facts = evidence.terminals.get(generation_id)
        if not facts:
            continue  # said above
        saga = sagas.get(generation_id)
        if saga is None or saga["run_state"] != _state(facts[-1].type, facts[-1].data):
            stands = saga["run_state"] if saga else "unknown"
            yield f"I1: generation {generation_id} ended as {facts[-1].type} and its saga is {stands}"
        # A rejected retry changed nothing: what the earlier run came to stays on show.
        shown = [fact for fact in facts if TERMINALS[fact.type] != "rejected"] or facts
        told = _state(shown[-1].type, shown[-1].data)
        if row["status"] != told:
            yield f"I1: generation {generation_id} ended as {told} and its owner is shown {row['status']}"


def _state(type_: str, data: object) -> str:
    assert isinstance(data, dict)
    return "completed_with_warnings" if data.get("warnings") else TERMINALS[type_]
