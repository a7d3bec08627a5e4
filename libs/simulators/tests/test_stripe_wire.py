"""Stripe's wire, read by Stripe's own client: what it makes of the simulator is what it makes of Stripe."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import stripe
from shop import KEY, SESSION, client_of, deed, opened
from simulated_process import Process, simulators


@pytest.fixture
def shop(process: Process) -> stripe.StripeClient:
    return client_of(process)


@pytest.fixture
def browser(process: Process) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=process.url, follow_redirects=False) as browser:
        yield browser


def happened(shop: stripe.StripeClient, *ids: str) -> list[str]:
    """The types of the events about these objects, the oldest first."""
    events = shop.v1.events.list({"limit": 100})
    return [
        event.type for event in reversed(list(events.auto_paging_iter())) if event.data.object["id"] in ids
    ]


def test_session_is_paid_on_its_page_when_the_button_is_pressed(
    shop: stripe.StripeClient, browser: httpx.Client
) -> None:
    session = opened(shop)
    page = browser.get(session.url)
    pressed = browser.post(session.url, data={"do": "pay"})
    paid = shop.v1.checkout.sessions.retrieve(session.id)

    assert (session.status, session.payment_status, session.amount_total) == ("open", "unpaid", 500)
    assert session.to_dict()["metadata"] == {"purchase": "p-1"}
    assert "Inicial: 100 tokens" in page.text
    assert "5,00 USD" in page.text
    assert "simulad" in page.text
    assert pressed.headers["location"] == f"http://shop.test/tokens?session={session.id}"
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    intent = shop.v1.payment_intents.retrieve(paid.payment_intent)
    assert (intent.status, intent.amount_received, intent.to_dict()["metadata"]) == (
        "succeeded",
        500,
        {"purchase": "p-1"},
    )
    assert happened(shop, session.id, intent.id) == [
        "payment_intent.created",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]


def test_nothing_is_paid_when_the_person_goes_back(shop: stripe.StripeClient, browser: httpx.Client) -> None:
    session = opened(shop)

    pressed = browser.post(session.url, data={"do": "cancel"})

    assert pressed.headers["location"] == "http://shop.test/tokens"
    assert shop.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"


def test_a_second_press_changes_nothing(shop: stripe.StripeClient, browser: httpx.Client) -> None:
    session = opened(shop)

    answers = [browser.post(session.url, data={"do": "pay"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert happened(shop, session.id) == ["checkout.session.completed"]


@pytest.mark.parametrize(
    ("word", "status", "last"),
    [
        ("settle", "paid", "checkout.session.async_payment_succeeded"),
        ("decline", "unpaid", "checkout.session.async_payment_failed"),
    ],
)
def test_a_deferred_payment_waits_for_the_banks_word(
    shop: stripe.StripeClient, browser: httpx.Client, word: str, status: str, last: str
) -> None:
    session = opened(shop)
    browser.post(session.url, data={"do": "defer"})
    waiting = shop.v1.checkout.sessions.retrieve(session.id)
    deed(browser, word, session.id)

    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    assert shop.v1.checkout.sessions.retrieve(session.id).payment_status == status
    assert happened(shop, session.id) == ["checkout.session.completed", last]


def test_an_expired_session_cannot_be_paid(shop: stripe.StripeClient, browser: httpx.Client) -> None:
    session = opened(shop)
    shop.v1.checkout.sessions.expire(session.id)

    assert "caducado" in browser.get(session.url or f"/stripe/pay/{session.id}").text
    assert happened(shop, session.id) == ["checkout.session.expired"]
    with pytest.raises(stripe.InvalidRequestError, match="expired"):
        shop.v1.checkout.sessions.expire(session.id)


def test_refunds_go_as_far_as_there_is_money(shop: stripe.StripeClient, browser: httpx.Client) -> None:
    intent = deed(browser, "pay", opened(shop).id)["payment_intent"]

    first = shop.v1.refunds.create({"payment_intent": intent, "amount": 200})
    rest = shop.v1.refunds.create({"payment_intent": intent})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        shop.v1.refunds.create({"payment_intent": intent})

    assert (first.amount, rest.amount, first.status) == (200, 300, "succeeded")
    assert [one.id for one in shop.v1.refunds.list({"payment_intent": intent})] == [rest.id, first.id]
    failed = deed(browser, "fail_refund", rest.id)
    assert (failed["status"], happened(shop, rest.id)[1:]) == (
        "failed",
        ["refund.failed", "refund.updated", "charge.refund.updated"],
    )


def test_a_dispute_goes_from_the_question_to_the_end(
    shop: stripe.StripeClient, browser: httpx.Client
) -> None:
    session = deed(browser, "pay", opened(shop).id)
    dispute = deed(browser, "inquire", session["id"])
    deed(browser, "escalate", dispute["id"])
    deed(browser, "win", dispute["id"])

    assert dispute["status"] == "warning_needs_response"
    assert shop.v1.disputes.retrieve(dispute["id"]).status == "won"
    assert happened(shop, dispute["id"]) == [
        "charge.dispute.created",
        "charge.dispute.updated",
        "charge.dispute.funds_withdrawn",
        "charge.dispute.funds_reinstated",
        "charge.dispute.closed",
    ]


def test_the_same_answer_comes_when_a_request_is_repeated_under_its_key(shop: stripe.StripeClient) -> None:
    first, again = opened(shop, "key-1"), opened(shop, "key-1")
    other: Any = {**SESSION, "client_reference_id": "user_ada"}

    assert first.id == again.id
    with pytest.raises(stripe.IdempotencyError):
        shop.v1.checkout.sessions.create(other, {"idempotency_key": "key-1"})


def test_errors_are_the_clients_own_kinds(
    process: Process, shop: stripe.StripeClient, browser: httpx.Client
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as missing:
        shop.v1.checkout.sessions.retrieve("cs_test_nothing")
    with pytest.raises(stripe.InvalidRequestError):
        shop.v1.checkout.sessions.create({"mode": "payment"})
    with pytest.raises(stripe.AuthenticationError):
        client_of(process, "sk_test_another").v1.events.list()
    assert browser.put("/_sim/stripe/api", json={"status": 500, "times": 1}).status_code == 200
    with pytest.raises(stripe.APIError):
        shop.v1.events.list()

    assert missing.value.code == "resource_missing"
    assert shop.v1.events.list({"limit": 1}).object == "list"


def test_events_are_listed_by_time_and_type_page_by_page(
    shop: stripe.StripeClient, browser: httpx.Client
) -> None:
    for _ in range(3):
        deed(browser, "pay", opened(shop).id)
    types: Any = ["checkout.session.completed"]

    page = shop.v1.events.list({"limit": 2, "types": types, "created": {"gte": 0}})
    listed = list(page.auto_paging_iter())
    future = shop.v1.events.list({"created": {"gte": 2**33}})

    assert page.has_more
    assert {event.type for event in listed} == set(types)
    assert len(listed) == len({event.id for event in listed}) >= 3
    assert future.data == []


async def test_the_asynchronous_client_works_too(process: Process) -> None:
    http = stripe.AIOHTTPClient()
    shop = stripe.StripeClient(KEY, base_addresses={"api": f"{process.url}/stripe"}, http_client=http)
    try:
        session = await shop.v1.checkout.sessions.create_async(SESSION)
    finally:
        await http.close_async()

    assert session.id.startswith("cs_test_")


def test_what_was_paid_is_remembered_when_the_process_starts_again(tmp_path: Any) -> None:
    with simulators(STATE_DIR=str(tmp_path)) as process, httpx.Client(base_url=process.url) as browser:
        session = deed(browser, "pay", opened(client_of(process)).id)
    with simulators(STATE_DIR=str(tmp_path)) as process:
        shop = client_of(process)

        assert shop.v1.checkout.sessions.retrieve(session["id"]).payment_status == "paid"
        assert "checkout.session.completed" in happened(shop, session["id"])
