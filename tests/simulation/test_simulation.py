"""Every promise of saga and ledger under a broker that loses, reorders, repeats and delays, over some seeds.

`make simulate SEEDS=10000` runs more of them.
"""

import pytest
from autocrea.contracts.orchestrator.v1 import GenerationEndedEarly, GenerationRejected
from simulate import BLOCK_SEEDS, first_failure
from world import World

SEEDS = 300
NOT_COMPLETED = (GenerationEndedEarly, GenerationRejected)


@pytest.mark.parametrize("start", range(0, SEEDS, BLOCK_SEEDS))
def test_every_promise_holds_when_the_broker_is_bad(start: int) -> None:
    assert first_failure(range(start, start + BLOCK_SEEDS)) is None


def test_the_same_happens_when_a_seed_is_repeated() -> None:
    first, second = World(11), World(11)
    first.run()
    second.run()
    assert first.log == second.log
    assert len(first.log) > 50


def test_every_end_is_reached_when_a_few_seeds_have_run() -> None:
    """The simulation would prove little if its chances never came."""
    ends = set()
    for seed in range(200):
        world = World(seed)
        world.run()
        for events in world.feed.values():
            ends |= {type(event).__name__ for event in events.values()}
            ends |= {event.fault for event in events.values() if isinstance(event, NOT_COMPLETED)}
            ends |= {"retried" for event in events.values() if event.run > 2}
        ends |= {"erased" for saga in world.sagas.values() if saga.erased}
        ends |= {line.kind.value for line in world.billing.desk.ledger}
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
        "insufficient_tokens",
        "absorption_capped",
        "retried",
        "erased",
        "grant",
        "hold",
        "capture",
        "release",
        "refund",
    }
