"""The one table of what the broker holds: exchanges, queues, bindings, the history stream, users' fences.

Valid on RabbitMQ 3.10 and 4.3 alike. Pure data: applying it is the chassis' and the deployment's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from autocrea.contracts.catalogue import MESSAGES
from autocrea.contracts.message import Service, Via

DELIVERY_LIMIT: Final = 20
"""RabbitMQ 4's default, stated because 3.10 has none: no message may crash its consumer for ever."""
DEAD_DELIVERY_LIMIT: Final = 1_000_000
"""As good as none, for a dead letter over its limit is dropped; 3.10 takes no -1, and 4.3 would say 20."""
HISTORY: Final = "autocrea.history"
HISTORY_MAX_AGE: Final = "7D"
HISTORY_BYTES_MAX: Final = 20 * 1024**3
"""7 days at some 40 events a second, and what a broker's disk can spare."""
PROGRESS_QUEUE_PREFIX: Final = "gateway.progress."
MARKER_PREFIX: Final = "autocrea.topology."
DIGEST_LENGTH: Final = 16

Argument = str | int


@dataclass(frozen=True, slots=True)
class Exchange:
    """A durable exchange."""

    name: str
    kind: str = "topic"


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable queue or stream, with every argument that cannot be changed later."""

    name: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, order=True)
class Binding:
    """What an exchange copies into a queue."""

    exchange: str
    queue: str
    routing_key: str


@dataclass(frozen=True, slots=True)
class User:
    """A user of the broker with its three permission patterns, as RabbitMQ matches them."""

    name: str
    configure: str
    write: str
    read: str


@dataclass(frozen=True, slots=True)
class Topology:
    """The whole table."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]
    users: tuple[User, ...]

    def digest(self) -> str:
        """Names what must be declared, whatever the order; users are not declared and do not count."""
        facts = {
            "exchanges": sorted([exchange.name, exchange.kind] for exchange in self.exchanges),
            "queues": sorted([queue.name, dict(queue.arguments)] for queue in self.queues),
            "bindings": sorted([each.exchange, each.queue, each.routing_key] for each in self.bindings),
        }
        canonical = json.dumps(facts, sort_keys=True, separators=(",", ":"))
        return sha256(canonical.encode()).hexdigest()[:DIGEST_LENGTH]

    def marker(self) -> Exchange:
        """Declared last: where it exists, all the rest has been declared."""
        return Exchange(MARKER_PREFIX + self.digest(), "fanout")


def inbox(service: Service) -> str:
    """The queue in which a service gets its messages."""
    return f"{service.value}.inbox"


def dead(service: Service) -> str:
    """The queue in which a service finds the messages that crashed it too often."""
    return f"{service.value}.dead"


def progress_queue(replica: str) -> str:
    """The exclusive, transient queue in which one replica of the gateway gets what its viewers watch."""
    return PROGRESS_QUEUE_PREFIX + replica


def _inbox_queue(service: Service) -> Queue:
    return Queue(
        inbox(service),
        {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": dead(service),
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        },
    )


def _dead_queue(service: Service) -> Queue:
    return Queue(dead(service), {"x-queue-type": "quorum", "x-delivery-limit": DEAD_DELIVERY_LIMIT})


def _history() -> Queue:
    return Queue(
        HISTORY,
        {"x-queue-type": "stream", "x-max-age": HISTORY_MAX_AGE, "x-max-length-bytes": HISTORY_BYTES_MAX},
    )


def _bindings() -> Iterable[Binding]:
    yield Binding(Via.EVENTS.value, HISTORY, "#")
    for key, message in MESSAGES.items():
        if message.via is not Via.PROGRESS:
            for consumer in message.consumers:
                yield Binding(message.via.value, inbox(consumer), key)


def _user(service: Service) -> User:
    """May write where its messages go and read its own queues; the gateway also makes its progress queues.

    Everybody reads the marker, because RabbitMQ 4.3 shows nobody an exchange to which they have no right at all.
    """
    written = {message.via.value for message in MESSAGES.values() if message.sender is service}
    read = {inbox(service), dead(service)}
    if service is Service.BILLING:
        read.add(HISTORY)  # the ledger's witness: what was told of it
    if service is not Service.GATEWAY:
        return User(service.value, "^$", _pattern(written), _pattern(read, MARKER_PREFIX))
    own = PROGRESS_QUEUE_PREFIX
    return User(
        service.value,
        configure=_pattern((), own),
        write=_pattern(written, own),
        read=_pattern(read | {Via.PROGRESS.value}, MARKER_PREFIX, own),
    )


def _pattern(names: Iterable[str], *prefixes: str) -> str:
    """Matches these names exactly, and every name that begins with one of the prefixes."""
    exact = [f"{re.escape(name)}$" for name in sorted(names)]
    return f"^({'|'.join([*exact, *map(re.escape, prefixes)])})"


def topology() -> Topology:
    """The table as this build needs it."""
    return Topology(
        exchanges=tuple(Exchange(via.value) for via in Via),
        queues=(
            *(_dead_queue(service) for service in Service),
            *(_inbox_queue(service) for service in Service),
            _history(),
        ),
        bindings=tuple(sorted(_bindings())),
        users=tuple(_user(service) for service in Service),
    )


TOPOLOGY: Final = topology()
