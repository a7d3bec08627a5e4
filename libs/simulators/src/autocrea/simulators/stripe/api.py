"""`/v1`: the part of Stripe's API that selling with Checkout needs, with its keys, errors and idempotency."""

import hmac
import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any

from autocrea.simulators.stripe import objects
from autocrea.simulators.stripe.form import BadForm, parse_form
from autocrea.simulators.stripe.objects import Object
from autocrea.simulators.stripe.outage import Outage
from autocrea.simulators.stripe.store import Listing, Store
from autocrea.simulators.stripe.till import CHARGE, DISPUTE, EVENT, INTENT, REFUND, SESSION, NotNow, Till
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

LIMIT_DEFAULT, LIMIT_MAX = 10, 100  # Stripe's

Operation = Callable[[Object], Object]


class Missing(Exception):
    """A parameter that Stripe requires."""


class Api:
    """The routes, over one store and till."""

    def __init__(self, store: Store, till: Till, key: str, outage: Outage) -> None:
        self._store = store
        self._till = till
        self._key = key
        self._outage = outage

    def routes(self) -> list[Route]:
        return [
            self._post("/checkout/sessions", self._open_session),
            self._post("/checkout/sessions/{id}/expire", self._expire_session),
            self._post("/refunds", self._refund),
            *(
                route
                for path, kind in (
                    ("/checkout/sessions", SESSION),
                    ("/payment_intents", INTENT),
                    ("/charges", CHARGE),
                    ("/refunds", REFUND),
                    ("/disputes", DISPUTE),
                    ("/events", EVENT),
                )
                for route in self._reading(path, kind)
            ),
        ]

    def _open_session(self, params: Object) -> Object:
        try:
            if params["mode"] != "payment":
                raise Missing("This simulator knows `mode=payment` only.")
            return self._till.open_session(params)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise Missing(f"Missing or bad parameter: {error}") from error

    def _expire_session(self, params: Object) -> Object:
        return self._till.expire(self._get(SESSION, params["id"]))

    def _refund(self, params: Object) -> Object:
        intent = params.get("payment_intent")
        if intent is None:
            intent = self._get(CHARGE, params.get("charge", ""))["payment_intent"]
        amount = int(params["amount"]) if "amount" in params else None
        return self._till.refund(intent, amount, reason=params.get("reason"))

    def _get(self, kind: str, id_: str) -> Object:
        found = self._store.get(kind, id_)
        if found is None:
            raise KeyError(id_)
        return found

    def _post(self, path: str, operation: Operation) -> Route:
        async def answer(request: Request) -> JSONResponse:
            text = (await request.body()).decode()
            params = parse_form(text) | request.path_params
            key = request.headers.get("idempotency-key")
            asked = f"{request.url.path} {json.dumps(params, sort_keys=True)}"
            if key is not None and (before := self._store.answered(key)) is not None:
                if before[0] != asked:
                    return failure(400, "idempotency_error", "Keys for idempotent requests can only be used with "
                                   "the same parameters they were first used with.")  # fmt: skip
                return JSONResponse(before[2], before[1], {"Idempotent-Replayed": "true"})
            body = objects.public(operation(params))
            if key is not None:
                self._store.answer(key, asked, 200, body)
            return JSONResponse(body)

        return Route(path, self._guarded(answer), methods=["POST"])

    def _reading(self, path: str, kind: str) -> list[Route]:
        async def one(request: Request) -> JSONResponse:
            return JSONResponse(objects.public(self._get(kind, request.path_params["id"])))

        async def many(request: Request) -> JSONResponse:
            listing = listing_of(kind, parse_form(request.url.query))
            found, more = self._store.page(listing)
            data = [objects.public(value) for value in found]
            return JSONResponse({"object": "list", "url": f"/v1{path}", "has_more": more, "data": data})

        return [
            Route(path, self._guarded(many), methods=["GET"]),
            Route(f"{path}/{{id}}", self._guarded(one), methods=["GET"]),
        ]

    def _guarded(self, answer: Callable[[Request], Any]) -> Callable[[Request], Any]:
        async def guarded(request: Request) -> JSONResponse:
            if (status := self._outage.next_status()) is not None:
                return failure(status, "api_error", "An error occurred with our systems.")
            if not hmac.compare_digest(presented_key(request).encode(), self._key.encode()):
                return failure(401, "invalid_request_error", "Invalid API Key provided")
            try:
                response: JSONResponse = await answer(request)
            except (BadForm, Missing) as error:
                return failure(400, "invalid_request_error", str(error), code="parameter_missing")
            except NotNow as error:
                return failure(400, "invalid_request_error", str(error))
            except KeyError as error:
                return failure(
                    404, "invalid_request_error", f"No such object: {error}", code="resource_missing"
                )
            return response

        return guarded


def presented_key(request: Request) -> str:
    """The key of a request, by either way that Stripe takes one."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme == "Basic":
        return b64decode(value).decode().partition(":")[0]
    return value if scheme == "Bearer" else ""


def listing_of(kind: str, params: Object) -> Listing:
    """What a query asks for. Raises `BadForm`."""
    created: Any = params.get("created", {})
    types: Any = params.get("types", [])
    try:
        limit = min(max(int(params.get("limit", LIMIT_DEFAULT)), 1), LIMIT_MAX)
        since = int(created.get("gte", 0) if isinstance(created, dict) else created)
    except ValueError as error:
        raise BadForm(str(error)) from error
    if isinstance(types, dict):
        types = list(types.values())
    named = [*types, *([params["type"]] if "type" in params else [])]
    equal: dict[str, Any] = {
        name: params[name] for name in ("payment_intent", "charge", "status") if name in params
    }
    return Listing(kind, since, params.get("starting_after"), limit, equal, tuple(named))


def failure(status: int, type_: str, message: str, *, code: str | None = None) -> JSONResponse:
    """An error as Stripe tells it."""
    error = {"type": type_, "message": message} | ({"code": code} if code else {})
    return JSONResponse({"error": error}, status, {"Request-Id": objects.new_id("req")})
