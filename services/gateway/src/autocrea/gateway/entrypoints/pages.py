"""The built front end: its files as they are, and its one page for every other path that a browser asks for.

Only what no route of the API answers comes here. The folder may appear after the start and does not change afterwards.
"""

import hashlib
import mimetypes
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from autocrea.gateway.ports import Options
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

PAGE = "index.html"
PREVIEW_FRAME = "preview-frame.html"
HASHED = "assets/"  # names of files below it hold a hash of their content
NOT_PAGES = ("api/", "operator/", HASHED)  # an unknown path here is a 404, never the page
FOREVER = "public, max-age=31536000, immutable"
ALWAYS_ASKED = "no-cache"
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))  # the smaller first

HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}
# What a model wrote runs in this frame: an origin of nobody's, no network, no way out.
PREVIEW_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' data: blob:; "
    "style-src 'unsafe-inline' data: blob:; img-src data: blob:; font-src data: blob:; media-src data: blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def page_policy(options: Options) -> str:
    """The page's own scripts, and Clerk's where it signs people in; it talks to us and to who does."""
    scripts = connect = "'self'"
    if options.issuer is not None:
        parts = urlsplit(options.issuer)
        connect += f" {parts.scheme}://{parts.netloc}"
        if options.clerk_publishable_key is not None:
            scripts = connect
    return (
        f"default-src 'none'; script-src {scripts}; style-src 'self' 'unsafe-inline'; font-src 'self'; "
        f"img-src 'self' data: blob: https://img.clerk.com; connect-src {connect}; frame-src 'self'; "
        "worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


@dataclass(frozen=True, slots=True)
class _File:
    body: bytes
    media_type: str
    etag: str
    encoded: dict[str, bytes] = field(default_factory=dict)


def install(app: FastAPI, options: Options) -> None:
    """Answer with the front end wherever `app` has no route."""
    if options.pages_dir is not None:
        app.router.default = _Pages(app, options.pages_dir, page_policy(options))


class _Pages:
    def __init__(self, app: FastAPI, folder: Path, policy: str) -> None:
        self._not_found = app.router.not_found
        self._folder = folder
        self._policy = policy
        self._files: dict[str, _File] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = None
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            path = str(scope["path"]).lstrip("/")
            if not self._files and (self._folder / PAGE).exists():
                self._files = _load(self._folder)
            file = self._files.get(path)
            if file is None and not path.startswith(NOT_PAGES):
                path, file = PAGE, self._files.get(PAGE)
        if file is None:
            await self._not_found(scope, receive, send)
            return
        await self._answer(Request(scope), path, file)(scope, receive, send)

    def _answer(self, request: Request, path: str, file: _File) -> Response:
        headers = {
            **HEADERS,
            "Cache-Control": FOREVER if path.startswith(HASHED) else ALWAYS_ASKED,
            "Content-Security-Policy": PREVIEW_POLICY if path == PREVIEW_FRAME else self._policy,
            "ETag": file.etag,
            "Vary": "Accept-Encoding",
        }
        if file.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        body = file.body
        accepted = request.headers.get("accept-encoding", "")
        for encoding, encoded in file.encoded.items():
            if encoding in accepted:
                headers["Content-Encoding"] = encoding
                body = encoded
                break
        return Response(body, media_type=file.media_type, headers=headers)


def _load(folder: Path) -> dict[str, _File]:
    """All of it, two MiB: nothing is read from the disk while a browser waits."""
    bodies = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    suffixes = tuple(suffix for _, suffix in ENCODINGS)
    return {
        name: _File(
            body,
            mimetypes.guess_type(name)[0] or "application/octet-stream",
            f'"{hashlib.sha256(body).hexdigest()[:32]}"',
            {encoding: bodies[name + suffix] for encoding, suffix in ENCODINGS if name + suffix in bodies},
        )
        for name, body in bodies.items()
        if not name.endswith(suffixes)
    }
