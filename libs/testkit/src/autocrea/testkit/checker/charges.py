"""I3: one debit a completed step, never above its cap; nothing held after the end; all runs within the first quote."""

from collections import Counter
from collections.abc import Iterator, Mapping
from uuid import UUID

from autocrea.contracts.faults import fault
from autocrea.testkit.checker.evidence import TERMINALS, Evidence, RunKey, StepKey

ENDED_EARLY = ("failed", "cancelled")


def check(evidence: Evidence) -> Iterator[str]:
    net = _net(evidence)
    yield from _one_debit(evidence)
    yield from _holds(evidence)
    yield from _outcomes(evidence, net)
    yield from _who_pays(evidence)
    yield from _quotes(evidence, net)
    yield from _rejected(evidence)


def _net(evidence: Evidence) -> Mapping[StepKey, int]:
    """What the ledger holds for every step."""
    net = Counter[StepKey]()
    for row in evidence.rows("billing", "transfers"):
        if row["kind"] in ("capture", "refund"):
            sign = 1 if row["kind"] == "capture" else -1
            net[StepKey(row["generation_id"], row["step"])] += sign * row["amount_tokens"]
    return net


def _one_debit(evidence: Evidence) -> Iterator[str]:
    """In each run a step is captured at most once, and refunded at most what was captured."""
    captures: dict[tuple[RunKey, str], list[int]] = {}
    refunds = Counter[tuple[RunKey, str]]()
    for row in evidence.rows("billing", "transfers"):
        key = (RunKey(row["generation_id"], row["run"] or 0), row["step"])
        if row["kind"] == "capture":
            captures.setdefault(key, []).append(row["amount_tokens"])
        elif row["kind"] == "refund":
            refunds[key] += row["amount_tokens"]
    caps = {fact.run: fact.data["caps"] for fact in evidence.facts("billing.reserve_tokens.v1")}
    for (run, step), amounts in captures.items():
        cap = caps.get(run, {}).get(step, 0)
        if len(amounts) > 1:
            yield f"I3: {run} step {step} was debited {len(amounts)} times: {amounts}"
        if sum(amounts) > cap:
            yield f"I3: {run} step {step} was debited {sum(amounts)} tokens above its cap of {cap}"
    for (run, step), amount in refunds.items():
        if amount > sum(captures.get((run, step), ())):
            yield f"I3: {run} step {step} was refunded {amount} tokens that it was not charged"


def _holds(evidence: Evidence) -> Iterator[str]:
    ended = {fact.run for facts in evidence.terminals.values() for fact in facts}
    accounts = {row["id"]: row for row in evidence.rows("billing", "accounts")}
    for row in evidence.rows("billing", "holds"):
        run = RunKey(row["generation_id"], row["run"])
        account = accounts.get(f"hold:{run.generation_id}:{run.run}")
        left = account["credits_tokens"] - account["debits_tokens"] if account else 0
        if run in ended and row["state"] != "closed":
            yield f"I3: {run} has ended and its hold is {row['state']}"
        if run in ended and left:
            yield f"I3: {run} has ended and {left} tokens are still held for it"


def _outcomes(evidence: Evidence, net: Mapping[StepKey, int]) -> Iterator[str]:
    """The last settlement said of each step what the ledger holds for it: its charge, or nothing."""
    completed = {fact.step: fact for fact in evidence.facts("orchestrator.step_completed.v1")}
    charged: dict[UUID, set[StepKey]] = {}
    for step in net:
        if net[step]:
            charged.setdefault(step.generation_id, set()).add(step)
    for generation_id, facts in evidence.terminals.items():
        settled = [fact for fact in facts if "net_tokens" in fact.data]
        if not settled:
            continue
        last = settled[-1]
        outcomes = {StepKey(generation_id, row["step"]): row for row in last.data["steps"]}
        for step, row in outcomes.items():
            charge = completed[step].data["charge_tokens"] if step in completed else 0
            if net.get(step, 0) != row["net_tokens"]:
                yield f"I3: {step} cost {row['net_tokens']} as was told, the ledger holds {net.get(step, 0)}"
            if row["net_tokens"] not in (0, charge):
                yield f"I3: {step} was charged {charge} when it completed, and cost {row['net_tokens']}"
            if TERMINALS[last.type] == "completed" and row["net_tokens"] != charge:
                yield f"I3: {step} of a completed generation cost {row['net_tokens']}, not {charge}"
        for step in charged.get(generation_id, set()) - outcomes.keys():
            yield f"I3: {step} is charged {net[step]} tokens and is no step of its generation"
        if last.data["net_tokens"] != sum(row["net_tokens"] for row in outcomes.values()):
            yield f"I3: generation {generation_id} was told to cost {last.data['net_tokens']}, its steps differ"


def _who_pays(evidence: Evidence) -> Iterator[str]:
    """Of a run that ended early, the fault decides: what it completed is given back, or stays charged."""
    charged = {
        (fact.run, fact.data["step"]): fact.data["charge_tokens"]
        for fact in evidence.facts("orchestrator.step_completed.v1")
    }
    for facts in evidence.terminals.values():
        for end in facts:
            if TERMINALS[end.type] not in ENDED_EARLY:
                continue
            refunds = fault(end.data["fault"]).refunds
            for row in end.data["steps"]:
                charge = charged.get((end.run, row["step"]))
                wanted = 0 if refunds else charge
                if charge is not None and row["net_tokens"] != wanted:
                    said = f"{end.run} ended for {end.data['fault']} and step {row['step']}"
                    yield f"I3: {said} cost {row['net_tokens']}, not {wanted}"


def _quotes(evidence: Evidence, net: Mapping[StepKey, int]) -> Iterator[str]:
    total = Counter[UUID]()
    for step, tokens in net.items():
        total[step.generation_id] += tokens
    quoted = {
        fact.generation_id: fact.data["quote_tokens"]
        for fact in evidence.facts("gateway.generation_requested.v1")
    }
    for generation_id, tokens in total.items():
        if tokens > quoted.get(generation_id, 0):
            quote = quoted.get(generation_id, 0)
            yield f"I3: generation {generation_id} cost {tokens} tokens, its first quote was {quote}"


def _rejected(evidence: Evidence) -> Iterator[str]:
    """A rejected run moved nothing and called nobody."""
    moved = {RunKey(row["generation_id"], row["run"] or 0) for row in evidence.rows("billing", "transfers")}
    called = {RunKey(row["generation_id"], row["run"]) for row in evidence.rows("llm-router", "llm_calls")}
    for fact in evidence.facts("orchestrator.generation_rejected.v1"):
        if fact.run in moved:
            yield f"I3: {fact.run} was rejected and has transfers"
        if fact.run in called:
            yield f"I3: {fact.run} was rejected and a model was called for it"
