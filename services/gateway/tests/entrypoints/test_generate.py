"""Asking for an application: what is promised, what is refused, and that a repetition asks for nothing more."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

BODY = {"prompt": "Un blog con comentarios", "project_name": "mi-super-app", "model_preference": "joxcoder"}


async def test_request_is_committed_with_its_message_when_it_is_accepted(stack: Any) -> None:
    answer = await stack.post("/api/generate", json=BODY, headers={"Accept-Language": "en"})
    assert answer.status_code == 202
    accepted = answer.json()
    assert answer.headers["location"] == f"/api/generations/{accepted['generation_id']}"
    assert (accepted["run"], accepted["status"], accepted["quote_tokens"]) == (1, "queued", 50)

    [message] = await stack.sent("gateway.generation_requested.v1")
    assert message["generation_id"] == accepted["generation_id"]
    assert message["prompt"] == BODY["prompt"]
    assert message["model_preference"] == "joxcoder-large"
    assert message["language"] == "en"
    assert (message["pipeline_digest"], message["rate_card_version"]) == ("d1", "2026-1")
    assert message["quote_tokens"] == 50
    assert message["email_verified"] is True

    shown = (await stack.get(f"/api/generations/{accepted['generation_id']}")).json()
    assert (shown["status"], shown["project_name"], shown["steps"]) == ("queued", "mi-super-app", [])


async def test_account_is_opened_once_and_again_when_the_email_is_verified(stack: Any) -> None:
    for verified in (False, False, True, True):
        headers = stack.headers(email_verified=verified)
        assert (await stack.http.get("/api/me", headers=headers)).status_code == 200
    opened = await stack.sent("gateway.account_opened.v1")
    assert [fact["email_verified"] for fact in opened] == [False, True]


async def test_account_is_opened_once_when_first_requests_come_together(stack: Any) -> None:
    answers = await asyncio.gather(*(stack.get("/api/me") for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await stack.sent("gateway.account_opened.v1")) == 1


async def test_same_answer_is_given_when_a_key_is_repeated(stack: Any) -> None:
    headers = {"Idempotency-Key": "k-1"}
    answers = await asyncio.gather(
        *(stack.post("/api/generate", json=BODY, headers=headers) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.text for answer in answers}) == 1
    assert len(await stack.sent("gateway.generation_requested.v1")) == 1
    assert len((await stack.get("/api/projects")).json()["items"]) == 1


async def test_same_answer_is_given_when_the_intake_has_been_paused_meanwhile(stack: Any) -> None:
    """Whoever lost the first answer must not be told that nothing was promised."""
    headers = {"Idempotency-Key": "k-1"}
    first = await stack.post("/api/generate", json=BODY, headers=headers)
    await stack.gateway.pauses.pause(reason="mantenimiento", who="olga")
    again = await stack.post("/api/generate", json=BODY, headers=headers)
    assert (again.status_code, again.text) == (202, first.text)
    other = await stack.post("/api/generate", json=BODY, headers={"Idempotency-Key": "k-2"})
    assert (other.status_code, other.json()["code"]) == (503, "paused")
    assert len(await stack.sent("gateway.generation_requested.v1")) == 1


async def test_key_is_refused_when_it_stands_for_another_request(stack: Any) -> None:
    headers = {"Idempotency-Key": "k-1"}
    await stack.post("/api/generate", json=BODY, headers=headers)
    answer = await stack.post("/api/generate", json=BODY | {"prompt": "Otra cosa"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    elsewhere = await stack.post("/api/generate", "user_bruno", json=BODY, headers=headers)
    assert elsewhere.status_code == 202


async def test_price_and_balance_are_told_when_tokens_are_missing(stack: Any) -> None:
    await stack.tell(stack.balance(20))
    answer = await stack.post("/api/generate", json=BODY)
    assert answer.status_code == 402
    told = answer.json()
    assert (told["code"], told["available"], told["needed"]) == ("insufficient_tokens", 20, 50)
    assert told["detail"] == "Te faltan 30 tokens: hacen falta 50 y tienes 20."
    assert await stack.sent("gateway.generation_requested.v1") == []
    assert (await stack.get("/api/projects")).json()["items"] == []
    await stack.tell(stack.balance(50, version=2))
    assert (await stack.post("/api/generate", json=BODY)).status_code == 202


async def test_request_is_refused_when_another_price_was_shown(stack: Any) -> None:
    answer = await stack.post("/api/generate", json=BODY | {"quote_tokens": 49})
    told = answer.json()
    assert (answer.status_code, told["code"], told["quote_tokens"]) == (409, "quote_changed", 50)
    assert "50 tokens" in told["detail"]
    assert await stack.sent("gateway.generation_requested.v1") == []
    assert (await stack.get("/api/projects")).json()["items"] == []


async def test_same_answer_is_given_when_a_key_is_repeated_after_the_price_has_changed(stack: Any) -> None:
    """Whoever lost the first answer gets what was accepted, at the price that was shown then."""
    headers = {"Idempotency-Key": "k-1"}
    first = await stack.post("/api/generate", json=BODY | {"quote_tokens": 50}, headers=headers)
    again = await stack.post("/api/generate", json=BODY | {"quote_tokens": 60}, headers=headers)
    assert (first.status_code, again.status_code, again.text) == (202, 202, first.text)
    assert len(await stack.sent("gateway.generation_requested.v1")) == 1


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        ({"receivable": 5}, 402, "receivable_open"),
        ({"blocked_until": datetime.now(UTC) + timedelta(hours=1)}, 429, "absorption_capped"),
    ],
)
async def test_request_is_refused_when_the_account_is_blocked(
    stack: Any, fields: dict[str, Any], status: int, code: str
) -> None:
    await stack.tell(stack.balance(100, **fields))
    answer = await stack.post("/api/generate", json=BODY)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert ("retry-after" in answer.headers) == (status == 429)


async def test_fourth_generation_is_refused_when_three_are_open(stack: Any) -> None:
    answers = await asyncio.gather(*(stack.post("/api/generate", json=BODY) for _ in range(6)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [202, 202, 202, 429, 429, 429]
    refusal = next(answer for answer in answers if answer.status_code == 429)
    assert refusal.json()["code"] == "too_many_generations"
    assert int(refusal.headers["retry-after"]) > 0


INVALID = [
    {},
    {"prompt": "x"},
    {"prompt": "", "project_name": "x"},
    {"prompt": "   ", "project_name": "x"},
    {"prompt": "x", "project_name": " "},
    {"prompt": "x", "project_name": "a" * 81},
    {"prompt": "x\u0000y", "project_name": "x"},
    {"prompt": "x", "project_name": "a\nb"},
    {"prompt": "x" * 16_001, "project_name": "x"},
    {"prompt": "🦤" * 7_000, "project_name": "x"},
    {"prompt": "x", "project_name": "x", "project_id": "no-uuid"},
    {"prompt": 5, "project_name": "x"},
    {"prompt": "x", "project_name": "x", "model_preference": "a\u0000b"},
    {"prompt": "x", "project_name": "x", "pipeline": "../webapp"},
]


async def test_request_is_refused_when_it_is_not_valid(stack: Any) -> None:
    for body in INVALID:
        answer = await stack.post("/api/generate", json=body)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (422, "invalid_request"), body
        assert told["detail"].startswith("La petición no es válida")
        assert len(told["trace_id"]) == 32
        assert told["errors"]
    for content in (b"", b"{", b"[]", b'{"prompt": "\xff"}', b'{"prompt": "\\ud800", "project_name": "x"}'):
        answer = await stack.post(
            "/api/generate", content=content, headers={"Content-Type": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), content
    assert await stack.sent("gateway.generation_requested.v1") == []


async def test_body_is_refused_when_it_is_too_large(stack: Any) -> None:
    async def endless() -> Any:
        for _ in range(100):
            yield b"x" * 1024

    for content in (b"x" * 70_000, endless()):
        answer = await stack.post("/api/generate", content=content)
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


@pytest.mark.parametrize(
    ("change", "code"),
    [({"pipeline": "spaceship"}, "unknown_pipeline"), ({"model_preference": "gpt-0"}, "unknown_model")],
)
async def test_choice_is_refused_when_it_is_not_offered(
    stack: Any, change: dict[str, str], code: str
) -> None:
    answer = await stack.post("/api/generate", json=BODY | change)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_project_goes_on_when_it_is_named_and_ones_own(stack: Any) -> None:
    first = await stack.generate()
    body = {"prompt": "Ahora con fotos", "project_id": first["project_id"]}
    again = await stack.post("/api/generate", json=body)
    assert again.json()["project_id"] == first["project_id"]
    [project] = (await stack.get("/api/projects")).json()["items"]
    assert (project["generations"], project["latest_generation_id"]) == (2, again.json()["generation_id"])
    for project_id in (first["project_id"], str(uuid4())):
        foreign = await stack.post("/api/generate", "user_bruno", json=body | {"project_id": project_id})
        assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found")


async def test_request_is_put_off_when_the_outbox_lags(stack: Any) -> None:
    await stack.generate()
    await stack.fetch("UPDATE outbox SET created_at = now() - interval '2 minutes', sent_at = NULL")
    answer = await stack.post("/api/generate", json=BODY)
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert int(answer.headers["retry-after"]) > 0


async def test_request_is_put_off_when_nothing_is_offered_yet(stack: Any) -> None:
    await stack.fetch("DELETE FROM catalogues")
    answer = await stack.post("/api/generate", json=BODY)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_generation_is_cancelled_once_when_asked_twice(stack: Any) -> None:
    accepted = await stack.generate()
    path = f"/api/generations/{accepted['generation_id']}/cancel"
    answers = await asyncio.gather(stack.post(path), stack.post(path))
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["cancel_requested"] is True
    [message] = await stack.sent("gateway.cancellation_requested.v1")
    assert (message["generation_id"], message["run"]) == (accepted["generation_id"], 1)


async def test_cancel_and_retry_follow_the_state_when_a_run_has_failed(stack: Any, history: Any) -> None:
    accepted = await stack.generate()
    history.generation_id = UUID(accepted["generation_id"])
    base = f"/api/generations/{accepted['generation_id']}"
    early = await stack.post(f"{base}/retry")
    assert (early.status_code, early.json()["code"]) == (409, "not_retryable")
    await stack.tell(*history.started().step(0).failed_step(1).failed().events)
    late = await stack.post(f"{base}/cancel")
    assert (late.status_code, late.json()["code"]) == (409, "already_terminal")

    headers = {"Idempotency-Key": "again"}
    answers = [await stack.post(f"{base}/retry", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json()["quote_tokens"] == 30
    [message] = await stack.sent("gateway.retry_requested.v1")
    assert (message["run"], message["quote_tokens"]) == (2, 30)
    without_key = await stack.post(f"{base}/retry")
    assert (without_key.status_code, without_key.json()["code"]) == (409, "not_retryable")
    shown = (await stack.get(base)).json()
    assert (shown["status"], shown["run"], shown["result"]["status"]) == ("queued", 2, "failed")

    assert shown["result"]["trace_id"] == stack.trace_id

    stack.trace_id = "0af7651916cd43dd8448eb211c80319c"
    await stack.tell(*history.rejected(run=2).events[-1:])
    shown = (await stack.get(base)).json()
    assert (shown["result"]["trace_id"], shown["notice"]["trace_id"]) == (
        "4bf92f3577b34da6a3ce929d0e0e4736",
        stack.trace_id,
    )
    assert (shown["status"], shown["notice"]["fault"]["code"]) == ("failed", "insufficient_tokens")
    assert shown["notice"]["fault"]["text"]


async def test_retry_is_refused_when_its_price_is_not_there(stack: Any, history: Any) -> None:
    accepted = await stack.generate()
    history.generation_id = UUID(accepted["generation_id"])
    await stack.tell(*history.started().step(0).failed_step(1).failed().events, stack.balance(29))
    answer = await stack.post(f"/api/generations/{accepted['generation_id']}/retry")
    assert (answer.status_code, answer.json()["needed"]) == (402, 30)


async def test_retry_is_refused_when_another_price_was_shown(stack: Any, history: Any) -> None:
    accepted = await stack.generate()
    history.generation_id = UUID(accepted["generation_id"])
    await stack.tell(*history.started().step(0).failed_step(1).failed().events)
    path = f"/api/generations/{accepted['generation_id']}/retry"
    refusal = await stack.post(path, json={"quote_tokens": 26})
    told = refusal.json()
    assert (refusal.status_code, told["code"], told["quote_tokens"]) == (409, "quote_changed", 30)
    assert await stack.sent("gateway.retry_requested.v1") == []
    answer = await stack.post(path, json={"quote_tokens": 30})
    assert (answer.status_code, answer.json()["run"]) == (202, 2)
