"""What no page of ours sends, and strangers do: answered with a no that says where the fault lies, never with a 5xx."""

import re
from typing import Any
from uuid import UUID

import pytest

LATIN = b"\xf1\xff"  # a header's bytes need not be ASCII


@pytest.fixture
async def generation(stack: Any, history: Any) -> str:
    stack.neighbours.texts["backend/main.py"] = "print('hola')\n"
    accepted = await stack.generate()
    history.generation_id = UUID(accepted["generation_id"])
    await stack.tell(*history.started().step(0).step(1).step(2).completed().events)
    return str(accepted["generation_id"])


@pytest.mark.parametrize(
    "path",
    ["", "a%00b", "%2e%2e/main.py", "/etc/passwd", "a" * 20_000, "%22" * 9_000],
    ids=["empty", "nul", "parent", "absolute", "long", "longer when quoted"],
)
async def test_file_is_not_found_when_no_file_could_have_its_path(
    stack: Any, generation: str, path: str
) -> None:
    answer = await stack.get(f"/api/generations/{generation}/files/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert stack.neighbours.paths == []  # nor is it looked for


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/operations/generations", "user_id"),
        ("/api/operations/generations", "fault"),
        (f"/api/tokens/ledger?generation_id={UUID(int=1)}", "step"),
        ("/api/projects", "search"),
        (f"/api/generations/{UUID(int=1)}/files/main.py", "step"),
    ],
)
async def test_query_is_invalid_when_no_database_could_look_for_it(stack: Any, path: str, field: str) -> None:
    asked = f"{path}{'&' if '?' in path else '?'}{field}=%00"
    answer = await stack.http.get(asked, headers=stack.headers(role="operator"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert answer.json()["problems"] == f"query.{field}"


@pytest.mark.parametrize("header", ["Range", "If-Range"])
async def test_archive_is_sent_whole_when_its_range_is_no_text(
    stack: Any, generation: str, header: str, archive_bytes: bytes
) -> None:
    answer = await stack.get(f"/api/generations/{generation}/archive", headers={header: LATIN})
    assert (answer.status_code, answer.content) == (200, archive_bytes)


async def test_signature_is_billings_to_judge_when_it_is_no_text(stack: Any) -> None:
    answer = await stack.http.post("/api/webhooks/stripe", content=b"{}", headers={"Stripe-Signature": LATIN})
    assert answer.status_code == 200
    assert stack.neighbours.events == [(b"{}", LATIN.decode("latin-1"))]


async def test_pack_is_invalid_when_it_is_longer_than_any(stack: Any) -> None:
    answer = await stack.post("/api/billing/checkout", json={"pack": "x" * 65})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.pack")


async def test_methods_there_are_are_told_when_one_is_not(stack: Any) -> None:
    answer = await stack.http.put("/api/me", headers=stack.headers())
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize("said", ["application/x-www-form-urlencoded", "text/plain", None])
async def test_what_a_body_must_be_called_is_told_when_it_is_called_otherwise(
    stack: Any, said: str | None
) -> None:
    body = b'{"prompt": "Un blog", "project_name": "blog"}'
    headers = {"Content-Type": said} if said else {}
    answer = await stack.post("/api/generate", content=body, headers=headers)
    assert (answer.status_code, answer.json()["problems"]) == (422, "header.content-type")
    nothing = await stack.post("/api/generate", headers={"Content-Type": "application/json"})
    assert (nothing.status_code, nothing.json()["problems"]) == (422, "body")


@pytest.mark.parametrize("depth", [900, 10_000])
async def test_a_body_is_invalid_when_it_is_nested_too_deeply(stack: Any, depth: int) -> None:
    """Every route that takes one, of pages and of the command line: readers of JSON are recursive."""
    document = (await stack.http.get("/openapi.json")).json()
    of_pages = [
        (method, path.replace("{service}", "billing").replace("{verb}", "replay"))
        for path, methods in document["paths"].items()
        for method, route in methods.items()
        if "application/json" in route.get("requestBody", {}).get("content", {})
        and "webhooks" not in path  # raw, for billing to read
    ]
    assert len(of_pages) > 5
    headers = stack.headers("user_olga", role="operator") | {"Content-Type": "application/json"}
    operator = {"Authorization": "Bearer operator"}
    asked = [(*route, headers) for route in of_pages]
    asked += [("post", f"/operator/{path}", operator) for path in ("pause", "resume", "projections/rebuild")]
    for method, path, presented in asked:
        url = re.sub("{[a-z_]+}", str(UUID(int=1)), path)
        answer = await stack.http.request(method, url, content="[" * depth, headers=presented)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request"), path
