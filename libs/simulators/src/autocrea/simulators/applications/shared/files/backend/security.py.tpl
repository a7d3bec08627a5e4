"""Response headers that keep browsers from doing what this application never asks them to do."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
# FastAPI's interactive documentation loads its scripts from another host.
DOCUMENTATION = ("/docs", "/redoc")


def add_security_headers(app: FastAPI) -> None:
    """Send the headers with every answer but the interactive documentation."""

    @app.middleware("http")
    async def add_headers(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        if not request.url.path.startswith(DOCUMENTATION):
            for name, value in HEADERS.items():
                response.headers.setdefault(name, value)
        return response
