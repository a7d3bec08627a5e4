"""What pages read: projects, generations, steps, files, archives, balances, and nothing of anybody else's."""

from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import pytest


@pytest.fixture
async def completed(stack: Any, history: Any) -> Any:
    """Ada's completed generation."""
    history.generation_id = UUID((await stack.generate(name="Tienda de ñandúes"))["generation_id"])
    await stack.tell(*history.started().step(0, charge=7).step(1).step(2).completed().events)
    return history


async def test_generation_is_shown_whole_when_it_has_completed(stack: Any, completed: Any) -> None:
    answer = await stack.get(f"/api/generations/{completed.generation_id}")
    shown = answer.json()
    assert shown["status"] == "completed"
    assert shown["sequence"] == len(completed.events)
    assert shown["result"]["archive"]["file_name"] == "tienda-de-ñandúes.zip"
    assert [step["state"] for step in shown["steps"]] == ["completed"] * 3
    assert shown["steps"][0]["title"] == "Paso architecture"
    assert (shown["steps"][0]["charge_tokens"], shown["steps"][0]["net_tokens"]) == (7, 5)
    english = await stack.get(
        f"/api/generations/{completed.generation_id}/steps", headers={"Accept-Language": "en-GB, es;q=0.5"}
    )
    assert english.json()[0]["title"] == "Step architecture"


async def test_lists_are_paged_without_loss_when_they_are_long(stack: Any) -> None:
    made = []
    for number in range(5):
        made.append((await stack.generate(name=f"p{number}"))["generation_id"])
        await stack.fetch("UPDATE generations SET status = 'cancelled'")
    for path, name in (("/api/generations", "generation_id"), ("/api/projects", "latest_generation_id")):
        found: list[str] = []
        cursor: str | None = None
        while True:
            parameters = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = (await stack.get(path, params=parameters)).json()
            found += [item[name] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert found == made[::-1]
    [project] = (await stack.get("/api/projects", params={"limit": 1})).json()["items"]
    listed = await stack.get("/api/generations", params={"project_id": project["project_id"]})
    assert [item["generation_id"] for item in listed.json()["items"]] == [made[-1]]
    refused = await stack.get("/api/projects", params={"cursor": "bm90IGEgY3Vyc29y"})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


async def test_files_are_listed_and_read_when_their_step_has_completed(stack: Any, completed: Any) -> None:
    base = f"/api/generations/{completed.generation_id}/files"
    files = (await stack.get(base)).json()["items"]
    assert [file["path"] for file in files] == [f"{step}/main.py" for step in completed.steps]
    stack.neighbours.texts["backend/main.py"] = "print('ñandú')\n"
    answer = await stack.get(files[1]["url"])
    assert answer.content == "print('ñandú')\n".encode()
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    again = await stack.get(files[1]["url"], headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    missing = await stack.get(f"{base}/%2e%2e/%2e%2e/etc/passwd")
    assert (missing.status_code, missing.json()["code"]) == (404, "not_found")


async def test_key_in_a_file_is_masked_and_lines_stay_when_it_is_read(stack: Any, completed: Any) -> None:
    base = f"/api/generations/{completed.generation_id}/files"
    stack.neighbours.texts["backend/main.py"] = "import os\nKEY = 'AKIAQ3EGPLVT2K5JXW7N'\nprint()\n"
    answer = await stack.get(f"{base}/backend/main.py")
    assert answer.text == f"import os\nKEY = 'AKIA{'•' * 16}'\nprint()\n"
    assert answer.headers["etag"] == f'"{sha256(answer.content).hexdigest()}"'


async def test_archive_is_streamed_whole_and_in_ranges(
    stack: Any, completed: Any, archive_bytes: bytes
) -> None:
    path = f"/api/generations/{completed.generation_id}/archive"
    whole = await stack.get(path)
    assert whole.content == archive_bytes
    assert whole.headers["content-type"] == "application/zip"
    assert whole.headers["content-disposition"] == (
        "attachment; filename=\"tienda-de-nandues.zip\"; filename*=UTF-8''tienda-de-%C3%B1and%C3%BAes.zip"
    )
    assert whole.headers["etag"] == '"' + "b" * 64 + '"'
    for tag in (whole.headers["etag"], f'"other", W/{whole.headers["etag"]}', "*"):
        again = await stack.get(path, headers={"If-None-Match": tag, "Range": "bytes=0-1"})
        assert (again.status_code, again.content) == (304, b"")
    part = await stack.get(path, headers={"Range": "bytes=100-199"})
    assert (part.status_code, part.content) == (206, archive_bytes[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(archive_bytes)}"
    beyond = await stack.get(path, headers={"Range": "bytes=999999-"})
    assert (beyond.status_code, beyond.json()["code"]) == (416, "range_not_satisfiable")
    assert beyond.headers["content-range"] == "bytes */11"


async def test_archive_is_linked_where_a_browser_reaches_it(stack: Any, completed: Any) -> None:
    path = f"/api/generations/{completed.generation_id}/archive"
    through_us = (await stack.get(f"{path}/link")).json()
    assert (through_us["url"], through_us["presigned"]) == (path, False)
    assert (through_us["sha256"], through_us["files"]) == ("b" * 64, 2)
    stack.neighbours.public_url = "https://files.test/1.zip?X-Amz-Signature=f00"
    direct = (await stack.get(f"{path}/link")).json()
    assert (direct["url"], direct["presigned"]) == (stack.neighbours.public_url, True)


async def test_what_is_done_can_be_had_when_the_run_has_failed(
    stack: Any, history: Any, archive_bytes: bytes
) -> None:
    generation_id = (await stack.generate(name="Tienda de ñandúes"))["generation_id"]
    path = f"/api/generations/{generation_id}/archive/partial"
    none_yet = await stack.get(path)
    assert (none_yet.status_code, none_yet.json()["code"]) == (404, "not_found")
    stack.neighbours.texts["a"] = "b"
    partial = await stack.get(path)
    assert partial.content == archive_bytes[:99]
    assert 'filename="Tienda de nandues-parcial.zip"' in partial.headers["content-disposition"]
    assert (await stack.get(path, "user_bruno")).status_code == 404


async def test_archive_is_refused_when_no_run_has_completed(stack: Any, history: Any) -> None:
    generation_id = (await stack.generate())["generation_id"]
    history.generation_id = UUID(generation_id)
    path = f"/api/generations/{generation_id}/archive"
    early = await stack.get(path)
    assert (early.status_code, early.json()["code"]) == (409, "not_ready")
    assert (await stack.get(f"{path}/link")).json()["code"] == "not_ready"
    await stack.tell(*history.started().failed_step(0).failed(completed=0).events)
    assert (await stack.get(path)).status_code == 409


async def test_person_is_put_off_when_a_neighbour_is_down(stack: Any, completed: Any) -> None:
    stack.neighbours.down = True
    for path in (
        "/api/tokens/ledger",
        f"/api/generations/{completed.generation_id}/archive",
        f"/api/generations/{completed.generation_id}/files/backend/main.py",
    ):
        answer = await stack.get(path)
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) > 0
    assert (await stack.get(f"/api/generations/{completed.generation_id}")).status_code == 200


async def test_ledger_is_billings_when_it_is_asked_for(stack: Any) -> None:
    line = {"entry": 1, "at": "2026-11-22T10:00:00Z", "kind": "grant", "tokens": 100}
    stack.neighbours.ledgers["user_ada"] = [line]
    told = (await stack.get("/api/tokens/ledger")).json()
    assert [(entry["kind"], entry["tokens"]) for entry in told["items"]] == [("grant", 100)]
    assert (await stack.get("/api/tokens/ledger", "user_bruno")).json()["items"] == []


async def test_billing_is_asked_for_one_kind_when_one_is_named(stack: Any) -> None:
    assert (await stack.get("/api/tokens/ledger?kind=capture")).status_code == 200
    assert stack.neighbours.asked[-1]["kind"] == "capture"
    assert (await stack.get("/api/tokens/ledger?kind=gift")).status_code == 422


async def test_balance_is_unknown_until_billing_told_it(stack: Any) -> None:
    assert (await stack.get("/api/me")).json()["balance"]["available"] is None
    await stack.tell(stack.balance(100, held=50))
    me = (await stack.get("/api/me")).json()
    assert (me["user_id"], me["balance"]["available"], me["balance"]["held"]) == ("user_ada", 100, 50)


async def test_everything_is_a_404_when_it_belongs_to_somebody_else(stack: Any, completed: Any) -> None:
    [project] = (await stack.get("/api/projects")).json()["items"]
    own = f"/api/generations/{completed.generation_id}"
    paths = [
        ("GET", f"/api/projects/{project['project_id']}"),
        ("GET", own),
        *(
            ("GET", f"{own}/{part}")
            for part in (
                "steps",
                "files",
                "files/backend/main.py",
                "archive",
                "archive/link",
                "archive/partial",
                "events",
            )
        ),
        ("POST", f"{own}/cancel"),
        ("POST", f"{own}/retry"),
    ]
    stack.neighbours.texts["backend/main.py"] = "secret"
    for method, path in paths:
        foreign = await stack.http.request(method, path, headers=stack.headers("user_bruno"))
        unknown = await stack.http.request(
            method,
            path.replace(str(completed.generation_id), str(uuid4())),
            headers=stack.headers("user_bruno"),
        )
        anonymous = await stack.http.request(method, path)
        assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found"), path
        assert foreign.json() | {"trace_id": ""} == unknown.json() | {"trace_id": ""}, path
        assert (anonymous.status_code, anonymous.json()["code"]) == (401, "unauthenticated"), path
    for path in ("/api/projects", "/api/generations", f"/api/generations?project_id={project['project_id']}"):
        assert (await stack.get(path, "user_bruno")).json()["items"] == []


async def test_quote_is_what_a_request_will_hold(stack: Any) -> None:
    quote = (await stack.http.get("/api/quote", headers={"Accept-Language": "en"})).json()
    assert (quote["tokens"], quote["typical_seconds"]) == (50, 20)
    assert quote["steps"][0]["title"] == "Designing the architecture"
    assert quote["pipelines"] == [{"pipeline": "webapp", "tokens": 50}]
    assert quote["models"] == [
        {"model": "joxcoder-large", "aliases": ["joxcoder"], "available": True, "simulated": True}
    ]
    assert (await stack.generate())["quote_tokens"] == quote["tokens"]
