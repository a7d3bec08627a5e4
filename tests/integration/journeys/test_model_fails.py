"""A model fails for good: the run fails honestly, the fault decides who pays, a retry goes on where it failed."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from autocrea.contracts.faults import fault
from autocrea.testkit.people import Event, charges
from autocrea.testkit.stack import Stack

FAILED = [
    "generation_started",
    "step_started architecture",
    "step_completed architecture",
    "step_started backend",
    "step_started frontend",
    "step_completed backend",
    "step_completed frontend",
    "step_started devops",
    "step_failed devops",
    "generation_failed",
]
RESUMED = [
    "generation_started",
    "step_started devops",
    "step_completed devops",
    "step_started security_audit",
    "step_completed security_audit",
    "generation_completed",
]
SIDE_BY_SIDE = slice(5, 7)
"""The two that run in parallel complete in either order."""

CAPS_LEFT = 12
"""Of the deployment and of the audit."""

FIRST_QUOTE = 50


@pytest.mark.parametrize(
    ("code", "effect", "calls_in_vain"),
    [
        ("provider_unavailable", {"status": 500}, 3),
        ("output_invalid", {"text": "Lo siento, hoy no me sale."}, 2),
    ],
)
async def test_run_fails_for_its_fault_and_is_taken_up_again_when_a_step_cannot_be_done(
    code: str, effect: dict[str, Any], calls_in_vain: int, stack: Stack
) -> None:
    project = f"fallo-{code}"
    async with stack.person() as person:
        async with stack.simulated.rule(match={"project": project, "step": "devops"}, effect=effect):
            generation_id = await person.generate(project)
            first = await person.follow(generation_id)
        assert_failed_at_devops(first, code)
        done = charges(first)
        refunded = sum(done.values()) if fault(code).refunds else 0
        end = first[-1].data
        assert (end["net_tokens"], end["refunded_tokens"]) == (sum(done.values()) - refunded, refunded)
        await person.until_available(100 - end["net_tokens"])
        assert (await person.balance())["held"] == 0

        price = CAPS_LEFT + refunded
        assert end["retry"] == {"quote_tokens": price, "steps": ["devops", "security_audit"]}
        retry = await person.request("POST", f"/api/generations/{generation_id}/retry")
        assert (retry.status_code, retry.json()["quote_tokens"]) == (httpx.codes.ACCEPTED, price)
        both = await person.follow(generation_id, run=2)
        assert [event.id for event in both] == list(range(1, len(FAILED) + len(RESUMED) + 1))
        assert [event.what for event in both[len(first) :]] == RESUMED
        assert both[-1].data["net_tokens"] == sum(charges(both).values()) <= FIRST_QUOTE
        await person.until_available(100 - both[-1].data["net_tokens"])
    calls = Counter(call["step"] for call in await stack.simulated.calls(project=project))
    once = {"architecture": 1, "backend": 1, "frontend": 1, "security_audit": 1}
    assert calls == once | {"devops": calls_in_vain + 1}


def assert_failed_at_devops(events: Sequence[Event], code: str) -> None:
    """The feed says which step failed and why, and which one will not start."""
    told = [event.what for event in events]
    told[SIDE_BY_SIDE] = sorted(told[SIDE_BY_SIDE])
    assert told == FAILED
    failure, end = events[-2].data, events[-1].data
    assert (failure["fault"], failure["skipped_steps"]) == (code, ["security_audit"])
    assert end["fault"] == code
