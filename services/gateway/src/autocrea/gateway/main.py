"""Wiring of the gateway, by hand."""

from importlib.metadata import version
from pathlib import Path

import httpx
from autocrea.chassis import expiry
from autocrea.chassis.app import Service
from autocrea.chassis.database import Database
from autocrea.chassis.http import InternalClient
from autocrea.chassis.main import main as chassis_main
from autocrea.gateway.adapters import metrics
from autocrea.gateway.adapters.access_tokens import AccessTokens
from autocrea.gateway.adapters.artifacts import ArtifactsFiles
from autocrea.gateway.adapters.billing import BillingLedger, BillingPurchases
from autocrea.gateway.adapters.broker_queues import BrokerQueues
from autocrea.gateway.adapters.expiry import EXPIRE_ANSWERS_AND_FEEDS, EXPIRIES
from autocrea.gateway.adapters.feed_pages import FeedPages
from autocrea.gateway.adapters.operated_services import OperatedServices
from autocrea.gateway.adapters.operator_queries import OperatorQueries
from autocrea.gateway.adapters.pauses import Pauses
from autocrea.gateway.adapters.progress import ProgressQueue
from autocrea.gateway.adapters.projections import Projections
from autocrea.gateway.adapters.queries import Queries
from autocrea.gateway.adapters.repository import Repository
from autocrea.gateway.adapters.request_limits import RequestLimits
from autocrea.gateway.adapters.service_status import StatusTeller
from autocrea.gateway.adapters.session_tokens import SessionTokens
from autocrea.gateway.adapters.shared_pages import SharedPages
from autocrea.gateway.adapters.signing_keys import SigningKeys
from autocrea.gateway.adapters.story import story
from autocrea.gateway.adapters.stream_places import StreamPlaces
from autocrea.gateway.adapters.viewers import Viewers
from autocrea.gateway.domain.read_model import FEED_CHANNEL, LEAVE_CHANNEL, STATUS_CHANNEL, Key, Rows
from autocrea.gateway.entrypoints import messages, pausing, rebuilding
from autocrea.gateway.entrypoints.api import create_app, wire, write_openapi
from autocrea.gateway.ports import Gateway, Operations, Options
from autocrea.gateway.settings import Settings
from starlette.routing import Mount

PACKAGE = "autocrea.gateway"
PREFETCH = 256  # 64 KiB each: 16 MiB


def build(settings: Settings) -> Service[Rows, Key]:
    """The service, ready to run."""
    service = Service("gateway", settings, package=PACKAGE, repository=Repository(), prefetch=PREFETCH)
    messages.register(service.registry)
    expiry.register(service.registry, service.database, EXPIRE_ANSWERS_AND_FEEDS, EXPIRIES)
    service.story = story
    metrics.register(service.told)
    viewers, places = Viewers(), StreamPlaces(settings.redis_url)
    feeds = FeedPages(service.database)
    progress = ProgressQueue(settings.broker_url, viewers)
    read_model, pauses = Queries(service.database), Pauses(service.database)
    status = StatusTeller(read_model, pauses, viewers)
    service.listener.on(FEED_CHANNEL, viewers.wake)
    service.listener.on(LEAVE_CHANNEL, viewers.end)
    service.listener.on(STATUS_CHANNEL, status.wake)
    service.background("reread", lambda: viewers.reread(feeds.positions))
    service.background("stream places", places.keep)
    service.background("progress", progress.run)
    service.background("status", status.run)

    async def end_streams() -> None:
        await service.stopping.wait()
        viewers.stop()

    service.background("end streams", end_streams)
    options = _options(settings)
    app = create_app(options)
    billing = InternalClient(str(settings.billing_url), settings.internal_token, name="billing")
    wire(
        app,
        Gateway(
            sessions=_sessions(settings),
            transact=service.transact,
            read_model=read_model,
            feeds=SharedPages(feeds, viewers),
            viewers=viewers,
            stream_places=places,
            ledger=BillingLedger(billing),
            purchases=BillingPurchases(billing),
            artifacts=ArtifactsFiles(
                InternalClient(str(settings.artifacts_url), settings.internal_token, name="artifacts")
            ),
            backlog=service.outbox,
            access_tokens=AccessTokens(service.database),
            request_limits=RequestLimits(
                per_user=settings.requests_per_user,
                per_address=settings.requests_per_address,
                redis_url=settings.redis_url,
            ),
            pauses=pauses,
            operations=_operations(settings, service.database),
            options=options,
        ),
    )
    service.routes += pausing.routes(pauses, settings.operator_token)
    service.routes += rebuilding.routes(
        Projections(service.database), service.transact, settings.operator_token
    )
    service.routes.append(Mount("", app=app))
    return service


def main() -> None:
    """The command line: run, or migrate."""
    chassis_main(PACKAGE, Settings, build)


def export_openapi(path: Path) -> None:
    """Write the OpenAPI document of this build, for `docs/reference`."""
    write_openapi(path, Options(environment="development", version=version("autocrea-gateway")))


def _options(settings: Settings) -> Options:
    return Options(
        environment=settings.env,
        version=version("autocrea-gateway"),
        allowed_origins=settings.allowed_origins,
        open_generations_max=settings.open_generations_max,
        issuer=settings.clerk_issuer,
        clerk_publishable_key=settings.clerk_publishable_key,
        development_sign_in=settings.development_sign_in,
        pages_dir=settings.pages_dir,
    )


def _operations(settings: Settings, database: Database) -> Operations:
    clients = {
        name: InternalClient(str(one.url), one.token, name=name)
        for name, one in settings.operated_services.items()
    }
    return Operations(
        OperatorQueries(database),
        BrokerQueues(settings.broker_url),
        OperatedServices(clients),
    )


def _sessions(settings: Settings) -> SessionTokens | None:
    if settings.clerk_issuer is None:
        return None
    keys = SigningKeys(httpx.AsyncClient(follow_redirects=False), settings.jwks_url)
    return SessionTokens(keys, issuer=settings.clerk_issuer, authorized_parties=settings.authorized_parties)
