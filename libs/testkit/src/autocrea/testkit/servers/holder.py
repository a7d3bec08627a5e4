"""The process that starts one server for a test run and ends it with the run, however that ended.

`python -m autocrea.testkit.servers.holder <server> <the run's folder> <the run's process>`
"""

import asyncio
import json
import signal
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from autocrea.cli.parts import PostgresEndpoint, RabbitmqEndpoint, S3Endpoint
from autocrea.cli.parts.processes import birth_of, write_private
from autocrea.cli.trouble import Trouble
from autocrea.testkit.servers.local import local_part

POLL_SECONDS = 0.5

Endpoint = PostgresEndpoint | RabbitmqEndpoint | S3Endpoint


class Server(Protocol):
    """What is held: a process of ours or a container."""

    async def start(self) -> Endpoint: ...

    async def stop(self) -> None: ...


async def start(name: str, folder: Path) -> tuple[Server, Endpoint]:
    """Start the server as a process of ours, else as a container. Raises Trouble where neither can be had."""
    local: Server = local_part(name, folder)
    try:
        return local, await local.start()
    except Trouble as trouble:
        # Imported only here: nobody else pays for it.
        from autocrea.testkit.servers import containers

        if not containers.engine_is_there():
            raise
        print(f"not as a process: {trouble}", file=sys.stderr)
        container = containers.container_of(name)
        return container, await container.start()


async def hold(name: str, folder: Path, owner: int) -> None:
    """Start it, write down where it is, and end it on SIGTERM or once the run's process is gone."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    birth = birth_of(owner)
    server, endpoint = await start(name, folder / name)
    answer = folder / f"{name}.json"
    write_private(answer, json.dumps(asdict(endpoint)))
    try:
        while not stop.is_set() and birth is not None and birth_of(owner) == birth:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL_SECONDS)
    finally:
        answer.unlink(missing_ok=True)
        await server.stop()


if __name__ == "__main__":
    asyncio.run(hold(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
