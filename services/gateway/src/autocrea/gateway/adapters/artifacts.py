"""Artifacts' internal API: the text of a file, the bytes of an archive."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from autocrea.chassis.errors import Refused, Unavailable
from autocrea.chassis.http import InternalClient
from autocrea.contracts.ids import GenerationId, StepName
from autocrea.contracts.internal import (
    ARCHIVE_CONTENT_PATH,
    ARCHIVE_PATH,
    FILE_PATH,
    PARTIAL_ARCHIVE_PATH,
    ArchiveLink,
    FileText,
)
from autocrea.gateway.ports import ArchiveStream

CHUNK_BYTES = 64 * 1024  # what one download holds in memory at a time
PASSED_ON = ("content-length", "content-range", "accept-ranges", "etag", "last-modified")
KNOWN = frozenset({"not_found", "range_not_satisfiable"})  # what a person may be told


class ArtifactsFiles:
    """Reads over HTTP; raises `Refused` with `not_found`, and `Unavailable`."""

    def __init__(self, client: InternalClient) -> None:
        self._client = client

    async def read_file(self, generation_id: GenerationId, path: str, step: StepName | None) -> FileText:
        parameters = {"path": path} | ({"step": step} if step is not None else {})
        return FileText.model_validate_json(
            await self._read(FILE_PATH, {"generation_id": generation_id}, parameters)
        )

    async def archive_link(self, generation_id: GenerationId, run: int) -> ArchiveLink:
        parts = {"generation_id": generation_id, "run": run}
        return ArchiveLink.model_validate_json(await self._read(ARCHIVE_PATH, parts, {}))

    @asynccontextmanager
    async def open_archive(
        self, generation_id: GenerationId, run: int, headers: Mapping[str, str]
    ) -> AsyncIterator[ArchiveStream]:
        parts = {"generation_id": generation_id, "run": run}
        async with self._open(ARCHIVE_CONTENT_PATH, parts, headers) as archive:
            yield archive

    @asynccontextmanager
    async def open_partial_archive(self, generation_id: GenerationId) -> AsyncIterator[ArchiveStream]:
        async with self._open(PARTIAL_ARCHIVE_PATH, {"generation_id": generation_id}, {}) as archive:
            yield archive

    async def _read(self, template: str, parts: Mapping[str, object], parameters: Mapping[str, str]) -> bytes:
        try:
            return (await self._client.request("GET", template, parts, params=parameters)).content
        except Refused as error:
            _check(error)
            raise

    @asynccontextmanager
    async def _open(
        self, template: str, parts: Mapping[str, object], headers: Mapping[str, str]
    ) -> AsyncIterator[ArchiveStream]:
        # Ranges count the stored bytes: nothing on the way may compress them.
        sent = {**headers, "accept-encoding": "identity"}
        try:
            async with self._client.stream("GET", template, parts, headers=sent) as response:
                passed = {name: response.headers[name] for name in PASSED_ON if name in response.headers}
                yield ArchiveStream(response.status_code, passed, response.aiter_raw(CHUNK_BYTES))
        except Refused as error:
            _check(error)
            raise


def _check(error: Refused) -> None:
    """Raise `Unavailable` for a refusal that is between services and none of the person's business."""
    if error.code not in KNOWN:
        raise Unavailable(f"artifacts refuses the gateway ({error.code})") from error
