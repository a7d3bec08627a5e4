"""The gateway alone: a virtual host, a database, its process, and an issuer whose sessions last long enough."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import jwt
import uvicorn
from autocrea.chassis import migrations, topology
from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint
from autocrea.contracts.topology import TOPOLOGY
from autocrea.testkit.processes import ServiceProcess, free_port
from autocrea.testkit.vhosts import Management, service_password
from autocrea.testkit.waiting import eventually
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

NAME = "benchmark-feeds"
PACKAGE = "autocrea.gateway"
ISSUER = "http://127.0.0.1/identity"
PARTY = "http://127.0.0.1"
SESSION_SECONDS = 3_600
UNLIMITED = "10000000"  # everybody here has the same address


@dataclass(slots=True)
class Gateway:
    """The process and its surroundings."""

    process: ServiceProcess
    database_url: str
    key: rsa.RSAPrivateKey
    rabbitmq: RabbitmqEndpoint

    def token(self, user: str) -> str:
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": user, "azp": PARTY, "iat": now, "nbf": now - 1, "sid": "s"}
        more: dict[str, Any] = {"exp": now + SESSION_SECONDS, "email_verified": True}
        return jwt.encode(claims | more, self.key, algorithm="RS256", headers={"kid": "k"})

    def broker_url(self, service: str) -> str:
        return self.rabbitmq.url(NAME, user=service, password=service_password(service))

    async def fetch(self, query: str) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.database_url)
        try:
            return list(await connection.fetch(query))
        finally:
            await connection.close()


@asynccontextmanager
async def running(
    folder: Path, rabbitmq: RabbitmqEndpoint, postgres: PostgresEndpoint
) -> AsyncIterator[Gateway]:
    management = Management(rabbitmq)
    await asyncio.to_thread(management.create_vhost, NAME)
    database = f"benchmark_feeds_{uuid4().hex[:8]}"
    await _administer(postgres, f'CREATE DATABASE "{database}"')
    url = postgres.url(database)
    await migrations.migrate(url, PACKAGE)
    await topology.apply(rabbitmq.url(NAME), TOPOLOGY)
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    async with _jwks(key) as jwks:
        port = free_port()
        environment = {
            "AUTOCREA_GATEWAY_DATABASE_URL": url,
            "AUTOCREA_GATEWAY_BROKER_URL": rabbitmq.url(
                NAME, user="gateway", password=service_password("gateway")
            ),
            "AUTOCREA_GATEWAY_HTTP_PORT": str(port),
            "AUTOCREA_GATEWAY_OPERATOR_TOKEN": "operator",
            "AUTOCREA_GATEWAY_INTERNAL_TOKEN": "between-us",
            "AUTOCREA_GATEWAY_BILLING_URL": "http://127.0.0.1:1",
            "AUTOCREA_GATEWAY_ARTIFACTS_URL": "http://127.0.0.1:1",
            "AUTOCREA_GATEWAY_REQUESTS_PER_USER": UNLIMITED,
            "AUTOCREA_GATEWAY_REQUESTS_PER_ADDRESS": UNLIMITED,
            "CLERK_ISSUER": ISSUER,
            "CLERK_JWKS_URL": jwks,
            "CLERK_AUTHORIZED_PARTIES": PARTY,
        }
        process = ServiceProcess(PACKAGE, environment, port=port, log=folder / "gateway.log")
        try:
            await process.start()
            yield Gateway(process, url, key, rabbitmq)
        finally:
            await process.kill()
            await asyncio.to_thread(management.delete_vhost, NAME)
            await _administer(postgres, f'DROP DATABASE "{database}" WITH (FORCE)')


@asynccontextmanager
async def _jwks(key: rsa.RSAPrivateKey) -> AsyncIterator[str]:
    public = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    document = {"keys": [{**public, "kid": "k", "use": "sig", "alg": "RS256"}]}
    port = free_port()
    app = Starlette(routes=[Route("/jwks", lambda _: JSONResponse(document))])
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server._serve())  # without its signal handlers
    await eventually(lambda: server.started)
    yield f"http://127.0.0.1:{port}/jwks"
    server.should_exit = True
    await serving


async def _administer(postgres: PostgresEndpoint, statement: str) -> None:
    connection = await asyncpg.connect(postgres.url())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()
