"""The pages on top of the API: the interface's folder, handed out as it is."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

FRONTEND = Path(__file__).resolve().parent.parent / "frontend"


def add_pages(app: FastAPI) -> None:
    """Serve the interface below the routes; where its folder is missing, the API works without it."""
    if FRONTEND.is_dir():
        app.mount("/", StaticFiles(directory=FRONTEND, html=True), name="frontend")
