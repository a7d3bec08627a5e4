"""The projections made anew equal what they replace, and mend what was damaged."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from autocrea.gateway.entrypoints import rebuilding

TABLES = ("generations", "steps", "files")
OPERATOR = {"Authorization": "Bearer operator"}
DAMAGE = (
    """UPDATE generations SET status = 'queued', projected_sequence = 0, result = NULL, notice = NULL,
           started_at = NULL""",
    "DELETE FROM steps WHERE step <> 'architecture'",
    "UPDATE steps SET state = 'failed', charge_tokens = 99, summary = 'otra cosa'",
    "UPDATE files SET bytes = 1",
    "INSERT INTO files SELECT generation_id, step, 'never/made.py', sha256, bytes FROM files LIMIT 1",
)


async def dumped(stack: Any) -> dict[str, list[str]]:
    return {
        table: [row["row"] for row in await stack.fetch(f"SELECT t::text AS row FROM {table} t ORDER BY 1")]
        for table in TABLES
    }


async def rebuilt(stack: Any) -> dict[str, int]:
    found = {"generations": 0, "changed": 0, "answers": 0}
    after = None
    while after or not found["answers"]:
        answer = await stack.http.post(
            "/operator/projections/rebuild", json={"who": "olga", "after": after}, headers=OPERATOR
        )
        assert answer.status_code == 200, answer.text
        told = answer.json()
        found = {name: found[name] + told.get(name, 1) for name in found}
        after = told["next"]
    return found


@pytest.fixture
async def histories(stack: Any, new_history: Any) -> list[Any]:
    """A generation in every state that a person can leave one in."""
    made = []

    async def one(user: str, *, told: Any) -> Any:
        history = new_history()
        history.user_id = user
        history.generation_id = UUID((await stack.generate(user))["generation_id"])
        told(history)
        made.append(history)
        return history

    async def tell(history: Any, *, without: int = 0) -> None:
        history.known = [event for event in history.events if event.sequence != without]
        history.at = datetime.now(UTC)
        await stack.tell(*history.known, at=history.at)

    await tell(await one("user_ada", told=lambda history: history))
    await tell(await one("user_ada", told=lambda h: h.started().step(0)))
    await tell(
        await one("user_bruno", told=lambda h: h.started().step(0).step(1, repairs=2).step(2).completed())
    )
    failed = await one("user_carla", told=lambda h: h.started().step(0).failed_step(1).failed())
    await tell(failed)
    assert (
        await stack.post(f"/api/generations/{failed.generation_id}/retry", "user_carla")
    ).status_code == 202
    stopped = await one("user_dora", told=lambda h: h.started().step(0))
    await tell(stopped)
    assert (
        await stack.post(f"/api/generations/{stopped.generation_id}/cancel", "user_dora")
    ).status_code == 202
    await tell(await one("user_dora", told=lambda h: h.rejected()))
    retried = await one("user_eva", told=lambda h: h.started().step(0).failed_step(1).failed())
    retried.started(run=2, reused=1).step(1, run=2).step(2, run=2).completed(run=2)
    await tell(retried)
    await tell(await one("user_eva", told=lambda h: h.started().step(0).step(1)), without=4)
    return made


async def test_projections_are_the_same_when_they_are_made_anew(stack: Any, histories: list[Any]) -> None:
    before = await dumped(stack)
    assert await rebuilt(stack) == {"generations": len(histories), "changed": 0, "answers": 1}
    assert await dumped(stack) == before


async def test_projections_are_made_anew_piece_by_piece_when_there_are_many(
    stack: Any, histories: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever asks is answered every few seconds: nobody's patience ends a rebuild half-way."""
    monkeypatch.setattr(rebuilding, "GENERATIONS_AT_ONCE", 3)
    monkeypatch.setattr(rebuilding, "ANSWER_SECONDS", 0.0)
    before = await dumped(stack)
    for statement in DAMAGE:
        await stack.fetch(statement)
    made = await rebuilt(stack)
    assert made["generations"] == len(histories)
    assert made["answers"] > len(histories) / 3
    assert await dumped(stack) == before


async def test_what_was_damaged_is_as_it_was_when_it_is_made_anew(stack: Any, histories: list[Any]) -> None:
    before = await dumped(stack)
    for statement in DAMAGE:
        await stack.fetch(statement)
    assert await dumped(stack) != before
    assert (await rebuilt(stack))["changed"] >= len(histories) - 1  # of one nothing had been told yet
    assert await dumped(stack) == before


async def test_events_that_were_lost_are_taken_again_when_the_owner_sends_them_again(
    stack: Any, histories: list[Any]
) -> None:
    before = await dumped(stack)
    await stack.fetch("DELETE FROM feed_events WHERE stream LIKE 'generation:%' AND sequence % 3 = 2")
    await rebuilt(stack)
    assert await dumped(stack) != before
    for history in histories:
        await stack.tell(*history.known, at=history.at)
    assert await dumped(stack) == before


async def test_owner_s_next_word_counts_when_what_was_kept_had_a_higher_version(stack: Any) -> None:
    await stack.tell(stack.balance(70, version=9))
    await rebuilt(stack)
    assert (await stack.get("/api/tokens/balance")).json()["available"] == 70
    await stack.tell(stack.balance(55, version=3))
    assert (await stack.get("/api/tokens/balance")).json()["available"] == 55
    assert (await stack.get("/api/quote")).status_code == 200


async def test_who_had_them_made_anew_is_written_down_for_each_answer(
    stack: Any, histories: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "GENERATIONS_AT_ONCE", len(histories))
    monkeypatch.setattr(rebuilding, "ANSWER_SECONDS", 0.0)
    made = await rebuilt(stack)
    rows = await stack.fetch("SELECT who, action, target, outcome, details FROM operator_actions ORDER BY id")
    assert {tuple(row)[:3] for row in rows} == {("olga", "rebuild_projections", "generations")}
    assert [row["outcome"] for row in rows] == ["begun", "done"] * made["answers"]
    first, last = rows[1]["details"], rows[-1]["details"]
    assert first == {"generations": len(histories), "changed": 0, "next": rows[2]["details"]["after"]}
    assert last["next"] is None


async def test_nothing_is_taken_again_when_a_rebuild_cannot_be_written_down(stack: Any) -> None:
    await stack.tell(stack.balance(70, version=9))
    await stack.fetch("ALTER TABLE operator_actions ADD CONSTRAINT shut CHECK (false) NOT VALID")
    asked = {"who": "olga", "after": None}
    answer = await stack.http.post("/operator/projections/rebuild", json=asked, headers=OPERATOR)
    assert answer.status_code == 500
    assert [row["version"] for row in await stack.fetch("SELECT version FROM balances")] == [9]


async def test_nobody_but_an_operator_may_ask_for_it(stack: Any) -> None:
    answer = await stack.http.post("/operator/projections/rebuild", headers=stack.headers())
    assert answer.status_code == 401
