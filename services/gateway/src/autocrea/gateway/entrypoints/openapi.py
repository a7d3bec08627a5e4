"""The OpenAPI document: what FastAPI makes of the routes, and what holds for all of them at once.

Errors that any route of its kind may answer are added here, so that no route has to list them; feeds name the union of
their events, which is what clients generate their types from.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from autocrea.contracts.internal import ErrorBody
from autocrea.gateway.domain.problems import PROBLEMS, sentence
from autocrea.gateway.entrypoints.examples import EXAMPLES
from fastapi import FastAPI

EVENT_STREAM = "text/event-stream"
ERROR_SCHEMA = {"$ref": f"#/components/schemas/{ErrorBody.__name__}"}

TAGS = (
    ("generations", "Ask for an application, look at it, stop it, take it up again."),
    ("files", "What was generated: single files, the whole ZIP, a part of it."),
    (
        "feeds",
        "Server-sent events. `id` is where to go on with `Last-Event-ID`; `event` names the shape of `data`.",
    ),
    ("projects", "What generations belong to."),
    ("account", "The caller: who they are, their tokens and what moved them, their access tokens."),
    ("billing", "Buying tokens."),
    ("offers", "Prices and choices; needs no session."),
    ("operations", "For the role operator: what runs, what waits, what is broken. Pausing."),
    ("service", "Whether the service works, and what a page must know before it can sign anybody in."),
)

_FASTAPIS_422 = "HTTPValidationError"  # what FastAPI would answer, and we do not
_EVERYBODYS = ("too_many_requests", "internal", "unavailable")
_SAMPLE_MEMBERS: Mapping[str, Any] = {
    "problems": "body.prompt",
    "pipeline": "webapp",
    "model": "joxcoder",
    "pack": "starter",
    "missing": 20,
    "needed": 50,
    "available": 30,
    "receivable": 40,
    "quote_tokens": 60,
    "limit": 3,
    "reason": "mantenimiento hasta las 15:00",
    "scope": "write",
}


class Api(FastAPI):
    """The application, with the document completed."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            components = document["components"]
            components["schemas"][ErrorBody.__name__] = ErrorBody.model_json_schema()
            for name in (_FASTAPIS_422, "ValidationError"):
                components["schemas"].pop(name, None)
            components["examples"] = {code: _example(code) for code in sorted(PROBLEMS)}
            document["tags"] = [{"name": name, "description": text} for name, text in TAGS]
            for path, operations in document["paths"].items():
                for operation in operations.values():
                    _complete(operation, is_api=path.startswith("/api/"))
        assert self.openapi_schema is not None
        return self.openapi_schema


def error_response(codes: Iterable[str]) -> dict[str, Any]:
    """How an answer with one of these codes is documented."""
    examples = {code: {"$ref": f"#/components/examples/{code}"} for code in codes}
    return {
        "description": ", ".join(f"`{code}`" for code in examples),
        "content": {"application/json": {"schema": ERROR_SCHEMA, "examples": examples}},
    }


def _example(code: str) -> dict[str, Any]:
    """What the answer with this code looks like, in Spanish."""
    return {
        "summary": sentence(code, "en", _SAMPLE_MEMBERS),
        "value": {
            "detail": sentence(code, "es", _SAMPLE_MEMBERS),
            "code": code,
            "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
        },
    }


def _complete(operation: dict[str, Any], *, is_api: bool) -> None:
    responses: dict[str, Any] = operation["responses"]
    for status, response in responses.items():
        if status.startswith("2") and EVENT_STREAM in response.get("content", {}):
            _name_events(response["content"][EVENT_STREAM])
    example = EXAMPLES.get(operation["operationId"])
    for status, response in responses.items():
        if example is not None and status.startswith("2"):
            response["content"]["application/json"]["example"] = example
    if not is_api:
        return
    if _FASTAPIS_422 in str(responses.get("422")):
        del responses["422"]
    codes = list(_EVERYBODYS)
    if operation.get("security"):
        codes += ["unauthenticated", "token_invalid", "token_expired", "scope_missing"]
    if operation.get("parameters") or "requestBody" in operation:
        codes.append("invalid_request")
    if "requestBody" in operation:
        codes.append("body_too_large")
    for code in codes:
        _add(responses, code)
    for status, response in responses.items():
        if status in ("429", "503"):
            response["headers"] = {
                "Retry-After": {
                    "schema": {"type": "integer"},
                    "description": "Seconds to wait before asking again.",
                }
            }
    operation["responses"] = dict(sorted(responses.items()))


def _name_events(media: dict[str, Any]) -> None:
    """A stream is text to HTTP; `contentSchema` says what one event of it is."""
    event = {"$ref": media["schema"]["$ref"]}
    media["schema"] = {"type": "string", "contentMediaType": EVENT_STREAM, "contentSchema": event}


def _add(responses: dict[str, Any], code: str) -> None:
    status = str(PROBLEMS[code].status)
    media = responses.get(status, {}).get("content", {}).get("application/json", {})
    codes = list(media.get("examples", {}))
    if status not in responses or codes:  # a response without codes is no error of the table
        codes += [code] if code not in codes else []
        responses[status] = error_response(codes)
