"""What services count of what they have told and measured, once, after its commit: facts, not attempts at them."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from autocrea.chassis.handlers import Measured
from autocrea.chassis.metrics import MESSAGES_WRITTEN
from autocrea.contracts.envelope import Sealed, decode
from autocrea.contracts.message import Message

M = TypeVar("M", bound=Message)


class Told:
    """Called with the messages that a transaction stored and no earlier one had, and with what it measured."""

    def __init__(self) -> None:
        self._models: dict[str, type[Message]] = {}
        self._counts: dict[str, Callable[[Any], None]] = {}
        self._metrics: dict[str, Callable[[float], None]] = {}

    def on(self, message: type[M], count: Callable[[M], None]) -> None:
        """Count each message of a type. Only for messages of a few KiB: it is parsed once more."""
        self._models[message.type] = message
        self._counts[message.type] = count

    def measures(self, name: str, observe: Callable[[float], None]) -> None:
        """Observe the seconds that decisions measure under a name."""
        self._metrics[name] = observe

    def __call__(self, messages: Sequence[Sealed], measured: Sequence[Measured] = ()) -> None:
        for one in measured:
            if (observe := self._metrics.get(one.name)) is not None:
                observe(one.seconds)
        for message in messages:
            MESSAGES_WRITTEN.labels(message.type).inc()
            count = self._counts.get(message.type)
            if count is not None:
                count(decode(message.body, self._models)[1])
