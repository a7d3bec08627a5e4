"""The life of a service's process: what starts in which order, what ends it, how it stops. A dead task ends it."""

import asyncio
import contextlib
import logging
import signal
import time
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any

import uvicorn
from autocrea.chassis import migrations
from autocrea.chassis.errors import Unavailable
from autocrea.chassis.runner import Runner
from autocrea.chassis.web import GRACE_SECONDS

if TYPE_CHECKING:
    from autocrea.chassis.app import Service

HURRY_SECONDS = 1.0  # without any time left for draining, the batch that is being decided may still end
END_SECONDS = 15.0  # leases are given back within it; a task that a library keeps from ending is left behind
START_RETRY_SECONDS = 1.0
BROKER_WAIT_SECONDS = 2.0  # ten times what connecting takes; a broker that is down must not delay a start

log = logging.getLogger(__name__)


class Process:
    """Runs one service until it is told to stop or one of its tasks dies."""

    def __init__(
        self, service: "Service[Any, Any]", server: uvicorn.Server, runners: Sequence[Runner]
    ) -> None:
        self._service = service
        self._server = server
        self._runners = runners
        self._tasks: list[asyncio.Task[None]] = []
        self._stop = asyncio.Event()  # SIGTERM: drain
        self._hurry = asyncio.Event()  # SIGINT: leave at once
        self._died = asyncio.Event()

    async def run(self) -> None:
        """Start, wait, stop. Raises RuntimeError naming the task that died."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop.set)
        loop.add_signal_handler(signal.SIGINT, self._hurry.set)
        http = self._start("http", self._server.serve())  # first: the probes must be answered while waiting
        if await self._open_database():
            await self._start_everything()
            log.info("started", extra={"port": self._service.settings.http_port})
            await self._end_is_due()
        dead = [task for task in self._tasks if task.done()]
        await self._shut_down(http, in_a_hurry=self._hurry.is_set() or bool(dead))
        for task in dead:
            error = None if task.cancelled() else task.exception()
            log.critical("a task died", exc_info=error, extra={"task": task.get_name()})
            raise RuntimeError(f"the task {task.get_name()} died") from error
        log.info("stopped")

    async def _start_everything(self) -> None:
        service = self._service
        self._start("publisher", service.publisher.run())
        # So that what is told at start goes out at once; without a broker the relay sends it later.
        await service.publisher.wait_connected(BROKER_WAIT_SECONDS)
        for run in service.starters:
            await run()
        self._start("listener", service.listener.run())
        self._start("subscriber", service.subscriber.run())
        self._start("relay", service.outbox.relay())
        self._start("measures", service.measures.run())
        self._start("consumer", service.consumer.run())
        for runner in self._runners:
            self._start(f"runner {runner.name}", runner.run())
        for name, background in service.backgrounds:
            self._start(name, background())

    def _start(self, name: str, coroutine: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.create_task(coroutine, name=name)
        task.add_done_callback(lambda _: self._died.set())
        self._tasks.append(task)
        return task

    async def _open_database(self) -> bool:
        """Wait for the database and its schema; False when the end is due before."""
        service = self._service
        while not self._over():
            try:
                await service.database.open()
                async with service.database.connection() as connection:
                    lacking = await migrations.missing(connection, service.package)
                if not lacking:
                    return True
                await service.database.close()
                log.warning("the database lacks migrations", extra={"missing": lacking})
            except Unavailable as error:
                log.warning("waiting for the database", extra={"reason": error.what})
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(START_RETRY_SECONDS):
                    await self._end_is_due()
        return False

    def _over(self) -> bool:
        return self._stop.is_set() or self._hurry.is_set() or self._died.is_set()

    async def _end_is_due(self) -> None:
        waits = [asyncio.create_task(event.wait()) for event in (self._stop, self._hurry, self._died)]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _shut_down(self, http: "asyncio.Task[None]", *, in_a_hurry: bool) -> None:
        """Stop intake, finish what was begun, give leases back, answer open requests, close."""
        service = self._service
        drain_seconds = 0.0 if in_a_hurry else service.settings.drain_seconds
        drained_by = time.monotonic() + drain_seconds
        service.health.stopping = True
        service.stopping.set()
        self._server.should_exit = True
        await service.subscriber.stop_intake()
        await asyncio.gather(*(runner.stop(drain_seconds) for runner in self._runners))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(drained_by - time.monotonic(), HURRY_SECONDS)):
                await service.consumer.drain()
                await asyncio.gather(*service.sending, return_exceptions=True)  # its bugs are logged there
        await asyncio.wait([http], timeout=HURRY_SECONDS if in_a_hurry else GRACE_SECONDS + 1)
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks, timeout=END_SECONDS)
        await service.database.close()
