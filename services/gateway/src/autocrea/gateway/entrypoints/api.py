"""The HTTP application: its routes, its layers, its OpenAPI document."""

import json
from pathlib import Path

from autocrea.gateway.entrypoints import (
    access_tokens,
    account,
    account_deletion,
    billing,
    documentation,
    errors,
    feeds,
    files,
    generations,
    offers,
    operations,
    pages,
    projects,
)
from autocrea.gateway.entrypoints.admission import Admission, Refusals
from autocrea.gateway.entrypoints.authentication import Acquaintances
from autocrea.gateway.entrypoints.openapi import Api
from autocrea.gateway.entrypoints.turns import TakingTurns
from autocrea.gateway.ports import Gateway, Options
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

PREFLIGHT_SECONDS = 600
ALLOWED_HEADERS = (
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-None-Match",
    "Last-Event-ID",
    "Range",
    "traceparent",
)
EXPOSED_HEADERS = (
    "Content-Disposition",
    "Content-Language",
    "Content-Range",
    "ETag",
    "Location",
    "Retry-After",
)


def create_app(options: Options) -> FastAPI:
    """The application without its outside; `wire` it before the first request."""
    app = Api(
        title="AUTOCREA API",
        summary="De idea a aplicación en minutos",
        description="Every error is `{detail, code, trace_id}`; `detail` follows `Accept-Language` (es, en).",
        version=options.version,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,  # what generated clients call it
        telemetry={
            "tracing": False,
            "metrics": False,
            "logs": False,
        },  # the chassis traces and counts requests
    )
    for router in (
        generations.router,
        files.router,
        feeds.router,
        projects.router,
        account.router,
        access_tokens.router,
        account_deletion.router,
        billing.router,
        offers.router,
        operations.router,
    ):
        app.include_router(router, prefix="/api")
    app.include_router(offers.health_router)
    if options.environment != "production":
        documentation.install(app)
    pages.install(app, options)
    errors.install(app)
    app.add_middleware(TakingTurns)
    app.add_middleware(errors.ErrorBoundary)
    app.state.refusals = Refusals()
    app.add_middleware(Admission)
    # No cookies anywhere: the session travels in a header, so credentials need not be allowed.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(options.allowed_origins),
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=ALLOWED_HEADERS,
        expose_headers=EXPOSED_HEADERS,
        max_age=PREFLIGHT_SECONDS,
    )
    return app


def wire(app: FastAPI, gateway: Gateway) -> None:
    """Give the routes what they work with."""
    app.state.gateway = gateway
    app.state.acquaintances = Acquaintances()


def write_openapi(path: Path, options: Options) -> None:
    """Write the OpenAPI document as it is committed: stable order, one trailing newline."""
    document = create_app(options).openapi()
    path.write_text(json.dumps(document, indent=2, ensure_ascii=False, sort_keys=True) + "\n", "utf-8")
