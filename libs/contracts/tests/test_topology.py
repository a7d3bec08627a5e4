"""The broker's table: what RabbitMQ 3.10 and 4.3 both take, who may do what, and the digest that names it all."""

import random
import re
from dataclasses import replace
from typing import TypeVar

import pytest
from autocrea.contracts.catalogue import MESSAGES
from autocrea.contracts.message import Service, Via
from autocrea.contracts.topology import (
    HISTORY,
    TOPOLOGY,
    Binding,
    Exchange,
    User,
    dead,
    inbox,
    progress_queue,
    topology,
)

Item = TypeVar("Item")

QUEUES = {queue.name: dict(queue.arguments) for queue in TOPOLOGY.queues}
USERS = {user.name: user for user in TOPOLOGY.users}


def test_exchanges_are_the_three_topics_when_declared() -> None:
    assert set(TOPOLOGY.exchanges) == {
        Exchange("autocrea.events", "topic"),
        Exchange("autocrea.commands", "topic"),
        Exchange("autocrea.progress", "topic"),
    }


def test_queues_are_two_for_each_service_and_the_history() -> None:
    assert set(QUEUES) == {HISTORY} | {f(service) for service in Service for f in (inbox, dead)}


@pytest.mark.parametrize("service", Service)
def test_inbox_keeps_every_message_when_its_consumer_crashes(service: Service) -> None:
    assert QUEUES[inbox(service)] == {
        "x-queue-type": "quorum",
        "x-delivery-limit": 20,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": f"{service.value}.dead",
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


@pytest.mark.parametrize("service", Service)
def test_dead_letters_are_never_dropped_when_delivered_again_and_again(service: Service) -> None:
    arguments = QUEUES[dead(service)]
    assert arguments == {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}


def test_history_is_a_bounded_stream_when_declared() -> None:
    assert QUEUES[HISTORY] == {
        "x-queue-type": "stream",
        "x-max-age": "7D",
        "x-max-length-bytes": 20 * 1024 * 1024 * 1024,
    }
    assert [each for each in TOPOLOGY.bindings if each.queue == HISTORY] == [
        Binding("autocrea.events", HISTORY, "#")
    ]


def test_names_are_plain_strings_when_a_client_encodes_them() -> None:
    for binding in TOPOLOGY.bindings:
        assert {type(binding.exchange), type(binding.queue), type(binding.routing_key)} == {str}
    assert {type(queue.name) for queue in TOPOLOGY.queues} == {str}
    assert {type(exchange.name) for exchange in TOPOLOGY.exchanges} == {str}
    assert {type(user.name) for user in TOPOLOGY.users} == {str}


def test_every_stored_message_reaches_exactly_its_consumers_when_bound() -> None:
    for key, message in MESSAGES.items():
        reached = {each.queue for each in TOPOLOGY.bindings if each.routing_key == key}
        expected = {inbox(consumer) for consumer in message.consumers}
        assert reached == (set() if message.via is Via.PROGRESS else expected), key
    exchanges = {key: message.via.value for key, message in MESSAGES.items()}
    for binding in TOPOLOGY.bindings:
        assert binding.queue == HISTORY or exchanges[binding.routing_key] == binding.exchange


def _may(user: User, permission: str, resource: str) -> bool:
    return re.search(getattr(user, permission), resource) is not None


@pytest.mark.parametrize("service", Service)
def test_service_may_write_where_its_messages_go_and_nowhere_else(service: Service) -> None:
    user = USERS[service.value]
    needed = {message.via.value for message in MESSAGES.values() if message.sender is service}
    written = {via.value for via in Via if _may(user, "write", via.value)}
    assert written == needed
    for name in [*QUEUES, "amq.default", "amq.topic", "", "autocrea.events.more", "my.autocrea.events"]:
        assert not _may(user, "write", name), name


@pytest.mark.parametrize("service", Service)
def test_service_may_read_its_own_queues_and_billing_alone_the_history(service: Service) -> None:
    user = USERS[service.value]
    readable = {name for name in QUEUES if _may(user, "read", name)}
    history = {HISTORY} if service is Service.BILLING else set()
    assert readable == {inbox(service), dead(service)} | history
    assert _may(user, "read", TOPOLOGY.marker().name)
    assert not _may(user, "read", "autocrea.events")
    assert not _may(user, "read", "autocrea.commands")


@pytest.mark.parametrize("service", Service)
def test_service_may_configure_nothing_of_the_table(service: Service) -> None:
    user = USERS[service.value]
    for name in [*QUEUES, *(via.value for via in Via), TOPOLOGY.marker().name, "amq.gen-x"]:
        assert not _may(user, "configure", name), name


def test_gateway_alone_may_make_and_bind_progress_queues() -> None:
    queue = progress_queue("replica-1")
    for service in Service:
        user = USERS[service.value]
        allowed = service is Service.GATEWAY
        for permission in ("configure", "write", "read"):
            assert _may(user, permission, queue) is allowed
        assert _may(user, "read", Via.PROGRESS.value) is allowed
        assert not _may(user, "configure", "my.gateway.progress.1")


def test_digest_is_stable_when_the_order_changes() -> None:
    shuffler = random.Random(7)

    def shuffled(items: tuple[Item, ...]) -> tuple[Item, ...]:
        return tuple(shuffler.sample(items, len(items)))

    turned = tuple(
        replace(queue, arguments=dict(reversed(list(queue.arguments.items())))) for queue in TOPOLOGY.queues
    )
    other = replace(
        TOPOLOGY,
        exchanges=shuffled(TOPOLOGY.exchanges),
        queues=shuffled(turned),
        bindings=shuffled(TOPOLOGY.bindings),
        users=(),
    )
    assert other.digest() == TOPOLOGY.digest() == topology().digest()


def test_digest_changes_when_anything_declared_does() -> None:
    first = TOPOLOGY.queues[0]
    others = [
        replace(TOPOLOGY, bindings=TOPOLOGY.bindings[1:]),
        replace(TOPOLOGY, exchanges=(*TOPOLOGY.exchanges, Exchange("autocrea.more"))),
        replace(TOPOLOGY, queues=TOPOLOGY.queues[1:]),
        replace(
            TOPOLOGY,
            queues=(
                replace(first, arguments={**first.arguments, "x-delivery-limit": 3}),
                *TOPOLOGY.queues[1:],
            ),
        ),
    ]
    assert len({each.digest() for each in (TOPOLOGY, *others)}) == 1 + len(others)


def test_marker_names_the_digest_when_declared() -> None:
    assert TOPOLOGY.marker() == Exchange(f"autocrea.topology.{TOPOLOGY.digest()}", "fanout")
    assert re.fullmatch(r"autocrea\.topology\.[0-9a-f]{16}", TOPOLOGY.marker().name)
