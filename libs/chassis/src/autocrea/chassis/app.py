"""A service as its `main` puts it together: everything that it consists of, and what its adapters may use."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

from autocrea.chassis import checkpoint, dead_letters, erasure, expiry, jobs, telemetry
from autocrea.chassis.batch import Batch
from autocrea.chassis.consumer import Consumer
from autocrea.chassis.database import Database
from autocrea.chassis.handlers import Effects, NewJob, Repository
from autocrea.chassis.health import Health
from autocrea.chassis.measures import Measures
from autocrea.chassis.metrics import CONSUMERS_ATTACHED
from autocrea.chassis.operator import Operator
from autocrea.chassis.outbox import Outbox
from autocrea.chassis.process import Process
from autocrea.chassis.publisher import Publishable, Publisher
from autocrea.chassis.registry import Registry, Work
from autocrea.chassis.runner import Runner
from autocrea.chassis.settings import ServiceSettings
from autocrea.chassis.signals import Listener
from autocrea.chassis.story import StoryRoute, Tell
from autocrea.chassis.subscriber import DEAD_PREFETCH, Subscriber, Subscription
from autocrea.chassis.told import Told
from autocrea.chassis.web import build_server
from autocrea.contracts.topology import TOPOLOGY
from starlette.routing import BaseRoute

R = TypeVar("R")
K = TypeVar("K")
T = TypeVar("T")

log = logging.getLogger(__name__)


class Service(Generic[R, K]):
    """One service. Its attributes may be handed to adapters before it runs; nothing is opened until `run`."""

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        *,
        package: str,
        repository: Repository[R, K],
        prefetch: int,
    ) -> None:
        self.name = name
        self.settings = settings
        self.package = package
        self.registry: Registry[R, K] = Registry()
        self.routes: list[BaseRoute] = []
        self.story: Tell | None = None  # what the service's own tables say of a generation
        self.stopping = asyncio.Event()
        self.database = Database(settings.database_url, name=name)
        self.listener = Listener(settings.database_url)
        self.publisher = Publisher(settings.broker_url, name=f"autocrea-{name}")
        self.outbox = Outbox(self.database, self.publisher)
        self.told = Told()  # what the service counts of what it has told
        self.batch = Batch(name, self.database, repository, told=self.told)
        self.measures = Measures(self.database, lambda: list(self.registry.kinds))
        self.consumer = Consumer(self.registry, self.batch, self.outbox, self.database, self._hand_back)
        self.subscriber = Subscriber(
            settings.broker_url,
            name=f"autocrea-{name}",
            marker=TOPOLOGY.marker().name,
            subscriptions=[
                Subscription(f"{name}.inbox", prefetch, self.consumer.deliver),
                Subscription(f"{name}.dead", DEAD_PREFETCH, self.consumer.deliver_dead),
            ],
            able=self.database.wait_for_answer,
            on_lost=self.consumer.forget_deliveries,
        )
        checks = {
            "database": self.database.ping,
            "topology": self._check_topology,
            "consumers": self._check_consumers,
        }
        CONSUMERS_ATTACHED.set_function(lambda: self.subscriber.attached)
        self.health = Health(lambda: self.consumer.stuck_seconds, checks)
        self.starters: list[Callable[[], Awaitable[None]]] = []
        self.tellers: list[Callable[[], Awaitable[None]]] = []
        self.backgrounds: list[tuple[str, Callable[[], Coroutine[Any, Any, None]]]] = []
        self.sending: set[asyncio.Task[None]] = set()

    def on_start(self, run: Callable[[], Awaitable[None]]) -> None:
        """Run once the database answers and before anything is consumed, such as publishing a catalogue."""
        self.starters.append(run)

    def tells(self, run: Callable[[], Awaitable[None]], *, at_start: bool = True) -> None:
        """State what this service alone knows (a catalogue, balances) as new facts; again when an operator asks."""
        self.tellers.append(run)
        if at_start:
            self.on_start(run)

    def background(self, name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Keep a task running for the life of the process; when it ends, the process ends."""
        self.backgrounds.append((name, run))

    async def transact(self, keys: Iterable[K], decide: Callable[[R, datetime], tuple[T, Effects]]) -> T:
        """Load and lock, decide, save, emit, commit; answers after the commit, sending is the background's.

        Raises `Refused` from `decide` with nothing done, and `Unavailable`.
        """
        result, messages = await self.batch.transact(keys, decide)
        if messages:
            task = asyncio.create_task(self.outbox.send_now(messages))
            self.sending.add(task)
            task.add_done_callback(self._sent)
        return result

    async def publish_transient(self, message: Publishable) -> bool:
        """Send progress: not stored anywhere, lost when nobody watches. Says whether it was sent."""
        return await self.publisher.publish_transient(message)

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; raises when a task died, so that the process ends with an error."""
        import uvloop

        telemetry.setup(self.name, self.settings)
        checkpoint.install(self.name)
        operator = Operator(
            self.settings.operator_token, self.database, self.outbox, self._replay, self.tellers
        )
        story = StoryRoute(self.name, self.settings.operator_token, self.database, self.story)
        routes = [*self.health.routes(), *operator.routes(), *story.routes(), *self.routes]
        server = build_server(self.settings, routes)
        uvloop.run(Process(self, server, self._runners()).run())

    def _runners(self) -> list[Runner]:
        expiry.register(self.registry, self.database)
        erasure.register(self.registry, self.database)
        runners = [Runner(kind, self.database, self.consumer) for kind in self.registry.kinds.values()]
        for runner in runners:
            self.listener.on(jobs.ADDED_CHANNEL, runner.wake)
            self.listener.on(jobs.REMOVED_CHANNEL, runner.check_leases)
        kinds = self.registry.kinds.values()
        recurring = [kind.kind for kind in kinds if isinstance(kind, Work) and kind.every is not None]
        self.on_start(lambda: self._ensure_jobs(recurring))
        return runners

    async def _ensure_jobs(self, kinds: Sequence[str]) -> None:
        async with self.database.transaction() as connection:
            await jobs.add(connection, [(NewJob(kind, kind), None, None) for kind in kinds])

    async def _replay(self, letter: dict[str, Any], replay: dead_letters.Replay) -> None:
        if letter["source"] != "job":
            item = self.consumer.item_of(letter["body"].encode(), replay)
            await self.outbox.send_now(await self.batch.run([item]))
            return
        stored = json.loads(letter["body"])
        fields = {name: stored[name] for name in ("kind", "key", "payload", "fair_key")}
        async with self.database.transaction() as connection:
            await dead_letters.mark_replayed(connection, replay)
            await jobs.add(connection, [(NewJob(**fields), None, None)])

    def _sent(self, task: "asyncio.Task[None]") -> None:
        self.sending.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("sending hit a bug; the relay sends later", exc_info=task.exception())

    def _hand_back(self) -> None:
        self.subscriber.hand_back()

    async def _check_topology(self) -> str | None:
        if await self.subscriber.topology_is_current():
            return None
        return f"the broker does not have {TOPOLOGY.marker().name}: run `autocrea topology apply`"

    async def _check_consumers(self) -> str | None:
        return None if self.subscriber.attached else "the consumers are not attached to their queues"
