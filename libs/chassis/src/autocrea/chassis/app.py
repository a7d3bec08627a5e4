"""One service process: what it is made of, how it starts, how it ends. A dead task ends the process."""

import asyncio
import contextlib
import json
import logging
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import uvicorn
from autocrea.chassis import checkpoint, dead_letters, expiry, http, jobs, migrations, telemetry
from autocrea.chassis.batch import Batch
from autocrea.chassis.broker import DEAD_PREFETCH, Publishable, Publisher, Subscriber, Subscription
from autocrea.chassis.consumer import Consumer
from autocrea.chassis.database import Database
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.handlers import Effects, NewJob, Registry, Repository, Work
from autocrea.chassis.health import Health
from autocrea.chassis.operator import Operator
from autocrea.chassis.outbox import Outbox
from autocrea.chassis.runner import Runner
from autocrea.chassis.settings import ServiceSettings
from autocrea.chassis.signals import Listener
from autocrea.contracts.topology import TOPOLOGY
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

R = TypeVar("R")
K = TypeVar("K")
T = TypeVar("T")

DRAIN_SECONDS = (
    60.0  # running jobs may end by themselves this long after SIGTERM; Kubernetes' grace lies above it
)
HTTP_GRACE_SECONDS = 5  # open requests; streams end before, they watch `stopping`
START_RETRY_SECONDS = 1.0
BROKER_WAIT_SECONDS = 2.0  # ten times what connecting takes; a broker that is down must not delay a start

log = logging.getLogger(__name__)


class Service(Generic[R, K]):
    """A service, wired by hand in its `main`. Attributes may be handed to adapters before it runs."""

    def __init__(
        self,
        name: str,
        settings: ServiceSettings,
        *,
        package: str,
        repository: Repository[R, K],
        prefetch: int,
        routes: Sequence[BaseRoute] = (),
        asgi: ASGIApp | None = None,
    ) -> None:
        self.name = name
        self.settings = settings
        self.package = package
        self.registry: Registry[R, K] = Registry()
        self.stopping = asyncio.Event()
        url = settings.database_url.get_secret_value()
        self.database = Database(url, name=name)
        self.listener = Listener(url)
        self.publisher = Publisher(settings.broker_url.get_secret_value(), name=f"autocrea-{name}")
        self.outbox = Outbox(self.database, self.publisher)
        self.routes: list[BaseRoute] = list(routes)
        self._asgi = asgi
        self._batch = Batch(name, self.database, repository)
        self._consumer = Consumer(self.registry, self._batch, self.outbox, self.database, self._hand_back)
        self._subscriber = Subscriber(
            settings.broker_url.get_secret_value(),
            name=f"autocrea-{name}",
            marker=TOPOLOGY.marker().name,
            subscriptions=[
                Subscription(f"{name}.inbox", prefetch, self._consumer.deliver),
                Subscription(f"{name}.dead", DEAD_PREFETCH, self._consumer.deliver_dead),
            ],
        )
        self._runners: list[Runner] = []
        self._on_start: list[Callable[[], Awaitable[None]]] = []
        self._background: list[tuple[str, Callable[[], Coroutine[Any, Any, None]]]] = []
        self._sending: set[asyncio.Task[None]] = set()
        self._health = Health(
            lambda: self._consumer.stuck_seconds,
            {
                "database": self._check_database,
                "topology": self._check_topology,
                "consumers": self._check_consumers,
            },
        )

    def on_start(self, run: Callable[[], Awaitable[None]]) -> None:
        """Run once the database answers and before anything is consumed, such as publishing a catalogue."""
        self._on_start.append(run)

    def background(self, name: str, run: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Keep a task running for the life of the process; when it ends, the process ends."""
        self._background.append((name, run))

    async def transact(self, keys: Iterable[K], decide: Callable[[R, datetime], tuple[T, Effects]]) -> T:
        """Load and lock, decide, save, emit, commit; answers after the commit, sending is the background's.

        Raises `Refused` from `decide` with nothing done, and `Unavailable`.
        """
        result, messages = await self._batch.transact(keys, decide)
        if messages:
            task = asyncio.create_task(self.outbox.send_now(messages))
            self._sending.add(task)
            task.add_done_callback(self._sent)
        return result

    async def publish_transient(self, message: Publishable) -> bool:
        """Send progress: not stored anywhere, lost when nobody watches. Says whether it was sent."""
        return await self.publisher.publish_transient(message)

    async def topology_is_current(self) -> bool:
        """Whether the broker has the topology that this code was built with."""
        return await self._subscriber.topology_is_current()

    async def missing(self) -> dict[str, str]:
        """What readiness finds missing, by check; empty when the service is ready."""
        return await self._health.missing()

    def run(self) -> None:
        """Run until SIGTERM or SIGINT; raises when a task died, so that the process ends with an error."""
        import uvloop

        telemetry.setup(self.name, level=self.settings.log_level, otlp_endpoint=self.settings.otlp_endpoint)
        checkpoint.install(self.name)
        uvloop.run(self._run())

    async def _run(self) -> None:
        stop = asyncio.Event()
        hurry = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, stop.set)
        loop.add_signal_handler(signal.SIGINT, hurry.set)
        server = self._server()
        died: asyncio.Queue[str] = asyncio.Queue()
        tasks: list[asyncio.Task[None]] = []

        def start(name: str, coroutine: Coroutine[Any, Any, None]) -> None:
            task = asyncio.create_task(coroutine, name=name)
            task.add_done_callback(lambda _: died.put_nowait(name))
            tasks.append(task)

        start("http", server.serve())
        if await self._open_database(stop):
            self._add_runners()
            start("publisher", self.publisher.run())
            # So that what is told at start goes out at once; without a broker the relay sends it later.
            await self.publisher.wait_connected(BROKER_WAIT_SECONDS)
            for run in self._on_start:
                await run()
            start("listener", self.listener.run())
            start("subscriber", self._subscriber.run())
            start("relay", self.outbox.relay())
            start("consumer", self._consumer.run())
            for runner in self._runners:
                start(f"runner {runner.name}", runner.run())
            for name, background in self._background:
                start(name, background())
            log.info("started", extra={"port": self.settings.http_port})
            await _first(stop.wait(), hurry.wait(), died.get())
        failures = [task for task in tasks if task.done()]
        await self._shut_down(server, drain_seconds=0.0 if hurry.is_set() or failures else DRAIN_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.database.close()
        for task in failures:
            error = task.exception() if not task.cancelled() else None
            log.critical("a task died", exc_info=error, extra={"task": task.get_name()})
            raise RuntimeError(f"the task {task.get_name()} died") from error
        log.info("stopped")

    async def _open_database(self, stop: asyncio.Event) -> bool:
        """Wait for the database and its schema; False when told to stop before."""
        while not stop.is_set():
            try:
                await self.database.open()
                async with self.database.connection() as connection:
                    lacking = await migrations.missing(connection, self.package)
                if not lacking:
                    return True
                await self.database.close()
                log.warning("the database lacks migrations", extra={"missing": lacking})
            except Unavailable as error:
                log.warning("waiting for the database", extra={"reason": error.what})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(START_RETRY_SECONDS):
                    await stop.wait()
        return False

    def _add_runners(self) -> None:
        expiry.register(self.registry, self.database)
        for kind in self.registry.kinds.values():
            runner = Runner(kind, self.database, self._consumer)
            self.listener.on(jobs.ADDED_CHANNEL, runner.wake)
            self.listener.on(jobs.REMOVED_CHANNEL, runner.check_leases)
            self._runners.append(runner)
        recurring = [
            k.kind for k in self.registry.kinds.values() if isinstance(k, Work) and k.every is not None
        ]
        self._on_start.append(lambda: self._ensure_jobs(recurring))

    async def _ensure_jobs(self, kinds: Sequence[str]) -> None:
        async with self.database.transaction() as connection:
            await jobs.add(connection, [(NewJob(kind, kind), None, None) for kind in kinds])

    async def _shut_down(self, server: uvicorn.Server, *, drain_seconds: float) -> None:
        self._health.stopping = True
        self.stopping.set()
        server.should_exit = True
        await self._subscriber.stop_intake()
        await asyncio.gather(*(runner.stop(drain_seconds) for runner in self._runners))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(drain_seconds, 1.0)):
                await self._consumer.drain()
                await asyncio.gather(*self._sending)

    async def _replay(self, letter: dict[str, Any], replay: dead_letters.Replay) -> None:
        if letter["source"] != "job":
            item = self._consumer.item_of(letter["body"].encode(), replay)
            await self.outbox.send_now(await self._batch.run([item]))
            return
        stored = json.loads(letter["body"])
        async with self.database.transaction() as connection:
            if await dead_letters.mark_replayed(connection, [replay]):
                job = NewJob(
                    stored["kind"], stored["key"], payload=stored["payload"], fair_key=stored["fair_key"]
                )
                await jobs.add(connection, [(job, None, None)])

    def _sent(self, task: "asyncio.Task[None]") -> None:
        self._sending.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.error("sending hit a bug; the relay sends later", exc_info=task.exception())

    def _server(self) -> uvicorn.Server:
        operator = Operator(self.settings.operator_token, self.database, self.outbox, self._replay)
        routes: list[BaseRoute] = [*self._health.routes(), *operator.routes(), *self.routes]
        if self._asgi is not None:
            routes.append(Mount("/", app=self._asgi))
        app = Starlette(
            routes=routes,
            exception_handlers={
                Refused: http.on_refused,
                Unavailable: http.on_unavailable,
                Exception: http.on_bug,
            },
        )
        config = uvicorn.Config(
            http.TraceMiddleware(app),
            host=self.settings.http_host,
            port=self.settings.http_port,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=HTTP_GRACE_SECONDS,
            server_header=False,
        )
        return _Server(config)

    async def _hand_back(self) -> None:
        await self._subscriber.hand_back()

    async def _check_database(self) -> str | None:
        await self.database.ping()
        return None

    async def _check_topology(self) -> str | None:
        if await self._subscriber.topology_is_current():
            return None
        return f"the broker does not have {TOPOLOGY.marker().name}: run `autocrea topology apply`"

    async def _check_consumers(self) -> str | None:
        return None if self._subscriber.attached else "the consumers are not attached to their queues"


class _Server(uvicorn.Server):
    """Leaves the signals to the service."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _first(*waits: Coroutine[Any, Any, Any]) -> None:
    tasks = [asyncio.create_task(wait) for wait in waits]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in tasks:
        task.cancel()
