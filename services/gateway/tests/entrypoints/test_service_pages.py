"""Health, errors, documentation and the browser's rules."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.gateway.entrypoints.api import create_app, write_openapi
from autocrea.gateway.ports import Options


def status(revision: int, available: bool) -> ProviderStatusChanged:
    return ProviderStatusChanged(
        provider="joxcoder",
        model="joxcoder-large",
        revision=revision,
        available=available,
        simulated=True,
        reason=None if available else "failover",
    )


async def test_health_tells_what_the_providers_are_up_to(stack: Any) -> None:
    healthy = (await stack.http.get("/health")).json()
    assert (healthy["status"], healthy["joxcoder_available"]) == ("healthy", True)
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", healthy["version"])
    await stack.tell(status(3, available=False))
    await stack.tell(status(2, available=True))
    assert (await stack.http.get("/health")).json()["joxcoder_available"] is False


async def test_health_keeps_its_keys_when_the_database_is_away(stack: Any) -> None:
    await stack.service.database.close()
    answer = await stack.http.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.json()["joxcoder_available"] is False
    refused = await stack.get("/api/projects")
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")


@pytest.mark.parametrize(
    ("method", "path", "expected", "code"),
    [
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("DELETE", "/api/generate", 405, "method_not_allowed"),
        ("GET", "/api/generations/no-uuid", 422, "invalid_request"),
    ],
)
async def test_error_has_its_shape_when_there_is_no_such_thing(
    stack: Any, method: str, path: str, expected: int, code: str
) -> None:
    for language in ("es", "en"):
        headers = stack.headers() | {"Accept-Language": language}
        answer = await stack.http.request(method, path, headers=headers)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (expected, code)
        assert answer.headers["content-language"] == language
        assert {"detail", "code", "trace_id"} <= set(told)


async def test_token_is_asked_for_and_checked_when_a_route_is_a_persons(stack: Any, stranger: Any) -> None:
    cases = {
        "unauthenticated": {},
        "token_expired": stack.headers(exp=1),
        "token_invalid": {"Authorization": f"Bearer {stranger.token()}"},
    }
    for code, headers in cases.items():
        answer = await stack.http.get("/api/me", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_bug_is_told_without_its_cause(stack: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("secret internals")

    monkeypatch.setattr(type(stack.gateway.read_model), "get_balance", broken)
    answer = await stack.get("/api/me", headers={"Origin": "http://localhost:3000"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"


async def test_browser_is_let_in_when_its_origin_is_ours(stack: Any) -> None:
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,idempotency-key,last-event-id",
    }
    ours = await stack.http.options("/api/generate", headers=asked | {"Origin": "http://localhost:3000"})
    assert ours.headers["access-control-allow-origin"] == "http://localhost:3000"
    foreign = await stack.http.options("/api/generate", headers=asked | {"Origin": "https://evil.test"})
    assert "access-control-allow-origin" not in foreign.headers


async def test_documentation_asks_no_other_host(stack: Any) -> None:
    page = await stack.http.get("/docs")
    assert page.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert addresses
    for address in addresses:
        assert address.startswith("/"), address
        assert (await stack.http.get(address)).status_code == 200
    assert "https://" not in page.text
    assert (await stack.http.get("/openapi.json")).json()["info"]["title"] == "AUTOCREA API"


async def test_documentation_is_absent_when_in_production() -> None:
    app = create_app(Options(environment="production", version="1"))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway") as client:
        assert (await client.get("/docs")).status_code == 404


def test_document_is_stable_when_it_is_written_twice(tmp_path: Path) -> None:
    options = Options(environment="development", version="1")
    for name in ("a", "b"):
        write_openapi(tmp_path / name, options)
    first = (tmp_path / "a").read_text()
    assert first == (tmp_path / "b").read_text()
    assert '"/api/generate"' in first
