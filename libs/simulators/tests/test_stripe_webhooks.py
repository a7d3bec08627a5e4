"""Webhooks as they arrive: signed, repeated until taken, and in every manner that a rule asks for."""

import json
from collections import Counter
from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe
from receiver import Receiver, until
from shop import SESSION, client_of, deed, opened
from simulated_process import Process, simulators

SECRET = "whsec_development"
PAID = [
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "checkout.session.completed",
]


@pytest.fixture(scope="module")
def receiving() -> Iterator[tuple[Process, Receiver]]:
    with Receiver() as receiver, simulators(STRIPE_WEBHOOK_URL=receiver.url) as process:
        yield process, receiver


@pytest.fixture
def receiver(receiving: tuple[Process, Receiver]) -> Receiver:
    receiving[1].came.clear()
    return receiving[1]


@pytest.fixture
def browser(receiving: tuple[Process, Receiver]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=receiving[0].url) as browser:
        yield browser
        manner(browser, webhook="deliver")
        browser.post("/_sim/stripe/webhooks/release", json={})


def manner(browser: httpx.Client, **wanted: Any) -> None:
    answer = browser.put("/_sim/stripe/webhooks", json=wanted)
    assert answer.status_code == 200, answer.text


def pay(receiving: tuple[Process, Receiver], browser: httpx.Client) -> str:
    return str(deed(browser, "pay", opened(client_of(receiving[0])).id)["id"])


def held(browser: httpx.Client) -> list[str]:
    return [one["type"] for one in browser.get("/_sim/stripe/webhooks").json()["held"]]


def statuses(browser: httpx.Client, ids: Container[str]) -> list[int]:
    tries = browser.get("/_sim/stripe/webhooks").json()["tries"]
    return sorted(one["status"] for one in tries if one["event"] in ids)


def test_every_event_arrives_signed_when_nothing_else_is_said(
    receiving: tuple[Process, Receiver], receiver: Receiver, browser: httpx.Client
) -> None:
    pay(receiving, browser)
    receiver.wait(4)

    assert sorted(receiver.types(SECRET)) == sorted(PAID)
    with pytest.raises(stripe.SignatureVerificationError):
        receiver.types("whsec_another")


def test_an_event_comes_again_until_it_is_taken(
    receiving: tuple[Process, Receiver], receiver: Receiver, browser: httpx.Client
) -> None:
    receiver.answers[:] = [500, 503, 404, 500]
    pay(receiving, browser)
    receiver.wait(8)
    ids = Counter(json.loads(one.body)["id"] for one in receiver.came)

    assert sorted(ids.values()) == [2, 2, 2, 2]
    until(lambda: len(statuses(browser, ids)) == 8)  # each is noted when its answer was read
    assert statuses(browser, ids) == [200, 200, 200, 200, 404, 500, 500, 503]


def test_nothing_arrives_until_it_is_released_when_it_is_held(
    receiving: tuple[Process, Receiver], receiver: Receiver, browser: httpx.Client
) -> None:
    manner(browser, webhook="hold")
    pay(receiving, browser)
    waiting = held(browser)
    browser.post("/_sim/stripe/webhooks/release", json={"times": 5, "shuffle": True, "seed": 3})
    receiver.wait(20)

    assert waiting == PAID
    assert held(browser) == []
    assert Counter(receiver.types(SECRET)) == dict.fromkeys(PAID, 5)


def test_the_order_is_the_one_asked_for_when_the_release_names_it(
    receiving: tuple[Process, Receiver], receiver: Receiver, browser: httpx.Client
) -> None:
    manner(browser, webhook="hold")
    pay(receiving, browser)
    browser.post("/_sim/stripe/webhooks/release", json={"order": [3, 0, 2, 1]})
    receiver.wait(4)

    assert receiver.types(SECRET) == [PAID[number] for number in (3, 0, 2, 1)]


def test_events_are_listed_and_never_arrive_when_they_are_dropped(
    receiving: tuple[Process, Receiver], receiver: Receiver, browser: httpx.Client
) -> None:
    manner(browser, webhook="drop")
    dropped = pay(receiving, browser)
    manner(browser, webhook="deliver")
    pay(receiving, browser)
    receiver.wait(4)

    sessions = [json.loads(one.body)["data"]["object"]["id"] for one in receiver.came]
    assert dropped not in sessions
    events = client_of(receiving[0]).v1.events.list({"limit": 100})
    assert dropped in [event.data.object["id"] for event in events]


def test_every_event_arrives_as_often_as_said_when_it_is_repeated(
    receiving: tuple[Process, Receiver], receiver: Receiver, browser: httpx.Client
) -> None:
    manner(browser, webhook="repeat", times=7)
    pay(receiving, browser)
    receiver.wait(28)

    assert Counter(receiver.types(SECRET)) == dict.fromkeys(PAID, 7)


def test_a_forged_event_does_not_verify(
    receiving: tuple[Process, Receiver], receiver: Receiver, browser: httpx.Client
) -> None:
    manner(browser, webhook="forge")
    pay(receiving, browser)
    receiver.wait(4)

    with pytest.raises(stripe.SignatureVerificationError):
        receiver.types(SECRET)


def test_one_buyers_events_are_held_and_the_others_arrive(
    receiving: tuple[Process, Receiver], receiver: Receiver, browser: httpx.Client
) -> None:
    manner(browser, webhook="hold", user="user_bruno")
    pay(receiving, browser)
    other: Any = {**SESSION, "client_reference_id": "user_ada"}
    deed(browser, "pay", client_of(receiving[0]).v1.checkout.sessions.create(other).id)
    receiver.wait(4)

    assert held(browser) == PAID
    manner(browser, webhook="deliver", user="user_bruno")


def test_what_was_not_taken_arrives_when_the_process_starts_again(tmp_path: Path) -> None:
    with Receiver() as receiver:
        settings = {"STATE_DIR": str(tmp_path), "STRIPE_WEBHOOK_URL": receiver.url}
        receiver.answers[:] = [500] * 400
        with simulators(**settings) as process, httpx.Client(base_url=process.url) as browser:
            deed(browser, "pay", opened(client_of(process)).id)
            receiver.wait(4)
        receiver.answers.clear()
        before = len(receiver.came)
        with simulators(**settings):
            until(lambda: receiver.came if len(receiver.came) >= before + 4 else [])

    assert sorted(receiver.types(SECRET)[-4:]) == sorted(PAID)
