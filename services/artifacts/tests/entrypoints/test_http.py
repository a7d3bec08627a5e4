"""What the gateway gets from the internal routes, on a real database and a real object store."""

import io
import zipfile
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from autocrea.artifacts.adapters.zip_file import write_zip
from autocrea.artifacts.domain.naming import object_key
from autocrea.artifacts.entrypoints.http import Routes
from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.http import on_refused, on_unavailable
from autocrea.contracts import internal
from autocrea.contracts.paths import MANIFEST_NAME
from pydantic import SecretStr
from starlette.applications import Starlette

TOKEN = "gateway-token"


@pytest.fixture
async def client(workshop: Any) -> AsyncIterator[httpx.AsyncClient]:
    routes = Routes(SecretStr(TOKEN), workshop.shelf, workshop.files, workshop.store, write_zip).routes()
    app = Starlette(routes=routes, exception_handlers={Refused: on_refused, Unavailable: on_unavailable})
    transport = httpx.ASGITransport(app)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://artifacts", headers=headers) as client:
        yield client


def _path(template: str, story: Any, run: int = 1) -> str:
    return template.format(generation_id=story.generation_id, run=run)


async def test_a_file_is_read_when_its_path_is_asked_for(
    client: httpx.AsyncClient, workshop: Any, story: Any
) -> None:
    await workshop.keep(story, "backend", {"app/ñandú.py": "print('hola')\r\n"})
    answer = await client.get(_path(internal.FILE_PATH, story), params={"path": "app/ñandú.py"})
    found = internal.FileText.model_validate(answer.json())
    assert (answer.status_code, found.text, found.step) == (200, "print('hola')\r\n", "backend")
    assert found.sha256 == sha256(found.text.encode()).hexdigest()


async def test_a_file_is_not_found_when_path_step_or_generation_are_others(
    client: httpx.AsyncClient, workshop: Any, story: Any
) -> None:
    await workshop.keep(story, "backend", {"app.py": "1"})
    queries = [{"path": "other.py"}, {"path": "app.py", "step": "frontend"}]
    urls = [f"{_path(internal.FILE_PATH, story)}?{urlencode(query)}" for query in queries]
    urls.append(
        internal.FILE_PATH.format(generation_id="00000000-0000-0000-0000-000000000000") + "?path=app.py"
    )
    urls.append(internal.FILE_PATH.format(generation_id="no-uuid") + "?path=app.py")
    for url in urls:
        answer = await client.get(url)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await client.get(_path(internal.FILE_PATH, story))).status_code == 422


@pytest.mark.parametrize(
    "template",
    [
        internal.FILE_PATH,
        internal.ARCHIVE_PATH,
        internal.ARCHIVE_CONTENT_PATH,
        internal.PARTIAL_ARCHIVE_PATH,
    ],
)
async def test_nothing_is_told_when_the_caller_has_no_token(
    client: httpx.AsyncClient, story: Any, template: str
) -> None:
    for token in ("", "Bearer other"):
        answer = await client.get(_path(template, story), headers={"Authorization": token})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


async def test_the_archive_is_described_and_streamed_when_it_is_ready(
    client: httpx.AsyncClient, workshop: Any, story: Any
) -> None:
    await workshop.keep(story, "backend", {"app.py": "1", "README.md": "# hola"})
    content = await workshop.package(story, file_name="Tienda ñ.zip")
    link = internal.ArchiveLink.model_validate((await client.get(_path(internal.ARCHIVE_PATH, story))).json())
    assert (link.file_name, link.sha256, link.bytes) == (
        "Tienda ñ.zip",
        sha256(content).hexdigest(),
        len(content),
    )
    assert (link.files, link.url) == (2, None)
    answer = await client.get(_path(internal.ARCHIVE_CONTENT_PATH, story))
    assert (answer.status_code, answer.content) == (200, content)
    assert answer.headers["content-length"] == str(len(content))
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == sorted(["README.md", "app.py", MANIFEST_NAME])


async def test_a_part_is_streamed_when_a_range_is_asked_for(
    client: httpx.AsyncClient, workshop: Any, story: Any
) -> None:
    await workshop.keep(story, "backend", {"app.py": "1"})
    content = await workshop.package(story)
    url, size = _path(internal.ARCHIVE_CONTENT_PATH, story), len(content)
    etag = (await client.get(url)).headers["etag"]

    part = await client.get(url, headers={"Range": "bytes=10-19", "If-Range": etag})
    assert (part.status_code, part.content) == (206, content[10:20])
    assert (part.headers["content-range"], part.headers["content-length"]) == (f"bytes 10-19/{size}", "10")
    for headers in (
        {"Range": "bytes=10-19", "If-Range": '"another"'},
        {"Range": "bytes=0-1,5-6"},
        {"Range": "lines=1-2"},
    ):
        whole = await client.get(url, headers=headers)
        assert (whole.status_code, whole.content) == (200, content)
    beyond = await client.get(url, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    assert internal.ErrorBody.model_validate(beyond.json()).code == "range_not_satisfiable"


async def test_there_is_no_archive_when_it_is_not_ready_or_of_another_run(
    client: httpx.AsyncClient, workshop: Any, story: Any
) -> None:
    await workshop.keep(story, "backend", {"app.py": "1"})
    await workshop.decide(story.generation_id, lambda g: g.want(1, "a.zip", dict(story.digests)))
    for template in (internal.ARCHIVE_PATH, internal.ARCHIVE_CONTENT_PATH):
        for run in (1, 2, "one", "9" * 30):
            answer = await client.get(template.format(generation_id=story.generation_id, run=run))
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_archive_is_gone_when_its_object_is(
    client: httpx.AsyncClient, workshop: Any, story: Any
) -> None:
    """An erasure may fall between the look into the table and the one into the store."""
    await workshop.keep(story, "backend", {"app.py": "1"})
    await workshop.package(story)
    await workshop.store.delete([object_key(story.generation_id, 1)])
    answer = await client.get(_path(internal.ARCHIVE_CONTENT_PATH, story))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_partial_archive_holds_what_is_there_when_a_run_did_not_finish(
    client: httpx.AsyncClient, workshop: Any, story: Any
) -> None:
    url = _path(internal.PARTIAL_ARCHIVE_PATH, story)
    assert (await client.get(url)).status_code == 404
    await workshop.keep(story, "backend", {"app.py": "1", "README.md": "back"})
    await workshop.keep(story, "frontend", {"index.html": "2", "README.md": "front"})
    first = await client.get(url)
    assert (first.status_code, first.content) == (200, (await client.get(url)).content)
    assert first.headers["content-length"] == str(len(first.content))
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        assert set(archive.namelist()) == {"README.md", "app.py", "index.html", MANIFEST_NAME}
        assert archive.read("README.md") == b"front"


async def test_a_request_is_put_off_when_the_store_does_not_answer(
    client: httpx.AsyncClient, workshop: Any, story: Any
) -> None:
    await workshop.keep(story, "backend", {"app.py": "1"})
    await workshop.package(story)
    await workshop.store.close()
    answer = await client.get(_path(internal.ARCHIVE_CONTENT_PATH, story))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert int(answer.headers["retry-after"]) >= 1
