"""What was generated is read and downloaded, in parts and years later, through the gateway and past it."""

import hashlib
from urllib.parse import quote

import httpx
from autocrea.testkit.people import Person
from autocrea.testkit.stack import Stack
from autocrea.testkit.waiting import eventually

YEARS_LATER = "UPDATE archives SET changed_at = now() - interval '2 years' RETURNING run"
SWEEP_NOW = "UPDATE jobs SET due_at = now() WHERE kind = 'retire_files' RETURNING key"
STILL_IN_THE_DATABASE = "SELECT path FROM files WHERE generation_id = '{}' AND content IS NOT NULL"


async def _completed(person: Person, project: str) -> tuple[str, str]:
    """A generation and its archive's hash as its last event told it."""
    generation_id = await person.generate(project)
    end = await person.end(generation_id)
    assert end.name == "generation_completed", end
    return generation_id, end.data["archive"]["sha256"]


async def _texts(person: Person, generation_id: str) -> dict[str, bytes]:
    texts = {}
    for file in (await person.get(f"/api/generations/{generation_id}/files"))["items"]:
        answer = await person.request("GET", file["url"])
        assert answer.status_code == httpx.codes.OK, answer.text
        texts[file["path"]] = answer.content
    return texts


async def test_a_broken_download_goes_on_when_its_rest_is_asked_for(stack: Stack) -> None:
    async with stack.person() as person:
        generation_id, digest = await _completed(person, "Tienda de ñandúes 🛒")
        path = f"/api/generations/{generation_id}/archive"
        whole = await person.download(generation_id)
        etag = whole.headers["etag"]
        assert etag == f'"{digest}"'
        assert quote("ñandúes") in whole.headers["content-disposition"]
        half = len(whole.content) // 2
        rest = await person.request("GET", path, headers={"Range": f"bytes={half}-", "If-Range": etag})
        assert (rest.status_code, rest.content) == (206, whole.content[half:])
        size = len(whole.content)
        assert rest.headers["content-range"] == f"bytes {half}-{size - 1}/{size}"
        other = await person.request("GET", path, headers={"Range": f"bytes={half}-", "If-Range": '"other"'})
        assert (other.status_code, other.content) == (200, whole.content)
        beyond = await person.request("GET", path, headers={"Range": f"bytes={size}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")


async def test_every_text_can_be_read_when_only_the_archive_has_it(stack: Stack) -> None:
    async with stack.person() as person:
        generation_id, digest = await _completed(person, "vieja")
        texts = await _texts(person, generation_id)
        await stack.fetch("artifacts", YEARS_LATER)
        await stack.fetch("artifacts", SWEEP_NOW)

        async def left() -> bool:
            return not await stack.fetch("artifacts", STILL_IN_THE_DATABASE.format(generation_id))

        await eventually(left, what="the texts left the database")
        assert await _texts(person, generation_id) == texts
        again = (await person.download(generation_id)).content
        assert hashlib.sha256(again).hexdigest() == digest


async def test_a_browser_fetches_the_archive_itself_when_it_reaches_the_store(stack: Stack) -> None:
    process = stack.processes["artifacts"]
    async with stack.person() as person:
        generation_id, digest = await _completed(person, "Tienda de ñandúes 🛒")
        link = f"/api/generations/{generation_id}/archive/link"
        assert (await person.get(link))["presigned"] is False
        await stack.end(["artifacts"])
        await process.start(AWS_S3_PUBLIC_ENDPOINT_URL=stack.places.s3.url)
        try:
            told = await person.get(link)
        finally:
            await process.kill()
            await stack.restart("artifacts")
    assert (told["presigned"], told["sha256"]) == (True, digest)
    async with httpx.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(told["url"])
        half = len(answer.content) // 2
        rest = await browser.get(told["url"], headers={"Range": f"bytes={half}-"})
    assert rest.is_success  # 206, but for rclone, which says 200 and sends the part all the same
    assert rest.content == answer.content[half:]
    assert hashlib.sha256(answer.content).hexdigest() == digest
    assert quote("ñandúes") in answer.headers["content-disposition"]
