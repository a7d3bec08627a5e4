"""A database and an object store of this test's own, on the real servers."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from autocrea.artifacts.adapters.s3 import S3Location, S3Store
from autocrea.chassis.database import Database
from autocrea.cli.parts import S3Endpoint
from autocrea.testkit.plugin import MakeDatabase


@pytest.fixture
async def database(make_database: MakeDatabase) -> AsyncIterator[Database]:
    database = Database(await make_database("autocrea.artifacts"), name="artifacts")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def location(s3: S3Endpoint) -> S3Location:
    return S3Location(
        bucket=s3.bucket,
        region=s3.region,
        endpoint_url=s3.url,
        access_key_id=s3.access_key_id,
        secret_access_key=s3.secret_access_key,
    )


@pytest.fixture
async def store(location: S3Location) -> AsyncIterator[S3Store]:
    store = S3Store(location)
    await store.open()
    yield store
    await store.close()


@pytest.fixture
def prefix() -> str:
    return f"archives/{uuid4()}/"
