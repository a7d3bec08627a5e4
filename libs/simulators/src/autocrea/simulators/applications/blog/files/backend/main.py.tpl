"""§{project}: the API of the blog."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from account_routes import router as accounts
from database import prepare
§{pages_import}from posts import router as posts
from security import add_security_headers


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Prepare the database before the first request."""
    prepare()
    yield


app = FastAPI(title="§{project}", lifespan=lifespan)
add_security_headers(app)
app.include_router(accounts)
app.include_router(posts)


@app.get("/api/health")
def health() -> dict[str, str]:
    """Say that the server works."""
    return {"status": "ok"}
§{pages_call}
