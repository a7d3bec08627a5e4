"""`/_sim`: rules and log over HTTP. No authentication: the process listens on loopback only."""

import json
from collections.abc import Set
from dataclasses import fields

from autocrea.simulators.control.log import CallLog, Entry
from autocrea.simulators.control.rules import NewRule, RuleBook, TooManyRules
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

LOG_FIELDS = frozenset(field.name for field in fields(Entry))


def control_routes(rules: RuleBook, log: CallLog) -> list[Route]:
    """The routes of `/_sim`, on this book and this log."""

    async def add_rule(request: Request) -> JSONResponse:
        try:
            rule = rules.add(NewRule.model_validate_json(await request.body()))
        except ValidationError as error:
            detail = json.loads(error.json(include_url=False, include_input=False))
            return JSONResponse({"detail": detail}, 422)
        except TooManyRules as error:
            return JSONResponse({"detail": str(error)}, 409)
        return JSONResponse(rule.shown(), 201)

    async def list_rules(_: Request) -> JSONResponse:
        return JSONResponse({"rules": [rule.shown() for rule in rules.rules]})

    async def clear_rules(request: Request) -> JSONResponse:
        if unknown := request.query_params.keys() - {"project"}:
            return _unknown("rules are cleared by project, not by", unknown)
        return JSONResponse({"removed": rules.remove(project=request.query_params.get("project"))})

    async def remove_rule(request: Request) -> JSONResponse:
        removed = rules.remove(rule_id=request.path_params["rule_id"])
        return JSONResponse({"removed": removed}, 200 if removed else 404)

    async def read_log(request: Request) -> JSONResponse:
        wanted = dict(request.query_params)
        if unknown := wanted.keys() - LOG_FIELDS:
            return _unknown("the log has no field", unknown)
        return JSONResponse(log.shown(wanted))

    async def clear_log(_: Request) -> JSONResponse:
        return JSONResponse({"cleared": log.clear()})

    async def health(_: Request) -> JSONResponse:
        return JSONResponse({"status": "ok"})

    return [
        Route("/rules", add_rule, methods=["POST"]),
        Route("/rules", list_rules, methods=["GET"]),
        Route("/rules", clear_rules, methods=["DELETE"]),
        Route("/rules/{rule_id:int}", remove_rule, methods=["DELETE"]),
        Route("/log", read_log, methods=["GET"]),
        Route("/log", clear_log, methods=["DELETE"]),
        Route("/health", health, methods=["GET"]),
    ]


def _unknown(sentence: str, names: Set[str]) -> JSONResponse:
    return JSONResponse({"detail": f"{sentence} {', '.join(sorted(names))}"}, 422)
