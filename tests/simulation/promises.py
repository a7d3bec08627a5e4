"""What must hold when a simulated world has come to rest, whatever happened in it."""

from autocrea.billing.domain.holds import HoldState
from autocrea.contracts.faults import fault
from autocrea.contracts.ids import GenerationId
from autocrea.contracts.message import RunMessage
from autocrea.contracts.orchestrator.v1 import (
    GenerationCompleted,
    GenerationEndedEarly,
    GenerationRejected,
    StepCompleted,
)
from autocrea.contracts.vocabulary import StepState
from autocrea.orchestrator.domain.saga import ACTIVE, COMPLETED, TERMINAL, RunState
from saga_other_ends import TERMINALS
from saga_values import WEBAPP
from world import World

CAPS = {step.name: step.cap_tokens for step in WEBAPP.steps}


def check(world: World) -> None:
    """Every promise. Raises AssertionError with a sentence that says which is broken."""
    for generation_id, runs in world.requested.items():
        check_feed(world, generation_id, runs)
        check_money(world, generation_id)
        check_refunds(world, generation_id)
        check_state(world, generation_id)
    still_open = world.router.opened - world.router.closed
    assert not still_open, f"steps that the router still works on: {still_open}"
    assert not world.jobs, f"jobs left: {list(world.jobs)}"
    world.billing.check()


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


def check_money(world: World, generation_id: GenerationId) -> None:
    """I3: no hold stays open, a step is paid once and within its cap, all runs within the first quote."""
    holds = world.billing.holds(generation_id)
    assert all(hold.state is HoldState.CLOSED for hold in holds), "a hold is open"
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
    unended = [step.name for step in saga.steps if step.state in (StepState.WAITING, *ACTIVE)]
    assert not unended or saga.state is RunState.REJECTED, f"{unended} did not end with the run"
    if generation_id in world.deleted:
        assert saga.erased
        assert generation_id not in world.prompts
        assert not any(key[0] == generation_id for key in world.outputs), "outputs of an erased project"
    if saga.state.value.startswith("completed"):
        assert {step.state in COMPLETED for step in saga.steps} == {True}
