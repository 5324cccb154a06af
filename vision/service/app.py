"""The application: routes and everything around them, put together from settings."""

from __future__ import annotations

from fastapi import FastAPI

from vision._version import __version__
from vision.service.pages import add_pages


def create_app() -> FastAPI:
    """Return the application."""
    app = FastAPI(title="FotoNetral", version=__version__, docs_url=None, redoc_url=None)
    add_pages(app)
    return app
