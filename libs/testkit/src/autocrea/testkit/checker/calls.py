"""I4: every call that a provider received was written down first, paid for by a hold, and is billed or absorbed."""

from collections import Counter
from collections.abc import Iterator
from uuid import UUID

from autocrea.testkit.checker.evidence import Evidence, Row, RunKey

COUNTS = ("input_tokens", "output_tokens", "cached_tokens")


def check(evidence: Evidence) -> Iterator[str]:
    kept = {row["call_id"]: row for row in evidence.rows("llm-router", "llm_calls")}
    heard = Counter(str(entry["call_id"]) for entry in evidence.calls)
    for entry in evidence.calls:
        yield from _heard(entry, kept)
    for call_id, times in heard.items():
        if times > 1:
            yield f"I4: call {call_id} reached the provider {times} times"
    yield from _held_before(evidence)
    yield from _booked(evidence, heard)


def _heard(entry: Row, kept: dict[UUID, Row]) -> Iterator[str]:
    where = f"of project {entry['project']} step {entry['step']}"
    if not entry["call_id"]:
        yield f"I4: the provider's call {entry['id']} {where} came without an id"
        return
    row = kept.get(UUID(entry["call_id"]))
    if row is None:
        yield f"I4: call {entry['call_id']} {where} reached the provider and is in nobody's books"
        return
    if (row["step"], row["model"]) != (entry["step"], entry["model"]):
        yield f"I4: call {entry['call_id']} {where} is in the books as {row['step']} by {row['model']}"
    whole = entry["outcome"] == "finished" and row["outcome"] == "completed" and not row["estimated"]
    if whole and entry["usage"]:
        counted, noted = (tuple(found[name] for name in COUNTS) for found in (entry["usage"], row))
        if counted != noted:
            yield f"I4: the provider counted {counted} tokens for call {entry['call_id']}, the books say {noted}"


def _held_before(evidence: Evidence) -> Iterator[str]:
    """No hold, no call."""
    held = {
        RunKey(row["generation_id"], row["run"]): row["opened_at"]
        for row in evidence.rows("billing", "holds")
        if row["opened_at"] is not None
    }
    for row in evidence.rows("llm-router", "llm_calls"):
        run = RunKey(row["generation_id"], row["run"])
        if run not in held:
            yield f"I4: call {row['call_id']} was placed for {run}, for which nothing was ever held"
        elif row["placed_at"] < held[run]:
            yield f"I4: call {row['call_id']} was placed before the tokens of {run} were held"


def _booked(evidence: Evidence, heard: Counter[str]) -> Iterator[str]:
    """Of steps that have their verdict; the calls of an accepted output are billed, and no others."""
    completed = {
        (fact.generation_id, fact.data["run"], fact.data["step"]): fact.data["attempt"]
        for fact in evidence.facts("orchestrator.step_completed.v1")
    }
    ended = {fact.run for facts in evidence.terminals.values() for fact in facts}
    for row in evidence.rows("llm-router", "llm_calls"):
        run = RunKey(row["generation_id"], row["run"])
        accepted = completed.get((*run, row["step"])) == row["attempt"] and row["made_output"]
        wanted = "billed" if accepted else "absorbed"
        where = f"call {row['call_id']} of {run} step {row['step']} attempt {row['attempt']}"
        if run in ended and row["booking"] is None:
            yield f"I4: {where} is neither billed nor absorbed"
        elif run in ended and row["booking"] != wanted:
            yield f"I4: {where} is {row['booking']} and should be {wanted}"
        if row["outcome"] == "completed" and not heard[str(row["call_id"])]:
            yield f"I4: {where} is in the books as answered, and no provider ever heard of it"
