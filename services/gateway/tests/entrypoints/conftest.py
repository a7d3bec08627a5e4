"""The gateway's HTTP side as it runs: a real server over a real database, its neighbours played by small servers."""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import httpx
import pytest
import uvicorn
from autocrea.chassis.batch import Batch
from autocrea.chassis.handlers import Received
from autocrea.chassis.items import Item
from autocrea.chassis.web import application
from autocrea.contracts.billing.v1 import BalanceChanged, Pack, RateCardPublished, RatedModel
from autocrea.contracts.envelope import open_envelope, seal
from autocrea.contracts.ids import UserId
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.contracts.message import Message
from autocrea.contracts.orchestrator.v1 import PipelinePublished, PipelineStep
from autocrea.contracts.shapes import LocalText
from autocrea.gateway.adapters.repository import Repository
from autocrea.gateway.main import build
from autocrea.gateway.settings import Settings
from autocrea.testkit.plugin import MakeDatabase
from autocrea.testkit.waiting import eventually
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

ARCHIVE = bytes(range(256)) * 40


@asynccontextmanager
async def serve(app: ASGIApp) -> AsyncIterator[str]:
    """An ASGI application behind a real socket; yields its URL."""
    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())  # without its signal handlers
    try:
        await eventually(lambda: server.started or serving.done())
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.wait_for(serving, 10)


class Neighbours:
    """Billing and artifacts as the gateway meets them on the wire: `contracts.internal`, with its token."""

    def __init__(self) -> None:
        self.down = False
        self.ledgers: dict[str, list[dict[str, Any]]] = {}
        self.texts: dict[str, str] = {}
        self.paths: list[str] = []
        self.ranges: list[str | None] = []
        self.asked: list[dict[str, str]] = []
        self.purchases: dict[str, list[dict[str, Any]]] = {}
        self.events: list[tuple[bytes, str | None]] = []
        self.letters: dict[str, dict[str, Any]] = {}
        self.left_out = 0  # of the letters
        self.actions: list[dict[str, Any]] = []  # the newest first
        self.resolved: list[tuple[str, dict[str, Any]]] = []
        self.no: tuple[int, dict[str, Any]] | None = None
        self.public_url: str | None = None

    def app(self) -> ASGIApp:
        return Starlette(
            routes=[
                Route("/operator/dead-letters", self._dead_letters),
                Route("/operator/dead-letters/{id}", self._dead_letter),
                Route("/operator/dead-letters/{id}/{verb}", self._resolve, methods=["POST"]),
                Route("/operator/jobs", self._jobs),
                Route("/operator/actions", self._actions),
                Route("/internal/users/{user_id}/ledger", self._ledger),
                Route("/internal/users/{user_id}/purchases", self._purchases, methods=["GET", "POST"]),
                Route("/internal/users/{user_id}/purchases/{id}", self._purchase),
                Route("/internal/stripe/events", self._event, methods=["POST"]),
                Route("/internal/generations/{generation_id}/file", self._file),
                Route("/internal/generations/{generation_id}/archive/partial", self._partial),
                Route("/internal/generations/{generation_id}/runs/{run:int}/archive/content", self._archive),
                Route("/internal/generations/{generation_id}/runs/{run:int}/archive", self._link),
            ]
        )

    def _refusal(self, request: Request, token: str = "between-us") -> Response | None:
        if self.down:
            return Response(status_code=500)
        if request.headers.get("authorization") != f"Bearer {token}":
            return JSONResponse({"detail": "no", "code": "unauthorized"}, 401)
        return None if self.no is None else JSONResponse({"detail": "no", **self.no[1]}, self.no[0])

    async def _dead_letters(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "operator-of-billing")) is not None:
            return refusal
        names = ("id", "source", "type", "message_id", "subject", "reason", "created_at", "resolved_at")
        everything = request.query_params.get("all") == "true"
        letters = [one for one in self.letters.values() if everything or one["resolved_at"] is None]
        shown = [{name: one[name] for name in (*names, "resolution")} for one in letters]
        return JSONResponse({"dead_letters": shown, "left_out": self.left_out})

    async def _actions(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "operator-of-billing")) is not None:
            return refusal
        asked = request.query_params
        limit, end = int(asked["limit"]), (asked.get("before", "9"), int(asked.get("before_id", "0")))
        found = [one for one in self.actions if (one["at"], one["id"]) < end]
        return JSONResponse({"actions": found[:limit], "left_out": len(found[limit:])})

    async def _dead_letter(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "operator-of-billing")) is not None:
            return refusal
        letter = self.letters.get(request.path_params["id"])
        if letter is None:
            return JSONResponse({"detail": "none", "code": "not_found"}, 404)
        return JSONResponse(letter)

    async def _resolve(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "operator-of-billing")) is not None:
            return refusal
        letter = self.letters.get(request.path_params["id"])
        if letter is None:
            return JSONResponse({"detail": "none", "code": "not_found"}, 404)
        if letter["resolved_at"] is not None:
            return JSONResponse({"detail": "was already", "code": "already_resolved"}, 409)
        self.resolved.append((request.url.path, await request.json()))
        return JSONResponse({"id": letter["id"], "resolution": "replayed"})

    async def _jobs(self, request: Request) -> Response:
        if (refusal := self._refusal(request, "operator-of-billing")) is not None:
            return refusal
        row = {"kind": "reconcile", "jobs": 1, "running": 0, "due": 0, "attempts_max": 0}
        return JSONResponse({"jobs": [row]})

    async def _ledger(self, request: Request) -> Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        self.asked.append(dict(request.query_params))
        entries = self.ledgers.get(request.path_params["user_id"], [])
        before, limit = int(request.query_params.get("before", 2**62)), int(request.query_params["limit"])
        page = [entry for entry in entries if entry["entry"] < before][:limit]
        more = bool(page) and page[-1]["entry"] > 1
        return JSONResponse({"entries": page, "next_before": page[-1]["entry"] if more else None})

    async def _purchases(self, request: Request) -> Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        mine = self.purchases.setdefault(request.path_params["user_id"], [])
        if request.method == "GET":
            return JSONResponse({"purchases": mine, "next_before": None})
        wanted = await request.json()
        moment = "2026-11-22T10:00:00Z"
        purchase = {
            **{
                "purchase_id": wanted["purchase_id"],
                "pack": wanted["pack"],
                "state": "started",
                "version": 1,
            },
            **{"tokens": 100, "amount": 500, "currency": "usd", "reversed_tokens": 0},
            **{"url": f"http://pay.test/{wanted['language']}", "started_at": moment, "updated_at": moment},
        }
        if purchase not in mine:
            mine.append(purchase)
        return JSONResponse(purchase, 201)

    async def _purchase(self, request: Request) -> Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        for purchase in self.purchases.get(request.path_params["user_id"], []):
            if purchase["purchase_id"] == request.path_params["id"]:
                return JSONResponse(purchase)
        return JSONResponse({"detail": "no such purchase", "code": "not_found"}, 404)

    async def _event(self, request: Request) -> Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        self.events.append((await request.body(), request.headers.get("stripe-signature")))
        return JSONResponse({"received": True})

    async def _file(self, request: Request) -> Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        path = parse_qs(request.url.query)["path"][0]
        self.paths.append(path)
        if path not in self.texts:
            return JSONResponse({"detail": "no such file", "code": "not_found"}, 404)
        text = self.texts[path]
        body = {"path": path, "step": "backend", "text": text, "bytes": len(text.encode())}
        return JSONResponse(body | {"sha256": hashlib.sha256(text.encode()).hexdigest()})

    async def _partial(self, request: Request) -> Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        if not self.texts:
            return JSONResponse({"detail": "nothing yet", "code": "not_found"}, 404)
        return Response(ARCHIVE[:99], media_type="application/zip")

    async def _link(self, request: Request) -> Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        body = {"archive_id": str(UUID(int=1)), "file_name": "tienda-de-ñandúes.zip", "sha256": "b" * 64}
        return JSONResponse(body | {"bytes": len(ARCHIVE), "files": 2, "url": self.public_url})

    async def _archive(self, request: Request) -> Response:
        if (refusal := self._refusal(request)) is not None:
            return refusal
        asked = request.headers.get("range")
        self.ranges.append(asked)
        if asked is None or not asked.startswith("bytes="):
            return Response(ARCHIVE, media_type="application/zip")
        first, _, last = asked.removeprefix("bytes=").partition("-")
        if int(first) >= len(ARCHIVE):
            return JSONResponse({"detail": "beyond", "code": "range_not_satisfiable"}, 416)
        part = ARCHIVE[int(first) : int(last) + 1]
        content_range = f"bytes {first}-{last}/{len(ARCHIVE)}"
        return Response(part, 206, headers={"Content-Range": content_range}, media_type="application/zip")


class Stack:
    """The running gateway and everything a test does to it."""

    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"  # what is told belongs to it

    def __init__(self, url: str, issuer: Any, service: Any, neighbours: Neighbours) -> None:
        self.url = url
        self.issuer = issuer
        self.service = service
        self.neighbours = neighbours
        self.gateway = service.routes[-1].app.state.gateway
        self.http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=10)
        self._batch = Batch("gateway", service.database, Repository())

    def headers(self, user: str = "user_ada", **claims: Any) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.issuer.token(sub=user, **claims)}"}

    async def get(self, path: str, user: str = "user_ada", **options: Any) -> httpx.Response:
        return await self.http.get(path, headers=self.headers(user) | options.pop("headers", {}), **options)

    async def post(self, path: str, user: str = "user_ada", **options: Any) -> httpx.Response:
        return await self.http.post(path, headers=self.headers(user) | options.pop("headers", {}), **options)

    async def generate(self, user: str = "user_ada", name: str = "mi-super-app") -> dict[str, Any]:
        answer = await self.post(
            "/api/generate", user, json={"prompt": "Un blog con comentarios", "project_name": name}
        )
        assert answer.status_code == 202, answer.text
        body: dict[str, Any] = answer.json()
        return body

    async def tell(self, *messages: Message, at: datetime | None = None) -> None:
        """Handle messages in one batch, as the consumer does with what is waiting."""
        items = []
        for message in messages:
            time = at or datetime.now(UTC)
            traceparent = f"00-{self.trace_id}-00f067aa0ba902b7-01"
            body = seal(message, source=message.sender.value, time=time, traceparent=traceparent).body
            envelope = open_envelope(body)
            handler = self.service.registry.handlers[message.type]
            subject = Received(envelope, message)
            items.append(Item(message.type, handler, subject, inbox_id=envelope.id, body=body))
        await self._batch.run(items)

    async def publish_catalogues(self, quote: int = 50) -> None:
        """What the owners tell at their start."""
        step = PipelineStep(
            step="architecture",
            title=LocalText(es="Diseñando arquitectura", en="Designing the architecture"),
            icon="🏗️",
            cap_tokens=quote,
            depends_on=(),
            typical_seconds=20,
        )
        model = RatedModel(
            model="joxcoder-large",
            price_input="0.5",
            price_output="1",
            price_cached="0.1",
            context_tokens=128_000,
            aliases=("joxcoder",),
        )
        title = LocalText(es="Inicial", en="Starter")
        pack = Pack(pack="starter", title=title, tokens=100, amount=500, currency="usd")
        await self.tell(
            PipelinePublished(pipeline="webapp", revision=1, digest="d1", quote_tokens=quote, steps=(step,)),
            RateCardPublished(
                revision=1, version="2026-1", models=(model,), packs=(pack,), rounding="up_per_step"
            ),
            ProviderStatusChanged(
                provider="joxcoder",
                model="joxcoder-large",
                revision=1,
                available=True,
                simulated=True,
                reason=None,
            ),
        )

    def balance(self, available: int, *, version: int = 1, user: str = "user_ada", **fields: Any) -> Message:
        stated = {"held": 0, "receivable": 0, "blocked_until": None, "changes": ()} | fields
        return BalanceChanged(user_id=UserId(user), version=version, available=available, **stated)

    async def fetch(self, statement: str, *arguments: Any) -> list[Any]:
        async with self.service.database.connection() as connection:
            return list(await connection.fetch(statement, *arguments))

    async def sent(self, type_: str) -> list[dict[str, Any]]:
        """The data of every message of a type in the outbox, in order."""
        rows = await self.fetch("SELECT body FROM outbox WHERE type = $1 ORDER BY seq", type_)
        return [json.loads(row["body"])["data"] for row in rows]


@asynccontextmanager
async def running(database_url: str, issuer: Any, **changes: Any) -> AsyncIterator[Stack]:
    """A gateway on a database; `changes` are further settings."""
    neighbours = Neighbours()

    async def jwks(_request: Request) -> Response:
        return JSONResponse(issuer.document())

    async with AsyncExitStack() as exits:
        identity = await exits.enter_async_context(serve(Starlette(routes=[Route("/jwks", jwks)])))
        beside = await exits.enter_async_context(serve(neighbours.app()))
        service = build(
            Settings(
                **{
                    "database_url": database_url,
                    "broker_url": "amqp://nobody@127.0.0.1:1/",  # tests here tell messages to the batch itself
                    "operator_token": "operator",
                    "internal_token": "between-us",
                    "billing_url": beside,
                    "artifacts_url": beside,
                    "operated_services": {
                        "billing": {"url": beside, "token": "operator-of-billing"},
                        "artifacts": {"url": "http://127.0.0.1:1", "token": "nobody-is-there"},
                    },
                    "CLERK_ISSUER": issuer.url,
                    "CLERK_JWKS_URL": f"{identity}/jwks",
                    "CLERK_AUTHORIZED_PARTIES": [issuer.party],
                    **changes,
                }
            )
        )
        await service.database.open()
        exits.push_async_callback(service.database.close)
        listening = asyncio.create_task(service.listener.run())
        exits.callback(listening.cancel)
        url = await exits.enter_async_context(serve(application(service.routes)))
        made = Stack(url, issuer, service, neighbours)
        exits.push_async_callback(made.http.aclose)
        await made.publish_catalogues()
        yield made


@pytest.fixture
async def stack(make_database: MakeDatabase, issuer: Any) -> AsyncIterator[Stack]:
    async with running(await make_database("autocrea.gateway"), issuer) as made:
        yield made


@pytest.fixture
async def make_stack(make_database: MakeDatabase, issuer: Any) -> AsyncIterator[Any]:
    """For tests that want other settings, or several replicas on one database."""
    database_url = await make_database("autocrea.gateway")
    async with AsyncExitStack() as exits:

        async def make(**changes: Any) -> Stack:
            return await exits.enter_async_context(running(database_url, issuer, **changes))

        yield make


@pytest.fixture(scope="session")
def archive_bytes() -> bytes:
    return ARCHIVE
