"""Asks an S3 server whether a key may use a bucket, as the service itself would: signed, by path."""

import asyncio
from dataclasses import dataclass

ANSWER_SECONDS = 5.0
"""A server that is up answers a trivial request well within it."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where it is and who asks."""

    url: str
    region: str
    name: str
    access_key_id: str
    secret_access_key: str


def refusal(bucket: Bucket) -> tuple[str, dict[str, object]] | None:
    """None when the key may use the bucket, else the key of the text that says why not, with its values."""
    return asyncio.run(_ask(bucket))


async def _ask(bucket: Bucket) -> tuple[str, dict[str, object]] | None:
    import aioboto3  # here: it takes a second, and only those who bring an S3 of their own wait for it
    from aiobotocore.config import AioConfig
    from botocore.exceptions import BotoCoreError, ClientError

    config = AioConfig(
        signature_version="s3v4",
        s3={"addressing_style": "path"},
        connect_timeout=ANSWER_SECONDS,
        read_timeout=ANSWER_SECONDS,
        retries={"total_max_attempts": 1},
    )
    client = aioboto3.Session().client(
        "s3",
        endpoint_url=bucket.url,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key_id,
        aws_secret_access_key=bucket.secret_access_key,
        config=config,
    )
    try:
        async with client as s3:
            await s3.head_bucket(Bucket=bucket.name)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        if status in (401, 403):
            return "check_object_store_key", {"bucket": bucket.name, "reason": f"HTTP {status}"}
        if status == 404:
            return "check_object_store_bucket", {"bucket": bucket.name}
        return "check_object_store_down", {"reason": f"HTTP {status}"}
    except (BotoCoreError, ValueError, OSError) as error:
        return "check_object_store_down", {"reason": type(error).__name__}
    return None
