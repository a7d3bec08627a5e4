"""The internal routes that the gateway calls while a person waits: one file's text, and archives."""

import asyncio
import logging
import re
from collections.abc import Iterator
from typing import IO
from uuid import UUID

from autocrea.artifacts.domain.contents import entries, merge
from autocrea.artifacts.domain.generation import Archive, ArchiveState, Package
from autocrea.artifacts.domain.naming import CONTENT_TYPE, archive_id, content_disposition, object_key
from autocrea.artifacts.ports import ArchiveWriter, ObjectMissing, ObjectStore, RangeNotSatisfiable, Shelf
from autocrea.chassis.errors import Refused
from autocrea.chassis.http import error_response, require_token
from autocrea.contracts import internal
from autocrea.contracts.ids import GenerationId, StepName
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

CHUNK_BYTES = 64 * 1024

log = logging.getLogger(__name__)

_ONE_RANGE = re.compile(
    r"bytes=(\d+-\d*|-\d+)"
)  # several ranges at once are answered with the whole, as HTTP allows


class Routes:
    """Built once; every handler checks the gateway's token first."""

    def __init__(self, token: SecretStr, shelf: Shelf, store: ObjectStore, write: ArchiveWriter) -> None:
        self._token = token
        self._shelf = shelf
        self._store = store
        self._write = write

    def routes(self) -> list[BaseRoute]:
        return [
            Route(internal.FILE_PATH, self._file),
            Route(internal.ARCHIVE_PATH, self._archive),
            Route(internal.ARCHIVE_CONTENT_PATH, self._content),
            Route(internal.PARTIAL_ARCHIVE_PATH, self._partial),
        ]

    async def _file(self, request: Request) -> Response:
        require_token(request, self._token)
        path, step = request.query_params.get("path"), request.query_params.get("step")
        if not path:
            raise Refused("invalid_request", "`path` must name a file", status=422)
        found = await self._shelf.file(_generation_id(request), path, StepName(step) if step else None)
        if found is None:
            raise Refused("not_found", "there is no such file", status=404)
        body = internal.FileText(
            path=found.path,
            step=found.step,
            sha256=found.sha256,
            bytes=len(found.content),
            text=found.content.decode(),
        )
        return _json(body)

    async def _archive(self, request: Request) -> Response:
        generation_id, archive, package = await self._ready(request)
        key = object_key(generation_id, archive.run)
        body = internal.ArchiveLink(
            archive_id=archive_id(generation_id, archive.run),
            file_name=archive.file_name,
            sha256=package.sha256,
            bytes=package.bytes,
            files=package.files,
            url=await self._store.public_url(key, archive.file_name),
        )
        return _json(body)

    async def _content(self, request: Request) -> Response:
        generation_id, archive, package = await self._ready(request)
        headers = {
            "Content-Disposition": content_disposition(archive.file_name),
            "ETag": f'"{package.sha256}"',
            "Accept-Ranges": "bytes",
        }
        byte_range = _range(request, headers["ETag"])
        return _ObjectResponse(
            self._store, object_key(generation_id, archive.run), byte_range, package.bytes, headers
        )

    async def _partial(self, request: Request) -> Response:
        require_token(request, self._token)
        generation_id = _generation_id(request)
        found = await self._shelf.newest_files(generation_id)
        if not found:
            raise Refused("not_found", "there are no files yet", status=404)
        files = merge(found, list(dict.fromkeys(file.step for file in found)))
        archive = await asyncio.to_thread(self._write, entries(generation_id, None, files))
        headers = {
            "Content-Disposition": content_disposition(
                request.query_params.get("file_name") or "archive.zip"
            ),
            "Content-Length": str(archive.bytes),
            "ETag": f'"{archive.sha256}"',
        }
        return StreamingResponse(_pieces(archive.body), headers=headers, media_type=CONTENT_TYPE)

    async def _ready(self, request: Request) -> tuple[GenerationId, Archive, Package]:
        require_token(request, self._token)
        generation_id = _generation_id(request)
        run = request.path_params["run"]
        archive = await self._shelf.archive(generation_id, int(run)) if _is_run(run) else None
        if archive is None or archive.state is not ArchiveState.READY or archive.package is None:
            raise Refused("not_found", "this run has no archive", status=404)
        return generation_id, archive, archive.package


class _ObjectResponse(Response):
    """Streams an object from the store; it is open only while it is being sent."""

    def __init__(
        self, store: ObjectStore, key: str, byte_range: str | None, size: int, headers: dict[str, str]
    ) -> None:
        super().__init__(headers=headers, media_type=CONTENT_TYPE)
        self._store = store
        self._key = key
        self._range = byte_range
        self._size = size
        self._own_headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with self._store.read(self._key, self._range) as opened:
                headers = {**self._own_headers, "Content-Length": str(opened.bytes)}
                if opened.content_range is not None:
                    headers["Content-Range"] = opened.content_range
                status = 200 if opened.content_range is None else 206
                response = StreamingResponse(opened.chunks, status, headers, CONTENT_TYPE)
                await response(scope, receive, send)
        except ObjectMissing as error:
            # Erased between the look into the table and the one into the store, or lost.
            log.error("an archive has no object", extra={"key": self._key})
            raise Refused("not_found", "this run has no archive any more", status=404) from error
        except RangeNotSatisfiable:
            detail, headers = "the range begins after the end", {"Content-Range": f"bytes */{self._size}"}
            await error_response(416, "range_not_satisfiable", detail, headers=headers)(scope, receive, send)


def _generation_id(request: Request) -> GenerationId:
    try:
        return GenerationId(UUID(request.path_params["generation_id"]))
    except ValueError:
        raise Refused("not_found", "there is no such generation", status=404) from None


def _is_run(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _range(request: Request, etag: str) -> str | None:
    condition = request.headers.get("if-range")
    wanted = request.headers.get("range", "")
    if condition not in (None, etag) or _ONE_RANGE.fullmatch(wanted) is None:
        return None
    return wanted


def _json(body: internal.FileText | internal.ArchiveLink) -> JSONResponse:
    return JSONResponse(body.model_dump(mode="json"))


def _pieces(body: IO[bytes]) -> Iterator[bytes]:
    with body:
        while piece := body.read(CHUNK_BYTES):
            yield piece
