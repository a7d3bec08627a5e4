"""The object store over its real wire: what it keeps, what it hands out, and what its troubles mean."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from hashlib import sha256

import httpx
import pytest
from autocrea.artifacts.adapters.s3 import CONNECTIONS_MAX, DOWNLOADS_MAX, S3Location, S3Store
from autocrea.artifacts.domain.byte_range import ByteRange
from autocrea.artifacts.ports import ObjectMissing, StoreRefused
from autocrea.chassis.errors import Unavailable
from autocrea.testkit.proxy import TcpProxy
from autocrea.testkit.s3_line import Fault, S3Line
from autocrea.testkit.waiting import eventually
from pydantic import SecretStr

ZIP = "application/zip"


async def _read(store: S3Store, key: str, byte_range: ByteRange | None = None) -> bytes:
    async with store.read(key, byte_range) as opened:
        content = b"".join([chunk async for chunk in opened.chunks])
    assert len(content) == opened.bytes
    return content


@asynccontextmanager
async def _opened(location: S3Location) -> AsyncIterator[S3Store]:
    store = S3Store(location)
    await store.open()
    try:
        yield store
    finally:
        await store.close()


async def test_an_object_is_read_back_when_it_was_put(store: S3Store, prefix: str) -> None:
    content = bytes(range(256)) * 2_000
    await store.put(prefix + "1.zip", io.BytesIO(content), content_type=ZIP)
    assert await _read(store, prefix + "1.zip") == content


async def test_an_object_is_replaced_when_it_is_put_again(store: S3Store, prefix: str) -> None:
    for content in (b"first" * 100, b"second"):
        await store.put(prefix + "1.zip", io.BytesIO(content), content_type=ZIP)
    assert await _read(store, prefix + "1.zip") == b"second"
    assert [found.key async for found in store.objects(prefix)] == [prefix + "1.zip"]


async def test_a_part_is_read_when_a_range_is_asked_for(store: S3Store, prefix: str) -> None:
    await store.put(prefix + "1.zip", io.BytesIO(b"0123456789"), content_type=ZIP)
    assert await _read(store, prefix + "1.zip", ByteRange(2, 4)) == b"234"
    assert await _read(store, prefix + "1.zip", ByteRange(9, 9)) == b"9"


async def test_an_object_is_missing_when_it_was_never_put_or_was_deleted(store: S3Store, prefix: str) -> None:
    await store.put(prefix + "1.zip", io.BytesIO(b"1"), content_type=ZIP)
    await store.delete([prefix + "1.zip", prefix + "2.zip"])
    for key in (prefix + "1.zip", prefix + "2.zip"):
        with pytest.raises(ObjectMissing):
            await _read(store, key)


async def test_only_the_prefix_is_listed_when_objects_lie_beside_it(store: S3Store, prefix: str) -> None:
    keys = [f"{prefix}{number}.zip" for number in range(5)]
    for key in (*keys, prefix.rstrip("/") + "0/1.zip"):
        await store.put(key, io.BytesIO(b"1"), content_type=ZIP)
    assert sorted([found.key async for found in store.objects(prefix)]) == keys


async def test_a_browser_gets_the_named_file_when_it_follows_the_public_link(
    location: S3Location, prefix: str
) -> None:
    public = replace(location, public_endpoint_url=location.endpoint_url)
    async with _opened(public) as store:
        await store.put(prefix + "1.zip", io.BytesIO(b"0123456789"), content_type=ZIP)
        url = await store.public_url(prefix + "1.zip", "Tienda de ñandúes.zip")
    assert url is not None
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(url)
        forged = await browser.get(re.sub("X-Amz-Signature=.", "X-Amz-Signature=", url))
    assert (answer.status_code, answer.content) == (200, b"0123456789")
    assert "filename*=UTF-8''Tienda%20de%20%C3%B1and%C3%BAes.zip" in answer.headers["content-disposition"]
    assert forged.status_code == 403


async def test_a_download_past_us_goes_on_where_it_broke_off_when_a_browser_asks_for_the_rest(
    location: S3Location, prefix: str
) -> None:
    content = bytes(range(256)) * 2_000
    half = len(content) // 2
    async with _opened(replace(location, public_endpoint_url=location.endpoint_url)) as store:
        await store.put(prefix + "1.zip", io.BytesIO(content), content_type=ZIP)
        url = await store.public_url(prefix + "1.zip", "tienda.zip")
    assert url is not None
    async with httpx.AsyncClient(trust_env=False) as browser:
        first = await browser.get(url, headers={"Range": f"bytes=0-{half - 1}"})
        rest = await browser.get(url, headers={"Range": f"bytes={half}-", "If-Range": first.headers["etag"]})
        last = await browser.get(url, headers={"Range": "bytes=-10"})
        beyond = await browser.get(url, headers={"Range": f"bytes={len(content)}-"})
    # Of a part rclone says 200, where S3 says 206; its Content-Range and its bytes are those of the part.
    assert all(one.is_success for one in (first, rest, last))
    assert beyond.status_code == 416
    assert rest.headers["content-range"] == f"bytes {half}-{len(content) - 1}/{len(content)}"
    assert (len(first.content), last.content) == (half, content[-10:])
    assert sha256(first.content + rest.content).digest() == sha256(content).digest()


async def test_there_is_no_public_link_when_browsers_cannot_reach_the_store(
    store: S3Store, prefix: str
) -> None:
    assert await store.public_url(prefix + "1.zip", "a.zip") is None


async def test_the_store_is_unavailable_when_nothing_answers(location: S3Location, prefix: str) -> None:
    async with TcpProxy("127.0.0.1", 9) as proxy, _opened(_through(location, proxy)) as store:
        with pytest.raises(Unavailable):
            await store.put(prefix + "1.zip", io.BytesIO(b"1"), content_type=ZIP)
        with pytest.raises(Unavailable):
            await _read(store, prefix + "1.zip")
        with pytest.raises(Unavailable):
            await store.delete([prefix + "1.zip"])
        with pytest.raises(Unavailable):
            [found async for found in store.objects(prefix)]


async def test_the_store_is_unavailable_when_it_breaks_off_in_the_middle(
    location: S3Location, prefix: str
) -> None:
    async with TcpProxy("127.0.0.1", _port(location)) as proxy, _opened(_through(location, proxy)) as store:
        await store.put(prefix + "1.zip", io.BytesIO(b"x" * 8_000_000), content_type=ZIP)

        async def read_and_cut() -> None:
            async with store.read(prefix + "1.zip") as opened:
                async for _ in opened.chunks:
                    proxy.cut()

        with pytest.raises(Unavailable):
            await read_and_cut()
        assert len(await _read(store, prefix + "1.zip")) == 8_000_000


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.CUT])
async def test_an_object_is_as_before_when_a_put_in_its_place_fails(
    location: S3Location, store: S3Store, prefix: str, fault: Fault
) -> None:
    """Half an object under the key of a whole one would be worse than none."""
    content = bytes(range(256)) * 200
    async with S3Line(_port(location)) as line, _opened(replace(location, endpoint_url=line.url)) as broken:
        await broken.put(prefix + "1.zip", io.BytesIO(content), content_type=ZIP)
        await line.break_with(fault)
        for key in ("1.zip", "2.zip"):
            with pytest.raises(Unavailable):
                await broken.put(prefix + key, io.BytesIO(content[::-1]), content_type=ZIP)
        assert line.met >= 2
        assert await _read(store, prefix + "1.zip") == content
        with pytest.raises(ObjectMissing):
            await _read(store, prefix + "2.zip")
        await line.break_with(None)
        await broken.put(prefix + "2.zip", io.BytesIO(content), content_type=ZIP)
    assert await _read(store, prefix + "2.zip") == content


async def test_an_object_is_whole_when_its_put_was_slow(
    location: S3Location, store: S3Store, prefix: str
) -> None:
    content = bytes(range(256)) * 40
    async with S3Line(_port(location)) as line, _opened(replace(location, endpoint_url=line.url)) as slow:
        await line.break_with(Fault.SLOW)
        await slow.put(prefix + "1.zip", io.BytesIO(content), content_type=ZIP)
    assert await _read(store, prefix + "1.zip") == content


async def test_an_object_is_put_when_every_download_has_a_reader_who_stopped_reading(
    store: S3Store, prefix: str
) -> None:
    await store.put(prefix + "large.zip", io.BytesIO(b"x" * 8_000_000), content_type=ZIP)
    opened: list[int] = []

    async def open_and_stop() -> None:
        async with store.read(prefix + "large.zip") as reading:
            opened.append(reading.bytes)
            await asyncio.Event().wait()

    readers = [asyncio.create_task(open_and_stop()) for _ in range(CONNECTIONS_MAX)]
    await eventually(lambda: len(opened) == DOWNLOADS_MAX, what="the others wait")
    async with asyncio.timeout(10):
        await store.put(prefix + "new.zip", io.BytesIO(b"1"), content_type=ZIP)
        turned_away = await asyncio.gather(*readers[DOWNLOADS_MAX:], return_exceptions=True)
    assert {type(error) for error in turned_away} == {Unavailable}  # nobody waits for readers like these
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)


async def test_the_store_is_unavailable_when_it_is_used_before_it_was_opened(location: S3Location) -> None:
    with pytest.raises(Unavailable):
        await S3Store(location).delete(["archives/x"])


async def test_the_store_is_away_when_the_key_is_wrong(location: S3Location, prefix: str) -> None:
    """One that is being changed becomes right by itself: it spends no attempt."""
    async with _opened(replace(location, secret_access_key=SecretStr("wrong"))) as store:
        with pytest.raises(Unavailable) as away:
            await store.put(prefix + "1.zip", io.BytesIO(b"1"), content_type=ZIP)
    assert "wrong" not in str(away.value)


async def test_the_store_refuses_when_there_is_no_such_bucket(location: S3Location, prefix: str) -> None:
    async with _opened(replace(location, bucket="autocrea-nowhere")) as store:
        with pytest.raises(StoreRefused, match="NoSuchBucket"):
            await store.put(prefix + "1.zip", io.BytesIO(b"1"), content_type=ZIP)


def _port(location: S3Location) -> int:
    return int(str(location.endpoint_url).rpartition(":")[2])


def _through(location: S3Location, proxy: TcpProxy) -> S3Location:
    return replace(location, endpoint_url=f"http://127.0.0.1:{proxy.port}")
