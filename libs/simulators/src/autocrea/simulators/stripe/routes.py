"""Stripe in one place: its API, its Checkout page, and the outside's hand on it under `/_sim/stripe`."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, Literal
from urllib.parse import parse_qs

from autocrea.simulators.settings import Settings
from autocrea.simulators.stripe import objects
from autocrea.simulators.stripe.api import Api
from autocrea.simulators.stripe.deliveries import Deliveries
from autocrea.simulators.stripe.manners import Manner, Release
from autocrea.simulators.stripe.objects import Object
from autocrea.simulators.stripe.outage import NewOutage, Outage
from autocrea.simulators.stripe.page import back_to, checkout_page
from autocrea.simulators.stripe.store import Store
from autocrea.simulators.stripe.till import CHARGE, DISPUTE, INTENT, REFUND, SESSION, NotNow, Till
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

PAGE = "/pay"


class Deed(BaseModel):
    """The body of `POST /_sim/stripe/deeds`: something that at Stripe happens without an API call of ours."""

    model_config = ConfigDict(extra="forbid")
    do: Literal[
        "pay", "defer", "settle", "decline", "expire", "refund", "fail_refund", "complete_refund",
        "dispute", "inquire", "escalate", "win", "lose",
    ]  # fmt: skip
    id: str = Field(description="of the session, else of the refund or dispute")
    amount: int | None = Field(default=None, ge=1)
    pending: bool = Field(default=False, description="a refund that is on its way first")


class SimulatedStripe:
    """One account at Stripe."""

    def __init__(self, settings: Settings) -> None:
        path = None if settings.state_dir is None else settings.state_dir / "stripe.sqlite"
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.store = Store(path)
        self.deliveries = Deliveries(
            self.store,
            settings.stripe_webhook_url,
            settings.stripe_webhook_secret.get_secret_value(),
            self._user_of,
        )
        page_url = f"http://{settings.host}:{settings.port}/stripe{PAGE}"
        self.till = Till(self.store, page_url, self.deliveries.send)
        self._outage = Outage()
        key = settings.stripe_secret_key.get_secret_value()
        self._api = Api(self.store, self.till, key, self._outage)

    def routes(self) -> list[BaseRoute]:
        """What Stripe serves."""
        return [
            Mount("/v1", routes=self._api.routes()),
            Route(f"{PAGE}/{{id}}", self._show, methods=["GET"]),
            Route(f"{PAGE}/{{id}}", self._press, methods=["POST"]),
        ]

    def control_routes(self) -> list[BaseRoute]:
        """What only a simulator serves."""
        return [
            Route("/webhooks", self._shown, methods=["GET"]),
            Route("/webhooks", _with_body(Manner, self._set_manner), methods=["PUT"]),
            Route("/webhooks/release", _with_body(Release, self._release), methods=["POST"]),
            Route("/api", _with_body(NewOutage, self._set_outage), methods=["PUT"]),
            Route("/deeds", _with_body(Deed, self._do), methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        session = self.store.get(SESSION, request.path_params["id"])
        return HTMLResponse("No existe.", 404) if session is None else HTMLResponse(checkout_page(session))

    async def _press(self, request: Request) -> Response:
        session = self.store.get(SESSION, request.path_params["id"])
        if session is None:
            return HTMLResponse("No existe.", 404)
        pressed = parse_qs((await request.body()).decode()).get("do", [""])[0]
        if pressed == "cancel":
            return RedirectResponse(back_to(session, paid=False), 303)
        if session["status"] == "open":
            self.till.pay(session, deferred=pressed == "defer")
        return RedirectResponse(back_to(session, paid=session["status"] == "complete"), 303)

    async def _shown(self, _: Request) -> Response:
        return JSONResponse(self.deliveries.shown())

    async def _set_manner(self, manner: Manner) -> Any:
        self.deliveries.manners.set(manner)
        return {"manners": self.deliveries.manners.shown()}

    async def _release(self, wanted: Release) -> Any:
        return {"released": self.deliveries.release(wanted)}

    async def _set_outage(self, outage: NewOutage) -> Any:
        self._outage.set(outage)
        return outage.model_dump()

    async def _do(self, deed: Deed) -> Any:
        return objects.public(self._done(deed))

    def _done(self, deed: Deed) -> Object:
        kinds = (
            (SESSION, self._done_to_session),
            (REFUND, self._done_to_refund),
            (DISPUTE, self._done_to_dispute),
        )
        for kind, done_to in kinds:
            value = self.store.get(kind, deed.id)
            if value is not None:
                return done_to(deed, value)
        raise NotNow(f"there is no session, refund or dispute {deed.id}")

    def _done_to_session(self, deed: Deed, session: Object) -> Object:
        till = self.till
        match deed.do:
            case "pay" | "defer":
                return till.pay(session, deferred=deed.do == "defer")
            case "settle" | "decline":
                return till.settle(session, paid=deed.do == "settle")
            case "expire":
                return till.expire(session)
            case "refund":
                status = "pending" if deed.pending else "succeeded"
                return till.refund(session["payment_intent"], deed.amount, status=status)
            case "dispute" | "inquire":
                inquiry = deed.do == "inquire"
                return till.dispute(session["payment_intent"], deed.amount, inquiry=inquiry)
            case _:
                raise NotNow(f"`{deed.do}` is not done to a session")

    def _done_to_refund(self, deed: Deed, refund: Object) -> Object:
        match deed.do:
            case "fail_refund":
                return self.till.fail_refund(refund)
            case "complete_refund":
                return self.till.complete_refund(refund)
            case _:
                raise NotNow(f"`{deed.do}` is not done to a refund")

    def _done_to_dispute(self, deed: Deed, dispute: Object) -> Object:
        match deed.do:
            case "escalate":
                return self.till.escalate(dispute)
            case "win" | "lose":
                return self.till.close_dispute(dispute, "won" if deed.do == "win" else "lost")
            case _:
                raise NotNow(f"`{deed.do}` is not done to a dispute")

    def _user_of(self, event: Object) -> str | None:
        """The buyer whom an event concerns, by the payment that it names."""
        about = event["data"]["object"]
        if about["object"] == SESSION:
            user: str | None = about["client_reference_id"]
            return user
        intent = about["id"] if about["object"] == INTENT else about.get("payment_intent")
        if about["object"] == CHARGE:
            intent = about["payment_intent"]
        sessions = self.store.all(SESSION, payment_intent=intent)
        return sessions[0]["client_reference_id"] if sessions else None


def _with_body(
    model: type[Any], act: Callable[[Any], Awaitable[Any]]
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        try:
            return JSONResponse(await act(model.model_validate_json(await request.body() or b"{}")))
        except ValidationError as error:
            return JSONResponse(
                {"detail": json.loads(error.json(include_url=False, include_input=False))}, 422
            )
        except NotNow as error:
            return JSONResponse({"detail": str(error)}, 409)

    return answer
