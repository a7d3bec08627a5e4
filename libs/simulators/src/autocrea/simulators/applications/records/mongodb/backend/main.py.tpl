"""§{project}: the API, and the pages on top of it."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from routes import ROUTERS
from security import add_security_headers
from store import store

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"

app = FastAPI(title="§{project}")
add_security_headers(app)
for router in ROUTERS:
    app.include_router(router)


@app.get("/api/health")
def health() -> dict[str, str]:
    """Say that the server works, and where it keeps its data."""
    return {"status": "ok", "store": store.name}


if FRONTEND.is_dir():
    app.mount("/", StaticFiles(directory=FRONTEND, html=True), name="frontend")
