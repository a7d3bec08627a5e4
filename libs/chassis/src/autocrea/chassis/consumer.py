"""Takes what is waiting, decodes it once, runs it as a batch, sends what follows, acknowledges.

One message when idle, up to the prefetch under load; no timer, but for a moment after a crash. While the database is
away the deliveries are kept and tried again; only when that takes too long are they handed back to the broker, once: it
delivers them again when the database answers.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from aio_pika.abc import AbstractIncomingMessage
from autocrea.chassis import dead_letters
from autocrea.chassis.batch import Batch
from autocrea.chassis.broker import BROKER_ERRORS, cancellations_told
from autocrea.chassis.checkpoint import checkpoint
from autocrea.chassis.database import Database
from autocrea.chassis.dead_letters import DeadLetter, Replay
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.handlers import Received
from autocrea.chassis.items import Item
from autocrea.chassis.message_spans import Outgoing
from autocrea.chassis.metrics import CONSUMER_PAUSES
from autocrea.chassis.outbox import Outbox
from autocrea.chassis.registry import Registry
from autocrea.contracts.envelope import InvalidEnvelope, decode

BATCH_ITEMS_MAX = 256  # what one transaction may hold; the prefetch bounds messages, this bounds jobs too
UNAVAILABLE_PAUSE_SECONDS = 0.5
UNAVAILABLE_PAUSE_SECONDS_MAX = 5.0
HAND_BACK_AFTER_SECONDS = 600.0  # a third of the broker's consumer timeout of 30 minutes
GATHER_SECONDS = 0.2
"""What is redelivered after a crash arrives within it. Were the first one run while the others are on their way, it
would be the oldest each time, and might be the one that kills."""
TAILS_MAX = 4  # batches whose messages are being sent while the next batch is decided

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message as the broker delivered it, from the inbox or from the queue of those that crash their consumer."""

    message: AbstractIncomingMessage
    dead: bool = False


@dataclass(slots=True)
class Submitted:
    """A job's item from within this process, and whom to tell that its transaction is over."""

    item: Item
    done: "asyncio.Future[None]"


class Consumer:
    """The one loop that decides. Everything enters through `deliver` or `submit`."""

    def __init__(
        self,
        registry: Registry[Any, Any],
        batch: Batch[Any, Any],
        outbox: Outbox,
        database: Database,
        hand_back: Callable[[], None],
    ) -> None:
        self._registry = registry
        self._batch = batch
        self._outbox = outbox
        self._database = database
        self._hand_back = hand_back
        self._waiting: asyncio.Queue[Delivery | Submitted] = asyncio.Queue()
        self._tails: set[asyncio.Task[None]] = set()
        self._group: asyncio.TaskGroup
        self._busy_since: float | None = None
        self._idle = asyncio.Event()
        self._idle.set()

    async def deliver(self, message: AbstractIncomingMessage) -> None:
        """Called by the subscription to the inbox."""
        checkpoint("after_receive", message.type or "")
        self._waiting.put_nowait(Delivery(message))

    async def deliver_dead(self, message: AbstractIncomingMessage) -> None:
        """Called by the subscription to the dead queue: messages that their consumer died of, too many times."""
        self._waiting.put_nowait(Delivery(message, dead=True))

    def forget_deliveries(self) -> None:
        """Called when the broker has taken back all that was delivered: what waits here would be handled twice."""
        waiting = [self._waiting.get_nowait() for _ in range(self._waiting.qsize())]
        for entry in waiting:
            if isinstance(entry, Submitted):
                self._waiting.put_nowait(entry)

    async def submit(self, item: Item) -> None:
        """Hand in a job's item; returns when its transaction is over."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.put_nowait(Submitted(item, done))
        await done

    @property
    def stuck_seconds(self) -> float:
        """How long the current batch has been running without waiting for anything outside; 0 when idle."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    async def run(self) -> None:
        """Decide until cancelled. A bug while sending ends this too: nothing is lost, but nothing may go on."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            while True:
                entries = [await self._waiting.get()]
                self._idle.clear()
                if _is_redelivered(entries[0]):
                    await asyncio.sleep(GATHER_SECONDS)
                while len(entries) < BATCH_ITEMS_MAX and not self._waiting.empty():
                    entries.append(self._waiting.get_nowait())
                again = [[entry] for entry in entries if _is_redelivered(entry)]
                first = [entry for entry in entries if not _is_redelivered(entry)]
                # One of these may have killed the last process. They run last, each in its own commit, and in random
                # order: were it always first, its neighbours would spend their delivery budget along with it.
                random.shuffle(again)
                batches: list[Sequence[Delivery | Submitted]] = [first, *again]
                for batch in batches:
                    if batch and not await self._run_batch(batch):
                        break  # the broker has the rest back as well
                if self._waiting.empty():
                    self._idle.set()

    async def drain(self) -> None:
        """Wait until nothing is waiting, decided or being sent. Intake must have been stopped before."""
        while not (self._idle.is_set() and self._waiting.empty() and not self._tails):
            if self._tails:
                await asyncio.wait(self._tails)
            else:
                await self._idle.wait()
                await asyncio.sleep(0)

    async def _run_batch(self, entries: Sequence[Delivery | Submitted]) -> bool:
        """Decide and begin to send; False when the database stayed away and everything was handed back."""
        items: list[Item] = []
        undecodable: list[DeadLetter] = []
        for entry in entries:
            decoded = entry.item if isinstance(entry, Submitted) else self._decode(entry)
            if isinstance(decoded, Item):
                items.append(decoded)
            else:
                undecodable.append(decoded)
        messages = await self._insist(lambda: self._decide(items, undecodable))
        for entry in entries:
            if not isinstance(entry, Submitted) or entry.done.done():  # its waiter may have been cancelled
                continue
            if messages is not None:
                entry.done.set_result(None)
            else:
                entry.done.set_exception(Unavailable("the database does not answer"))
        if messages is None:  # the jobs' leases run out
            self._hand_back()
            return False
        while len(self._tails) >= TAILS_MAX:
            await asyncio.wait(self._tails, return_when=asyncio.FIRST_COMPLETED)
        tail = self._group.create_task(self._send_and_acknowledge(messages, entries))
        self._tails.add(tail)
        tail.add_done_callback(self._tails.discard)
        return True

    async def _decide(self, items: Sequence[Item], undecodable: Sequence[DeadLetter]) -> list[Outgoing]:
        if undecodable:
            async with self._database.transaction() as connection:
                await dead_letters.record(connection, undecodable)
        return await self._batch.run(items) if items else []

    async def _insist(self, run: Callable[[], Awaitable[list[Outgoing]]]) -> list[Outgoing] | None:
        """Run until the database answers; None when it stayed away for too long."""
        pause = UNAVAILABLE_PAUSE_SECONDS
        started = time.monotonic()
        while True:
            try:
                self._busy_since = time.monotonic()
                return await run()
            except Unavailable as error:
                CONSUMER_PAUSES.inc()
                log.warning(
                    "paused", extra={"reason": str(error), "seconds": round(time.monotonic() - started, 1)}
                )
            finally:
                self._busy_since = None
            if time.monotonic() - started > HAND_BACK_AFTER_SECONDS:
                return None
            await asyncio.sleep(pause)
            pause = min(pause * 2, UNAVAILABLE_PAUSE_SECONDS_MAX)

    async def _send_and_acknowledge(
        self, messages: Sequence[Outgoing], entries: Sequence[Delivery | Submitted]
    ) -> None:
        await self._outbox.send_now(messages)
        deliveries = [entry for entry in entries if isinstance(entry, Delivery)]
        checkpoint("before_ack", *(delivery.message.type or "" for delivery in deliveries))
        for delivery in deliveries:
            try:
                with cancellations_told():
                    await delivery.message.ack()
            except BROKER_ERRORS as error:
                # Its channel is gone, not necessarily its neighbours': the broker delivers it again and the inbox drops
                # the copy.
                log.info("not acknowledged", extra={"reason": str(error) or type(error).__name__})

    def item_of(self, body: bytes, replay: Replay) -> Item:
        """A dead letter's body as an item that is handled although the inbox knows it; raises `Refused`."""
        try:
            return replace(self._item(body), replay=replay)
        except InvalidEnvelope as error:
            raise Refused("not_decodable", str(error)) from error

    def _decode(self, delivery: Delivery) -> Item | DeadLetter:
        message = delivery.message
        try:
            item = self._item(message.body)
        except InvalidEnvelope as error:
            claimed = message.type or "unknown"
            log.error("not decodable", extra={"type": claimed, "reason": str(error)})
            return DeadLetter("inbox", claimed, None, None, message.body, str(error), "")
        if not delivery.dead:
            return item
        reason = "its consumer died of it more often than the delivery limit allows"
        letter = DeadLetter("queue", item.type, item.inbox_id, item.subject_name, item.body, reason, "")
        return replace(item, given_up=letter)

    def _item(self, body: bytes) -> Item:
        envelope, data = decode(body, self._registry.models)
        return Item(
            type=envelope.type,
            handler=self._registry.handlers[envelope.type],
            subject=Received(envelope, data),
            inbox_id=envelope.id,
            body=body,
            traceparent=envelope.traceparent,
            cause=envelope.id,
            subject_name=envelope.subject,
        )


def _is_redelivered(entry: Delivery | Submitted) -> bool:
    return isinstance(entry, Delivery) and bool(entry.message.redelivered)
