"""The store's keys are changed while it is used: the old ones are refused, the same client goes on with the new."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from autocrea.artifacts.adapters.s3 import S3Location, S3Store
from autocrea.chassis.errors import Unavailable
from autocrea.chassis.secret_files import SecretFile
from autocrea.cli.parts import S3

ZIP = "application/zip"
KEY = "generations/1.zip"


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[S3]:
    """A server of its own, whose keys are the files `key-id` and `key-secret` in its folder when it starts."""
    server = S3(tmp_path / "s3")
    await server.start()
    yield server
    await server.stop()


async def test_the_store_goes_on_with_the_new_keys_when_the_old_ones_are_refused(
    server: S3, tmp_path: Path
) -> None:
    assert server.endpoint is not None
    named = {"key-id": server.endpoint.access_key_id, "key-secret": server.endpoint.secret_access_key}
    for name, value in named.items():
        (tmp_path / name).write_text(value)
    location = S3Location(
        bucket=server.bucket,
        region=server.endpoint.region,
        endpoint_url=server.endpoint.url,
        public_endpoint_url=server.endpoint.url,
        access_key_id=SecretFile(tmp_path / "key-id"),
        secret_access_key=SecretFile(tmp_path / "key-secret"),
    )
    store, another = S3Store(location), S3Store(replace(location, public_endpoint_url=None))
    await store.open()
    await another.open()
    try:
        await store.put(KEY, io.BytesIO(b"before"), content_type=ZIP)
        await server.stop()
        for name in named:
            (server.folder / name).write_text(f"{name}-after")
        await server.start()
        with pytest.raises(Unavailable):  # an outage: what waits for it is put off, and spends no attempt
            await store.put(KEY, io.BytesIO(b"refused"), content_type=ZIP)
        (tmp_path / "key-id").write_text("key-id-after")
        with pytest.raises(Unavailable):
            await store.put(KEY, io.BytesIO(b"half"), content_type=ZIP)
        (tmp_path / "key-secret").write_text("key-secret-after")
        async with another.read(KEY) as opened:
            assert b"".join([chunk async for chunk in opened.chunks]) == b"before"
        await store.put(KEY, io.BytesIO(b"after"), content_type=ZIP)
        url = await store.public_url(KEY, "1.zip")
        assert url is not None
        async with httpx.AsyncClient(trust_env=False) as browser:
            assert (await browser.get(url)).content == b"after"
    finally:
        await store.close()
        await another.close()
