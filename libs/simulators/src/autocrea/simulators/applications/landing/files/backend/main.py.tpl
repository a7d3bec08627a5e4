"""§{project}: the API of the contact form."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from database import prepare
from messages import router as messages
§{pages_import}from security import add_security_headers


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Prepare the database before the first request."""
    prepare()
    yield


app = FastAPI(title="§{project}", lifespan=lifespan)
add_security_headers(app)
app.include_router(messages)


@app.get("/api/health")
def health() -> dict[str, str]:
    """Say that the server works."""
    return {"status": "ok"}
§{pages_call}
