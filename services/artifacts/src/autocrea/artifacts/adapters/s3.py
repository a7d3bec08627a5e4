"""The object store over the S3 wire: signature version 4, path addressing, one PUT for an object."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import aioboto3
import aiohttp
from aiobotocore.config import AioConfig
from autocrea.artifacts.adapters import s3_keys
from autocrea.artifacts.adapters.slots import Slots
from autocrea.artifacts.domain.byte_range import ByteRange
from autocrea.artifacts.domain.naming import CONTENT_TYPE
from autocrea.artifacts.ports import ObjectMissing, OpenObject, StoredObject, StoreRefused
from autocrea.chassis.client_calls import Call, calling
from autocrea.chassis.errors import Unavailable
from autocrea.contracts.downloads import attachment
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BotoConnectionError
from pydantic import SecretStr

if TYPE_CHECKING:
    from types_aiobotocore_s3.client import S3Client
    from types_aiobotocore_s3.type_defs import GetObjectRequestTypeDef

CONNECT_TIMEOUT_SECONDS = 3.0
READ_TIMEOUT_SECONDS = 20.0  # between two pieces of an answer; an archive is a few MiB
CONNECTIONS_MAX = 32
DOWNLOADS_MAX = 24  # of these: one lasts as long as its reader likes, and packaging must not wait for readers
DOWNLOAD_WAIT_SECONDS = (
    2.0  # well below the five that the gateway waits; who waited longer would be sent to nobody
)
CHUNK_BYTES = 64 * 1024
DELETE_KEYS_MAX = 1_000  # S3's own limit for one request
PUBLIC_URL_SECONDS = 300  # long enough to begin a download, short enough to be worthless in a log

_TRY_LATER_CODES = frozenset(
    {"SlowDown", "RequestTimeout", "Throttling", "ThrottlingException", "TooManyRequests"}
)
# A key is being changed: here, or there, is still the other one. Who may do nothing with a good key is refused.
_OTHER_KEY_CODES = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken"})
_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429


@dataclass(frozen=True, slots=True)
class S3Location:
    """Where the bucket is. Without keys the environment's own identity is used (an instance's or a pod's role)."""

    bucket: str
    region: str
    endpoint_url: str | None = None
    public_endpoint_url: str | None = None
    access_key_id: SecretStr | None = None
    secret_access_key: SecretStr | None = None


class S3Store:
    """An `ObjectStore`. Open before use; one client serves every request of the process."""

    def __init__(self, location: S3Location) -> None:
        self._location = location
        self._exit = AsyncExitStack()
        self._downloads = Slots(DOWNLOADS_MAX, DOWNLOAD_WAIT_SECONDS)
        self._client: S3Client | None = None
        self._public: S3Client | None = None

    async def open(self) -> None:
        """Make the clients. Asks nothing of the store: it may be down while the service starts."""
        self._client = await self._connect(self._location.endpoint_url)
        if self._location.public_endpoint_url is not None:
            self._public = await self._connect(self._location.public_endpoint_url)

    async def close(self) -> None:
        self._client = self._public = None  # aiobotocore would open a closed client again
        await self._exit.aclose()

    async def put(self, key: str, body: IO[bytes], *, content_type: str) -> None:
        with self._asking("PutObject", key), _answers(key):
            await self._s3.put_object(
                Bucket=self._location.bucket, Key=key, Body=body, ContentType=content_type
            )

    @asynccontextmanager
    async def read(self, key: str, byte_range: ByteRange | None = None) -> AsyncIterator[OpenObject]:
        request: GetObjectRequestTypeDef = {"Bucket": self._location.bucket, "Key": key}
        if byte_range is not None:
            request["Range"] = f"bytes={byte_range.first}-{byte_range.last}"
        async with self._downloads.one():
            with self._asking("GetObject", key), _answers(key):
                answer = await self._s3.get_object(**request)
            body = answer["Body"]
            # Gives the connection back; what it yields is not the body but what the body wraps.
            async with body:
                yield OpenObject(answer["ContentLength"], _chunks(key, body))

    async def delete(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), DELETE_KEYS_MAX):
            some = keys[start : start + DELETE_KEYS_MAX]
            with self._asking("DeleteObjects"), _answers(some[0]):
                answer = await self._s3.delete_objects(
                    Bucket=self._location.bucket,
                    Delete={"Objects": [{"Key": key} for key in some], "Quiet": True},
                )
            if errors := answer.get("Errors"):
                raise StoreRefused(f"{errors[0].get('Key')} was not deleted: {errors[0].get('Message')}")

    async def objects(self, prefix: str) -> AsyncIterator[StoredObject]:
        token: dict[str, Any] = {}
        while True:
            with self._asking("ListObjectsV2"), _answers(prefix):
                page = await self._s3.list_objects_v2(Bucket=self._location.bucket, Prefix=prefix, **token)
            for entry in page.get("Contents", ()):
                yield StoredObject(entry["Key"], entry["Size"], entry["LastModified"])
            if not page.get("IsTruncated"):
                return
            token = {"ContinuationToken": page["NextContinuationToken"]}

    async def public_url(self, key: str, file_name: str) -> str | None:
        if self._public is None:
            return None
        return await self._public.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self._location.bucket,
                "Key": key,
                "ResponseContentDisposition": attachment(file_name),
                "ResponseContentType": CONTENT_TYPE,
            },
            ExpiresIn=PUBLIC_URL_SECONDS,
        )

    def _asking(self, operation: str, key: str | None = None) -> AbstractContextManager[Call]:
        method = f"S3/{operation}"
        attributes = {
            "rpc.system.name": "aws-api",
            "rpc.method": method,
            "aws.s3.bucket": self._location.bucket,
            "cloud.region": self._location.region,
        }
        if key is not None:
            attributes["aws.s3.key"] = key
        return calling("s3", operation, span=method, attributes=attributes)

    @property
    def _s3(self) -> "S3Client":
        if self._client is None:
            raise Unavailable("the object store is not open")
        return self._client

    async def _connect(self, endpoint_url: str | None) -> "S3Client":
        keys = s3_keys.session(self._location.access_key_id, self._location.secret_access_key)
        session = aioboto3.Session(botocore_session=keys, region_name=self._location.region)
        return await self._exit.enter_async_context(
            session.client("s3", endpoint_url=endpoint_url, config=_config())
        )


def _config() -> AioConfig:
    return AioConfig(
        signature_version="s3v4",
        # Signing the body's SHA-256 lets the store itself refuse an object that was damaged on its way.
        s3={"addressing_style": "path", "payload_signing_enabled": True},
        # By default botocore adds CRC checksums. rclone repeats the whole object's with a range of it, and reading the
        # range then fails; other servers refuse them. We have SHA-256.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        max_pool_connections=CONNECTIONS_MAX,
        retries={"total_max_attempts": 1},  # the job that asked tries again, with its own back-off
    )


async def _chunks(key: str, body: Any) -> AsyncIterator[bytes]:
    with _answers(key):
        async for chunk in body.iter_chunks(CHUNK_BYTES):
            yield chunk


@contextmanager
def _answers(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _meaning(error, key) from error
    except (HTTPClientError, BotoConnectionError, aiohttp.ClientError, OSError, TimeoutError) as error:
        raise Unavailable(f"the object store does not answer ({error})") from error
    except BotoCoreError as error:
        raise StoreRefused(f"{key}: {error}") from error


def _meaning(error: ClientError, key: str) -> Exception:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    if status >= _SERVER_ERROR or status == _TOO_MANY_REQUESTS or code in _TRY_LATER_CODES:
        return Unavailable(f"the object store cannot serve {key} now ({error})")
    if code in _OTHER_KEY_CODES:
        return Unavailable(f"the object store does not know our key ({code})")
    if code in ("NoSuchKey", "404"):
        return ObjectMissing(key)
    return StoreRefused(f"{key}: {error}")
