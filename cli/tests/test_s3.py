"""A real S3 server: objects kept, strangers refused, accidents survived."""

import os
import signal
import socket
from collections.abc import Callable
from typing import Any

import aioboto3
import pytest
from autocrea.cli.parts import S3, S3Endpoint
from botocore.config import Config
from botocore.exceptions import ClientError


def client(endpoint: S3Endpoint, secret: str | None = None) -> Any:
    return aioboto3.Session().client(
        "s3",
        endpoint_url=endpoint.url,
        region_name=endpoint.region,
        aws_access_key_id=endpoint.access_key_id,
        aws_secret_access_key=secret or endpoint.secret_access_key,
        config=Config(signature_version="s3v4", s3={"addressing_style": "path"}),
    )


async def test_an_object_is_kept_when_the_server_starts_again(s3: Callable[..., S3]) -> None:
    first = s3()
    async with client(await first.start()) as objects:
        await objects.put_object(Bucket="autocrea-artifacts", Key="a/ñ.zip", Body=b"bytes")
    await first.stop()
    async with client(await s3().start()) as objects:
        answer = await objects.get_object(Bucket="autocrea-artifacts", Key="a/ñ.zip")
        assert await answer["Body"].read() == b"bytes"


async def test_a_bucket_is_there_when_created_on_a_running_server(s3: Callable[..., S3]) -> None:
    part = s3()
    async with client(await part.start()) as objects:
        part.create_bucket("second")
        await objects.put_object(Bucket="second", Key="k", Body=b"v")


async def test_a_request_is_refused_when_its_key_is_wrong(s3: Callable[..., S3]) -> None:
    async with client(await s3().start(), "wrong") as objects:
        with pytest.raises(ClientError):
            await objects.put_object(Bucket="autocrea-artifacts", Key="k", Body=b"v")


async def test_start_takes_another_port_when_the_wanted_one_is_in_use(s3: Callable[..., S3]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        assert (await s3(port=taken).start()).port != taken


async def test_start_works_again_when_the_server_was_killed(s3: Callable[..., S3]) -> None:
    part = s3()
    await part.start()
    assert part.pid is not None
    os.kill(part.pid, signal.SIGKILL)
    await part.start()
    assert part.healthy()
