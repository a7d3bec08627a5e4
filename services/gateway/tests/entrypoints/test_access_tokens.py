"""Access tokens: shown once, kept as a digest, bounded by their scopes, gone when they are taken back."""

from typing import Any

import pytest


async def make(stack: Any, **fields: Any) -> dict[str, Any]:
    answer = await stack.post("/api/me/tokens", json={"name": "portátil"} | fields)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    body: dict[str, Any] = answer.json()
    return body


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def test_token_stands_for_its_owner_when_it_is_shown(stack: Any) -> None:
    made = await make(stack)
    me = (await stack.http.get("/api/me", headers=bearer(made["token"]))).json()
    assert (me["user_id"], me["email_verified"], me["role"]) == ("user_ada", True, "user")
    answer = await stack.http.post(
        "/api/generate", json={"prompt": "Un blog", "project_name": "b"}, headers=bearer(made["token"])
    )
    assert answer.status_code == 202
    feed = f"/api/generations/{answer.json()['generation_id']}/events"
    async with stack.http.stream("GET", feed, headers=bearer(made["token"])) as stream:
        assert stream.status_code == 200
    [listed] = (await stack.get("/api/me/tokens")).json()["items"]
    assert listed == {
        **{k: v for k, v in made.items() if k != "token"},
        "last_used_at": listed["last_used_at"],
    }
    assert listed["last_used_at"] is not None
    assert listed["hint"] == made["token"][-4:]


async def test_secret_is_kept_nowhere_when_a_token_is_made(stack: Any) -> None:
    answer = await stack.post("/api/me/tokens", json={"name": "guion"}, headers={"Idempotency-Key": "once"})
    secret = answer.json()["token"].removeprefix("acr_")
    for table in ("access_tokens", "idempotency_keys", "outbox", "users"):
        assert not [row for row in await stack.fetch(f"SELECT * FROM {table}") if secret in str(row)]


async def test_only_its_scopes_are_allowed_when_a_token_has_few(stack: Any) -> None:
    reading = (await make(stack, scopes=["read"]))["token"]
    assert (await stack.http.get("/api/projects", headers=bearer(reading))).status_code == 200
    answer = await stack.http.post(
        "/api/generate", json={"prompt": "Un blog", "project_name": "b"}, headers=bearer(reading)
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    whole = (await make(stack))["token"]
    for method, path, body in (
        ("GET", "/api/me/tokens", None),
        ("POST", "/api/me/tokens", {"name": "otro"}),
        ("DELETE", "/api/me/tokens/00000000-0000-0000-0000-000000000000", None),
    ):
        answer = await stack.http.request(method, path, json=body, headers=bearer(whole))
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), path


async def test_operator_is_a_person_when_they_use_a_token(stack: Any) -> None:
    answer = await stack.http.post(
        "/api/me/tokens", json={"name": "x"}, headers=stack.headers("user_olga", role="operator")
    )
    refused = await stack.http.get("/api/operations/pauses", headers=bearer(answer.json()["token"]))
    assert (refused.status_code, refused.json()["code"]) == (403, "operators_only")


async def test_token_proves_nothing_when_it_is_taken_back_or_old(stack: Any) -> None:
    made = await make(stack)
    other = await make(stack, name="otro")
    await stack.fetch(
        "UPDATE access_tokens SET expires_at = now() WHERE token_id = $1::text::uuid", other["token_id"]
    )
    expired = await stack.http.get("/api/me", headers=bearer(other["token"]))
    assert (expired.status_code, expired.json()["code"]) == (401, "token_expired")
    path = f"/api/me/tokens/{made['token_id']}"
    assert (await stack.http.delete(path, headers=stack.headers("user_bruno"))).status_code == 404
    assert (await stack.http.delete(path, headers=stack.headers())).status_code == 204
    gone = await stack.http.get("/api/me", headers=bearer(made["token"]))
    assert (gone.status_code, gone.json()["code"]) == (401, "token_invalid")
    assert (await stack.http.delete(path, headers=stack.headers())).status_code == 404
    assert (await stack.get("/api/me/tokens")).json()["items"] == []


@pytest.mark.parametrize("token", ["acr_", "acr_nobody", "acr_" + "x" * 9_000, "acr_ñ"])
async def test_token_is_refused_when_nobody_made_it(stack: Any, token: str) -> None:
    answer = await stack.http.get("/api/me", headers={"Authorization": f"Bearer {token}".encode()})
    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


async def test_one_token_is_made_when_the_request_is_repeated(stack: Any) -> None:
    key = {"Idempotency-Key": "once"}
    first, second = [
        (await stack.post("/api/me/tokens", json={"name": "guion"}, headers=key)).json() for _ in range(2)
    ]
    assert first["token_id"] == second["token_id"]
    assert first["token"] != second["token"]
    assert (await stack.http.get("/api/me", headers=bearer(first["token"]))).status_code == 401
    assert (await stack.http.get("/api/me", headers=bearer(second["token"]))).status_code == 200
    other = await stack.post("/api/me/tokens", json={"name": "otro"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")


async def test_token_is_refused_when_there_are_too_many(stack: Any) -> None:
    for number in range(20):
        await make(stack, name=f"t{number}")
    answer = await stack.post("/api/me/tokens", json={"name": "uno más"})
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_tokens")
