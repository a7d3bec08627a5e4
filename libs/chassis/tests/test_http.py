"""Calls between services: who may call, what trouble looks like, how a trace goes along."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import uvicorn
from autocrea.chassis import http, telemetry, tracing, web
from autocrea.chassis.censorship import Censor
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.http import InternalClient, require_token
from autocrea.chassis.request_spans import RequestSpans
from autocrea.chassis.settings import ServiceSettings
from autocrea.testkit.processes import free_port
from autocrea.testkit.waiting import eventually
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

TOKEN = SecretStr("the right one")


async def _guarded(request: Request) -> Response:
    require_token(request, TOKEN)
    return JSONResponse({"trace_id": tracing.current_trace_id()})


async def _echo(request: Request) -> Response:
    return Response(request.headers["x-said"].encode("latin-1"))


async def _refusing(_: Request) -> Response:
    raise Refused("insufficient_tokens", "50 tokens are missing", status=402, available=0, needed=50)


async def _failing(_: Request) -> Response:
    raise ValueError("with a secret in it")


async def _waiting(_: Request) -> Response:
    raise Unavailable("the store", retry_after_seconds=7)


async def test_peer_that_reads_nothing_is_given_up_with_what_was_written_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web, "UNREAD_SECONDS_MAX", 1)
    gone = asyncio.Event()

    async def endless(_scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        pouring = asyncio.create_task(_pour(send))
        while (await receive())["type"] != "http.disconnect":
            pass
        pouring.cancel()
        gone.set()

    port = free_port()
    config = uvicorn.Config(endless, host="127.0.0.1", port=port, log_config=None, lifespan="off")
    server = web.Server(config)
    running = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1024)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.read(100)
    await asyncio.wait_for(gone.wait(), 30)
    writer.transport.abort()
    server.should_exit = True
    await running


async def _pour(send: Send) -> None:
    while True:
        await send({"type": "http.response.body", "body": bytes(65_536), "more_body": True})


@pytest.fixture
async def address() -> AsyncIterator[str]:
    """A server with one route for each end that a request can have."""
    telemetry.set_up_logging("test", level="INFO", censor=Censor())
    trace.set_tracer_provider(TracerProvider())
    handlers = {Refused: http.on_refused, Unavailable: http.on_unavailable, Exception: http.on_bug}
    routes = [
        Route("/guarded", _guarded),
        Route("/echo", _echo),
        Route("/refusing", _refusing),
        Route("/failing", _failing),
        Route("/waiting", _waiting),
    ]
    app = RequestSpans(Starlette(routes=routes, exception_handlers=handlers))
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, lifespan="off"))
    running = asyncio.create_task(server.serve())
    await eventually(lambda: server.started)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    await running


def test_the_caller_gives_an_idle_connection_up_before_the_server_closes_it() -> None:
    settings = ServiceSettings(
        database_url="postgresql://h/d", broker_url="amqp://h", http_port=1, operator_token="x"
    )  # type: ignore[arg-type]
    server = web.build_server(settings, [])
    assert server.config.timeout_keep_alive > http.INTERNAL_IDLE_SECONDS


async def test_the_trace_goes_along_when_a_service_calls_another(address: str) -> None:
    client = InternalClient(address, TOKEN, name="store")
    with tracing.tracer.start_as_current_span("outer"):
        answer = await client.request("GET", "/guarded")
        assert answer.json()["trace_id"] == tracing.current_trace_id() != "0" * 32
    await client.close()


async def test_a_strangers_header_goes_along_as_it_came_when_it_is_no_ascii(address: str) -> None:
    client = InternalClient(address, TOKEN, name="store")
    answer = await client.request("GET", "/echo", headers={"X-Said": "ñ\xff"})
    assert answer.content == b"\xf1\xff"
    await client.close()


async def test_the_call_is_refused_when_the_token_is_wrong(address: str) -> None:
    client = InternalClient(address, SecretStr("a wrong one"), name="store")
    with pytest.raises(Refused) as refused:
        await client.request("GET", "/guarded")
    assert (refused.value.code, refused.value.status) == ("unauthorized", 401)
    await client.close()


async def test_a_refusal_keeps_its_code_and_numbers_when_it_crosses_services(address: str) -> None:
    client = InternalClient(address, TOKEN, name="store")
    with pytest.raises(Refused) as refused:
        await client.request("GET", "/refusing")
    assert refused.value.code == "insufficient_tokens"
    assert refused.value.extra == {"available": 0, "needed": 50}
    await client.close()


@pytest.mark.parametrize("path", ["/failing", "/waiting"])
async def test_the_caller_sees_unavailable_when_the_other_side_is_in_trouble(address: str, path: str) -> None:
    client = InternalClient(address, TOKEN, name="store")
    with pytest.raises(Unavailable):
        await client.request("GET", path)
    await client.close()


async def test_the_caller_sees_unavailable_when_nothing_listens() -> None:
    client = InternalClient(f"http://127.0.0.1:{free_port()}", TOKEN, name="store")
    with pytest.raises(Unavailable, match="store"):
        await client.request("GET", "/guarded")
    await client.close()


async def test_an_answer_tells_nothing_inside_when_a_bug_is_hit(address: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        failing = await client.get(f"{address}/failing")
        waiting = await client.get(f"{address}/waiting")
    assert failing.status_code == 500
    assert failing.json()["code"] == "internal"
    assert len(failing.json()["trace_id"]) == 32
    assert set(failing.json()["trace_id"]) != {"0"}
    assert "secret" not in failing.text
    assert (waiting.status_code, waiting.headers["retry-after"]) == (503, "7")


async def test_an_answer_runs_nothing_when_a_browser_takes_it_for_a_page() -> None:
    async def page(_: Request) -> Response:
        return Response("<script>", headers={"Content-Security-Policy": "default-src 'self'"})

    app = web.application([Route("/data", _waiting), Route("/page", page)])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service") as client:
        answers = [await client.get(path) for path in ("/data", "/nothing", "/page")]
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
    policies = [answer.headers["content-security-policy"] for answer in answers]
    assert policies[0] == policies[1]
    assert policies[0].startswith("default-src 'none';")
    assert policies[2] == "default-src 'self'"
