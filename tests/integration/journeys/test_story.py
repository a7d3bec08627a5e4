"""What an operator is told of a generation is what the databases hold, and one trace joins it."""

from typing import Any

import asyncpg
from autocrea.cli.operating.services import Services
from autocrea.cli.operating.story import put_together
from autocrea.testkit.stack import Stack
from autocrea.testkit.stack_environment import OPERATOR_TOKEN, SERVICES

_COUNTS = {
    "call": ("llm-router", "SELECT count(*) FROM llm_calls WHERE generation_id = $1"),
    "line": ("billing", "SELECT count(*) FROM transfers WHERE generation_id = $1"),
    "set": ("artifacts", "SELECT count(*) FROM step_sets WHERE generation_id = $1"),
    "files": ("artifacts", "SELECT count(*) FROM files WHERE generation_id = $1"),
    "archive": ("artifacts", "SELECT count(*) FROM archives WHERE generation_id = $1"),
}
_MESSAGES = "SELECT count(*) FROM outbox WHERE correlation_id = $1"


async def test_the_story_is_whole_when_a_generation_failed_and_was_retried(stack: Stack) -> None:
    async with stack.person() as person:
        async with stack.simulated.rule(
            match={"project": "contada", "step": "devops"}, effect={"status": 400}
        ):
            generation_id = await person.generate("contada")
            assert (await person.end(generation_id)).name == "generation_failed"
            failed = (await person.generation(generation_id))["result"]
        answer = await person.request("POST", f"/api/generations/{generation_id}/retry")
        assert answer.status_code == 202, answer.text
        assert (await person.end(generation_id, run=2)).name == "generation_completed"
        completed = (await person.generation(generation_id))["result"]
        assert await stack.checker.findings() == []
    told = services(stack).ask_all(f"/operator/story/{generation_id}")
    story = put_together(told)
    expected: dict[str, Any] = {
        name: await count(stack, *query, generation_id) for name, query in _COUNTS.items()
    }
    expected["messages"] = sum(
        [await count(stack, service, _MESSAGES, generation_id) for service in SERVICES]
    )
    assert story.counts == expected
    assert story.unplaced == []
    assert story.state == "completed"
    assert [root.type for root in story.roots] == [
        "gateway.generation_requested.v1",
        "gateway.retry_requested.v1",
    ]
    traces = {m["traceparent"].split("-")[1] for tale in told.values() for m in tale["messages"]}
    assert traces == {failed["trace_id"], completed["trace_id"]}, "a person quotes the trace of the run"
    assert len(traces) == 2, "a request and its retry are a trace each"
    assert all(m["sent_at"] for tale in told.values() for m in tale["messages"])


def services(stack: Stack) -> Services:
    """The operator's way into a stack of tests."""
    urls = {name: stack.processes[name].url for name in SERVICES}
    return Services({"services": urls, "operator_tokens": dict.fromkeys(SERVICES, OPERATOR_TOKEN)})


async def count(stack: Stack, service: str, query: str, generation_id: str) -> int:
    connection = await asyncpg.connect(stack.places.admin_url(service))
    try:
        return int(await connection.fetchval(query, generation_id))
    finally:
        await connection.close()
