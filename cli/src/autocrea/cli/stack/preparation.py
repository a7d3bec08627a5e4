"""What must be true before services can work: their databases with their tables, the broker's topology."""

import asyncio
import logging
import time

from autocrea.chassis import migrations
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.cli.stack.layout import SERVICES, database_of, module_of
from autocrea.cli.stack.plan import Plan
from autocrea.cli.trouble import Trouble
from autocrea.contracts.topology import TOPOLOGY

LEADERS_SECONDS = 30.0
"""Half a second after a broker has started, its queues have leaders again; a busy machine gets time."""

ASK_SECONDS = 0.2


async def prepare_databases(plan: Plan) -> None:
    """Make role, database and tables of every service; what is there already stays.

    The same as `python -m autocrea.<service> migrate`, without five Pythons that import for a second each.
    """

    async def prepare(service: str) -> None:
        database, password = database_of(service), plan.secrets.database_password(service)
        await plan.postgres.create_role(database, password)
        await plan.postgres.create_database(database, owner=database)
        url = plan.addresses().postgres.url(database, user=database, password=password)
        await migrations.migrate(url, module_of(service))

    async with asyncio.TaskGroup() as group:
        for service in SERVICES:
            group.create_task(prepare(service))


async def prepare_broker(url: str) -> None:
    """Declare exchanges, queues and bindings, the marker last; what is there already stays. Raises Trouble."""
    from autocrea.chassis import topology  # here, so that its half second passes while the broker boots

    logging.getLogger("aiormq").setLevel(logging.CRITICAL)  # what it says there, it also raises
    deadline = time.monotonic() + LEADERS_SECONDS
    while True:
        try:
            await topology.apply(url, TOPOLOGY)
            return
        except Unavailable as error:
            if time.monotonic() > deadline:
                raise Trouble("broker_silent", detail=str(error)) from error
            await asyncio.sleep(ASK_SECONDS)
        except Refused as error:
            raise Trouble("topology_not_applied", detail=str(error)) from error
