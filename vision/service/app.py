"""The application: routes and everything around them, put together from settings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from vision._version import __version__
from vision.service.http import openapi
from vision.service.http.answers import add_problem_handlers
from vision.service.http.pages import add_pages
from vision.service.routes import gallery as gallery_routes
from vision.service.routes import photos as photo_routes
from vision.service.routes import sessions as session_routes
from vision.service.routes import system as system_routes
from vision.service.routes.envelope import Envelope
from vision.service.state import Service


def create_app(service: Service) -> FastAPI:
    """Return the routes of a service. Its processes start and end with the application's lifespan."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await service.pool.start()
        try:
            yield
        finally:
            await service.pool.close()

    app = FastAPI(
        title="FotoNetral",
        version=__version__,
        description="Checks photos before they are posted; see docs/service.md.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        lifespan=lifespan,
    )
    app.state.service = service
    routers = [module.router for module in (photo_routes, gallery_routes, session_routes, system_routes)]
    for router in routers:
        app.include_router(router)
    add_pages(app)
    every = [*(route for router in routers for route in router.routes), *app.routes]
    app.state.routes = [route for route in every if hasattr(route, "path")]
    add_problem_handlers(app)
    openapi.add_schemas(app)
    return app


def application(service: Service) -> ASGIApp:
    """Return the whole application, with what is around every request."""
    return Envelope(create_app(service), service)
