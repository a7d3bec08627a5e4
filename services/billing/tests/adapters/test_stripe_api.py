"""Stripe's API as billing uses it, against the simulator: the same library, the same wire."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from autocrea.billing.adapters.stripe_api import StripeApi
from autocrea.billing.adapters.stripe_calls import template_of
from autocrea.billing.adapters.stripe_door import StripeDoor
from autocrea.billing.adapters.stripe_objects import fact_of
from autocrea.billing.domain.purchase import PaymentStatus
from autocrea.billing.domain.purchasing import SessionFact
from autocrea.billing.domain.stripe_events import StripeEvent
from autocrea.billing.ports import NewSession
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.testkit.forked import ForkedProcess
from autocrea.testkit.processes import ServiceProcess, free_port
from autocrea.testkit.waiting import eventually
from billing_desk import ADA, CARD, purchase_id
from prometheus_client import REGISTRY
from pydantic import SecretStr

KEY = "sk_test_of_these"
SINCE = datetime.now(UTC) - timedelta(hours=1)
PACK = CARD.packs[0]


@pytest.fixture
async def simulated(tmp_path: Path) -> AsyncIterator[ServiceProcess]:
    port = free_port()
    environment = {
        "AUTOCREA_SIMULATORS_PORT": str(port),
        "AUTOCREA_SIMULATORS_STRIPE_SECRET_KEY": KEY,
    }
    process = ForkedProcess("autocrea.simulators", environment, port=port, log=tmp_path / "simulators.log")
    await process.start(wait=False)
    await eventually(lambda: process.status("/_sim/health"), timeout_seconds=30, what="the simulators")
    yield process
    await process.kill()


def api_of(url: str, key: str = KEY) -> StripeApi:
    door = StripeDoor(lambda: (SecretStr("x"),), livemode=False)
    return StripeApi(lambda: SecretStr(key), url, pages_url="http://shop.test/", door=door)


@pytest.fixture
def api(simulated: ServiceProcess) -> StripeApi:
    return api_of(f"{simulated.url}/stripe")


def wanted(number: int = 1, **changes: Any) -> NewSession:
    fields: dict[str, Any] = {
        "purchase_id": purchase_id(number),
        "user_id": ADA,
        "pack": PACK.pack,
        "title": PACK.title.es,
        "tokens": PACK.tokens,
        "amount": PACK.amount,
        "currency": PACK.currency,
        "rate_card_version": CARD.version,
        "language": "es",
    }
    return NewSession(**{**fields, **changes})


async def deed(simulated: ServiceProcess, do: str, id_: str) -> Any:
    async with httpx.AsyncClient(base_url=simulated.url, trust_env=False) as client:
        answer = await client.post("/_sim/stripe/deeds", json={"do": do, "id": id_})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_purchase_opens_one_session_however_often_it_is_asked_for(
    api: StripeApi, simulated: ServiceProcess
) -> None:
    first, again = await api.open_session(wanted()), await api.open_session(wanted())
    other = await api.open_session(wanted(2))

    assert first == again
    assert first.session_id != other.session_id
    assert first.url is not None
    async with httpx.AsyncClient(trust_env=False) as browser:
        page = (await browser.get(first.url)).text
        back = await browser.post(first.url, data={"do": "pay"})
    assert PACK.title.es in page
    assert back.headers["location"] == f"http://shop.test/tokens?purchase={purchase_id()}&checkout=paid"


def asked(operation: str, outcome: str) -> float:
    labels = {"peer": "stripe", "operation": operation, "outcome": outcome}
    return REGISTRY.get_sample_value("autocrea_client_request_seconds_count", labels) or 0


async def test_each_request_is_timed_by_its_resource_when_it_ends(
    api: StripeApi, simulated: ServiceProcess
) -> None:
    counted = (
        ("POST /v1/checkout/sessions", "200"),
        ("GET /v1/checkout/sessions/{id}", "200"),
        ("GET /v1/events", "401"),
        ("GET /v1/events", "APIConnectionError"),
    )
    before = [asked(*one) for one in counted]
    session = await api.open_session(wanted())
    await api.read_session(session.session_id)
    for url, key in (
        (f"{simulated.url}/stripe", "sk_test_another"),
        (f"http://127.0.0.1:{free_port()}", KEY),
    ):
        with pytest.raises(Unavailable):
            [page async for page in api_of(url, key).list_events(SINCE)]
    assert [asked(*one) for one in counted] == [one + 1 for one in before]
    assert template_of("https://api.stripe.com/v1/whatever/cs_1?x=y") == "other"


async def test_another_order_under_the_same_purchase_is_refused(api: StripeApi) -> None:
    await api.open_session(wanted())

    with pytest.raises(Refused) as caught:
        await api.open_session(wanted(amount=2_000))

    assert caught.value.code == "idempotency_key_reused"


async def test_a_session_comes_back_as_it_was_ordered_and_as_it_stands(
    api: StripeApi, simulated: ServiceProcess
) -> None:
    session = await api.open_session(wanted())
    before = await api.read_session(session.session_id)
    paid = await deed(simulated, "pay", session.session_id)
    after = await api.read_session(session.session_id)

    assert before is not None
    assert (before.payment, before.payment_id) == (PaymentStatus.UNPAID, None)
    assert after is not None
    assert (after.payment, after.payment_id) == (PaymentStatus.PAID, paid["payment_intent"])
    assert (after.purchase_id, after.user_id, after.tokens, after.amount) == (purchase_id(), ADA, 100, 500)


async def test_events_are_listed_over_pages_and_say_what_webhooks_say(
    api: StripeApi, simulated: ServiceProcess
) -> None:
    sessions = [await api.open_session(wanted(n)) for n in range(1, 61)]
    for session in sessions:
        await deed(simulated, "pay", session.session_id)
        await deed(simulated, "refund", session.session_id)

    pages = [page async for page in api.list_events(SINCE)]
    events = [event for page in pages for event in page]
    facts = [fact_of(event) for event in events]

    assert [len(page) for page in pages] == [100, 20]
    assert len({event.event_id for event in events}) == 120
    assert {fact.session_id for fact in facts if isinstance(fact, SessionFact)} == {
        s.session_id for s in sessions
    }
    assert [page async for page in api.list_events(datetime.now(UTC) + timedelta(hours=1))] == [[]]
    assert len([fact async for fact in api.list_sessions(SINCE)]) == 60
    assert len([fact async for fact in api.list_reversals(SINCE)]) == 60


class Picky(StripeDoor):
    """Refuses the events of one session."""

    refused = ""

    def admit(self, said: bytes | Mapping[str, Any]) -> StripeEvent | None:
        if self.refused in str(said):
            raise Refused("invalid_request", "this one is not understood", status=400)
        return super().admit(said)


async def test_an_event_that_is_refused_keeps_no_other_back_and_is_not_forgotten(
    simulated: ServiceProcess, caplog: pytest.LogCaptureFixture
) -> None:
    door = Picky(lambda: (), livemode=False)
    api = StripeApi(
        lambda: SecretStr(KEY), f"{simulated.url}/stripe", pages_url="http://shop.test/", door=door
    )
    sessions = [await api.open_session(wanted(n)) for n in range(1, 4)]
    for session in sessions:
        await deed(simulated, "pay", session.session_id)
    door.refused = sessions[1].session_id
    pages: list[list[StripeEvent]] = []

    async def read() -> None:
        async for page in api.list_events(SINCE):
            pages.append(page)  # noqa: PERF401 - it ends with an error

    with pytest.raises(Refused, match="not understood"):
        await read()

    facts = [fact_of(event) for page in pages for event in page]
    assert {one.session_id for one in facts if isinstance(one, SessionFact)} == {
        sessions[0].session_id,
        sessions[2].session_id,
    }
    assert "an event is refused" in caplog.text


async def test_every_trouble_on_the_way_is_an_outage(api: StripeApi, simulated: ServiceProcess) -> None:
    nowhere, other_key = (
        api_of(f"http://127.0.0.1:{free_port()}"),
        api_of(f"{simulated.url}/stripe", "sk_test_x"),
    )
    for broken in (nowhere, other_key):
        with pytest.raises(Unavailable):
            await broken.open_session(wanted())
    async with httpx.AsyncClient(base_url=simulated.url, trust_env=False) as client:
        for status in (500, 503, 429):
            await client.put("/_sim/stripe/api", json={"status": status, "times": 1})
            with pytest.raises(Unavailable):
                await api.open_session(wanted())

    assert (await api.open_session(wanted())).url is not None
