"""Routes of what was generated: the list of files, their texts, the archive."""

from contextlib import AbstractAsyncContextManager
from hashlib import sha256
from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from autocrea.chassis.errors import Refused
from autocrea.contracts.downloads import attachment
from autocrea.contracts.ids import StepName
from autocrea.contracts.masking import masked_in_place
from autocrea.contracts.orchestrator.v1 import Archive
from autocrea.contracts.paths import PathRejected, check_path
from autocrea.gateway.domain.generation import DOWNLOADABLE, Generation
from autocrea.gateway.entrypoints.authentication import Caller, Wired
from autocrea.gateway.entrypoints.bodies import ArchiveLinkBody, FileBody, Page
from autocrea.gateway.entrypoints.generations import own_view
from autocrea.gateway.entrypoints.requests import (
    LINES_PAGE_DEFAULT,
    CursorText,
    LinesLimit,
    Spoken,
    errors,
    make_cursor,
    open_cursor,
)
from autocrea.gateway.handlers.refusals import refused
from autocrea.gateway.ports import ArchiveStream
from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

# What a model wrote is shown as text and never runs, whatever it says it is.
TEXT_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-cache",
}
POSITION_DIGITS_MAX = 6  # of a step in its pipeline
_PASSED_ON = ("range", "if-range")

ETAG = {"ETag": {"schema": {"type": "string"}, "description": "Send it back as `If-None-Match`."}}
BINARY = {"schema": {"type": "string", "contentMediaType": "application/zip"}}

router = APIRouter(tags=["files"])


@router.get("/generations/{generation_id}/files", summary="Its files", responses=errors("not_found"))
async def list_files(
    generation_id: UUID,
    gateway: Wired,
    caller: Caller,
    cursor: CursorText = None,
    limit: LinesLimit = LINES_PAGE_DEFAULT,
) -> Page[FileBody]:
    """The files of completed steps, in pipeline order, then by path."""
    view = await own_view(gateway, caller, generation_id)
    after = _position(cursor) if cursor is not None else None
    files = await gateway.read_model.list_files(view.generation.generation_id, limit=limit, after=after)
    base = f"/api/generations/{generation_id}/files"
    following = make_cursor(files[-1].position, files[-1].path) if len(files) == limit else None
    items = [
        FileBody(
            path=file.path,
            step=file.step,
            sha256=file.sha256,
            bytes=file.bytes,
            url=f"{base}/{quote(file.path)}?step={file.step}",
        )
        for file in files
    ]
    return Page(items=items, next_cursor=following)


@router.get(
    "/generations/{generation_id}/files/{path:path}",
    summary="The text of a file",
    response_class=Response,
    responses={
        **errors("not_found"),
        200: {
            "content": {"text/plain": {"schema": {"type": "string"}}},
            "description": "The text.",
            "headers": ETAG,
        },
        304: {"description": "Unchanged.", "headers": ETAG},
    },
)
async def read_file(
    generation_id: UUID,
    path: str,
    gateway: Wired,
    caller: Caller,
    step: Annotated[StepName | None, Query(description="Unset: the last that wrote it.")] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Response:
    """UTF-8, as in the archive, but with secrets masked character for character; `ETag` is the SHA-256 of this."""
    view = await own_view(gateway, caller, generation_id)
    try:
        check_path(path)
    except PathRejected as rejected:  # no file of ours has such a path
        raise refused("not_found") from rejected
    file = await gateway.artifacts.read_file(view.generation.generation_id, path, step)
    shown = masked_in_place(file.text).encode()
    digest = sha256(shown).hexdigest()
    headers = {**TEXT_HEADERS, "ETag": f'"{digest}"'}
    if _is_unchanged(digest, if_none_match):
        return Response(status_code=304, headers=headers)
    return Response(shown, media_type="text/plain; charset=utf-8", headers=headers)


@router.get(
    "/generations/{generation_id}/archive",
    summary="Download the application",
    response_class=Response,
    responses={
        **errors("not_found", "not_ready", "range_not_satisfiable"),
        200: {"content": {"application/zip": BINARY}, "description": "The whole ZIP.", "headers": ETAG},
        206: {"content": {"application/zip": BINARY}, "description": "The range asked for.", "headers": ETAG},
        304: {"description": "Unchanged.", "headers": ETAG},
    },
)
async def download_archive(generation_id: UUID, request: Request, gateway: Wired, caller: Caller) -> Response:
    """The ZIP, streamed; `Range` is understood. `409 not_ready` until a run has completed."""
    generation = (await own_view(gateway, caller, generation_id)).generation
    run, archive = _archive_of(generation)
    asked = {name: request.headers[name] for name in _PASSED_ON if name in request.headers}
    own = {"etag": f'"{archive.sha256}"', **_download_headers(archive.file_name)}
    if _is_unchanged(archive.sha256, request.headers.get("if-none-match")):
        return Response(status_code=304, headers=own)
    opening = gateway.artifacts.open_archive(generation.generation_id, run, asked)
    return _ArchiveResponse(opening, {"accept-ranges": "bytes", **own}, archive.bytes)


@router.get(
    "/generations/{generation_id}/archive/link",
    summary="Where to download the application",
    responses=errors("not_found", "not_ready"),
)
async def link_archive(generation_id: UUID, gateway: Wired, caller: Caller) -> ArchiveLinkBody:
    """For browsers: where they reach the store itself, an address that needs no header and no memory of the page."""
    generation = (await own_view(gateway, caller, generation_id)).generation
    run, _ = _archive_of(generation)
    link = await gateway.artifacts.archive_link(generation.generation_id, run)
    return ArchiveLinkBody(
        url=link.url or f"/api/generations/{generation_id}/archive",
        presigned=link.url is not None,
        file_name=link.file_name,
        sha256=link.sha256,
        bytes=link.bytes,
        files=link.files,
    )


@router.get(
    "/generations/{generation_id}/archive/partial",
    summary="Download what is done so far",
    response_class=Response,
    responses={**errors("not_found"), 200: {"content": {"application/zip": BINARY}, "description": "A ZIP."}},
)
async def download_partial_archive(
    generation_id: UUID, gateway: Wired, caller: Caller, language: Spoken
) -> Response:
    """The files of completed steps, whatever became of the run; 404 while there are none."""
    view = await own_view(gateway, caller, generation_id)
    name = f"{view.project_name}-{'parcial' if language == 'es' else 'partial'}.zip".replace("/", "-")
    opening = gateway.artifacts.open_partial_archive(view.generation.generation_id)
    return _ArchiveResponse(opening, _download_headers(name), None)


def _position(cursor: str) -> tuple[int, str]:
    position, path = open_cursor(cursor)
    if (
        not position.isascii()
        or not position.isdigit()
        or len(position) > POSITION_DIGITS_MAX
        or "\0" in path
    ):
        raise refused("invalid_request", problems="cursor")
    return int(position), path


def _archive_of(generation: Generation) -> tuple[int, Archive]:
    """The run on show and its archive. Raises `Refused(not_ready)`."""
    result = generation.result
    if result is None or result.archive is None or result.status not in DOWNLOADABLE:
        raise refused("not_ready")
    return result.run, result.archive


def _is_unchanged(sha256: str, if_none_match: str | None) -> bool:
    """Whether the client has this content already; a hash is in no other tag by chance."""
    return if_none_match is not None and (sha256 in if_none_match or if_none_match.strip() == "*")


def _download_headers(file_name: str) -> dict[str, str]:
    return {"Content-Disposition": attachment(file_name), "Cache-Control": "private, no-cache"}


class _ArchiveResponse(Response):
    """Holds artifacts' answer open exactly as long as ours is being sent."""

    def __init__(
        self, opening: AbstractAsyncContextManager[ArchiveStream], own: dict[str, str], size_bytes: int | None
    ) -> None:
        super().__init__()
        self._opening = opening
        self._own = own
        self._size_bytes = size_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with self._opening as archive:
                headers = {**archive.headers, **self._own}
                response = StreamingResponse(
                    archive.chunks, archive.status, headers=headers, media_type="application/zip"
                )
                await response(scope, receive, send)
        except Refused as error:
            if error.status != 416:
                raise
            raise refused("range_not_satisfiable", bytes=self._size_bytes) from error
