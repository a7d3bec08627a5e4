"""The routes of one provider, to be mounted at `/<provider>/v1`."""

from autocrea.simulators.answering.endpoint import ModelEndpoint
from autocrea.simulators.answering.providers import Provider
from autocrea.simulators.control.log import CallLog
from autocrea.simulators.control.rules import RuleBook
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


def model_routes(provider: Provider, rules: RuleBook, log: CallLog, rate: float) -> list[Route]:
    """Calls and the list of models."""

    async def models(_: Request) -> JSONResponse:
        return JSONResponse(provider.wire.models(f"{provider.name}-simulated", provider.models))

    return [
        Route(provider.wire.path, ModelEndpoint(provider, rules, log, rate), methods=["POST"]),
        Route("/models", models, methods=["GET"]),
    ]
