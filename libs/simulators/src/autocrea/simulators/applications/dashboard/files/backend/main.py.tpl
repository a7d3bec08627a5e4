"""§{project}: the API of the dashboard and its demonstration source."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI

from database import prepare
from demo_source import run_demo_source
from metrics import router as metrics
§{pages_import}from security import add_security_headers

DEMO_DATA = os.environ.get("DEMO_DATA", "1") == "1"


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Prepare the database; let the demonstration source run as long as the server does."""
    prepare()
    source = asyncio.create_task(run_demo_source()) if DEMO_DATA else None
    yield
    if source is not None:
        source.cancel()
        with suppress(asyncio.CancelledError):
            await source


app = FastAPI(title="§{project}", lifespan=lifespan)
add_security_headers(app)
app.include_router(metrics)


@app.get("/api/health")
def health() -> dict[str, str]:
    """Say that the server works."""
    return {"status": "ok"}
§{pages_call}
