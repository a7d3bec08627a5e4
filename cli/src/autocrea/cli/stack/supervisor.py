"""Runs one stack: starts everything at the same time, keeps it running, stops all of it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator

from autocrea.cli.stack.keeper import Keeper, Startable, Tell
from autocrea.cli.stack.layout import WANTED_PORTS
from autocrea.cli.stack.plan import Plan, end_leftovers, kill_leftovers, make_plan
from autocrea.cli.stack.preparation import prepare_broker, prepare_databases
from autocrea.cli.stack.processes import PythonProcess
from autocrea.cli.stack.readiness import wait_until_ready
from autocrea.cli.stack.report import READY, STARTING, STOPPING, write_report
from autocrea.cli.stack.state import State
from autocrea.cli.trouble import Trouble


class Supervisor:
    """One stack in one state folder, whose lock its caller holds."""

    def __init__(self, state: State, *, tell: Tell, management: bool = True) -> None:
        self._state = state
        self._tell = tell
        self.plan: Plan = make_plan(state, management=management, announce=tell)
        self._keepers = [Keeper(kept, tell=tell, on_change=self._changed) for kept in self._all()]
        self._phase = STARTING
        self._started_with = self.plan.addresses()
        self._restarting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start everything and wait until every service is ready. Raises the first Trouble; the caller stops
        then."""
        self._report(STARTING)
        for name, wanted in WANTED_PORTS.items():
            if self.plan.ports[name] != wanted and (
                name != "rabbitmq-management" or self.plan.rabbitmq.management
            ):
                self._tell("port_taken", name=name, wanted=wanted, port=self.plan.ports[name])
        with _first_trouble():
            async with asyncio.TaskGroup() as group:
                group.create_task(self._start_broker())
                group.create_task(self._start_database_then_services())
                if self.plan.s3:
                    group.create_task(self._start_part(self.plan.s3))
                group.create_task(self._build_pages())
        if self.plan.addresses() != self._started_with:
            await self._restart_services()
        watching = [asyncio.create_task(keeper.run()) for keeper in self._keepers]
        try:
            await wait_until_ready(self.plan, self._keepers)
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)
        self._report(READY)

    async def keep(self) -> None:
        """Watch everything and start again what dies, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for keeper in self._keepers:
                group.create_task(keeper.run())

    async def stop(self) -> None:
        """Stop everything, services before the parts that they use. Cancelled, it kills instead of
        waiting."""
        try:
            self._report(STOPPING)
            if self._restarting:
                self._restarting.cancel()
            await asyncio.gather(*(process.stop() for process in self.plan.processes))
        finally:
            try:
                await asyncio.gather(*(part.stop() for part in self.plan.parts))
            finally:
                if any(kept.alive() for kept in self._all()):  # cancelled before it had begun to stop them
                    kill_leftovers(self._state)
                self._state.stack_file.unlink(missing_ok=True)

    async def _start_broker(self) -> None:
        await self._start_part(self.plan.rabbitmq)
        await prepare_broker(self.plan.addresses().rabbitmq.url())

    async def _start_database_then_services(self) -> None:
        """Services import for seconds and wait for a broker by themselves: they need not wait to be
        started."""
        simulators = [process for process in self.plan.processes if process.name == "simulators"]
        services = [process for process in self.plan.processes if process.name != "simulators"]
        for process in simulators:
            await process.start()
        await self._start_part(self.plan.postgres)
        await prepare_databases(self.plan)
        for process in services:
            await process.start()

    async def _build_pages(self) -> None:
        """Without pages the API works all the same, so that is told and nothing stops."""
        if self.plan.frontend is None:
            return
        try:
            seconds = await self.plan.frontend.build()
        except Trouble as trouble:
            self._tell(trouble.key, **trouble.values)
            self._tell("frontend_not_built")
            return
        if seconds is not None:
            self._tell("frontend_built", seconds=seconds)

    async def _start_part(self, part: Startable) -> None:
        began = time.monotonic()
        await part.start()
        self._tell("part_started", name=part.name, seconds=time.monotonic() - began)

    async def _restart_services(self) -> None:
        """A part had to take another port than planned: its users must hear of it."""
        self._started_with = self.plan.addresses()
        await asyncio.gather(*(process.stop() for process in self.plan.processes))
        for process in self.plan.processes:
            await process.start()

    def _changed(self) -> None:
        """A keeper started something again."""
        self._report(self._phase)
        if self.plan.addresses() != self._started_with and self._restarting is None:
            self._restarting = asyncio.create_task(self._restart_services())
            self._restarting.add_done_callback(self._restarted)

    def _restarted(self, task: "asyncio.Task[None]") -> None:
        self._restarting = None
        if not task.cancelled():
            task.result()

    def _report(self, phase: str) -> None:
        self._phase = phase
        write_report(self._state, self.plan, self._keepers, phase)

    def _all(self) -> tuple[PythonProcess | Startable, ...]:
        return (*self.plan.parts, *self.plan.processes)


@contextlib.asynccontextmanager
async def stack(state: State, *, tell: Tell, management: bool = True) -> AsyncIterator[Supervisor]:
    """A ready stack for the time of the block. Whatever ends the block, nothing keeps running."""
    with state.lock():
        ended = await end_leftovers(state)
        if ended:
            tell("leftovers_ended", count=len(ended), pids=", ".join(map(str, ended)))
        supervisor = Supervisor(state, tell=tell, management=management)
        try:
            await supervisor.start()
            yield supervisor
        finally:
            tell("stopping")
            await supervisor.stop()


@contextlib.contextmanager
def _first_trouble() -> Iterator[None]:
    """Of the troubles of several tasks, the first: the others are its consequences or say the same."""
    try:
        yield
    except BaseExceptionGroup as group:
        troubles = group.subgroup(Trouble)
        while troubles is not None:
            first = troubles.exceptions[0]
            if isinstance(first, Trouble):
                raise first from None
            troubles = first if isinstance(first, BaseExceptionGroup) else None
        raise
