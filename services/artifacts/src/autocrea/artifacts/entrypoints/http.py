"""The internal routes that the gateway calls while a person waits: one file's text, and archives."""

import asyncio
from functools import partial
from uuid import UUID

from autocrea.artifacts.adapters.slots import Slots
from autocrea.artifacts.domain.byte_range import RangeNotSatisfiable, wanted_range
from autocrea.artifacts.domain.contents import entries, merge
from autocrea.artifacts.domain.generation import Archive, ArchiveState, Package
from autocrea.artifacts.domain.naming import archive_id, object_key
from autocrea.artifacts.entrypoints.sending import MadeResponse, ObjectResponse, missing_is_not_found
from autocrea.artifacts.handlers.read_files import ReadFiles
from autocrea.artifacts.ports import ArchiveFile, ArchiveWriter, ObjectStore, Shelf
from autocrea.chassis.errors import Refused
from autocrea.chassis.http import error_response, require_token
from autocrea.contracts import internal
from autocrea.contracts.ids import GenerationId, StepName
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

PARTIALS_MAX = 16  # of up to 4 MiB in memory each, from the making until the last byte is sent
PARTIAL_WAIT_SECONDS = 2.0  # well below the five seconds that the gateway waits
MAKING_MAX = 2  # each keeps a core busy for some tens of milliseconds


class Routes:
    """Built once; every handler checks the gateway's token first."""

    def __init__(
        self, token: SecretStr, shelf: Shelf, files: ReadFiles, store: ObjectStore, write: ArchiveWriter
    ) -> None:
        self._token = token
        self._shelf = shelf
        self._files = files
        self._store = store
        self._write = write
        self._partials = Slots(PARTIALS_MAX, PARTIAL_WAIT_SECONDS)
        self._making = asyncio.Semaphore(MAKING_MAX)

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
        with missing_is_not_found():
            found = await self._files.one(_generation_id(request), path, StepName(step) if step else None)
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
        etag = f'"{package.sha256}"'
        headers = request.headers
        try:
            part = wanted_range(headers.get("range"), headers.get("if-range"), etag, package.bytes)
        except RangeNotSatisfiable:
            beyond = {"Content-Range": f"bytes */{package.bytes}"}
            detail = "the range begins after the end"
            return error_response(416, "range_not_satisfiable", detail, headers=beyond)
        key = object_key(generation_id, archive.run)
        return ObjectResponse(self._store, key, package.bytes, part, {"ETag": etag, "Accept-Ranges": "bytes"})

    async def _partial(self, request: Request) -> Response:
        require_token(request, self._token)
        generation_id = _generation_id(request)
        return MadeResponse(self._partials, partial(self._make_partial, generation_id))

    async def _make_partial(self, generation_id: GenerationId) -> ArchiveFile:
        async with self._making:
            with missing_is_not_found():
                found = await self._files.newest(generation_id)
            if not found:
                raise Refused("not_found", "there are no files yet", status=404)
            files = merge(found, list(dict.fromkeys(file.step for file in found)))
            return await asyncio.to_thread(self._write, entries(generation_id, None, files))

    async def _ready(self, request: Request) -> tuple[GenerationId, Archive, Package]:
        require_token(request, self._token)
        generation_id = _generation_id(request)
        run = request.path_params["run"]
        archive = await self._shelf.archive(generation_id, int(run)) if _is_run(run) else None
        if archive is None or archive.state is not ArchiveState.READY or archive.package is None:
            raise Refused("not_found", "this run has no archive", status=404)
        return generation_id, archive, archive.package


def _generation_id(request: Request) -> GenerationId:
    try:
        return GenerationId(UUID(request.path_params["generation_id"]))
    except ValueError:
        raise Refused("not_found", "there is no such generation", status=404) from None


def _is_run(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _json(body: internal.FileText | internal.ArchiveLink) -> JSONResponse:
    return JSONResponse(body.model_dump(mode="json"))
