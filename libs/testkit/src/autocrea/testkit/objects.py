"""A stack's bucket, seen from outside."""

import io
import zipfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

import aioboto3
from aiobotocore.config import AioConfig
from autocrea.cli.parts import S3Endpoint

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client


@dataclass(frozen=True)
class StoredObject:
    """An object with its bytes."""

    key: str
    modified_at: datetime
    body: bytes
    tag: str = ""

    @cached_property
    def packed(self) -> Mapping[str, bytes]:
        """What is in it when it is an archive; unpacked once, however often it is looked at."""
        with zipfile.ZipFile(io.BytesIO(self.body)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


NONE_KNOWN: Mapping[str, StoredObject] = MappingProxyType({})


async def create_bucket(endpoint: S3Endpoint, bucket: str) -> None:
    async with _client(endpoint) as client:
        await client.create_bucket(Bucket=bucket)


async def delete_bucket(endpoint: S3Endpoint, bucket: str) -> None:
    """With everything in it."""
    async with _client(endpoint) as client:
        async for key, _, _ in _listed(client, bucket):
            await client.delete_object(Bucket=bucket, Key=key)
        await client.delete_bucket(Bucket=bucket)


async def put_object(endpoint: S3Endpoint, bucket: str, key: str, body: bytes) -> None:
    async with _client(endpoint) as client:
        await client.put_object(Bucket=bucket, Key=key, Body=body)


async def delete_object(endpoint: S3Endpoint, bucket: str, key: str) -> None:
    async with _client(endpoint) as client:
        await client.delete_object(Bucket=bucket, Key=key)


async def read_objects(
    endpoint: S3Endpoint, bucket: str, known: Mapping[str, StoredObject] = NONE_KNOWN
) -> Mapping[str, StoredObject]:
    """Everything in the bucket; an object is fetched when it is not, by its tag, one of the known ones."""
    found: dict[str, StoredObject] = {}
    async with _client(endpoint) as client:
        async for key, modified_at, tag in _listed(client, bucket):
            seen = known.get(key)
            if seen is None or (seen.modified_at, seen.tag) != (modified_at, tag):
                answer = await client.get_object(Bucket=bucket, Key=key)
                seen = StoredObject(key, modified_at, await answer["Body"].read(), tag)
            found[key] = seen
    return found


async def _listed(client: "S3Client", bucket: str) -> AsyncIterator[tuple[str, datetime, str]]:
    async for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
        for entry in page.get("Contents", []):
            yield entry["Key"], entry["LastModified"], entry["ETag"]


@asynccontextmanager
async def _client(endpoint: S3Endpoint) -> AsyncIterator["S3Client"]:
    session = _session(endpoint.access_key_id, endpoint.secret_access_key, endpoint.region)
    config = AioConfig(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    async with session.client("s3", endpoint_url=endpoint.url, config=config) as client:
        yield client


@cache
def _session(access_key_id: str, secret_access_key: str, region: str) -> aioboto3.Session:
    """Kept, since it has read the description of S3's whole API."""
    return aioboto3.Session(access_key_id, secret_access_key, region_name=region)
