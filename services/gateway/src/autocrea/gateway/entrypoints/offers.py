"""Routes that need no session: what an application costs, and whether the service works."""

from collections.abc import Sequence
from typing import Annotated

from autocrea.chassis.errors import Unavailable
from autocrea.contracts.llm_router.v1 import ProviderStatusChanged
from autocrea.contracts.orchestrator.v1 import PipelinePublished
from autocrea.gateway.domain.catalogue import (
    DEFAULT_PIPELINE,
    Catalogue,
    CatalogueKind,
    Quote,
    is_joxcoder_available,
    model_statuses,
)
from autocrea.gateway.domain.read_model import Rows, catalogue_key
from autocrea.gateway.entrypoints.authentication import Wired
from autocrea.gateway.entrypoints.bodies import (
    ConfigurationBody,
    HealthBody,
    ModelBody,
    OfferedPipeline,
    PausedBody,
    QuoteBody,
    QuoteStep,
)
from autocrea.gateway.entrypoints.requests import Spoken, errors
from autocrea.gateway.handlers.request_generation import find_quote
from fastapi import APIRouter, Query, Response

router = APIRouter(tags=["offers"])
health_router = APIRouter(tags=["service"])


@router.get("/quote", summary="What it costs", responses=errors("unknown_pipeline"))
async def get_quote(
    gateway: Wired,
    language: Spoken,
    pipeline: Annotated[str, Query(max_length=64)] = DEFAULT_PIPELINE,
) -> QuoteBody:
    """The price that `POST /api/generate` will hold, and what may be chosen."""
    catalogues = await gateway.read_model.list_catalogues(list(CatalogueKind))
    rows = Rows(catalogues={catalogue_key(entry.kind, entry.name): entry for entry in catalogues})
    quote = find_quote(rows, pipeline)
    return QuoteBody(
        pipeline=quote.pipeline.pipeline,
        pipeline_digest=quote.pipeline.digest,
        rate_card_version=quote.rate_card.version,
        tokens=quote.tokens,
        typical_seconds=quote.typical_seconds,
        steps=[QuoteStep.of(step, language) for step in quote.pipeline.steps],
        models=_models(quote, _providers(catalogues)),
        pipelines=_pipelines(catalogues),
        packs=quote.rate_card.packs,
        paused=PausedBody.of(await gateway.pauses.in_force()),
    )


@health_router.get(
    "/health",
    summary="Whether the service works",
    responses={503: {"model": HealthBody, "description": "It does not: its database is away."}},
)
async def get_health(gateway: Wired, response: Response) -> HealthBody:
    """The founding document's body; probes ask `/health/live` and `/health/ready`."""
    try:
        providers = _providers(await gateway.read_model.list_catalogues([CatalogueKind.PROVIDER]))
        pause = await gateway.pauses.in_force()
    except Unavailable:
        response.status_code = 503
        return HealthBody(
            status="unavailable",
            version=gateway.options.version,
            joxcoder_available=False,
            simulated=False,
        )
    return HealthBody(
        status="healthy",
        version=gateway.options.version,
        joxcoder_available=is_joxcoder_available(providers),
        simulated=any(status.simulated for status in providers),
        paused=PausedBody.of(pause),
    )


@health_router.get("/config.json", summary="What a page needs to begin")
async def get_configuration(gateway: Wired, response: Response) -> ConfigurationBody:
    """The same for everybody; read at every start of a page."""
    options = gateway.options
    response.headers["Cache-Control"] = "no-cache"
    return ConfigurationBody(
        environment=options.environment,
        version=options.version,
        issuer=options.issuer,
        clerk_publishable_key=options.clerk_publishable_key,
        development_sign_in=options.development_sign_in,
    )


def _pipelines(catalogues: Sequence[Catalogue]) -> list[OfferedPipeline]:
    offered = [entry.published for entry in catalogues if isinstance(entry.published, PipelinePublished)]
    offered.sort(key=lambda one: (one.pipeline != DEFAULT_PIPELINE, one.pipeline))
    return [OfferedPipeline(pipeline=one.pipeline, tokens=one.quote_tokens) for one in offered]


def _providers(catalogues: Sequence[Catalogue]) -> list[ProviderStatusChanged]:
    return [entry.published for entry in catalogues if isinstance(entry.published, ProviderStatusChanged)]


def _models(quote: Quote, providers: list[ProviderStatusChanged]) -> list[ModelBody]:
    aliases = {model.model: model.aliases for model in quote.rate_card.models}
    return [
        ModelBody(
            model=status.model,
            aliases=aliases[status.model],
            available=status.available,
            simulated=status.simulated,
        )
        for status in model_statuses(quote.rate_card, providers)
    ]
