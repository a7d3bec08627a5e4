"""Requests are counted by route, whatever they are answered, and streams are not timed."""

from uuid import UUID

import pytest
from autocrea.chassis.request_metrics import BROKEN_OFF, UNKNOWN_ROUTE, RequestMetrics
from prometheus_client import REGISTRY
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient


async def thing(request: Request) -> Response:
    return PlainTextResponse("", status_code=int(request.path_params["status"]))


async def feed(_request: Request) -> Response:
    return StreamingResponse(iter(["data: 1\n\n"]), media_type="text/event-stream")


async def bug(_request: Request) -> Response:
    raise RuntimeError("planted")


APP = RequestMetrics(
    Starlette(
        routes=[
            Route("/things/{name}/{status:int}", thing),
            Route("/ids/{id:uuid}/{status:int}", thing),
            Route("/feed", feed),
            Route("/bug", bug),
            Mount("/below", routes=[Route("/{status:int}", thing)]),
        ]
    )
)


def counted(route: str, status: str) -> float:
    labels = {"method": "GET", "route": route, "status": status}
    return REGISTRY.get_sample_value("autocrea_http_requests_total", labels) or 0.0


def timed(route: str) -> float:
    labels = {"method": "GET", "route": route}
    return REGISTRY.get_sample_value("autocrea_http_request_seconds_count", labels) or 0.0


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/things/a/200", "/things/{name}/{status}", "200"),
        ("/things/200/404", "/things/{name}/{status}", "404"),
        ("/anything/else?x=1", UNKNOWN_ROUTE, "404"),
        (f"/ids/{UUID(int=10)}/200", "/ids/{id}/{status}", "200"),
        (f"/ids/{str(UUID(int=10)).upper()}/200", UNKNOWN_ROUTE, "200"),
        ("/bug", "/bug", "500"),
        ("/below/204", "/below/{status}", "204"),
        ("/below/nothing/there", UNKNOWN_ROUTE, "404"),
    ],
)
def test_a_request_is_counted_by_its_route_when_it_was_answered(path: str, route: str, status: str) -> None:
    before = counted(route, status), timed(route)
    TestClient(APP, raise_server_exceptions=False).get(path)
    assert (counted(route, status), timed(route)) == (before[0] + 1, before[1] + 1)


def test_a_stream_is_counted_and_not_timed_when_it_ends() -> None:
    before = counted("/feed", "200"), timed("/feed")
    assert TestClient(APP).get("/feed").text == "data: 1\n\n"
    assert (counted("/feed", "200"), timed("/feed")) == (before[0] + 1, before[1])


async def test_a_client_that_left_is_told_apart_when_nothing_was_answered() -> None:
    async def leaves(scope: object, receive: object, send: object) -> None:
        return None

    before = counted(UNKNOWN_ROUTE, str(BROKEN_OFF))
    scope = {"type": "http", "method": "GET", "path": "/gone"}
    await RequestMetrics(leaves)(scope, None, None)  # type: ignore[arg-type]
    assert counted(UNKNOWN_ROUTE, str(BROKEN_OFF)) == before + 1
