"""Puts the shared builders on the path."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from collections.abc import AsyncIterator

import pytest
from autocrea.chassis.database import Database
from autocrea.testkit.plugin import MakeDatabase, Vhost
from router_house import House
from router_stage import Stage
from wire_server import WireServer, wire_server


@pytest.fixture
async def server() -> AsyncIterator[WireServer]:
    """A model server that does as it is told."""
    async with wire_server() as played:
        yield played


@pytest.fixture
async def stage(make_database: MakeDatabase, server: WireServer) -> AsyncIterator[Stage]:
    """A migrated database and the wire to the model server."""
    database = Database(await make_database("autocrea.llm_router"), name="test")
    await database.open()
    stage = Stage(database, server)
    yield stage
    await stage.close()
    await database.close()


@pytest.fixture
async def house(vhost: Vhost, make_database: MakeDatabase, tmp_path: Path) -> AsyncIterator[House]:
    """A router that is not started yet, with the simulators behind it."""
    house = House(vhost, await make_database("autocrea.llm_router"), tmp_path)
    yield house
    await house.close()
