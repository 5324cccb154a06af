"""The web page's files: `web/index.html` at `/`, `web/admin.html` at `/admin`, everything else under `/web/`."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

WEB = Path(__file__).parents[1] / "web"
"""The folder of the page's files."""

_REVALIDATE = "no-cache"  # a browser keeps the files, and asks whether they are still the same

_WORTH_BYTES = 1000
"""Files from this size are sent compressed to browsers that can read it."""


class PageFiles(StaticFiles):
    """Files that browsers ask about anew each time, so that nobody sees the page of an older version."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, or raise `HTTPException` 404."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _REVALIDATE
        return response


def add_pages(app: FastAPI) -> None:
    """Serve the page's files."""

    async def index() -> Response:
        return _page("index.html")

    async def admin() -> Response:
        return _page("admin.html")

    app.add_api_route("/", index, methods=["GET", "HEAD"], include_in_schema=False)
    app.add_api_route("/admin", admin, methods=["GET", "HEAD"], include_in_schema=False)
    # Files alone are compressed: the length of a compressed answer can tell what is secret in it.
    app.mount("/web", GZipMiddleware(PageFiles(directory=WEB), minimum_size=_WORTH_BYTES), name="web")


def _page(name: str) -> Response:
    return FileResponse(WEB / name, headers={"Cache-Control": _REVALIDATE})
