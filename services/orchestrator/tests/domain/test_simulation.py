"""Every promise of the saga under a broker that reorders, repeats and delays, over many seeds."""

import os
from collections.abc import Callable
from dataclasses import replace

import pytest
from autocrea.contracts.faults import FaultCode, fault
from autocrea.contracts.ids import GenerationId
from autocrea.contracts.message import RunMessage
from autocrea.contracts.orchestrator.v1 import (
    GenerationCompleted,
    GenerationEndedEarly,
    GenerationRejected,
    StepCompleted,
)
from autocrea.contracts.vocabulary import RunOutcome
from autocrea.orchestrator.domain import money, settling, steps
from autocrea.orchestrator.domain import runs as run_machine
from autocrea.orchestrator.domain.decision import Draft
from autocrea.orchestrator.domain.saga import COMPLETED, TERMINAL
from saga_values import WEBAPP
from saga_world import TERMINALS, World

SEEDS = int(os.environ.get("SEEDS", "150"))
A_BLOCK = 25
CAPS = {step.name: step.cap_tokens for step in WEBAPP.steps}


@pytest.mark.parametrize("block", range((SEEDS + A_BLOCK - 1) // A_BLOCK))
def test_every_promise_holds_when_the_broker_is_bad(block: int) -> None:
    for seed in range(block * A_BLOCK, min(SEEDS, (block + 1) * A_BLOCK)):
        try:
            world = World(seed)
            world.run()
            check(world)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error


def test_seeds_are_told_apart_by_what_happens() -> None:
    """The simulation would prove little if its chances never came: each of these ends must be among the first seeds."""
    ends = set()
    for seed in range(60):
        world = World(seed)
        world.run()
        for events in world.feed.values():
            ends |= {type(event).__name__ for event in events.values()}
            ends |= {event.fault for event in events.values() if isinstance(event, GenerationEndedEarly)}
            ends |= {"retried" for event in events.values() if event.run > 2}
        ends |= {"erased" for saga in world.sagas.values() if saga.erased}
    assert ends >= {
        "GenerationCompleted",
        "GenerationFailed",
        "GenerationCancelled",
        "GenerationRejected",
        "StepAttemptFailed",
        "run_deadline",
        "internal",
        "verification_failed",
        "cancelled_by_user",
        "packaging_failed",
        "retried",
        "erased",
    }


def _forget_cancel_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "stop_step", lambda draft, step: draft.put(step))


def _forget_to_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        steps, "settle_early", lambda draft, fault: settling._settle(draft, RunOutcome.FAILED, fault, 0)
    )


def _refund_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        money, "charges", lambda saga, why: {step.name: step.charge_tokens for step in saga.steps}
    )


def _forget_what_was_refunded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        money, "reservation", lambda saga: {step.name: step.cap_tokens for step in saga.unfinished}
    )


def _drop_the_inbox(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoInbox(set[object]):
        def add(self, element: object) -> None:
            pass

    fresh = World.__init__

    def without_inbox(self: World, seed: int) -> None:
        fresh(self, seed)
        self.seen = NoInbox()  # type: ignore[assignment]

    monkeypatch.setattr(World, "__init__", without_inbox)


def _count_no_sequence(monkeypatch: pytest.MonkeyPatch) -> None:
    header = Draft.event_header

    def stuck(self: Draft) -> object:
        first = header(self)
        if first["sequence"] > 3:
            self.saga = replace(self.saga, sequence=self.saga.sequence - 1)
        return first

    monkeypatch.setattr(Draft, "event_header", stuck)


def _say_the_terminal_early(monkeypatch: pytest.MonkeyPatch) -> None:
    def early(draft: Draft, why: FaultCode, outcome: RunOutcome | None = None) -> None:
        for step in draft.saga.active:
            settling.stop_step(draft, step)
        settling.end_early(draft, RunOutcome.CANCELLED, why)

    monkeypatch.setattr(run_machine, "settle_early", early)


@pytest.mark.parametrize(
    "plant",
    [
        _forget_cancel_step,
        _forget_to_skip,
        _refund_nothing,
        _forget_what_was_refunded,
        _drop_the_inbox,
        _count_no_sequence,
        _say_the_terminal_early,
    ],
)
def test_planted_bug_is_found(
    monkeypatch: pytest.MonkeyPatch, plant: Callable[[pytest.MonkeyPatch], None]
) -> None:
    plant(monkeypatch)
    for seed in range(60):
        world = World(seed)
        try:
            world.run()
            check(world)
        except Exception:
            return
    pytest.fail("nothing noticed it")


def check(world: World) -> None:
    for generation_id, runs in world.requested.items():
        check_feed(world, generation_id, runs)
        check_money(world, generation_id, runs)
        check_refunds(world, generation_id)
        check_state(world, generation_id)
    still_open = world.router.opened - world.router.closed
    assert not still_open, f"steps that the router still works on: {still_open}"
    assert not world.jobs, f"jobs left: {list(world.jobs)}"


def check_feed(world: World, generation_id: GenerationId, runs: set[int]) -> None:
    """I1 and I6: every run has one terminal, the feed has no gap, and nothing of a run follows its terminal."""
    events = world.feed[generation_id]
    assert sorted(events) == list(range(1, len(events) + 1)), "a gap in the sequence"
    ordered: list[RunMessage] = [events[number] for number in sorted(events)]
    assert [event.run for event in ordered] == sorted(event.run for event in ordered), "runs are mixed"
    for run in runs:
        of_run = [event for event in ordered if event.run == run]
        terminals = [event for event in of_run if isinstance(event, TERMINALS)]
        assert len(terminals) == 1, f"run {run} has {len(terminals)} terminals"
        assert of_run[-1] is terminals[0], "something follows the terminal"


def check_money(world: World, generation_id: GenerationId, runs: set[int]) -> None:
    """I3: no hold stays open, a step is paid once and within its cap, all runs within the first quote."""
    holds = {run: world.billing.holds.get((generation_id, run)) for run in runs}
    assert all(hold is None or hold.closed for hold in holds.values()), "a hold is open"
    net = world.billing.net(generation_id)
    events = world.feed[generation_id].values()
    completed = {event.step for event in events if isinstance(event, StepCompleted)}
    assert all(tokens <= CAPS[step] for step, tokens in net.items())
    assert {step for step, tokens in net.items() if tokens} <= completed, "an uncompleted step is charged"
    assert sum(net.values()) <= WEBAPP.quote_tokens
    last = max(
        (event for event in events if isinstance(event, GenerationCompleted | GenerationEndedEarly)),
        key=lambda event: event.run,
        default=None,
    )
    if last is not None and not any(isinstance(e, GenerationRejected) and e.run > last.run for e in events):
        told = {outcome.step: outcome.net_tokens for outcome in last.steps if outcome.net_tokens}
        assert told == {step: tokens for step, tokens in net.items() if tokens}, (
            "the terminal tells other figures"
        )
    if isinstance(last, GenerationCompleted):
        assert {outcome.net_tokens == outcome.charge_tokens for outcome in last.steps} == {True}


def check_refunds(world: World, generation_id: GenerationId) -> None:
    """What a run completed costs nothing when it ends through a fault of ours."""
    events = list(world.feed[generation_id].values())
    for ended in events:
        if isinstance(ended, GenerationEndedEarly) and fault(ended.fault).refunds:
            of_run = {e.step for e in events if isinstance(e, StepCompleted) and e.run == ended.run}
            kept = [one.step for one in ended.steps if one.step in of_run and one.net_tokens]
            assert not kept, f"{kept} stayed charged after {ended.fault}"


def check_state(world: World, generation_id: GenerationId) -> None:
    saga = world.sagas[generation_id]
    assert saga.state in TERMINAL
    if generation_id in world.deleted:
        assert saga.erased
        assert generation_id not in world.prompts
        assert not any(key[0] == generation_id for key in world.outputs), "outputs of an erased project"
    if saga.state.value.startswith("completed"):
        assert {step.state in COMPLETED for step in saga.steps} == {True}
