"""§{project}: the API."""

from fastapi import FastAPI

§{pages_import}from routes import ROUTERS
from security import add_security_headers
from store import store

app = FastAPI(title="§{project}")
add_security_headers(app)
for router in ROUTERS:
    app.include_router(router)


@app.get("/api/health")
def health() -> dict[str, str]:
    """Say that the server works, and where it keeps its data."""
    return {"status": "ok", "store": store.name}
§{pages_call}
