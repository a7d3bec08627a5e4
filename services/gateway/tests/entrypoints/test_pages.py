"""The built front end beside the API: its page, its files, and what they may do."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
from autocrea.gateway.adapters.request_limits import RequestLimits
from autocrea.gateway.entrypoints.api import create_app
from autocrea.gateway.entrypoints.pages import PREVIEW_FRAME, page_policy
from autocrea.gateway.ports import Options

PAGE = "<!doctype html><title>AUTOCREA</title>"
SCRIPT = "console.log(1)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assets = tmp_path / "built" / "assets"
    assets.mkdir(parents=True)
    (assets / "index-abc.js").write_text(SCRIPT)
    (assets / "index-abc.js.br").write_bytes(b"brotli of it")
    (tmp_path / "built" / PREVIEW_FRAME).write_text("<script></script>")
    (tmp_path / "built" / "index.html").write_text(PAGE)
    (tmp_path / "secret.txt").write_text("not ours to show")
    return tmp_path / "built"


@pytest.fixture
async def http(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(
        Options(environment="production", version="1.0.0", pages_dir=folder, issuer="https://id.example/x")
    )
    app.state.gateway = SimpleNamespace(
        request_limits=RequestLimits(per_user=100, per_address=100, redis_url=None)
    )
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://gateway", headers={"Accept-Encoding": "identity"}
    ) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/crear", "/proyectos/1/generaciones/2/codigo", "/index.html"])
async def test_page_is_answered_when_a_browser_asks_for_one_of_its_addresses(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["cache-control"] == "no-cache"
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "connect-src 'self' https://id.example;" in policy
    assert "frame-ancestors 'none'" in policy


async def test_page_is_not_sent_again_when_the_browser_has_it(http: httpx.AsyncClient) -> None:
    etag = (await http.get("/")).headers["etag"]
    answer = await http.get("/crear", headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


async def test_asset_is_kept_for_ever_and_compressed_when_that_is_accepted(http: httpx.AsyncClient) -> None:
    plain = await http.get("/assets/index-abc.js")
    assert plain.text == SCRIPT
    assert "immutable" in plain.headers["cache-control"]
    assert plain.headers["content-type"].startswith("text/javascript")
    async with http.stream("GET", "/assets/index-abc.js", headers={"Accept-Encoding": "gzip, br"}) as packed:
        assert packed.headers["content-encoding"] == "br"
        assert b"".join([chunk async for chunk in packed.aiter_raw()]) == b"brotli of it"


@pytest.mark.parametrize("path", ["/assets/gone.js", "/api/nothing", "/operator/nothing"])
async def test_no_page_stands_in_when_something_else_was_meant(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt"])
async def test_nothing_outside_the_folder_is_shown_when_a_path_leads_out(
    http: httpx.AsyncClient, path: str
) -> None:
    assert "not ours" not in (await http.get(path)).text


async def test_preview_has_no_network_and_no_origin_when_it_is_framed(http: httpx.AsyncClient) -> None:
    policy = (await http.get(f"/{PREVIEW_FRAME}")).headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none';")
    assert "connect-src" not in policy  # so the default holds: none
    assert "frame-ancestors 'self'" in policy


async def test_pages_appear_when_they_are_built_after_the_start(folder: Path) -> None:
    later = folder.with_name("later")
    app = create_app(Options(environment="production", version="1.0.0", pages_dir=later))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://gateway") as client:
        assert (await client.get("/crear")).status_code == 404
        folder.rename(later)
        assert (await client.get("/crear")).text == PAGE


def test_clerks_script_is_allowed_only_when_it_signs_people_in() -> None:
    options = Options(environment="production", version="1.0.0", issuer="https://clerk.example")
    assert "script-src 'self';" in page_policy(options)
    with_key = replace(options, clerk_publishable_key="pk_live_x")
    assert "script-src 'self' https://clerk.example;" in page_policy(with_key)
