"""§{project}: the API of the shop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from account_routes import router as accounts
from database import prepare
from orders import router as orders
§{pages_import}from products import router as products
from reviews import router as reviews
from security import add_security_headers


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Prepare the database before the first request."""
    prepare()
    yield


app = FastAPI(title="§{project}", lifespan=lifespan)
add_security_headers(app)
for router in (accounts, products, reviews, orders):
    app.include_router(router)


@app.get("/api/health")
def health() -> dict[str, str]:
    """Say that the server works."""
    return {"status": "ok"}
§{pages_call}
