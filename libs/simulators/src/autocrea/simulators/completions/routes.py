"""The routes of one provider, to be mounted at `/<provider>/v1`."""

from autocrea.simulators.completions.chunks import model_entry
from autocrea.simulators.completions.endpoint import ChatCompletions
from autocrea.simulators.completions.providers import Provider
from autocrea.simulators.control.log import CallLog
from autocrea.simulators.control.rules import RuleBook
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


def completion_routes(provider: Provider, rules: RuleBook, log: CallLog, rate: float) -> list[Route]:
    """Chat completions and the list of models."""

    async def models(_: Request) -> JSONResponse:
        return JSONResponse(
            {"object": "list", "data": [model_entry(provider, name) for name in provider.models]}
        )

    return [
        Route("/chat/completions", ChatCompletions(provider, rules, log, rate), methods=["POST"]),
        Route("/models", models, methods=["GET"]),
    ]
