"""§{project}: the API, and the pages on top of it."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles

from database import prepare
from routes import ROUTERS
from security import add_security_headers

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Prepare the database before the first request."""
    prepare()
    yield


app = FastAPI(title="§{project}", lifespan=lifespan)
add_security_headers(app)
for router in ROUTERS:
    app.include_router(router)


@app.exception_handler(sqlite3.IntegrityError)
def conflict(_: Request, __: sqlite3.IntegrityError) -> JSONResponse:
    """A record that refers to one that does not exist."""
    return JSONResponse({"detail": "§{conflict}"}, 409)


@app.get("/api/health")
def health() -> dict[str, str]:
    """Say that the server works."""
    return {"status": "ok"}


if FRONTEND.is_dir():
    app.mount("/", StaticFiles(directory=FRONTEND, html=True), name="frontend")
