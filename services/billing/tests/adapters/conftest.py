"""A migrated database, and the chassis' own batch on it."""

from collections.abc import AsyncIterator

import pytest
from autocrea.chassis.database import Database
from autocrea.testkit.plugin import MakeDatabase
from billing_counter import Counter
from billing_desk import CARD, POLICY

CONNECTIONS_MAX = 8


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    database = Database(await make_database("autocrea.billing"), name="test", size_max=CONNECTIONS_MAX)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def counter(database: Database) -> Counter:
    """Takes messages against the database; the rate card is published."""
    counter = Counter(database, POLICY)
    await counter.publish(CARD)
    return counter
