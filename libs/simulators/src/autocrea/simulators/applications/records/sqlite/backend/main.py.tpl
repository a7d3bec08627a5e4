"""§{project}: the API."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from database import prepare
§{pages_import}from routes import ROUTERS
from security import add_security_headers


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
§{pages_call}
