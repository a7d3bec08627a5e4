"""Canaries in a prompt, in a file and in keys: looked for in all that five services log, trace and tell Sentry."""

import json

import pytest
from autocrea.testkit.collector import EVENTS, TRACES
from autocrea.testkit.stack_environment import INTERNAL_TOKEN, MODEL_KEY, OPERATOR_TOKEN, STRIPE_KEY
from told_story import PROMPT, Told

SECRETS = (MODEL_KEY, STRIPE_KEY, OPERATOR_TOKEN, INTERNAL_TOKEN)


@pytest.mark.timeout(180)  # a stack of its own
def test_nothing_of_a_person_or_secret_leaves_when_things_go_well_and_wrong(told: Told) -> None:
    traces, events = (b"".join(told.collector.bodies(part)) for part in (TRACES, EVENTS))
    assert b"/api/generate" in traces
    assert b"autocrea-llm-router" in traces
    assert told.logs["billing"].count("not decodable") == 2
    assert events.count(b"not decodable") >= 1  # Sentry is told once of what comes twice
    line = next(line for line in told.file_text.splitlines() if len(line.strip()) > 30)
    for canary in (PROMPT, line.strip(), *SECRETS):
        for spelt in (canary, json.dumps(canary)[1:-1]):
            assert not [name for name, said in told.logs.items() if spelt in said], canary
            assert spelt.encode() not in traces, canary
            assert spelt.encode() not in events, canary
