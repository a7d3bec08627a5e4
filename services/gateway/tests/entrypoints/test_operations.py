"""What operators see and do, and that nobody else does."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from autocrea.contracts.topology import TOPOLOGY
from autocrea.gateway.entrypoints.requests import make_cursor
from autocrea.testkit.plugin import Vhost

OLGA = "user_olga"


def olga(stack: Any) -> dict[str, str]:
    headers: dict[str, str] = stack.headers(OLGA, role="operator")
    return headers


def letter() -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "source": "inbox",
        "type": "billing.settle_tokens.v1",
        "message_id": str(uuid4()),
        "subject": "generation",
        "reason": "ValueError",
        "created_at": "2026-11-22T10:00:00+00:00",
        "resolved_at": None,
        "resolution": None,
        "body": "{}",
        "traceback": "Traceback",
        "resolved_by": None,
        "resolved_why": None,
    }


async def test_generations_are_found_without_their_content_when_an_operator_looks(
    stack: Any, history: Any
) -> None:
    history.generation_id = UUID((await stack.generate(name="Secreta"))["generation_id"])
    await stack.tell(*history.started().failed_step(0).failed(completed=0).events)
    others = await stack.generate("user_bruno")
    answer = await stack.http.get("/api/operations/generations", headers=olga(stack))
    assert [one["generation_id"] for one in answer.json()["items"]] == [
        others["generation_id"],
        str(history.generation_id),
    ]
    assert "Secreta" not in answer.text
    assert "comentarios" not in answer.text
    for query in ("status=failed", "user_id=user_ada", "fault=output_invalid", "limit=1&status=failed"):
        [found] = (await stack.http.get(f"/api/operations/generations?{query}", headers=olga(stack))).json()[
            "items"
        ]
        assert (found["generation_id"], found["fault"]) == (str(history.generation_id), "output_invalid")
    page = (await stack.http.get("/api/operations/generations?limit=1", headers=olga(stack))).json()
    rest = await stack.http.get(
        "/api/operations/generations", params={"cursor": page["next_cursor"]}, headers=olga(stack)
    )
    assert [one["user_id"] for one in rest.json()["items"]] == ["user_ada"]


async def test_dead_letters_are_resolved_in_the_operators_name_when_there_is_a_reason(stack: Any) -> None:
    dead = letter()
    stack.neighbours.letters[dead["id"]] = dead
    listed = (await stack.http.get("/api/operations/dead-letters", headers=olga(stack))).json()
    assert [(one["service"], one["id"]) for one in listed["items"]] == [("billing", dead["id"])]
    assert listed["silent"] == ["artifacts"]
    path = f"/api/operations/dead-letters/billing/{dead['id']}"
    assert (await stack.http.get(path, headers=olga(stack))).json()["traceback"] == "Traceback"
    without = await stack.http.post(f"{path}/replay", json={"reason": " "}, headers=olga(stack))
    assert without.status_code == 422
    done = await stack.http.post(f"{path}/replay", json={"reason": "arreglado"}, headers=olga(stack))
    assert done.status_code == 204
    [(asked, body)] = stack.neighbours.resolved
    assert asked.endswith(f"{dead['id']}/replay")
    assert body == {"who": OLGA, "reason": "arreglado"}
    dead["resolved_at"] = "2026-11-22T11:00:00+00:00"
    again = await stack.http.post(f"{path}/discard", json={"reason": "prueba"}, headers=olga(stack))
    assert (again.status_code, again.json()["code"]) == (409, "already_resolved")
    nobody = await stack.http.get(f"/api/operations/dead-letters/billing/{uuid4()}", headers=olga(stack))
    assert (nobody.status_code, nobody.json()["code"]) == (404, "not_found")
    away = await stack.http.get(f"/api/operations/dead-letters/artifacts/{uuid4()}", headers=olga(stack))
    assert away.status_code == 503


async def test_it_is_said_how_many_letters_are_left_out_when_there_are_more_than_are_shown(
    stack: Any,
) -> None:
    stack.neighbours.letters, stack.neighbours.left_out = {"1": letter()}, 37
    told = (await stack.http.get("/api/operations/dead-letters", headers=olga(stack))).json()
    assert (len(told["items"]), told["left_out"]) == (1, 37)


async def test_what_operators_did_is_told_by_time_when_an_operator_looks(stack: Any) -> None:
    def action(minute: int) -> dict[str, Any]:
        return {
            **{"at": f"2026-11-26T03:0{minute // 2}:00+00:00", "id": minute},
            **{"who": "ana", "action": "send_again", "target": "outbox", "reason": None},
            **{"details": {"messages": minute}, "outcome": "done"},
        }

    stack.neighbours.actions = [action(minute) for minute in (9, 7, 6, 3)]
    path = "/api/operations/actions"
    told = (await stack.http.get(f"{path}?limit=2", headers=olga(stack))).json()
    assert [(one["service"], one["details"]["messages"]) for one in told["items"]] == [
        ("billing", 9),
        ("billing", 7),
    ]
    assert (told["left_out"], told["silent"]) == (2, ["artifacts"])
    older = {"limit": 2, "cursor": told["next_cursor"]}
    rest = (await stack.http.get(path, params=older, headers=olga(stack))).json()
    assert [one["details"]["messages"] for one in rest["items"]] == [6, 3]  # 6 has the time of 7
    assert (rest["left_out"], rest["next_cursor"]) == (0, None)
    assert (await stack.http.get(path, headers=stack.headers())).status_code == 403
    for row in ("", "billing", "billing x", "nobody 1", "billing 1 1", "billing 0", f"billing {2**63}"):
        made_up = make_cursor("2026-11-26T03:00:00+00:00", row)
        answer = await stack.http.get(path, params={"cursor": made_up}, headers=olga(stack))
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), row


async def test_providers_are_shown_with_their_latest_calls(stack: Any, history: Any) -> None:
    [provider] = (await stack.http.get("/api/operations/providers", headers=olga(stack))).json()
    assert (provider["model"], provider["available"], provider["calls"]) == ("joxcoder-large", True, 0)
    history.generation_id = UUID((await stack.generate())["generation_id"])
    await stack.tell(*history.started().step(0).events)
    call = {
        **{"call_id": str(uuid4()), "kind": "first", "provider": "joxcoder", "model": "joxcoder-large"},
        **{"outcome": "completed", "first_token_ms": 200, "total_ms": 900},
        "usage": {"input_tokens": 1, "output_tokens": 1, "cached_tokens": 0, "estimated": False},
    }
    failed = call | {"outcome": "failover", "first_token_ms": None, "total_ms": 100}
    await stack.fetch(
        "UPDATE steps SET ended_at = now(), calls = $1 WHERE step = 'architecture'", [call, failed]
    )
    [provider] = (await stack.http.get("/api/operations/providers", headers=olga(stack))).json()
    assert (provider["calls"], provider["failed"], provider["first_token_ms_p50"]) == (2, 1, 200)
    assert (provider["total_ms_p50"], provider["total_ms_p95"]) == (100, 900)


@pytest.mark.parametrize("code", ["replay_failed", "not_decodable"])
async def test_operator_is_told_that_waiting_is_in_vain_when_a_letter_cannot_be_replayed(
    stack: Any, code: str
) -> None:
    stack.neighbours.no = (409, {"code": code})
    path = f"/api/operations/dead-letters/billing/{uuid4()}/replay"
    answer = await stack.http.post(path, json={"reason": "arreglado"}, headers=olga(stack))
    assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_new_generations_wait_when_an_operator_has_paused(stack: Any) -> None:
    reason = {"reason": "mantenimiento hasta las 15:00"}
    paused = await stack.http.put("/api/operations/pause", json=reason, headers=olga(stack))
    assert (paused.status_code, paused.json()["paused_by"]) == (200, OLGA)
    body = {"prompt": "Un blog", "project_name": "b"}
    answer = await stack.post("/api/generate", json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "paused")
    assert reason["reason"] in answer.json()["detail"]
    assert int(answer.headers["retry-after"]) > 0
    for path in ("/api/quote", "/health"):
        assert (await stack.http.get(path)).json()["paused"]["reason"] == reason["reason"]
    assert (await stack.http.delete("/api/operations/pause", headers=olga(stack))).status_code == 204
    assert (await stack.post("/api/generate", json=body)).status_code == 202
    assert (await stack.http.delete("/api/operations/pause", headers=olga(stack))).status_code == 404
    [kept] = (await stack.http.get("/api/operations/pauses", headers=olga(stack))).json()
    assert (kept["reason"], kept["resumed_by"]) == (reason["reason"], OLGA)


async def test_intake_is_paused_from_the_command_line_when_the_token_is_right(stack: Any) -> None:
    wrong = await stack.http.post("/operator/pause", json={"who": "ana", "reason": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (401, "unauthorized")
    token = {"Authorization": "Bearer operator"}
    for body in (
        {},
        {"who": "ana"},
        {"who": "", "reason": "x"},
        {"who": "a\0", "reason": "x"},
        {"who": "ana", "reason": "  "},
    ):
        assert (await stack.http.post("/operator/pause", json=body, headers=token)).status_code == 422
    for reason in ("primero", "segundo"):
        body = {"who": "ana", "reason": reason}
        told = (await stack.http.post("/operator/pause", json=body, headers=token)).json()
        assert told["pause"]["reason"] == reason
    assert (await stack.http.get("/operator/pause", headers=token)).json()["pause"]["paused_by"] == "ana"
    resumed = await stack.http.post("/operator/resume", json={"who": "eva"}, headers=token)
    assert resumed.json() == {"resumed": True}
    assert (await stack.http.get("/operator/pause", headers=token)).json()["pause"] is None
    again = await stack.http.post("/operator/resume", json={"who": "eva"}, headers=token)
    assert again.json() == {"resumed": False}
    written = await stack.fetch("SELECT who, action, target, reason FROM operator_actions ORDER BY id")
    assert [tuple(row) for row in written] == [
        ("ana", "pause", "intake", "primero"),
        ("ana", "pause", "intake", "segundo"),
        ("eva", "resume", "intake", None),
    ]
    kept = (await stack.http.get("/api/operations/pauses", headers=olga(stack))).json()
    assert [(one["reason"], one["resumed_by"]) for one in kept] == [("segundo", "eva"), ("primero", "ana")]


async def test_intake_stays_as_it_is_when_it_cannot_be_written_down(stack: Any) -> None:
    await stack.fetch("ALTER TABLE operator_actions ADD CONSTRAINT shut CHECK (false) NOT VALID")
    body = {"reason": "mantenimiento"}
    assert (await stack.http.put("/api/operations/pause", json=body, headers=olga(stack))).status_code == 500
    assert await stack.fetch("SELECT FROM pauses") == []
    await stack.fetch("INSERT INTO pauses (reason, paused_by) VALUES ('x', 'ana')")
    assert (await stack.http.delete("/api/operations/pause", headers=olga(stack))).status_code == 500
    assert len(await stack.fetch("SELECT FROM pauses WHERE resumed_at IS NULL")) == 1


async def test_work_is_unavailable_when_the_broker_does_not_answer(stack: Any) -> None:
    answer = await stack.http.get("/api/operations/work", headers=olga(stack))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_queues_are_counted_when_the_broker_answers(make_stack: Any, vhost: Vhost) -> None:
    stack = await make_stack(broker_url=vhost.url("gateway"))
    answer = await stack.http.get("/api/operations/work", headers=olga(stack))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    queues = {one["queue"]: (one["messages"], one["consumers"]) for one in told["queues"]}
    assert queues["billing.inbox"] == (0, 0)
    assert {one.name for one in TOPOLOGY.queues} == queues.keys()
    assert [(one["service"], one["kind"]) for one in told["jobs"]] == [("billing", "reconcile")]
    assert told["silent"] == ["artifacts"]


@pytest.mark.parametrize("claims", [{}, {"role": "user"}, {"role": ["operator"]}, {"role": "Operator"}])
async def test_operations_are_refused_when_the_caller_is_no_operator(stack: Any, claims: Any) -> None:
    answer = await stack.http.get("/api/operations/generations", headers=stack.headers(**claims))
    assert (answer.status_code, answer.json()["code"]) == (403, "operators_only")
